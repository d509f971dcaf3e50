//! What the gateway answers itself, and what it refuses before any engine is asked.

use http::{Method, StatusCode};
use http_kit::Body;
use serde_json::json;

use crate::world::{World, message, read};

#[tokio::test(flavor = "multi_thread")]
async fn ping_is_open_to_all_and_tells_the_version() {
    let world = World::new().await;
    for method in [Method::GET, Method::HEAD] {
        let response = world.raw(None, method, "/_ping", Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("api-version"), header("ostype"), header("builder-version")),
            ("1.41".into(), "linux".into(), "1".into())
        );
        assert_eq!(header("swarm"), "active/manager");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_else_needs_an_account() {
    let world = World::new().await;
    for path in ["/version", "/containers/json", "/v1.41/info", "/nothing"] {
        let (status, answer) = read(world.raw(None, Method::GET, path, Body::empty()).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(message(&answer).contains("sign in"), "{answer}");
    }
    assert!(world.stub.got().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_no_table_is_refused_and_what_is_not_open_says_so() {
    let world = World::new().await;
    assert_eq!(world.get("admin", "/debug/secrets").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("admin", "/v1.23/containers/json").await.0, StatusCode::BAD_REQUEST);
    let (status, answer) = world.get("admin", "/v1.99/containers/json").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(message(&answer), "client version 1.99 is too new. Maximum supported API version is 1.41");
    let (status, answer) = world.get("admin", "/v1.41/plugins").await;
    assert_eq!(status, StatusCode::NOT_IMPLEMENTED);
    assert!(message(&answer).contains("/plugins"), "{answer}");
    assert!(world.stub.got().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn version_is_ours_and_info_counts_what_the_caller_sees() {
    let world = World::new().await;
    let (status, version) = world.get("anna", "/v1.41/version").await;
    assert_eq!(status, StatusCode::OK);
    assert!(version["Version"].as_str().unwrap().starts_with("holdfast/"));
    assert_eq!(version["ApiVersion"], "1.41");
    world.stub.on_get("/info", json!({
        "Containers": 9, "ContainersRunning": 9,
        "Swarm": { "LocalNodeState": "active", "ControlAvailable": true, "RemoteManagers": [{ "Addr": "10.0.0.1" }], "Cluster": {} }
    }));
    let own = json!({ "com.docker.ucp.access.label": "/Shared/Private/anna" });
    world.stub.on_get(
        "/containers/json",
        json!([{ "Id": "1", "State": "running", "Labels": own }, { "Id": "2", "State": "running", "Labels": {} }]),
    );
    let (_, info) = world.get("anna", "/v1.41/info").await;
    assert_eq!((&info["Containers"], &info["ContainersRunning"]), (&json!(1), &json!(1)));
    assert_eq!((&info["Swarm"]["RemoteManagers"], &info["Swarm"]["ControlAvailable"]), (&json!(null), &json!(true)));
    assert_eq!(world.get("admin", "/info").await.1["Containers"], 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn login_to_our_registry_never_reaches_an_engine() {
    let world = World::new().await;
    let login =
        |password: &str| json!({ "username": "ben", "password": password, "serveraddress": "registry.test:5000" });
    let (status, answer) = world.post("anna", "/auth", login("correct horse battery")).await;
    assert_eq!((status, answer["Status"].as_str().unwrap()), (StatusCode::OK, "Login Succeeded"));
    assert_eq!(world.post("anna", "/auth", login("wrong")).await.0, StatusCode::UNAUTHORIZED);
    let elsewhere = json!({ "username": "a", "password": "b", "serveraddress": "10.0.0.5:22" });
    assert_eq!(world.post("anna", "/auth", elsewhere).await.0, StatusCode::FORBIDDEN);
    assert!(world.stub.got().is_empty());
}
