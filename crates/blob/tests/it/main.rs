//! The filesystem driver against the conformance suite, and what is its own.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use base::{ErrorKind, UploadId};
use bytes::Bytes;
use futures_util::stream;
use holdfast_blob as blob;
use holdfast_blob::{BlobStore, Error, FsBlobStore, PumpError, pump};
use oci::{Algorithm, Digest};

fn open(dir: &tempfile::TempDir) -> Arc<dyn BlobStore> {
    Arc::new(FsBlobStore::open(dir.path()).unwrap())
}

fn files(dir: &tempfile::TempDir, folder: &str) -> usize {
    fs_err::read_dir(dir.path().join(folder)).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn filesystem_driver_conforms() {
    let dir = tempfile::tempdir().unwrap();
    blob::conformance::run(open(&dir)).await.unwrap();
    assert_eq!(files(&dir, "uploads"), 0, "no upload is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_keeps_what_was_received() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let upload = store.begin(UploadId::random(), Algorithm::Sha256);
    let source = stream::iter([Ok(Bytes::from_static(b"abc")), Err("cut")]);
    assert!(matches!(pump(&upload, source, 100).await, Err(PumpError::Source("cut"))));
    assert_eq!(Arc::clone(&upload).settled().await, 3);
    let rest = stream::iter([Ok::<_, &str>(Bytes::from_static(b"def"))]);
    assert_eq!(pump(&upload, rest, 100).await.unwrap(), 6);
    assert!(upload.finish(Digest::of(b"abcdef")).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_bound_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let upload = open(&dir).begin(UploadId::random(), Algorithm::Sha256);
    let source = stream::iter([Ok::<_, &str>(Bytes::from_static(b"abcd"))]);
    assert!(matches!(pump(&upload, source, 3).await, Err(PumpError::TooLarge { limit: 3 })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_removes_unfinished_uploads_and_keeps_blobs() {
    let dir = tempfile::tempdir().unwrap();
    let digest = Digest::of(b"whole");
    let generation = UploadId::random();
    {
        let store = open(&dir);
        let whole = store.begin(generation, Algorithm::Sha256);
        Arc::clone(&whole).write(vec![Bytes::from_static(b"whole")]).await.unwrap();
        whole.finish(digest.clone()).await.unwrap();
        let half = store.begin(UploadId::random(), Algorithm::Sha256);
        Arc::clone(&half).write(vec![Bytes::from_static(b"half")]).await.unwrap();
        assert_eq!(files(&dir, "uploads"), 1);
        // As a kill would: the file stays.
        std::mem::forget(half);
    }
    let store = open(&dir);
    assert_eq!(files(&dir, "uploads"), 0);
    assert!(store.open(&digest, generation).await.is_ok());
    assert_eq!(store.suspects().await.unwrap(), [(digest, generation)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_upload_frees_its_space() {
    let dir = tempfile::tempdir().unwrap();
    let upload = open(&dir).begin(UploadId::random(), Algorithm::Sha256);
    Arc::clone(&upload).write(vec![Bytes::from_static(b"x")]).await.unwrap();
    drop(upload);
    assert_eq!(files(&dir, "uploads"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_uploads_all_become_durable() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let tasks: Vec<_> = (0..32_u32)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let content = Bytes::from(vec![7; 10_000 + n as usize]);
                let upload = store.begin(UploadId::random(), Algorithm::Sha256);
                Arc::clone(&upload).write(vec![content.clone()]).await.unwrap();
                upload.finish(Digest::of(&content)).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        let stored = task.await.unwrap();
        assert!(store.open(&stored.digest, stored.generation).await.is_ok());
    }
    assert_eq!(files(&dir, "blobs/sha256"), 32);
}

#[test]
fn full_and_read_only_disks_have_their_own_class() {
    let error = |kind: std::io::ErrorKind| Error::Io { operation: "writing", path: "x".into(), source: kind.into() };
    assert_eq!(error(std::io::ErrorKind::StorageFull).kind(), ErrorKind::InsufficientStorage);
    assert_eq!(error(std::io::ErrorKind::QuotaExceeded).kind(), ErrorKind::InsufficientStorage);
    assert_eq!(error(std::io::ErrorKind::ReadOnlyFilesystem).kind(), ErrorKind::Unavailable);
}
