use control_api::{ControlApi, RESERVED};
use http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_script_written_for_ucp_signs_in() {
    let world = World::open().await;
    let token = world.token("root").await;
    let me = world.with(&token, "GET", "/id/", None).await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!((me.json()["name"].as_str(), me.json()["isAdmin"].as_bool()), (Some("root"), Some(true)));
    let bundle = world.with(&token, "GET", "/api/clientbundle", None).await;
    assert_eq!(bundle.headers["content-type"], "application/zip");
    assert!(bundle.headers["content-disposition"].to_str().unwrap().contains("ucp-bundle-root.zip"));
    assert!(bundle.body.starts_with(b"PK"));
    assert_eq!(world.with(&token, "POST", "/id/logout", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.with(&token, "GET", "/id/", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_access_token_makes_nothing_that_would_outlive_it() {
    let world = World::open().await;
    let session = world.token("root").await;
    let label = json!({"label": "ci"});
    let made = world.with(&session, "POST", "/api/v1/users/root/tokens", Some(label.clone())).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let token = made.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(world.with(&token, "GET", "/id/", None).await.status, StatusCode::OK);
    for (method, path, body) in [
        ("POST", "/api/v1/users/root/tokens", Some(label.clone())),
        ("POST", "/api/v1/users/root/bundles", Some(label.clone())),
        ("GET", "/api/clientbundle", None),
    ] {
        let answer = world.with(&token, method, path, body.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains("sign in with the password"), "{path}");
        assert!(world.with(&session, method, path, body).await.status.is_success(), "{path}: the session may");
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_ucps_form() {
    let world = World::open().await;
    let body = json!({"username": "root", "password": "wrong", "token": "", "useTLS": true});
    let answer = world.call("POST", "/auth/login", &[], Some(body)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.json()["errors"][0]["code"].is_string());
}

#[tokio::test]
async fn every_reserved_path_says_that_it_is_not_open() {
    let world = World::open().await;
    for reserved in RESERVED {
        let path = format!("{}/below", reserved.path);
        assert!(ControlApi::owns(&path) && ControlApi::owns(reserved.path), "{path}");
        for path in [reserved.path, &path] {
            let answer = world.call("GET", path, &[], None).await;
            assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{path}");
            assert!(answer.json()["errors"][0]["message"].as_str().unwrap().contains("not open yet"), "{path}");
        }
    }
}

#[tokio::test]
async fn the_ca_is_shown_to_everybody() {
    let world = World::open().await;
    let answer = world.call("GET", "/ca", &[], None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with(b"-----BEGIN CERTIFICATE-----"));
}

#[test]
fn no_path_of_the_engine_or_registry_is_taken() {
    for path in
        ["/_ping", "/v2/", "/v1.41/info", "/containers/json", "/nodes", "/auth", "/auth/token", "/console/", "/"]
    {
        assert!(!ControlApi::owns(path), "{path}");
    }
}
