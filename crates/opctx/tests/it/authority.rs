//! Authorities over both stores.

use std::sync::Arc;
use std::time::Instant;

use access::{Grant, GrantSubject, Operation};
use base::{AccountId, ClusterId, CollectionId, OperationId, SystemClock, TokenId};
use opctx::{AccountCaller, AuditSink, Authority, Caller, ContextFactory, ObjectRef, OpContext, Origin, Via};
use state::ControlStore;
use state::control::accounts::{AccountChange, AccountUpdate, UserCreate};
use state::control::collections::CollectionCreate;
use state::control::tokens::TokenCreate;
use state::control::{Command, TokenHash};
use state::feed::{collect, copy};
use state::registry::{self, RegistryStore};
use tempfile::TempDir;

async fn control() -> (TempDir, ControlStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = ControlStore::open(store::Options::new(dir.path()).create()).await.unwrap();
    (dir, store)
}

async fn write(store: &ControlStore, authority: &Authority, command: Command) {
    let written = store.write(OperationId::random(), command).await.unwrap();
    assert!(authority.reach(written.index).await);
}

fn user(id: AccountId, name: &str) -> Command {
    Command::UserCreate(UserCreate {
        id,
        name: name.parse().unwrap(),
        full_name: String::new(),
        password: None,
        is_admin: false,
        private_collection: CollectionId::random(),
        role: "restrictedcontrol".parse().unwrap(),
    })
}

fn caller(id: AccountId) -> Caller {
    let name = "anna".parse().unwrap();
    Caller::Account(AccountCaller { id, name, is_admin: false, epoch: 1, via: Via::Password, limit: None })
}

fn context(authority: &Arc<Authority>, caller: Caller) -> OpContext {
    let cluster = ClusterId::random();
    let factory = ContextFactory::new(Arc::clone(authority), AuditSink::discard(), cluster, Arc::new(SystemClock));
    factory.context(caller, Origin::system())
}

#[tokio::test]
async fn a_write_is_in_force_once_its_index_is_reached() {
    let (_dir, store) = control().await;
    let authority = Authority::of_control(&store).await.unwrap();
    let anna = AccountId::random();
    write(&store, &authority, user(anna, "anna")).await;
    let ctx = context(&authority, caller(anna));
    let prod: CollectionId = CollectionId::random();
    let create = CollectionCreate { id: prod.clone(), parent: "swarm".parse().unwrap(), name: "prod".to_owned() };
    write(&store, &authority, Command::CollectionCreate(create)).await;
    let object = ObjectRef::new("service", "web");
    assert!(ctx.check(&object, Operation::ServiceView, &[], &prod).is_err());
    let grant =
        Grant { subject: GrantSubject::User(anna), role: "viewonly".parse().unwrap(), collection: prod.clone() };
    let begun = Instant::now();
    write(&store, &authority, Command::GrantAdd(grant.clone())).await;
    println!("a grant took {:?} from the write to its effect", begun.elapsed());
    ctx.check(&object, Operation::ServiceView, &[], &prod).unwrap();
    write(&store, &authority, Command::GrantRemove(grant)).await;
    assert!(ctx.check(&object, Operation::ServiceView, &[], &prod).is_err());
}

#[tokio::test]
async fn an_index_without_events_is_reached_too() {
    let (_dir, store) = control().await;
    let authority = Authority::of_control(&store).await.unwrap();
    // A refused command has no event and still an index.
    let refused = Command::AccountDelete(AccountId::random());
    store.write(OperationId::random(), refused).await.unwrap_err();
    assert!(authority.reach(store.applied()).await);
}

#[tokio::test]
async fn anonymous_and_workload_callers_are_refused_and_our_own_parts_are_not() {
    let (_dir, store) = control().await;
    let authority = Authority::of_control(&store).await.unwrap();
    let object = ObjectRef::new("service", "web");
    let root = access::builtin::root();
    let anonymous = context(&authority, Caller::Anonymous);
    let denied = anonymous.require(&object, Operation::ServiceView, &[], &root).unwrap_err();
    assert_eq!(denied.code(), "UNAUTHENTICATED");
    assert!(anonymous.require_admin("x").is_err() && anonymous.require_signed_in().is_err());
    let system = context(&authority, Caller::System("reconciler"));
    system.require(&object, Operation::ServiceDelete, &[], &root).unwrap();
    system.require_admin("x").unwrap();
}

/// Carries what the copy misses.
async fn feed(control: &ControlStore, registry: &RegistryStore, authority: &Authority) {
    let position = registry.read(copy::position).await.unwrap();
    for batch in control.read(move |conn| collect(conn, position)).await.unwrap() {
        let command = registry::Command::FeedApply(batch);
        let written = registry.write(OperationId::random(), command).await.unwrap();
        assert!(authority.reach(written.index).await);
    }
}

#[tokio::test]
async fn the_registrys_copy_follows_accounts_and_tokens() {
    let (_dir, control) = control().await;
    let registry_dir = tempfile::tempdir().unwrap();
    let registry = RegistryStore::open(store::Options::new(registry_dir.path()).create()).await.unwrap();
    let source = Authority::of_control(&control).await.unwrap();
    let authority = Authority::of_registry(&registry).await.unwrap();
    let anna = AccountId::random();
    write(&control, &source, user(anna, "anna")).await;
    let (token, hash) = (TokenId::random(), TokenHash::of("secret"));
    let create = TokenCreate { id: token, account: anna, label: String::new(), hash, expires: None };
    write(&control, &source, Command::TokenCreate(create)).await;
    feed(&control, &registry, &authority).await;
    let snapshot = authority.snapshot();
    assert!(snapshot.account_by_name(&"anna".parse().unwrap()).is_some_and(|anna| anna.is_active));
    assert_eq!(authority.credentials().token(&hash).unwrap().id, token);
    let ctx = context(&authority, caller(anna));
    assert!(ctx.is_alive());
    let change = AccountChange { is_active: Some(false), ..AccountChange::default() };
    write(&control, &source, Command::AccountUpdate(AccountUpdate { id: anna, change })).await;
    feed(&control, &registry, &authority).await;
    assert!(!ctx.is_alive());
    write(&control, &source, Command::AccountDelete(anna)).await;
    feed(&control, &registry, &authority).await;
    assert!(authority.snapshot().account(anna).is_none());
    assert!(authority.credentials().token(&hash).is_none());
}
