//! Pulling and lists.

use http::Method;
use oci::Digest;
use serde_json::json;

use crate::world::{World, whole};

#[tokio::test(flavor = "multi_thread")]
async fn ranges_and_conditions_of_a_blob() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let digest = anna.push_blob("anna/web", b"0123456789").await;
    let path = format!("/v2/anna/web/blobs/{digest}");
    let part = anna.send(Method::GET, &path, &[("range", "bytes=2-4")], whole("")).await;
    assert_eq!((part.status, part.body.as_ref()), (206, b"234".as_slice()));
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    let beyond = anna.send(Method::GET, &path, &[("range", "bytes=10-")], whole("")).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */10"));
    let etag = format!("\"{digest}\"");
    let known = anna.send(Method::GET, &path, &[("if-none-match", &etag)], whole("")).await;
    assert_eq!(known.status, 304);
    let whole = anna.get(&path).await;
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!((whole.header("accept-ranges"), whole.header("etag")), ("bytes", etag.as_str()));
    let head = anna.head(&path).await;
    assert_eq!((head.status, head.header("content-length")), (200, "10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_come_in_pages() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let manifest = anna.push_image("anna/web", "a", b"layer").await;
    for tag in ["b", "c", "d", "e"] {
        anna.put_manifest("anna/web", tag, &manifest).await;
    }
    let page = anna.get("/v2/anna/web/tags/list?n=2").await;
    assert_eq!(page.json(), json!({"name": "anna/web", "tags": ["a", "b"]}));
    let link = page.header("link");
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    let page = anna.get(next).await;
    assert_eq!(page.json()["tags"], json!(["c", "d"]));
    let last = anna.get("/v2/anna/web/tags/list?n=2&last=d").await;
    assert_eq!((last.json()["tags"].clone(), last.header("link")), (json!(["e"]), ""));
    assert_eq!(anna.get("/v2/anna/web/tags/list").await.json()["tags"].as_array().unwrap().len(), 5);
    assert_eq!(anna.get("/v2/anna/web/tags/list?n=0").await.json()["tags"], json!([]));
    assert_eq!(anna.get("/v2/anna/web/tags/list?n=x").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_shows_each_caller_its_own() {
    let world = World::start().await;
    world.basic("anna").push_blob("anna/web", b"x").await;
    world.basic("bert").push_blob("bert/web", b"x").await;
    let names = |answer: crate::world::Answer| answer.json()["repositories"].clone();
    assert_eq!(names(world.basic("anna").get("/v2/_catalog").await), json!(["anna/web"]));
    assert_eq!(names(world.basic("root").get("/v2/_catalog").await), json!(["anna/web", "bert/web"]));
    let page = world.basic("root").get("/v2/_catalog?n=1").await;
    assert!(page.header("link").contains("last=anna%2Fweb"), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_tag_is_seen_at_once() {
    let world = World::start().await;
    let anna = world.basic("anna");
    for round in 0..20_u8 {
        let manifest = anna.push_image("anna/web", "latest", &[round]).await;
        let answer = anna.head("/v2/anna/web/manifests/latest").await;
        assert_eq!(answer.header("docker-content-digest"), Digest::of(manifest.to_string().as_bytes()).as_str());
    }
}
