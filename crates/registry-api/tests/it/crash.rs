//! A crash at any point leaves a whole blob or none.

use std::sync::Arc;

use base::UploadId;
use blob::{BlobStore, FsBlobStore};
use bytes::Bytes;
use oci::{Algorithm, Digest};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_a_record_is_no_blob_and_goes_at_the_next_start() {
    let world = World::start().await;
    world.basic("anna").push_blob("anna/web", b"kept").await;
    // As a crash between the file and its record leaves it.
    let digest = Digest::of(b"layer");
    let files = FsBlobStore::open(&world.blobs_dir()).unwrap();
    let upload = files.begin(UploadId::random(), Algorithm::Sha256);
    Arc::clone(&upload).write(vec![Bytes::from_static(b"layer")]).await.unwrap();
    upload.finish(digest.clone()).await.unwrap();
    assert_eq!(world.basic("anna").head(&format!("/v2/anna/web/blobs/{digest}")).await.status, 404);
    let folder = world.blobs_dir().join("blobs/sha256");
    assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 2);
    let world = world.restart().await;
    world.registry.blobs_sweep().await.unwrap();
    assert_eq!(fs_err::read_dir(&folder).unwrap().count(), 1);
    let anna = world.basic("anna");
    assert_eq!(anna.get(&format!("/v2/anna/web/blobs/{}", Digest::of(b"kept"))).await.body, "kept");
    anna.push_blob("anna/web", b"layer").await;
    assert_eq!(anna.get(&format!("/v2/anna/web/blobs/{digest}")).await.body, "layer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_upload_is_gone_after_a_restart() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    let body = crate::world::whole(vec![7; 1 << 20]);
    assert_eq!(anna.send(http::Method::PATCH, &location, &[], body).await.status, 202);
    let world = world.restart().await;
    assert_eq!(fs_err::read_dir(world.blobs_dir().join("uploads")).unwrap().count(), 0);
    let answer = world.basic("anna").get(&location).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "BLOB_UPLOAD_UNKNOWN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn images_outlive_a_restart() {
    let world = World::start().await;
    let manifest = world.basic("anna").push_image("anna/web", "1", b"layer").await;
    let world = world.restart().await;
    let answer = world.basic("anna").get("/v2/anna/web/manifests/1").await;
    assert_eq!(answer.body, manifest.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_blob_pushed_side_by_side_is_kept_once() {
    let world = World::start().await;
    let content = vec![9; 700_000];
    let anna = world.token("anna", &["repository:anna/web:pull,push"]).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (anna, content) = (anna.clone(), content.clone());
            tokio::spawn(async move { anna.push_blob("anna/web", &content).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(fs_err::read_dir(world.blobs_dir().join("blobs/sha256")).unwrap().count(), 1);
    let digest = Digest::of(&content);
    assert_eq!(world.basic("anna").get(&format!("/v2/anna/web/blobs/{digest}")).await.body.len(), content.len());
}
