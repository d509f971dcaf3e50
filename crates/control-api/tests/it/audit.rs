use http::StatusCode;
use serde_json::json;

use crate::world::World;

const SECRET: &str = "a-password-nobody-may-read";

#[tokio::test]
async fn the_trail_tells_who_was_refused_and_holds_no_secret() {
    let world = World::open().await;
    let root = world.token("root").await;
    let body = json!({"name": "anna", "password": SECRET});
    world.done(&root, "POST", "/api/v1/users", Some(body)).await;
    let sign_in = json!({"username": "anna", "password": SECRET});
    let anna = world.call("POST", "/auth/login", &[], Some(sign_in)).await.json();
    let anna = anna["auth_token"].as_str().unwrap();
    let refused = world.with(anna, "POST", "/api/v1/collections", Some(json!({"path": "/prod"}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    world.audit.flush().await;
    let trail = world.done(&root, "GET", "/api/v1/audit?actor=anna&outcome=refused", None).await.json();
    let row = &trail["items"][0];
    assert_eq!((row["action"].as_str(), row["actor"]["name"].as_str()), (Some("collection_create"), Some("anna")));
    assert_eq!((row["object"]["name"].as_str(), row["surface"].as_str()), (Some("/prod"), Some("api")));
    let all = world.done(&root, "GET", "/api/v1/audit?limit=1000", None).await;
    let all = String::from_utf8(all.body).unwrap();
    assert!(!all.contains(SECRET) && !all.contains(anna) && !all.contains(&root));
}

#[tokio::test]
async fn pages_of_the_trail_follow_one_another() {
    let world = World::open().await;
    let root = world.token("root").await;
    for name in ["anna", "bert", "carl"] {
        world.user(&root, name).await;
    }
    world.audit.flush().await;
    let mut seen = Vec::new();
    let mut path = "/api/v1/audit?limit=1&action=account_create".to_owned();
    loop {
        let page = world.done(&root, "GET", &path, None).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["object"]["name"].clone()));
        let Some(token) = page["next_page_token"].as_str() else { break };
        path = format!("/api/v1/audit?limit=1&action=account_create&page_token={token}");
    }
    assert_eq!(seen, ["carl", "bert", "anna"]);
}
