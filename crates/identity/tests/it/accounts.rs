//! Accounts, organizations and teams as functions answer them.

use base::{OperationId, Secret};
use identity::{AccountChange, AccountCreate};

use crate::world::{World, code, name, page};

fn create(user: &str) -> AccountCreate {
    AccountCreate {
        name: name(user),
        full_name: "Anna A.".to_owned(),
        password: Some(Secret::new("long enough")),
        is_admin: false,
    }
}

#[tokio::test]
async fn a_repeated_create_makes_one_account() {
    let world = World::open().await;
    let root = world.root().await;
    let key = OperationId::random();
    let first = world.identity.account_create(&root.clone().with_operation(Some(key)), create("anna")).await.unwrap();
    let again = world.identity.account_create(&root.clone().with_operation(Some(key)), create("anna")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(first.default_collection.unwrap().as_str(), "/Shared/Private/anna");
    assert_eq!(code(world.identity.account_create(&root, create("anna")).await), "NAME_TAKEN");
}

#[tokio::test]
async fn a_weak_password_is_refused() {
    let world = World::open().await;
    let weak = AccountCreate { password: Some(Secret::new("short")), ..create("anna") };
    assert_eq!(code(world.identity.account_create(&world.root().await, weak).await), "PASSWORD_INVALID");
}

#[tokio::test]
async fn users_change_their_full_name_and_nothing_else() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let change = AccountChange { full_name: Some("Anna B.".to_owned()), ..AccountChange::default() };
    let view = world.identity.account_update(&anna, &name("anna"), change).await.unwrap();
    assert_eq!(view.full_name, "Anna B.");
    let admin = AccountChange { is_admin: Some(true), ..AccountChange::default() };
    assert_eq!(code(world.identity.account_update(&anna, &name("anna"), admin).await), "FORBIDDEN");
}

#[tokio::test]
async fn the_last_administrator_cannot_lock_everybody_out() {
    let world = World::open().await;
    let root = world.root().await;
    let change = AccountChange { is_active: Some(false), ..AccountChange::default() };
    assert_eq!(code(world.identity.account_update(&root, &name("root"), change).await), "LAST_ADMIN");
    assert_eq!(code(world.identity.account_delete(&root, &name("root")).await), "LAST_ADMIN");
}

#[tokio::test]
async fn a_deleted_account_is_gone_at_once() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let root = world.root().await;
    world.identity.account_delete(&root, &name("anna")).await.unwrap();
    assert!(!anna.is_alive());
    assert_eq!(code(world.identity.account_view(&root, &name("anna")).await), "ACCOUNT_NOT_FOUND");
    world.user("anna").await;
    assert!(!anna.is_alive(), "another account of the same name");
}

#[tokio::test]
async fn teams_have_members_of_their_organization() {
    let world = World::with_users().await;
    world.organization("acme", "anna").await;
    let anna = world.context("anna").await;
    let (identity, acme, ops) = (&world.identity, name("acme"), "ops".parse().unwrap());
    identity.team_create(&anna, &acme, &ops, "Operations").await.unwrap();
    identity.team_member_add(&anna, &acme, &ops, &name("bert")).await.unwrap();
    assert_eq!(identity.team_view(&anna, &acme, &ops).await.unwrap().members, 1);
    let members = identity.member_list(&anna, &acme, None, page()).await.unwrap();
    let members: Vec<_> = members.items.iter().map(|member| (member.name.as_str(), member.is_owner)).collect();
    assert_eq!(members, [("anna", true), ("bert", false)]);
    identity.team_member_remove(&anna, &acme, &ops, &name("bert")).await.unwrap();
    assert_eq!(code(identity.team_member_remove(&anna, &acme, &ops, &name("bert")).await), "MEMBER_NOT_FOUND");
    let renamed = identity.team_update(&anna, &acme, &ops, Some("run".parse().unwrap()), None).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.description.as_str()), ("run", "Operations"));
    identity.organization_delete(&world.root().await, &acme).await.unwrap();
    assert_eq!(code(identity.team_list(&anna, &acme, None, page()).await), "ORGANIZATION_NOT_FOUND");
}
