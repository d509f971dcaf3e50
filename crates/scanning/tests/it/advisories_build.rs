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
