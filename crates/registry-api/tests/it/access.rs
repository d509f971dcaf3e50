//! Who may do what.

use registry::{Action, Level, NewRepository, Reason, RepositoryPatch, Visibility};
use serde_json::json;

use crate::world::{World, name};

#[tokio::test(flavor = "multi_thread")]
async fn a_private_repository_does_not_exist_for_others() {
    let world = World::start().await;
    world.basic("anna").push_image("anna/web", "1", b"layer").await;
    let bert = world.basic("bert");
    for path in ["/v2/anna/web/manifests/1", "/v2/anna/none/manifests/1", "/v2/anna/web/tags/list"] {
        let answer = bert.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NAME_UNKNOWN"), "{path}");
    }
    for repository in ["anna/web", "anna/none", "acme/web"] {
        let answer = bert.post(&format!("/v2/{repository}/blobs/uploads/")).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "DENIED"), "{repository}");
    }
    let nobody = world.client().get("/v2/anna/web/manifests/1").await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.header("www-authenticate").contains("scope=\"repository:anna/web:pull\""), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_repository_is_pulled_by_everyone_and_pushed_by_its_own() {
    let world = World::start().await;
    world.basic("anna").push_image("anna/web", "1", b"layer").await;
    let patch = RepositoryPatch { visibility: Some(Visibility::Public), ..RepositoryPatch::default() };
    let web = "anna/web".parse().unwrap();
    world.registry.repository_update(&world.system(), &web, patch).await.unwrap();
    assert_eq!(world.client().get("/v2/anna/web/manifests/1").await.status, 200);
    assert_eq!(world.basic("bert").get("/v2/anna/web/manifests/1").await.status, 200);
    assert_eq!(world.basic("bert").post("/v2/anna/web/blobs/uploads/").await.status, 403);
    assert_eq!(world.client().post("/v2/anna/web/blobs/uploads/").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teams_right_works_at_once_and_ends_at_once() {
    let world = World::start().await;
    let root = world.system();
    let (acme, dev) = (name("acme"), "dev".parse().unwrap());
    let web = "acme/web".parse().unwrap();
    let new = NewRepository {
        name: "acme/web".parse().unwrap(),
        visibility: Visibility::Private,
        description: String::new(),
        long_description: String::new(),
    };
    world.registry.repository_create(&root, new).await.unwrap();
    world.identity.member_set(&root, &acme, &name("bert"), Some(false)).await.unwrap();
    world.identity.team_create(&root, &acme, &dev, "").await.unwrap();
    world.identity.team_member_add(&root, &acme, &dev, &name("bert")).await.unwrap();
    let bert = world.basic("bert");
    assert_eq!(bert.get("/v2/acme/web/tags/list").await.status, 404, "a member has no right by itself");
    world.registry.right_set(&root, &web, &dev, Some(Level::Read)).await.unwrap();
    assert_eq!(bert.get("/v2/acme/web/tags/list").await.status, 200);
    assert_eq!(bert.post("/v2/acme/web/blobs/uploads/").await.status, 403);
    let namespace = "acme".parse().unwrap();
    world.registry.namespace_right_set(&root, &namespace, &dev, Some(Level::Write)).await.unwrap();
    let token = world.token("bert", &["repository:acme/web:pull,push"]).await;
    token.push_image("acme/web", "1", b"layer").await;
    let explained = world.registry.right_explain(&root, &web, Some(&name("bert"))).await.unwrap();
    assert_eq!(explained.level, Some(Level::Write));
    assert!(explained.reasons.iter().any(|one| matches!(one, Reason::Team { is_namespace: true, .. })));
    assert_eq!(bert.post("/v2/acme/new/blobs/uploads/").await.status, 403, "a writer creates no repositories");
    // The token was given out before; the rights of now decide.
    world.registry.namespace_right_set(&root, &namespace, &dev, None).await.unwrap();
    assert_eq!(token.post("/v2/acme/web/blobs/uploads/").await.status, 403);
    assert_eq!(token.get("/v2/acme/web/tags/list").await.status, 200);
    world.identity.team_member_remove(&root, &acme, &dev, &name("bert")).await.unwrap();
    assert_eq!(token.get("/v2/acme/web/tags/list").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_of_an_organization_create_by_push() {
    let world = World::start().await;
    let root = world.system();
    world.identity.member_set(&root, &name("acme"), &name("anna"), Some(true)).await.unwrap();
    let anna = world.token("anna", &["repository:acme/deep/web:pull,push"]).await;
    anna.push_image("acme/deep/web", "1", b"layer").await;
    let ctx = world.system();
    let view = world.registry.repository_view(&ctx, &"acme/deep/web".parse().unwrap()).await.unwrap();
    assert_eq!((view.row.visibility, view.row.tag_count), (Visibility::Private, 1));
    let settings = registry::Settings { create_on_push: false, ..registry::Settings::default() };
    world.registry.settings_update(&ctx, settings).await.unwrap();
    let answer = world.basic("anna").post("/v2/acme/other/blobs/uploads/").await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NAME_UNKNOWN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_account_ends_with_its_tokens() {
    let world = World::start().await;
    let token = world.token("anna", &["repository:anna/web:pull,push"]).await;
    token.push_image("anna/web", "1", b"layer").await;
    let change = identity::AccountChange { is_active: Some(false), ..identity::AccountChange::default() };
    world.identity.account_update(&world.system(), &name("anna"), change).await.unwrap();
    assert_eq!(token.get("/v2/anna/web/manifests/1").await.status, 401);
    assert_eq!(token.get("/v2/").await.status, 401);
    assert_eq!(world.basic("anna").get("/v2/").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_access_token_ends_its_registry_tokens() {
    let world = World::start().await;
    let root = world.system();
    let made = world.identity.token_create(&root, &name("anna"), "ci", None).await.unwrap();
    let basic = crate::world::Client {
        address: world.address,
        authorization: Some(format!(
            "Basic {}",
            base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                format!("anna:{}", made.secret.expose())
            )
        )),
    };
    let answer = basic.get("/auth/token?scope=repository:anna/web:pull,push").await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let bearer = crate::world::Client { address: world.address, authorization: Some(format!("Bearer {token}")) };
    bearer.push_blob("anna/web", b"x").await;
    world.identity.token_revoke(&root, &name("anna"), made.token.id).await.unwrap();
    assert_eq!(bearer.get("/v2/").await.status, 401);
    assert_eq!(basic.get("/v2/").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn image_rights_are_those_of_the_repository() {
    let world = World::start().await;
    world.basic("anna").push_blob("anna/web", b"x").await;
    let web = "anna/web".parse().unwrap();
    let ask = |ctx, action| {
        let (registry, web) = (world.registry.clone(), &web);
        async move { registry.image_right(&ctx, web, action).await.unwrap() }
    };
    assert!(ask(world.system(), Action::Administer).await);
    let nobody = world.contexts.context(opctx::Caller::Anonymous, opctx::Origin::system());
    assert!(!ask(nobody, Action::Pull).await);
    assert_eq!(world.client().get("/v2/_catalog").await.json()["repositories"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_services_nodes_pull_its_images_until_the_service_goes() {
    let world = World::start().await;
    let token = world.token("anna", &["repository:anna/web:pull,push", "repository:anna/other:pull,push"]).await;
    for repository in ["anna/web", "anna/other"] {
        token.push_image(repository, "1", b"layer").await;
    }
    let snapshot = world.contexts.authority().snapshot();
    let owner = snapshot.account_by_name(&name("anna")).unwrap().id;
    let (id, secret) = (base::TokenId::random(), "a long random secret");
    let create = state::control::pull_credentials::PullCredentialCreate {
        id,
        cluster: world.contexts.cluster(),
        service_name: "web".to_owned(),
        service: None,
        owner,
        repositories: vec!["anna/web".parse().unwrap()],
        hash: state::control::TokenHash::of(secret),
    };
    let write = |command| {
        let control = world.control.clone();
        let authority = world.contexts.authority().clone();
        async move {
            let written = control.write(base::OperationId::random(), command).await.unwrap();
            authority.reach(written.index).await;
        }
    };
    write(state::control::Command::PullCredentialCreate(create)).await;
    let text = format!("{id}:{secret}");
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let basic = crate::world::Client { address: world.address, authorization: Some(format!("Basic {encoded}")) };
    let answer = basic.get("/auth/token?scope=repository:anna/web:pull&scope=repository:anna/other:pull").await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let node = crate::world::Client { address: world.address, authorization: Some(format!("Bearer {token}")) };
    // The user's password changes; the service knows nothing of it.
    let (anna, new) = (name("anna"), base::Secret::new("quite another phrase"));
    world.identity.password_change(&world.system(), &anna, None, new).await.unwrap();
    for client in [&node, &basic] {
        assert_eq!(client.get("/v2/anna/web/manifests/1").await.status, 200);
        assert_eq!(client.get("/v2/anna/other/manifests/1").await.status, 404);
        assert_eq!(client.post("/v2/anna/web/blobs/uploads/").await.status, 403);
    }
    write(state::control::Command::PullCredentialDelete(id)).await;
    assert_eq!(node.get("/v2/anna/web/manifests/1").await.status, 401);
    assert_eq!(basic.get("/v2/anna/web/manifests/1").await.status, 401);
}
