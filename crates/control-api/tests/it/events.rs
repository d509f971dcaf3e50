use std::time::Duration;

use api_model::EventKind;
use http_body_util::BodyExt;
use http_kit::Response;
use serde_json::json;

use crate::world::World;

async fn open(world: &World, token: &str) -> Response {
    let bearer = format!("Bearer {token}");
    let response = world.send("GET", "/api/v1/events", &[("authorization", &bearer)], None).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// Reads the next piece of a stream; `None` at its end.
async fn next(stream: &mut Response) -> Option<String> {
    let frame = tokio::time::timeout(Duration::from_secs(5), stream.body_mut().frame()).await.expect("silent");
    frame.map(|frame| String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn a_user_hears_only_of_what_they_may_know() {
    let world = World::open().await;
    let root = world.token("root").await;
    world.user(&root, "anna").await;
    let anna = world.token("anna").await;
    let (mut all, mut some) = (open(&world, &root).await, open(&world, &anna).await);
    world.publish(EventKind::Audit);
    world.publish(EventKind::Repositories);
    assert_eq!(next(&mut all).await.unwrap(), "data: {\"kind\":\"audit\",\"id\":\"an-id\"}\n\n");
    assert_eq!(next(&mut some).await.unwrap(), "data: {\"kind\":\"repositories\"}\n\n");
}

#[tokio::test]
async fn a_stream_ends_when_its_reader_is_deactivated() {
    let world = World::open().await;
    let root = world.token("root").await;
    world.user(&root, "anna").await;
    let mut stream = open(&world, &world.token("anna").await).await;
    world.done(&root, "PATCH", "/api/v1/users/anna", Some(json!({"is_active": false}))).await;
    assert_eq!(next(&mut stream).await, None);
}

#[tokio::test]
async fn a_reader_who_is_too_slow_is_told_that_everything_may_be_stale() {
    let world = World::open().await;
    let root = world.token("root").await;
    let mut stream = open(&world, &root).await;
    for _ in 0..1000 {
        world.publish(EventKind::Services);
    }
    assert!(next(&mut stream).await.unwrap().contains("resync"));
}

#[tokio::test]
async fn streams_end_when_the_server_is_told_to() {
    let world = World::open().await;
    let root = world.token("root").await;
    let mut stream = open(&world, &root).await;
    world.events.close();
    assert_eq!(next(&mut stream).await, None);
    assert_eq!(next(&mut open(&world, &root).await).await, None);
}
