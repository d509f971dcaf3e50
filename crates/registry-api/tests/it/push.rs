//! Pushing.

use bytes::Bytes;
use http::Method;
use oci::Digest;
use serde_json::json;

use crate::world::{World, image, pieces, whole};

#[tokio::test(flavor = "multi_thread")]
async fn an_image_goes_in_and_comes_out_unchanged() {
    let world = World::start().await;
    let anna = world.token("anna", &["repository:anna/web:pull,push"]).await;
    let manifest = anna.push_image("anna/web", "1", b"layer").await;
    let answer = anna.get("/v2/anna/web/manifests/1").await;
    assert_eq!((answer.status, answer.body.as_ref()), (200, manifest.to_string().as_bytes()));
    assert_eq!(answer.header("content-type"), oci::MediaType::OCI_MANIFEST);
    assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
    let digest = answer.header("docker-content-digest").to_owned();
    assert_eq!(digest, Digest::of(manifest.to_string().as_bytes()).as_str());
    let head = anna.head(&format!("/v2/anna/web/manifests/{digest}")).await;
    assert_eq!((head.status, head.header("content-length")), (200, manifest.to_string().len().to_string().as_str()));
    let layer = anna.get(&format!("/v2/anna/web/blobs/{}", Digest::of(b"layer"))).await;
    assert_eq!((layer.status, layer.body.as_ref()), (200, b"layer".as_slice()));
    let view = world.registry.tag_view(&world.system(), &"anna/web".parse().unwrap(), &"1".parse().unwrap()).await;
    let view = view.unwrap();
    assert_eq!(view.pushed_by.as_deref(), Some("anna"));
    assert_eq!(view.platforms[0].architecture, "amd64");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_taken_in_every_form() {
    let world = World::start().await;
    let anna = world.basic("anna");
    // One request.
    let digest = Digest::of(b"one");
    let path = format!("/v2/anna/web/blobs/uploads/?digest={digest}");
    let answer = anna.send(Method::POST, &path, &[], whole("one")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("location"), format!("/v2/anna/web/blobs/{digest}"));
    // All of it in the last request.
    let location = anna.begin("anna/web").await;
    let digest = Digest::of(b"two");
    let answer = anna.send(Method::PUT, &format!("{location}?digest={digest}"), &[], whole("two")).await;
    assert_eq!((answer.status, answer.header("docker-content-digest")), (201, digest.as_str()));
    // In chunks, with sha512.
    let location = anna.begin("anna/web").await;
    let answer = anna.send(Method::PATCH, &location, &[("content-range", "0-2")], whole("abc")).await;
    assert_eq!((answer.status, answer.header("range")), (202, "0-2"));
    let wrong = anna.send(Method::PATCH, &location, &[("content-range", "5-7")], whole("xyz")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (416, "BLOB_UPLOAD_INVALID"));
    let answer = anna.get(&location).await;
    assert_eq!((answer.status, answer.header("range")), (204, "0-2"));
    let digest = Digest::compute(oci::Algorithm::Sha512, b"abcdef");
    let path = format!("{location}?digest={digest}");
    let answer = anna.send(Method::PUT, &path, &[("content-range", "3-5")], whole("def")).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(anna.get(&format!("/v2/anna/web/blobs/{digest}")).await.body, "abcdef");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_streamed_blob_comes_out_unchanged() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    let parts: Vec<Bytes> = (0..40_u8).map(|n| Bytes::from(vec![n; 262_145])).collect();
    let content = parts.concat();
    let digest = Digest::of(&content);
    let answer = anna.send(Method::PATCH, &location, &[], pieces(parts.into_iter().map(Ok).collect())).await;
    assert_eq!(answer.header("range"), format!("0-{}", content.len() - 1));
    let answer = anna.send(Method::PUT, &format!("{location}?digest={digest}"), &[], whole("")).await;
    assert_eq!(answer.status, 201);
    let answer = anna.get(&format!("/v2/anna/web/blobs/{digest}")).await;
    assert_eq!(Digest::of(&answer.body), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_upload_is_gone_on_with() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "PATCH {location} HTTP/1.1\r\nhost: {}\r\nauthorization: {}\r\ncontent-length: 100\r\n\r\nfirst ",
        world.address,
        anna.authorization.as_deref().unwrap()
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
    drop(stream);
    // The server sees the end of the connection a moment later.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while anna.get(&location).await.header("range") != "0-5" {
        assert!(tokio::time::Instant::now() < deadline, "what came before the cut is kept");
    }
    let answer = anna.send(Method::PATCH, &location, &[("content-range", "6-11")], whole("second")).await;
    assert_eq!((answer.status, answer.header("range")), (202, "0-11"), "{answer:?}");
    let digest = Digest::of(b"first second");
    let answer = anna.send(Method::PUT, &format!("{location}?digest={digest}"), &[], whole("")).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_digest_stores_nothing() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    let digest = Digest::of(b"other");
    let answer = anna.send(Method::PUT, &format!("{location}?digest={digest}"), &[], whole("real")).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "DIGEST_INVALID"));
    assert_eq!(anna.get(&location).await.status, 404);
    assert_eq!(anna.head(&format!("/v2/anna/web/blobs/{digest}")).await.status, 404);
    assert_eq!(fs_err::read_dir(world.blobs_dir().join("uploads")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_upload_is_gone() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    assert_eq!(anna.delete(&location).await.status, 204);
    let answer = anna.send(Method::PATCH, &location, &[], whole("x")).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "BLOB_UPLOAD_UNKNOWN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_needs_what_it_names() {
    let world = World::start().await;
    let anna = world.basic("anna");
    anna.push_blob("anna/web", b"{}").await;
    let answer = anna.put_manifest("anna/web", "1", &image(b"{}", &[b"absent"])).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(answer.json()["errors"][0]["detail"]["digests"][0], Digest::of(b"absent").as_str());
    let mut foreign = image(b"{}", &[b"absent"]);
    foreign["layers"][0]["urls"] = json!(["https://example.com/x"]);
    assert_eq!(anna.put_manifest("anna/web", "1", &foreign).await.status, 201);
    let twice = foreign.to_string().replacen("\"layers\"", "\"Layers\":[],\"layers\"", 1);
    let path = "/v2/anna/web/manifests/2";
    let answer = anna.send(Method::PUT, path, &[("content-type", oci::MediaType::OCI_MANIFEST)], whole(twice)).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "MANIFEST_INVALID"));
    let huge = vec![b' '; oci::MAX_MANIFEST_BYTES + 1];
    // The answer comes before the body is read; the connection may close under the sender.
    if let Ok(answer) = anna.try_send(Method::PUT, path, &[], whole(huge)).await {
        assert_eq!(answer.status, 413);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_manifest_is_taken() {
    let world = World::start().await;
    let anna = world.basic("anna");
    anna.push_blob("anna/web", b"{}").await;
    let mut manifest = image(b"{}", &[]);
    manifest["annotations"] = json!({ "padding": "x".repeat(3_500_000) });
    let answer = anna.put_manifest("anna/web", "big", &manifest).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    assert_eq!(anna.get("/v2/anna/web/manifests/big").await.body.len(), manifest.to_string().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_is_mounted_from_a_repository_that_may_be_pulled() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let digest = anna.push_blob("anna/web", b"layer").await;
    let mount = |target: &str| format!("/v2/{target}/blobs/uploads/?mount={digest}&from=anna/web");
    let answer = anna.post(&mount("anna/other")).await;
    assert_eq!((answer.status, answer.header("docker-content-digest")), (201, digest.as_str()));
    assert_eq!(anna.get(&format!("/v2/anna/other/blobs/{digest}")).await.body, "layer");
    // Somebody who may not pull from there gets an upload and learns nothing.
    let bert = world.basic("bert");
    assert_eq!(bert.post(&mount("bert/mine")).await.status, 202);
    assert_eq!(bert.head(&format!("/v2/bert/mine/blobs/{digest}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn referrers_are_listed_and_filtered() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let manifest = anna.push_image("anna/web", "1", b"layer").await;
    let subject = Digest::of(manifest.to_string().as_bytes());
    let path = format!("/v2/anna/web/referrers/{subject}");
    assert_eq!(anna.get(&path).await.json()["manifests"], json!([]));
    let mut signature = image(b"{}", &[b"layer"]);
    signature["artifactType"] = json!("application/vnd.example.signature");
    signature["subject"] =
        json!({"mediaType": oci::MediaType::OCI_MANIFEST, "digest": subject, "size": manifest.to_string().len()});
    signature["annotations"] = json!({ "who": "anna" });
    anna.push_blob("anna/web", b"{}").await;
    let digest = Digest::of(signature.to_string().as_bytes());
    let answer = anna.put_manifest("anna/web", digest.as_str(), &signature).await;
    assert_eq!((answer.status, answer.header("oci-subject")), (201, subject.as_str()));
    let found = anna.get(&path).await;
    assert_eq!(found.header("content-type"), oci::MediaType::OCI_INDEX);
    assert_eq!(found.json()["manifests"][0]["digest"], digest.as_str());
    assert_eq!(found.json()["manifests"][0]["annotations"]["who"], "anna");
    let other = anna.get(&format!("{path}?artifactType=application/other")).await;
    assert_eq!(other.json()["manifests"], json!([]));
    assert_eq!(other.header("oci-filters-applied"), "artifactType");
}

#[tokio::test(flavor = "multi_thread")]
async fn deletes_take_away_what_they_name() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let manifest = anna.push_image("anna/web", "1", b"layer").await;
    anna.put_manifest("anna/web", "2", &manifest).await;
    let layer = format!("/v2/anna/web/blobs/{}", Digest::of(b"layer"));
    assert_eq!(anna.delete(&layer).await.status, 409);
    assert_eq!(anna.delete("/v2/anna/web/manifests/1").await.status, 202);
    assert_eq!(anna.get("/v2/anna/web/manifests/1").await.code(), "MANIFEST_UNKNOWN");
    assert_eq!(anna.get("/v2/anna/web/manifests/2").await.status, 200);
    let digest = Digest::of(manifest.to_string().as_bytes());
    assert_eq!(anna.delete(&format!("/v2/anna/web/manifests/{digest}")).await.status, 202);
    assert_eq!(anna.get("/v2/anna/web/manifests/2").await.status, 404);
    assert_eq!(anna.get(&format!("/v2/anna/web/manifests/{digest}")).await.status, 404);
    assert_eq!(anna.delete(&layer).await.status, 202);
    assert_eq!(anna.head(&layer).await.status, 404);
}
