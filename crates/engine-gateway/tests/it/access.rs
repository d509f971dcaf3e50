//! Objects: hidden, visible, allowed; and the request that the engine gets.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, at, message};

const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

async fn world() -> World {
    let world = World::new().await;
    world.collection("/prod").await;
    let view = json!({ "Id": ID, "Name": "/web", "Config": { "Labels": at("/prod") } });
    for reference in ["web", ID] {
        world.stub.on_get(&format!("/containers/{reference}/json"), view.clone());
    }
    world.stub.on(Method::POST, &format!("/containers/{ID}/stop"), 204, Value::Null);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_of_no_use_to_a_foreign_page() {
    let world = world().await;
    let send = |origin: Option<&'static str>| {
        let mut request = http_kit::Request::new(http_kit::Body::empty());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = "/v1.41/containers/web/stop".parse().unwrap();
        request.headers_mut().insert("host", "hf.test".parse().unwrap());
        request.headers_mut().extend(origin.map(|origin| (http::header::ORIGIN, origin.parse().unwrap())));
        let certificate = http_kit::PeerCertificate {
            fingerprint: [7; 32],
            subject_cn: None,
            verdict: http_kit::Verdict::Trusted,
            not_after: base::Timestamp::default(),
            der: bytes::Bytes::new(),
        };
        request.extensions_mut().insert(http_kit::Peer {
            address: ([10, 0, 0, 1], 1).into(),
            transport: http_kit::Transport::Tls,
            certificate: Some(std::sync::Arc::new(certificate)),
        });
        world.gateway.handle(request)
    };
    assert_eq!(send(Some("https://evil.test")).await.status(), StatusCode::FORBIDDEN);
    // Beyond the origin it is the certificate that counts, which nobody knows here.
    for own in [None, Some("https://hf.test")] {
        assert_eq!(send(own).await.status(), StatusCode::UNAUTHORIZED, "{own:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_object_is_answered_as_the_engine_answers_a_missing_one() {
    let world = world().await;
    for (method, path) in
        [(Method::GET, "json"), (Method::POST, "stop"), (Method::POST, "exec"), (Method::POST, "attach")]
    {
        let body = if path == "exec" { json!({ "Cmd": ["sh"] }) } else { Value::Null };
        let (status, answer) = world.ask("anna", method, &format!("/v1.41/containers/web/{path}"), body).await;
        assert_eq!((status, message(&answer)), (StatusCode::NOT_FOUND, "No such container: web"), "{path}");
    }
    let (status, answer) = world.get("anna", "/v1.41/containers/none/json").await;
    assert_eq!((status, message(&answer)), (StatusCode::NOT_FOUND, "No such container: none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visible_object_names_what_is_missing() {
    let world = world().await;
    world.grant("anna", "viewonly", "/prod").await;
    assert_eq!(world.get("anna", "/v1.41/containers/web/json").await.0, StatusCode::OK);
    let (status, answer) = world.post("anna", "/v1.41/containers/web/stop", Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(message(&answer), "you need a grant with `Container Stop` on collection `/prod`");
    assert!(world.stub.last(&Method::POST, &format!("/containers/{ID}/stop")).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_gets_a_fresh_request_with_the_full_id() {
    let world = world().await;
    world.grant("anna", "restrictedcontrol", "/prod").await;
    let target = "/v1.41//containers/w%65b/stop?t=3&evil=1&signal=";
    assert_eq!(
        world.post("anna", target, json!({ "HostConfig": { "Privileged": true } })).await.0,
        StatusCode::NO_CONTENT
    );
    let got = world.stub.last(&Method::POST, &format!("/containers/{ID}/stop")).unwrap();
    assert_eq!(got.target, format!("/v1.41/containers/{ID}/stop?t=3&signal="));
    assert_eq!(got.body, Value::Null);
    assert!(got.headers.get("authorization").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_bites_at_once_and_so_does_its_end() {
    let world = world().await;
    let path = "/v1.41/containers/web/json";
    assert_eq!(world.get("ben", path).await.0, StatusCode::NOT_FOUND);
    world.grant("ben", "viewonly", "/prod").await;
    assert_eq!(world.get("ben", path).await.0, StatusCode::OK);
    world.revoke("ben", "viewonly", "/prod").await;
    assert_eq!(world.get("ben", path).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_without_our_label_is_for_administrators() {
    let world = world().await;
    world.grant("anna", "fullcontrol", "/").await;
    let id = "b".repeat(64);
    let view = json!({ "Id": id, "Name": "/old", "Config": { "Labels": {} } });
    for reference in ["old", &id] {
        world.stub.on_get(&format!("/containers/{reference}/json"), view.clone());
    }
    assert_eq!(world.get("anna", "/v1.41/containers/old/json").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("admin", "/v1.41/containers/old/json").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_belongs_to_its_container() {
    let world = world().await;
    world.stub.on_get("/exec/e1/json", json!({ "ID": "e1", "ContainerID": ID, "Running": true }));
    let (status, answer) = world.get("anna", "/v1.41/exec/e1/json").await;
    assert_eq!((status, message(&answer)), (StatusCode::NOT_FOUND, "No such exec instance: e1"));
    world.grant("anna", "restrictedcontrol", "/prod").await;
    assert_eq!(world.get("anna", "/v1.41/exec/e1/json").await.0, StatusCode::FORBIDDEN);
    world.grant("anna", "fullcontrol", "/prod").await;
    assert_eq!(world.get("anna", "/v1.41/exec/e1/json").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_keep_nothing_of_the_engines_headers() {
    let world = world().await;
    let response = world.raw(Some("admin"), Method::GET, "/v1.41/containers/web/json", http_kit::Body::empty()).await;
    assert!(response.headers().get("x-engine-secret").is_none());
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["server"], "Holdfast");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_changes_are_in_the_audit_log() {
    let world = world().await;
    world.grant("anna", "restrictedcontrol", "/prod").await;
    world.post("anna", "/v1.41/containers/web/stop", Value::Null).await;
    world.post("ben", "/v1.41/containers/web/stop", Value::Null).await;
    world.get("anna", "/v1.41/containers/web/json").await;
    world.identity.contexts().audit().flush().await;
    let filter = state::control::audit::AuditFilter::default();
    let limit = base::PageLimit::clamped(Some(100));
    let page = world.store.read(move |conn| state::control::audit::list(conn, &filter, None, limit)).await.unwrap();
    let rows = page.items.iter().map(|entry| &entry.row).filter(|row| row.surface == "docker");
    let mut rows: Vec<_> =
        rows.map(|row| (row.account_name.as_deref().unwrap(), row.operation.as_str(), row.outcome.as_str())).collect();
    rows.sort_unstable();
    assert_eq!(rows, [("anna", "Container Stop", "allowed"), ("ben", "Container Stop", "refused")]);
}
