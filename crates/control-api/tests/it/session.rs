use http::StatusCode;
use serde_json::json;

use crate::world::{PASSWORD, World};

const ORIGIN: (&str, &str) = ("origin", "https://hf.test:7443");

async fn cookie(world: &World) -> String {
    let body = json!({"username": "root", "password": PASSWORD});
    let answer = world.call("POST", "/api/v1/session", &[ORIGIN], Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["name"], "root");
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    for word in ["__Host-holdfast=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_cookie_counts_only_from_our_own_pages_and_on_our_own_paths() {
    let world = World::open().await;
    let cookie = cookie(&world).await;
    let own = ("cookie", cookie.as_str());
    assert_eq!(world.call("GET", "/api/v1/me", &[own], None).await.status, StatusCode::OK);
    let body = || Some(json!({"name": "acme"}));
    for (headers, status) in [
        (vec![own], StatusCode::FORBIDDEN),
        (vec![own, ("origin", "https://evil.test")], StatusCode::FORBIDDEN),
        (vec![own, ("origin", "null")], StatusCode::FORBIDDEN),
        (vec![own, ORIGIN], StatusCode::CREATED),
    ] {
        assert_eq!(world.call("POST", "/api/v1/organizations", &headers, body()).await.status, status, "{headers:?}");
    }
    let foreign = [own, ("sec-fetch-site", "cross-site")];
    assert_eq!(world.call("GET", "/api/v1/me", &foreign, None).await.status, StatusCode::FORBIDDEN);
    // UCP's paths never look at cookies.
    assert_eq!(world.call("GET", "/id/", &[own], None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = World::open().await;
    let cookie = cookie(&world).await;
    let headers = [("cookie", cookie.as_str()), ORIGIN];
    let out = world.call("DELETE", "/api/v1/session", &headers, None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(world.call("GET", "/api/v1/me", &headers, None).await.status, StatusCode::UNAUTHORIZED);
    // The dead cookie does not keep anybody from signing in again.
    let body = json!({"username": "root", "password": PASSWORD});
    assert_eq!(world.call("POST", "/api/v1/session", &headers, Some(body)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_foreign_page_cannot_sign_a_browser_in() {
    let world = World::open().await;
    let body = json!({"username": "root", "password": PASSWORD});
    let foreign = [("origin", "https://evil.test")];
    let answer = world.call("POST", "/api/v1/session", &foreign, Some(body)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["error"]["code"], "FOREIGN_ORIGIN");
}

#[tokio::test]
async fn a_bad_credential_is_refused_and_never_skipped() {
    let world = World::open().await;
    for value in ["Bearer nonsense", "Basic !!", "Digest x", "Basic cm9vdDp3cm9uZw=="] {
        let answer = world.call("GET", "/api/v1/me", &[("authorization", value)], None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{value}");
        assert!(answer.json()["error"]["request_id"].is_string());
    }
}

#[tokio::test]
async fn a_create_that_is_repeated_with_its_key_creates_once() {
    let world = World::open().await;
    let root = world.token("root").await;
    let bearer = format!("Bearer {root}");
    let key = "0192f000-0000-7000-8000-000000000001";
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
    let body = || Some(json!({"name": "acme"}));
    let first = world.call("POST", "/api/v1/organizations", &headers, body()).await;
    let again = world.call("POST", "/api/v1/organizations", &headers, body()).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json()["id"], again.json()["id"]);
    let other = world.with(&root, "POST", "/api/v1/organizations", body()).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn bad_input_is_refused_in_the_apis_own_form() {
    let world = World::open().await;
    let root = world.token("root").await;
    let huge = "x".repeat(300 * 1024);
    for (method, path, body, status) in [
        ("POST", "/api/v1/users", json!({"name": "Bad Name", "password": "x"}), 400),
        ("POST", "/api/v1/users", json!({"name": "anna", "password": "long enough", "extra": 1}), 400),
        ("POST", "/api/v1/users", json!([]), 400),
        ("POST", "/api/v1/users", json!({"name": "anna", "full_name": huge, "password": "x"}), 413),
        ("GET", "/api/v1/users?nonsense=1", json!(null), 400),
        ("GET", "/api/v1/users?limit=many", json!(null), 400),
        ("GET", "/api/v1/users/NoSuchUser!", json!(null), 400),
        ("GET", "/api/v1/nothing", json!(null), 404),
        ("PUT", "/api/v1/me", json!({}), 405),
        ("POST", "/api/v1/access/explain", json!({"operation": "Fly", "collection": "/"}), 400),
        ("GET", "/api/v1/audit?since=yesterday", json!(null), 400),
    ] {
        let answer = world.with(&root, method, path, Some(body)).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        let error = &answer.json()["error"];
        assert!(error["code"].is_string() && error["message"].is_string(), "{method} {path}: {error}");
    }
}

#[tokio::test]
async fn answers_are_not_kept_and_not_sniffed() {
    let world = World::open().await;
    let root = world.token("root").await;
    let answer = world.with(&root, "GET", "/api/v1/me", None).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let page = world.with(&root, "GET", "/api/docs", None).await;
    assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("/api/v1/services/{service}/logs") && !text.contains("<script"));
}
