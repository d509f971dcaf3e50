//! Files as bytes.

use holdfast_file_map::{FileMap, read};

#[test]
fn a_file_is_its_bytes_and_an_empty_one_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs_err::write(&path, b"some bytes").unwrap();
    assert_eq!(&*FileMap::open(&path).unwrap(), b"some bytes");
    fs_err::write(dir.path().join("empty"), b"").unwrap();
    assert!(FileMap::open(&dir.path().join("empty")).unwrap().is_empty());
}

#[test]
fn a_mapped_file_outlives_its_replacement() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs_err::write(&path, b"old").unwrap();
    let map = FileMap::open(&path).unwrap();
    fs_err::write(dir.path().join("new"), b"new").unwrap();
    fs_err::rename(dir.path().join("new"), &path).unwrap();
    assert_eq!(&*map, b"old");
}

#[test]
fn folders_and_what_is_not_there_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(FileMap::open(dir.path()).is_err());
    assert!(FileMap::open(&dir.path().join("absent")).is_err());
}

#[test]
fn reading_stops_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs_err::write(&path, b"12345").unwrap();
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    assert!(read(&path, 4).is_err());
}
