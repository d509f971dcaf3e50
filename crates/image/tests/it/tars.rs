//! The archive's format.

use holdfast_image::tar::{EntryKind, TarReader};

use crate::archives::Layer;

/// Reads names, kinds, links and data of all entries.
fn entries(bytes: &[u8]) -> Vec<(String, EntryKind, String, Vec<u8>)> {
    let mut tar = TarReader::new(bytes);
    let mut all = Vec::new();
    while let Some(entry) = tar.next_entry().unwrap() {
        let mut data = vec![0; usize::try_from(entry.size_bytes).unwrap()];
        let got = tar.fill_data(&mut data).unwrap();
        assert_eq!(got, data.len());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        all.push((text(&entry.name), entry.kind, text(&entry.link), data));
    }
    all
}

#[test]
fn long_names_of_gnu_are_read_whole() {
    let long = format!("a/{}/b", "x".repeat(300));
    let bytes = Layer::new().file(&long, "data").file("short", "").bytes();
    let found = entries(&bytes);
    assert_eq!((found[0].0.as_str(), found[0].3.as_slice()), (long.as_str(), &b"data"[..]));
    assert_eq!(found[1].0, "short");
}

#[test]
fn extended_headers_of_pax_name_size_and_link() {
    let mut builder = tar::Builder::new(Vec::new());
    let long = format!("p/{}", "y".repeat(200));
    builder.append_pax_extensions([("path", long.as_bytes()), ("SCHILY.xattr.user.x", b"v")]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    header.set_cksum();
    builder.append(&header, &b"abc"[..]).unwrap();
    builder.append_pax_extensions([("linkpath", &b"to/there"[..])]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("link").unwrap();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, &b""[..]).unwrap();
    let found = entries(&builder.into_inner().unwrap());
    assert_eq!((found[0].0.as_str(), found[0].3.as_slice()), (long.as_str(), &b"abc"[..]));
    assert_eq!((found[1].1, found[1].2.as_str()), (EntryKind::Symlink, "to/there"));
}

#[test]
fn holes_of_sparse_files_are_zeros() {
    // PAX 1.0: the map stands before the data.
    let mut map = b"2\n2\n3\n8\n2\n".to_vec();
    map.resize(512, 0);
    map.extend(b"abcde");
    let mut builder = tar::Builder::new(Vec::new());
    let records: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"real"),
        ("GNU.sparse.realsize", b"12"),
    ];
    builder.append_pax_extensions(records).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("GNUSparseFile.0/real").unwrap();
    header.set_size(map.len() as u64);
    header.set_cksum();
    builder.append(&header, &map[..]).unwrap();
    // PAX 0.1.
    let records: [(&str, &[u8]); 2] = [("GNU.sparse.map", b"1,2"), ("GNU.sparse.size", b"4")];
    builder.append_pax_extensions(records).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("old").unwrap();
    header.set_size(2);
    header.set_cksum();
    builder.append(&header, &b"xy"[..]).unwrap();
    let bytes = Layer::new().file("after", "z").bytes();
    let mut all = builder.into_inner().unwrap();
    all.truncate(all.len() - 1024);
    all.extend(bytes);
    let found = entries(&all);
    assert_eq!((found[0].0.as_str(), found[0].3.as_slice()), ("real", &b"\0\0abc\0\0\0de\0\0"[..]));
    assert_eq!(found[1].3, b"\0xy\0");
    assert_eq!((found[2].0.as_str(), found[2].3.as_slice()), ("after", &b"z"[..]));
}

#[test]
fn sparse_files_of_gnu_tar_are_read_as_gnu_tar_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut content = vec![0_u8; 300_000];
    for at in (0..content.len()).step_by(60_000) {
        content[at..at + 5].copy_from_slice(b"block");
    }
    let path = folder.path().join("sparse");
    let file = fs_err::File::create(&path).unwrap();
    file.set_len(content.len() as u64).unwrap();
    for at in (0..content.len()).step_by(60_000) {
        std::os::unix::fs::FileExt::write_all_at(file.file(), b"block", at as u64).unwrap();
    }
    for format in ["--format=gnu", "--format=pax"] {
        let output = std::process::Command::new("tar")
            .args([format, "--sparse", "-C", &folder.path().display().to_string(), "-c", "sparse"])
            .output()
            .unwrap();
        let found = entries(&output.stdout);
        assert_eq!(found.len(), 1, "{format}");
        assert!(found[0].0 == "sparse" && found[0].3 == content, "{format}");
    }
}

#[test]
fn data_that_is_not_asked_for_is_skipped() {
    let bytes = Layer::new().file("a", vec![1; 1_000_000]).file("b", "x").bytes();
    let mut tar = TarReader::new(std::io::Cursor::new(&bytes));
    assert_eq!(tar.next_entry().unwrap().unwrap().name, b"a");
    tar.seek_over_data().unwrap();
    assert_eq!(tar.next_entry().unwrap().unwrap().name, b"b");
    let mut tar = TarReader::new(&bytes[..]);
    tar.next_entry().unwrap();
    assert_eq!(tar.next_entry().unwrap().unwrap().name, b"b");
    assert!(tar.next_entry().unwrap().is_none());
}

/// An entry of the old form, whose header is changed before its sum is made.
fn old(name: &str, kind: u8, data: &[u8], change: impl Fn(&mut [u8; 512])) -> Vec<u8> {
    let mut header = tar::Header::new_old();
    header.set_path(name.trim_end_matches('/')).unwrap();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_mode(0o644);
    header.set_size(data.len() as u64);
    header.as_old_mut().linkflag = [kind];
    change(header.as_mut_bytes());
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

#[test]
fn numbers_and_folders_are_read_as_engines_read_them() {
    let plain = old("after", b'0', b"x", |_| {});
    // A size behind a zero byte is a size; a folder by its name is one only in the oldest form, and holds no data then.
    let shifted = old("shifted", b'0', b"", |header| header[124..136].copy_from_slice(b"\x000000001000\0"));
    let found = entries(&[shifted, vec![0; 512], plain.clone()].concat());
    assert_eq!((found[0].3.len(), found[1].0.as_str()), (512, "after"));
    let found = entries(&[old("file/", b'0', b"data", |_| {}), plain.clone()].concat());
    assert_eq!((found[0].1, found[0].3.as_slice(), found[1].0.as_str()), (EntryKind::File, &b"data"[..], "after"));
    let sized = old("folder/", 0, b"", |header| header[124..136].copy_from_slice(b"00000001000\0"));
    let found = entries(&[sized, plain].concat());
    assert_eq!((found[0].1, found[1].0.as_str()), (EntryKind::Dir, "after"));
}

#[test]
fn the_name_of_a_sparse_file_counts_for_sparse_files_alone() {
    for (records, name) in [
        (&[("GNU.sparse.name", &b"other"[..])][..], "plain"),
        (&[("GNU.sparse.name", b"other"), ("GNU.sparse.major", b"7"), ("GNU.sparse.minor", b"0")], "plain"),
        (&[("GNU.sparse.name", b"other"), ("GNU.sparse.map", b"0,3"), ("GNU.sparse.size", b"3")], "other"),
    ] {
        let mut builder = tar::Builder::new(Vec::new());
        builder.append_pax_extensions(records.iter().copied()).unwrap();
        let mut header = tar::Header::new_ustar();
        header.set_path("plain").unwrap();
        header.set_size(3);
        header.set_cksum();
        builder.append(&header, &b"abc"[..]).unwrap();
        let found = entries(&builder.into_inner().unwrap());
        assert_eq!((found[0].0.as_str(), found[0].3.as_slice()), (name, &b"abc"[..]));
    }
}
