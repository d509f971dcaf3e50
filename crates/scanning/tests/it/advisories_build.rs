//! From whatever feeds are packed in to one database.

use std::io::{Cursor, Write};
use std::path::Path;

use advisory_db::Database;
use base::Timestamp;
use holdfast_scanning::advisories::{Build, Error, Limits, Report};
use proptest::prelude::*;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_770_000_000_000)
}

/// An OSV record of a package of npm.
pub(crate) fn record(id: &str, name: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2026-1"],"affected":[{{"package":{{"ecosystem":"npm","name":"{name}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

fn build(path: &Path, limits: Limits) -> Result<(Database, Report), Error> {
    let mut build = Build::new(limits, |_| {});
    build.add(path)?;
    let (bytes, report) = build.finish(1, now())?;
    Ok((Database::from_bytes(bytes).unwrap(), report))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn feeds_are_found_in_folders_and_archives_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    };
    let one = |id: &str, name: &str| record(id, name, "1.0.0").into_bytes();
    put("a/plain.json", &one("A-1", "plain"));
    put("b/packed.json.gz", &gzip(&one("A-2", "gz")));
    put("packed.json.zst", &zstd::bulk::compress(&one("A-3", "zst"), 1).unwrap());
    put("all.zip", &zip(&[("x/A-4.json", &one("A-4", "zip")), ("README.md", b"# read me")]));
    put(
        "all.tar.gz",
        &gzip(&tar(&[("A-5.json", &one("A-5", "targz")), ("A-6.json", b"{\"id\": broken, \"affected\"")])),
    );
    put("all.tar", &tar(&[("A-7.json", &one("A-7", "tar"))]));
    put("LICENSE", b"do what you like");
    put("broken.json.gz", &[0x1f, 0x8b, 8, 0, 1, 2, 3]);
    let (database, report) = build(folder.path(), Limits::default()).unwrap();
    for name in ["plain", "gz", "zst", "zip", "targz", "tar"] {
        assert_eq!(database.affects("npm", name).unwrap().len(), 1, "{name}");
    }
    let osv = &report.forms["osv"];
    assert_eq!((osv.documents, osv.unread.count, report.other_files), (6, 1, 2));
    assert_eq!(osv.unread.first[0].0, "A-6.json");
    assert_eq!(report.unreadable.count, 1);
    assert_eq!((report.documents(), report.unread()), (6, 2));
}

#[test]
fn an_archive_that_claims_too_much_costs_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("bomb.json.gz"), gzip(&vec![b' '; 2 << 20])).unwrap();
    fs_err::write(folder.path().join("good.json"), record("A-1", "good", "1.0.0")).unwrap();
    let many: Vec<(String, String)> =
        (0..20).map(|n| (format!("{n}.json"), record(&format!("B-{n}"), "x", "1"))).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    fs_err::write(folder.path().join("many.zip"), zip(&many)).unwrap();
    let limits = Limits { document_bytes: 1 << 20, archive_bytes: 4 << 20, documents: 10 };
    let (database, report) = build(folder.path(), limits).unwrap();
    assert_eq!(database.affects("npm", "good").unwrap().len(), 1);
    assert_eq!(report.unreadable.count, 2, "{report:?}");
}

/// An entry of a tar of a type and a size, filled with `x`.
fn filled(kind: tar::EntryType, size: usize) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_path("filled.json").unwrap();
    header.set_size(size as u64);
    header.set_cksum();
    builder.append(&header, vec![b'x'; size].as_slice()).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    // Without the blocks that end an archive, so that more can follow.
    bytes.truncate(bytes.len() - 1024);
    bytes
}

#[test]
fn names_and_extensions_of_a_tar_are_read_only_up_to_a_bound() {
    let good = tar(&[("good.json", record("A-1", "good", "1.0.0").as_bytes())]);
    for kind in [tar::EntryType::GNULongName, tar::EntryType::GNULongLink, tar::EntryType::XHeader] {
        let folder = tempfile::tempdir().unwrap();
        let before = filled(tar::EntryType::Directory, 3 << 20);
        let bomb = [before, filled(kind, 2 << 20), good.clone()].concat();
        fs_err::write(folder.path().join("bomb.tar.gz"), gzip(&bomb)).unwrap();
        fs_err::write(folder.path().join("bomb.tar.zst"), zstd::bulk::compress(&bomb, 1).unwrap()).unwrap();
        fs_err::write(folder.path().join("bomb.tar"), &bomb).unwrap();
        fs_err::write(folder.path().join("other.json"), record("A-2", "other", "1.0.0")).unwrap();
        let (database, report) = build(folder.path(), Limits::default()).unwrap();
        assert_eq!(database.affects("npm", "other").unwrap().len(), 1);
        assert_eq!((report.documents(), report.unreadable.count), (1, 3), "{report:?}");
        for (_, reason) in &report.unreadable.first {
            assert_eq!(reason, "the headers of an entry have more than 1048576 bytes", "{kind:?}");
        }
    }
}

#[test]
fn a_sparse_file_ends_the_reading_of_a_tar() {
    let folder = tempfile::tempdir().unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_path("holes.json").unwrap();
    header.set_size(0);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.realsize.copy_from_slice(b"77777777777\0");
    gnu.sparse[0].offset.copy_from_slice(b"77777777777\0");
    gnu.sparse[0].numbytes.copy_from_slice(b"00000000000\0");
    header.set_cksum();
    let good = tar(&[("good.json", record("A-1", "good", "1.0.0").as_bytes())]);
    fs_err::write(folder.path().join("feed.tar"), [header.as_bytes().as_slice(), &good].concat()).unwrap();
    fs_err::write(folder.path().join("other.json"), record("A-2", "other", "1.0.0")).unwrap();
    let (_, report) = build(folder.path(), Limits::default()).unwrap();
    assert_eq!((report.documents(), report.unreadable.first[0].1.contains("a sparse file")), (1, true), "{report:?}");
}

#[test]
fn what_is_skipped_or_refused_in_an_archive_counts_too() {
    let good = tar(&[("good.json", record("A-1", "good", "1.0.0").as_bytes())]);
    let limits = Limits { document_bytes: 1 << 20, archive_bytes: 8 << 20, documents: 100 };
    for kind in [tar::EntryType::Directory, tar::EntryType::XGlobalHeader, tar::EntryType::Regular] {
        let read = |count: usize| {
            let folder = tempfile::tempdir().unwrap();
            let bytes = [filled(kind, 3 << 20).repeat(count), good.clone()].concat();
            fs_err::write(folder.path().join("feed.tar.gz"), gzip(&bytes)).unwrap();
            fs_err::write(folder.path().join("other.json"), record("A-2", "other", "1.0.0")).unwrap();
            build(folder.path(), limits).unwrap().1
        };
        assert_eq!(read(2).documents(), 2, "{kind:?}");
        let report = read(3);
        assert_eq!(report.documents(), 1, "{kind:?}");
        let (_, reason) = report.unreadable.first.last().unwrap();
        assert_eq!(reason, "the archive unpacks to more than 8388608 bytes", "{kind:?}");
    }
    // Each of these is refused as a document; together they are more than is unpacked.
    let folder = tempfile::tempdir().unwrap();
    let bomb = gzip(&vec![b' '; 2 << 20]);
    let mut files: Vec<(String, Vec<u8>)> = (0..10).map(|n| (format!("{n}.json.gz"), bomb.clone())).collect();
    files.push(("good.json".to_owned(), record("A-1", "good", "1.0.0").into_bytes()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    fs_err::write(folder.path().join("feed.zip"), zip(&files)).unwrap();
    fs_err::write(folder.path().join("other.json"), record("A-2", "other", "1.0.0")).unwrap();
    assert_eq!(build(folder.path(), limits).unwrap().1.documents(), 1);
}

#[test]
fn documents_of_a_tar_keep_their_long_names() {
    let folder = tempfile::tempdir().unwrap();
    let broken: &[u8] = b"{\"id\": broken, \"affected\"";
    let long = |start: &str| format!("{start}/{}.json", "n".repeat(300));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(broken.len() as u64);
    builder.append_data(&mut header.clone(), long("gnu"), broken).unwrap();
    builder.append_pax_extensions([("path", long("pax").as_bytes())]).unwrap();
    header.set_path("short.json").unwrap();
    header.set_cksum();
    builder.append(&header, broken).unwrap();
    let good = record("A-1", "good", "1.0.0");
    header.set_size(good.len() as u64);
    builder.append_data(&mut header, long("good"), good.as_bytes()).unwrap();
    fs_err::write(folder.path().join("feed.tar.gz"), gzip(&builder.into_inner().unwrap())).unwrap();
    let (_, report) = build(folder.path(), Limits::default()).unwrap();
    let names: Vec<&str> = report.forms["osv"].unread.first.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, report.documents()), (vec![long("gnu").as_str(), long("pax").as_str()], 1));
}

#[test]
fn without_a_feed_there_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("LICENSE"), b"text").unwrap();
    assert!(matches!(build(folder.path(), Limits::default()), Err(Error::Empty)));
    assert!(matches!(build(&folder.path().join("absent"), Limits::default()), Err(Error::Read { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_archives_are_read_or_reported(start in 0..6_usize, bytes in prop::collection::vec(any::<u8>(), 0..600), at in any::<prop::sample::Index>()) {
        let text = record("A-1", "x", "1.0.0").into_bytes();
        let starts = [
            Vec::new(),
            gzip(&text),
            zip(&[("a.json", &text)]),
            tar(&[("a.json", &text)]),
            zstd::bulk::compress(&text, 1).unwrap(),
            b"\xfd7zXZ\0\0\x04".to_vec(),
        ];
        let mut file = starts[start].clone();
        file.truncate(at.index(file.len() + 1));
        file.extend_from_slice(&bytes);
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("feed"), &file).unwrap();
        let limits = Limits { document_bytes: 1 << 20, archive_bytes: 1 << 20, documents: 100 };
        let mut build = Build::new(limits, |_| {});
        build.add(folder.path()).unwrap();
    }
}
