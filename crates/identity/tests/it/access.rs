//! Decisions, explanations, grants, settings.

use access::{Operation, Parameter, Rights};
use base::ErrorKind;
use identity::{AccessQuestion, GrantFilter};
use opctx::ObjectRef;
use serde_json::json;

use crate::world::{World, code, name, path};

fn service() -> ObjectRef {
    ObjectRef::new("service", "web")
}

#[tokio::test]
async fn a_grant_is_in_force_when_its_call_returns() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let root = world.root().await;
    let at = world.identity.collection_create(&root, &path("/prod")).await.unwrap().collection.id;
    let hidden = anna.require(&service(), Operation::ServiceView, &[], &at).unwrap_err();
    assert!(hidden.hidden);
    assert_eq!((hidden.kind(), hidden.message.as_str()), (ErrorKind::NotFound, "no such service: web"));
    let create = anna.require(&ObjectRef::to_create("service", "web"), Operation::ServiceCreate, &[], &at).unwrap_err();
    assert_eq!(create.kind(), ErrorKind::Forbidden);
    assert_eq!(create.collection, None, "a collection without any right is not told");
    world.granted("anna", "viewonly", "/prod").await;
    anna.require(&service(), Operation::ServiceView, &[], &at).unwrap();
    let update = anna.require(&service(), Operation::ServiceUpdate, &[], &at).unwrap_err();
    assert!(!update.hidden);
    assert_eq!(update.message, "you need a grant with `Service Update` on collection `/prod`");
}

#[tokio::test]
async fn missing_parameters_are_named() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let at = anna.snapshot().account_by_name(&name("anna")).unwrap().default_collection.clone().unwrap();
    let object = ObjectRef::to_create("container", "box");
    anna.require(&object, Operation::ContainerCreate, &[], &at).expect("on one's own collection");
    let privileged = [Parameter::Privileged];
    let denied = anna.require(&object, Operation::ContainerCreate, &privileged, &at).unwrap_err();
    assert_eq!(denied.parameters, privileged);
    assert_eq!(
        denied.message,
        "you need a grant with `Container Create` that allows Privileged on collection `/Shared/Private/anna`"
    );
}

#[tokio::test]
async fn users_ask_about_themselves_and_administrators_about_all() {
    let world = World::with_users().await;
    world.granted("anna", "viewonly", "/prod").await;
    let (anna, root) = (world.context("anna").await, world.root().await);
    let ask = |user: Option<&str>, operation| AccessQuestion {
        user: user.map(name),
        operation,
        parameters: Vec::new(),
        collection: path("/prod"),
    };
    let own = world.identity.access_explain(&anna, &ask(None, Operation::ServiceView)).unwrap();
    assert!(own.explanation.decision.is_allowed());
    assert_eq!((own.grants[0].subject.as_str(), own.grants[0].role.as_str()), ("anna", "View Only"));
    let other = world.identity.access_explain(&root, &ask(Some("bert"), Operation::ServiceView)).unwrap();
    assert!(!other.explanation.decision.is_allowed() && other.grants.is_empty());
    let who = world.identity.access_who_can(&root, Operation::ServiceView, &path("/prod")).unwrap();
    assert_eq!(who.administrators, [name("root")]);
    assert_eq!(who.grants.len(), 1);
    assert_eq!(
        code(world.identity.access_explain(&anna, &ask(Some("root"), Operation::ServiceView))),
        "ACCOUNT_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_custom_role_gives_exactly_what_it_names() {
    let world = World::with_users().await;
    let root = world.root().await;
    let rights = Rights::of(&[Operation::ServiceView, Operation::ServiceLogs]);
    let role = world.identity.role_create(&root, "Log reader", rights).await.unwrap();
    let grant = world.granted("anna", role.id.as_str(), "/prod").await;
    let anna = world.context("anna").await;
    anna.check(&service(), Operation::ServiceLogs, &[], &grant.collection).unwrap();
    assert!(anna.check(&service(), Operation::ServiceDelete, &[], &grant.collection).is_err());
    assert_eq!(code(world.identity.role_delete(&root, &role.id).await), "ROLE_IN_USE");
    world.identity.grant_remove(&root, grant.clone()).await.unwrap();
    assert_eq!(code(world.identity.grant_remove(&root, grant).await), "GRANT_NOT_FOUND");
    world.identity.role_delete(&root, &role.id).await.unwrap();
    let left = world.identity.grant_list(&root, GrantFilter { collection: Some(path("/prod")), subject: None }).await;
    assert!(left.unwrap().is_empty());
}

#[tokio::test]
async fn settings_take_only_their_own_values() {
    let world = World::open().await;
    let root = world.root().await;
    let set = |name: &'static str, value| {
        let (identity, root) = (world.identity.clone(), root.clone());
        async move { identity.setting_set(&root, name, Some(value)).await }
    };
    set("schedule_on_all_nodes", json!(true)).await.unwrap();
    set("external_names", json!(["ucp.example.org", "10.0.0.1:7443"])).await.unwrap();
    set("sessions", json!({ "lifetime_secs": 600, "renewal_secs": 300, "per_user": 2 })).await.unwrap();
    for (name, value) in [
        ("schedule_on_all_nodes", json!("yes")),
        ("external_names", json!([])),
        ("external_names", json!(["a b"])),
        ("sessions", json!({ "lifetime_secs": 10, "renewal_secs": 0, "per_user": 2 })),
        ("cluster_id", json!("other")),
        ("control_url", json!("http://plain")),
    ] {
        assert_eq!(code(set(name, value.clone()).await), "INVALID", "{name} {value}");
    }
    assert_eq!(code(set("anything", json!(1)).await), "SETTING_NOT_FOUND");
}
