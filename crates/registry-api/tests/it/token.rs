//! The token endpoint and the challenge.

use http::Method;

use crate::world::{Client, PASSWORD, World, whole};

#[tokio::test(flavor = "multi_thread")]
async fn login_goes_through_the_challenge() {
    let world = World::start().await;
    let answer = world.client().get("/v2/").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"));
    let address = world.address;
    assert_eq!(
        answer.header("www-authenticate"),
        format!("Bearer realm=\"http://{address}/auth/token\",service=\"{address}\"")
    );
    let token = world.token("anna", &[]).await;
    assert_eq!(token.get("/v2/").await.status, 200);
    assert_eq!(world.basic("anna").get("/v2/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_gets_nothing() {
    let world = World::start().await;
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "anna:wrong");
    let client = Client { address: world.address, authorization: Some(format!("Basic {basic}")) };
    let answer = client.get("/auth/token").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHORIZED"));
    assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{answer:?}");
    assert_eq!(client.get("/v2/").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_are_cut_down_to_the_rights() {
    let world = World::start().await;
    world.basic("anna").push_blob("anna/web", b"x").await;
    let scope = "repository:anna/web:pull,push";
    let anna = world.token("anna", &[scope]).await;
    assert_eq!(anna.get("/v2/anna/web/tags/list").await.status, 200);
    // A token for another repository does not do, and the answer says how to get one that does.
    let other = world.token("anna", &["repository:anna/other:pull"]).await;
    let answer = other.get("/v2/anna/web/tags/list").await;
    assert_eq!(answer.status, 401);
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("scope=\"repository:anna/web:pull\",error=\"insufficient_scope\""), "{challenge}");
    let pull = world.token("anna", &["repository:anna/web:pull"]).await;
    assert_eq!(pull.post("/v2/anna/web/blobs/uploads/").await.status, 401);
    assert_eq!(pull.get("/v2/anna/web/tags/list").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_one_repository_lists_no_others() {
    let world = World::start().await;
    world.basic("anna").push_blob("anna/web", b"x").await;
    let one = world.token("anna", &["repository:anna/web:pull"]).await;
    let answer = one.get("/v2/_catalog").await;
    assert_eq!(answer.status, 401, "{answer:?}");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("scope=\"registry:catalog:*\",error=\"insufficient_scope\""), "{challenge}");
    assert_eq!(world.token("anna", &["registry:catalog:*"]).await.get("/v2/_catalog").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_ours_are_refused() {
    let world = World::start().await;
    let good = world.token("anna", &[]).await.authorization.unwrap();
    let mut changed = good.clone();
    let flipped = if changed.ends_with('A') { "B" } else { "A" };
    changed.replace_range(changed.len() - 1.., flipped);
    let unsigned = format!("{}.", &good[..good.rfind('.').unwrap()]);
    let none = {
        let parts: Vec<&str> = good.split('.').collect();
        let header = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, r#"{"alg":"none"}"#);
        format!("Bearer {header}.{}.", parts[1])
    };
    for bad in [unsigned, none, "Bearer x.y.z".to_owned(), "Bearer x".to_owned(), "Digest x".to_owned(), changed] {
        let client = Client { address: world.address, authorization: Some(bad.clone()) };
        let answer = client.get("/v2/").await;
        assert_eq!(answer.status, 401, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_oauth2_is_served_too() {
    let world = World::start().await;
    let form = format!("grant_type=password&username=anna&password={}&service=x", PASSWORD.replace(' ', "+"));
    let answer = world.client().send(Method::POST, "/auth/token", &[], whole(form)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let client = Client { address: world.address, authorization: Some(format!("Bearer {token}")) };
    assert_eq!(client.get("/v2/").await.status, 200);
    assert_eq!(world.client().send(Method::POST, "/auth/token", &[], whole("grant_type=password")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_token_is_nobodys() {
    let world = World::start().await;
    world.basic("anna").push_image("anna/web", "1", b"x").await;
    let answer = world.client().get("/auth/token?scope=repository:anna/web:pull").await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let client = Client { address: world.address, authorization: Some(format!("Bearer {token}")) };
    assert_eq!(client.get("/v2/anna/web/manifests/1").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_outlive_a_restart() {
    let world = World::start().await;
    let token = world.token("anna", &[]).await.authorization;
    let world = world.restart().await;
    // The audience is the address, which changed with the port; the key is the same.
    let client = Client { address: world.address, authorization: token };
    assert_eq!(client.get("/v2/").await.status, 401);
    assert_eq!(world.token("anna", &[]).await.get("/v2/").await.status, 200);
}
