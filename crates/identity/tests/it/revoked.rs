//! What is open ends within a second of its right's end.

use access::{GrantSubject, Operation};
use base::{CollectionId, Secret};
use identity::{AccountChange, BundleRequest, Credential};
use opctx::{Caller, ObjectRef, OpContext};
use tokio::task::JoinHandle;

use crate::world::{PASSWORD, World, name, origin, path, within_a_second};

/// Opens a stream that lasts while the caller may read the logs of a service in a collection.
fn stream(ctx: &OpContext, collection: Option<CollectionId>) -> JoinHandle<()> {
    let ctx = ctx.clone();
    tokio::spawn(async move {
        ctx.until_revoked(|ctx| {
            let service = ObjectRef::new("service", "web");
            collection.as_ref().is_none_or(|at| ctx.check(&service, Operation::ServiceLogs, &[], at).is_ok())
        })
        .await;
    })
}

async fn session(world: &World) -> OpContext {
    let started = world.identity.session_create("anna".to_owned(), Secret::new(PASSWORD), &origin()).await.unwrap();
    let caller = world.present(Credential::Bearer(started.token)).await.unwrap();
    world.context_of(Caller::Account(caller))
}

#[tokio::test]
async fn a_removed_grant_ends_what_rests_on_it() {
    let world = World::with_users().await;
    let grant = world.granted("anna", "viewonly", "/prod").await;
    let anna = world.context("anna").await;
    let open = stream(&anna, Some(grant.collection.clone()));
    let other = stream(&anna, None);
    world.granted("bert", "viewonly", "/prod").await;
    assert!(!open.is_finished(), "another's grant changes nothing");
    world.identity.grant_remove(&world.root().await, grant).await.unwrap();
    within_a_second("the cut", open).await.unwrap();
    assert!(!other.is_finished(), "what does not rest on it goes on");
}

#[tokio::test]
async fn deactivation_ends_everything_of_an_account() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let bundle = world.identity.bundle_create(&anna, &name("anna"), BundleRequest::default()).await.unwrap();
    let list = world.identity.bundle_list(&anna, &name("anna")).await.unwrap();
    assert_eq!(list[0].id, bundle.id);
    let certificate =
        Credential::Certificate { fingerprint: *list[0].fingerprint.as_bytes(), trusted: true, expired: false };
    let by_certificate = world.context_of(Caller::Account(world.present(certificate).await.unwrap()));
    let made = world.identity.token_create(&anna, &name("anna"), "ci", None).await.unwrap();
    let by_token = world.present(Credential::Bearer(made.secret)).await.unwrap();
    let by_token = world.context_of(Caller::Account(by_token));
    let streams = [
        stream(&anna, None),
        stream(&session(&world).await, None),
        stream(&by_certificate, None),
        stream(&by_token, None),
    ];
    let change = AccountChange { is_active: Some(false), ..AccountChange::default() };
    world.identity.account_update(&world.root().await, &name("anna"), change).await.unwrap();
    for open in streams {
        within_a_second("the cut", open).await.unwrap();
    }
}

#[tokio::test]
async fn an_ended_credential_ends_its_own_streams_alone() {
    let world = World::with_users().await;
    let (one, two) = (session(&world).await, session(&world).await);
    let (first, second) = (stream(&one, None), stream(&two, None));
    world.identity.session_end(&one).await.unwrap();
    within_a_second("the cut", first).await.unwrap();
    assert!(!second.is_finished());
    let anna = world.context("anna").await;
    let made = world.identity.token_create(&anna, &name("anna"), "ci", None).await.unwrap();
    let by_token = world.present(Credential::Bearer(made.secret)).await.unwrap();
    let third = stream(&world.context_of(Caller::Account(by_token)), None);
    world.identity.token_revoke(&anna, &name("anna"), made.token.id).await.unwrap();
    within_a_second("the cut", third).await.unwrap();
}

#[tokio::test]
async fn leaving_a_team_ends_what_it_gave() {
    let world = World::with_users().await;
    world.organization("acme", "bert").await;
    let bert = world.context("bert").await;
    let ops = "ops".parse().unwrap();
    let team = world.identity.team_create(&bert, &name("acme"), &ops, "").await.unwrap();
    world.identity.team_member_add(&bert, &name("acme"), &ops, &name("anna")).await.unwrap();
    let root = world.root().await;
    let at = world.identity.collection_create(&root, &path("/prod")).await.unwrap().collection.id;
    let grant = access::Grant {
        subject: GrantSubject::Team(team.id),
        role: "viewonly".parse().unwrap(),
        collection: at.clone(),
    };
    world.identity.grant_add(&root, grant).await.unwrap();
    let open = stream(&world.context("anna").await, Some(at));
    tokio::task::yield_now().await;
    assert!(!open.is_finished());
    world.identity.member_remove(&bert, &name("acme"), &name("anna")).await.unwrap();
    within_a_second("the cut", open).await.unwrap();
}

#[tokio::test]
async fn a_shut_down_store_ends_all_streams_and_decisions() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let open = stream(&anna, None);
    world.identity.contexts().audit().flush().await;
    world.identity.store().shutdown().await;
    within_a_second("the cut", open).await.unwrap();
    let refused = anna.check(&ObjectRef::new("service", "web"), Operation::ServiceView, &[], &access::builtin::root());
    assert_eq!(refused.unwrap_err().code(), "UNAVAILABLE");
    assert_eq!(world.sign_in("anna", PASSWORD).await.unwrap_err().code(), "UNAVAILABLE");
}
