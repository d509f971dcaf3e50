//! Bad input.

use bytes::Bytes;
use http::Method;

use crate::world::{World, whole};

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_clear_answer_in_the_dialect() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    for (method, path, status, code) in [
        (Method::GET, "/v2/Anna/web/tags/list", 400, "NAME_INVALID"),
        (Method::GET, "/v2/web/tags/list", 400, "NAME_INVALID"),
        (Method::GET, "/v2/anna/web/blobs/sha256:short", 400, "DIGEST_INVALID"),
        (Method::GET, "/v2/anna/web/manifests/.bad", 404, "MANIFEST_UNKNOWN"),
        (Method::GET, "/v2/anna/web/nothing", 404, "NOT_FOUND"),
        (Method::PATCH, "/v2/anna/web/manifests/1", 405, "UNSUPPORTED"),
        (Method::PUT, "/v2/_catalog", 405, "UNSUPPORTED"),
        (Method::GET, "/v2/anna/web/blobs/uploads/", 405, "UNSUPPORTED"),
        (Method::GET, "/v2/anna/web/_trust/tuf/root.json", 501, "UNSUPPORTED"),
        (Method::PUT, &format!("{location}?digest=nonsense"), 400, "DIGEST_INVALID"),
        (Method::PUT, &location, 400, "DIGEST_INVALID"),
        (Method::PUT, "/v2/anna/web/manifests/1", 400, "MANIFEST_INVALID"),
        (Method::GET, "/v2/anna/web/tags/list?n=1&n=2", 400, "UNSUPPORTED"),
    ] {
        let answer = anna.send(method.clone(), path, &[], whole("")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_is_not_what_it_says_is_refused() {
    let world = World::start().await;
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    for (range, status) in [("x", 400), ("0-9", 400), ("9-0", 400), ("0-18446744073709551615", 400)] {
        let answer = anna.send(Method::PATCH, &location, &[("content-range", range)], whole("abc")).await;
        assert_eq!(answer.status, status, "{range}");
    }
    let mounts = format!("/v2/anna/web/blobs/uploads/?mount={}&from=../etc", "x".repeat(200));
    assert_eq!(anna.post(&mounts).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_to_be_full() {
    // A file system of one megabyte stands in for a full disk; making one needs root.
    let world = World::start().await;
    let uploads = world.blobs_dir().join("uploads");
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&uploads)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        testkit::skip("registry-api strangers::a_full_disk_is_said_to_be_full", "no right to mount");
        return;
    }
    let _mount = Mount(uploads);
    let anna = world.basic("anna");
    let location = anna.begin("anna/web").await;
    assert_eq!(anna.send(Method::PATCH, &location, &[], whole("taken")).await.status, 202);
    let answer = anna.send(Method::PATCH, &location, &[], whole(Bytes::from(vec![7; 4 << 20]))).await;
    assert_eq!(answer.status, 507, "{answer:?}");
    let status = anna.get(&location).await;
    assert_eq!(status.status, 204, "what was taken is still there to go on with");
    assert!(status.header("range") >= "0-4", "{status:?}");
}

/// Takes a file system away again, whatever became of the test.
struct Mount(std::path::PathBuf);

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
