//! Requests through a tunnel.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use engine_client::{Error, Weight};
use http::StatusCode;
use http_body_util::BodyExt;
use http_kit::{Body, Shutdown, read, upgraded};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::rig::{Rig, get, rig, start, until};
use crate::small_engine::SmallEngine;

async fn text(body: Body) -> String {
    String::from_utf8(read(body, 1 << 20).await.unwrap().to_vec()).unwrap()
}

async fn rigged() -> (tempfile::TempDir, SmallEngine, Rig) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let engine = SmallEngine::start(&path, Shutdown::new());
    let rig = rig(&path).await;
    (folder, engine, rig)
}

#[tokio::test]
async fn short_and_bulk_requests_are_answered() {
    let (_folder, engine, rig) = rigged().await;
    for weight in [Weight::Short, Weight::Bulk] {
        for _ in 0..5 {
            let response = rig.link.request(get("/_ping"), weight).await.unwrap();
            assert_eq!(text(response.into_body()).await, "OK");
        }
        let request = http::Request::post("/echo?a=b").body(Body::from("hello")).unwrap();
        assert_eq!(text(rig.link.request(request, weight).await.unwrap().into_body()).await, "hello");
    }
    assert_eq!(engine.served.load(Ordering::SeqCst), 12);
}

#[tokio::test]
async fn many_requests_run_beside_each_other() {
    let (_folder, _engine, rig) = rigged().await;
    let all = (0..100).map(|number| {
        let link = std::sync::Arc::clone(&rig.link);
        let weight = if number % 4 == 0 { Weight::Bulk } else { Weight::Short };
        async move { text(link.request(get("/_ping"), weight).await.unwrap().into_body()).await }
    });
    let answers = timeout(Duration::from_secs(20), futures_util::future::join_all(all)).await.unwrap();
    assert!(answers.iter().all(|answer| answer == "OK"));
}

#[tokio::test]
async fn headers_of_one_hop_stay_on_it() {
    let (_folder, _engine, rig) = rigged().await;
    let request = http::Request::get("/headers")
        .header("connection", "keep-alive, x-mine")
        .header("x-mine", "1")
        .header("te", "trailers")
        .header("x-kept", "1")
        .body(Body::empty())
        .unwrap();
    assert_eq!(text(rig.link.request(request, Weight::Short).await.unwrap().into_body()).await, "x-kept host");
}

#[tokio::test]
async fn an_upgrade_keeps_its_output_after_the_end_of_input() {
    let (_folder, _engine, rig) = rigged().await;
    let request = http::Request::post("/attach").header("upgrade", "tcp").body(Body::empty()).unwrap();
    // The weight does not matter: an upgrade never shares a connection.
    let mut response = rig.link.request(request, Weight::Short).await.unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    let mut io = upgraded(hyper::upgrade::on(&mut response).await.unwrap());
    io.write_all(b"input").await.unwrap();
    io.shutdown().await.unwrap();
    let mut output = String::new();
    timeout(Duration::from_secs(5), io.read_to_string(&mut output)).await.unwrap().unwrap();
    assert_eq!(output, "got input");
}

#[tokio::test]
async fn a_refused_upgrade_leaves_no_connection_for_others() {
    let (_folder, engine, rig) = rigged().await;
    for _ in 0..20 {
        let request = http::Request::post("/refuse").header("upgrade", "tcp").body(Body::empty()).unwrap();
        let response = rig.link.request(request, Weight::Bulk).await.unwrap();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(text(response.into_body()).await, "not running");
    }
    assert_eq!(engine.served.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn bodies_stream_in_both_directions_without_being_held() {
    let (_folder, _engine, rig) = rigged().await;
    for weight in [Weight::Short, Weight::Bulk] {
        let pieces = (0..512).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[1; 65536])));
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let request = http::Request::post("/count").body(body).unwrap();
        let answer = text(rig.link.request(request, weight).await.unwrap().into_body()).await;
        assert_eq!(answer, (512 * 65536).to_string());
        let mut body = rig.link.request(get("/large"), weight).await.unwrap().into_body();
        let mut bytes = 0;
        while let Some(frame) = body.frame().await {
            bytes += frame.unwrap().into_data().unwrap().len();
        }
        assert_eq!(bytes, 1024 * 65536);
    }
}

#[tokio::test]
async fn dropping_an_endless_answer_ends_it_at_the_engine() {
    let (_folder, engine, rig) = rigged().await;
    for weight in [Weight::Short, Weight::Bulk] {
        let mut body = rig.link.request(get("/forever"), weight).await.unwrap().into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first\n");
        assert_eq!(engine.open.load(Ordering::SeqCst), 1);
        drop(body);
        until("the engine's stream ends", || engine.open.load(Ordering::SeqCst) == 0).await;
        // And nothing of it disturbs the next request.
        let response = rig.link.request(get("/_ping"), weight).await.unwrap();
        assert_eq!(text(response.into_body()).await, "OK");
    }
}

#[tokio::test]
async fn an_engine_that_is_away_is_an_error_and_its_return_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.sock");
    let rig = rig(&path).await;
    for weight in [Weight::Short, Weight::Bulk] {
        let error = rig.link.request(get("/_ping"), weight).await.unwrap_err();
        assert_eq!(error.kind(), base::ErrorKind::BadGateway, "{error:?}");
    }
    let shutdown = Shutdown::new();
    let engine = SmallEngine::start(&path, shutdown.clone());
    let response = rig.link.request(get("/_ping"), Weight::Short).await.unwrap();
    assert_eq!(text(response.into_body()).await, "OK");
    // Its restart closes the waiting connection; the next request takes another.
    shutdown.begin();
    until("the first engine is gone", || std::os::unix::net::UnixStream::connect(&path).is_err()).await;
    fs_err::remove_file(&path).unwrap();
    let again = SmallEngine::start(&path, Shutdown::new());
    let response = rig.link.request(get("/_ping"), Weight::Short).await.unwrap();
    assert_eq!(text(response.into_body()).await, "OK");
    assert_eq!((engine.served.load(Ordering::SeqCst), again.served.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_new_session_closes_the_former_and_serves() {
    let (_folder, _engine, mut rig) = rigged().await;
    let second = start(&rig.end, &rig.dial);
    let link = timeout(Duration::from_secs(5), rig.links.recv()).await.unwrap().unwrap();
    timeout(Duration::from_secs(5), rig.link.closed()).await.unwrap();
    assert!(matches!(rig.link.request(get("/_ping"), Weight::Short).await, Err(Error::Closed)));
    for weight in [Weight::Short, Weight::Bulk] {
        assert_eq!(text(link.request(get("/_ping"), weight).await.unwrap().into_body()).await, "OK");
    }
    second.abort();
    timeout(Duration::from_secs(5), link.closed()).await.unwrap();
}
