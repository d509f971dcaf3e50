//! Each function refuses whom it is not for: the anonymous, and a user who is a stranger to what is asked for.

use access::{Grant, GrantSubject, Operation, Rights};
use base::{AccountId, CertificateId, Secret, SessionId, TokenId};
use identity::{AccessQuestion, AccountChange, AccountCreate, AccountFilter, AuditFilter, BundleRequest, GrantFilter};
use opctx::{Caller, OpContext, TokenLimit};
use serde_json::json;

use crate::world::{World, code, name, page, path};

fn grant() -> Grant {
    Grant {
        subject: GrantSubject::Authenticated,
        role: "fullcontrol".parse().unwrap(),
        collection: "swarm".parse().unwrap(),
    }
}

fn question() -> AccessQuestion {
    AccessQuestion {
        user: Some(name("anna")),
        operation: Operation::ServiceView,
        parameters: Vec::new(),
        collection: path("/Shared/Private/anna"),
    }
}

/// Calls every function on what belongs to `anna` and `acme`, and returns what each was refused with.
async fn refusals(world: &World, ctx: &OpContext) -> Vec<(&'static str, &'static str)> {
    let identity = &world.identity;
    let (anna, acme, ops) = (name("anna"), name("acme"), "ops".parse().unwrap());
    let create = AccountCreate { name: name("carl"), full_name: String::new(), password: None, is_admin: true };
    let admin = AccountChange { is_admin: Some(true), ..AccountChange::default() };
    let new = Secret::new("another password");
    vec![
        ("account_create", code(identity.account_create(ctx, create).await)),
        ("account_view", code(identity.account_view(ctx, &anna).await)),
        ("account_update", code(identity.account_update(ctx, &anna, admin).await)),
        ("account_delete", code(identity.account_delete(ctx, &anna).await)),
        ("password_change", code(identity.password_change(ctx, &anna, None, new).await)),
        ("organization_create", code(identity.organization_create(ctx, &name("evil"), "").await)),
        ("organization_view", code(identity.organization_view(ctx, &acme).await)),
        ("organization_update", code(identity.organization_update(ctx, &acme, "x").await)),
        ("organization_delete", code(identity.organization_delete(ctx, &acme).await)),
        ("member_list", code(identity.member_list(ctx, &acme, None, page()).await)),
        ("member_set", code(identity.member_set(ctx, &acme, &name("bert"), Some(true)).await)),
        ("member_remove", code(identity.member_remove(ctx, &acme, &anna).await)),
        ("team_list", code(identity.team_list(ctx, &acme, None, page()).await)),
        ("team_view", code(identity.team_view(ctx, &acme, &ops).await)),
        ("team_create", code(identity.team_create(ctx, &acme, &ops, "").await)),
        ("team_update", code(identity.team_update(ctx, &acme, &ops, None, None).await)),
        ("team_delete", code(identity.team_delete(ctx, &acme, &ops).await)),
        ("team_member_list", code(identity.team_member_list(ctx, &acme, &ops, None, page()).await)),
        ("team_member_add", code(identity.team_member_add(ctx, &acme, &ops, &name("bert")).await)),
        ("team_member_remove", code(identity.team_member_remove(ctx, &acme, &ops, &anna).await)),
        ("session_list", code(identity.session_list(ctx, &anna).await)),
        ("session_revoke", code(identity.session_revoke(ctx, &anna, SessionId::random()).await)),
        ("session_revoke_all", code(identity.session_revoke_all(ctx, &anna).await)),
        ("token_list", code(identity.token_list(ctx, &anna).await)),
        ("token_create", code(identity.token_create(ctx, &anna, "", None).await)),
        ("token_revoke", code(identity.token_revoke(ctx, &anna, TokenId::random()).await)),
        ("bundle_create", code(identity.bundle_create(ctx, &anna, BundleRequest::default()).await)),
        ("bundle_list", code(identity.bundle_list(ctx, &anna).await)),
        ("bundle_revoke", code(identity.bundle_revoke(ctx, &anna, CertificateId::random()).await)),
        ("role_create", code(identity.role_create(ctx, "All", Rights::all()).await)),
        ("role_delete", code(identity.role_delete(ctx, &"viewonly".parse().unwrap()).await)),
        ("collection_view", code(identity.collection_view(ctx, &path("/Shared/Private/anna")).await)),
        ("collection_create", code(identity.collection_create(ctx, &path("/prod")).await)),
        ("collection_delete", code(identity.collection_delete(ctx, &path("/prod")).await)),
        ("grant_add", code(identity.grant_add(ctx, grant()).await)),
        ("grant_remove", code(identity.grant_remove(ctx, grant()).await)),
        ("access_explain", code(identity.access_explain(ctx, &question()))),
        ("access_who_can", code(identity.access_who_can(ctx, Operation::ServiceView, &path("/")))),
        ("setting_list", code(identity.setting_list(ctx).await)),
        ("setting_view", code(identity.setting_view(ctx, "sessions").await)),
        ("setting_set", code(identity.setting_set(ctx, "schedule_on_all_nodes", Some(json!(true))).await)),
        ("audit_list", code(identity.audit_list(ctx, AuditFilter::default(), None, page()).await)),
    ]
}

async fn world() -> World {
    let world = World::with_users().await;
    world.organization("acme", "anna").await;
    let anna = world.context("anna").await;
    world.identity.team_create(&anna, &name("acme"), &"ops".parse().unwrap(), "").await.unwrap();
    world
}

#[tokio::test]
async fn strangers_are_refused_everywhere() {
    let world = world().await;
    let bert = world.context("bert").await;
    insta::assert_debug_snapshot!(refusals(&world, &bert).await);
}

#[tokio::test]
async fn anonymous_callers_are_refused_everywhere() {
    let world = world().await;
    let ctx = world.anonymous();
    for (function, refused) in refusals(&world, &ctx).await {
        assert_eq!(refused, "UNAUTHENTICATED", "{function}");
    }
    let lists = [
        code(world.identity.account_list(&ctx, AccountFilter::default(), None, page()).await),
        code(world.identity.role_list(&ctx).await),
        code(world.identity.collection_list(&ctx).await),
        code(world.identity.grant_list(&ctx, GrantFilter::default()).await),
        code(world.identity.setting_view(&ctx, "external_names").await),
        code(world.identity.session_whoami(&ctx)),
    ];
    assert_eq!(lists, ["UNAUTHENTICATED"; 6]);
}

#[tokio::test]
async fn forged_and_outdated_callers_have_no_rights() {
    let world = world().await;
    let mut root = world.sign_in("root", crate::world::PASSWORD).await.unwrap();
    // A caller of another epoch, of an unknown account, and one bound by a registry token's scopes.
    root.epoch += 1;
    let outdated = world.context_of(Caller::Account(root.clone()));
    let forged = world.context_of(Caller::Account(opctx::AccountCaller { id: AccountId::random(), ..root.clone() }));
    for ctx in [outdated, forged] {
        assert!(!ctx.is_admin());
        for (function, refused) in refusals(&world, &ctx).await {
            assert_eq!(refused, "UNAUTHENTICATED", "{function}");
        }
    }
    root.epoch -= 1;
    root.limit = Some(TokenLimit::default());
    let limited = world.context_of(Caller::Account(root));
    let create = AccountCreate { name: name("carl"), full_name: String::new(), password: None, is_admin: true };
    assert_eq!(code(world.identity.account_create(&limited, create).await), "FORBIDDEN");
}

#[tokio::test]
async fn lists_of_strangers_show_nothing_of_others() {
    let world = world().await;
    world.granted("anna", "viewonly", "/prod").await;
    let bert = world.context("bert").await;
    let accounts = world.identity.account_list(&bert, AccountFilter::default(), None, page()).await.unwrap();
    let names: Vec<_> = accounts.items.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["bert", "docker-datacenter"]);
    let collections = world.identity.collection_list(&bert).await.unwrap();
    let paths: Vec<_> = collections.iter().map(|view| view.collection.path.as_str()).collect();
    assert_eq!(paths, ["/", "/Shared", "/Shared/Legacy", "/Shared/Private", "/Shared/Private/bert"]);
    let grants = world.identity.grant_list(&bert, GrantFilter::default()).await.unwrap();
    let subjects: Vec<_> = grants.iter().map(|view| (view.subject.as_str(), view.path.as_str())).collect();
    assert_eq!(subjects, [("docker-datacenter", "/Shared"), ("bert", "/Shared/Private/bert")]);
}

#[tokio::test]
async fn owners_manage_their_own_organization_alone() {
    let world = world().await;
    world.organization("other", "bert").await;
    let anna = world.context("anna").await;
    let identity = &world.identity;
    identity.member_set(&anna, &name("acme"), &name("bert"), None).await.unwrap();
    identity.team_member_add(&anna, &name("acme"), &"ops".parse().unwrap(), &name("bert")).await.unwrap();
    assert_eq!(
        code(identity.member_set(&anna, &name("other"), &name("anna"), Some(true)).await),
        "ORGANIZATION_NOT_FOUND"
    );
    assert_eq!(code(identity.organization_delete(&anna, &name("acme")).await), "FORBIDDEN");
    // A plain member sees the organization and may change nothing but leave.
    let bert = world.context("bert").await;
    identity.organization_view(&bert, &name("acme")).await.unwrap();
    assert_eq!(code(identity.member_set(&bert, &name("acme"), &name("bert"), Some(true)).await), "FORBIDDEN");
    assert_eq!(code(identity.account_delete(&bert, &name("anna")).await), "FORBIDDEN");
    assert_eq!(code(identity.token_list(&bert, &name("anna")).await), "FORBIDDEN");
    identity.member_remove(&bert, &name("acme"), &name("bert")).await.unwrap();
    assert_eq!(code(identity.organization_view(&bert, &name("acme")).await), "ORGANIZATION_NOT_FOUND");
}

#[tokio::test]
async fn refusals_stand_in_the_audit_log_without_secrets() {
    let world = world().await;
    let bert = world.context("bert").await;
    refusals(&world, &bert).await;
    world.sign_in("anna", "wrong password").await.unwrap_err();
    world.identity.contexts().audit().flush().await;
    let root = world.root().await;
    let filter = AuditFilter { outcome: Some(opctx::AuditOutcome::Refused), ..AuditFilter::default() };
    let log = world.identity.audit_list(&root, filter, None, base::PageLimit::clamped(Some(500))).await.unwrap();
    let noted: Vec<_> = log.items.iter().map(|line| line.row.operation.as_str()).collect();
    for operation in ["sign_in", "account_create", "member_set", "token_create", "grant_add", "setting_set"] {
        assert!(noted.contains(&operation), "{operation} in {noted:?}");
    }
    let text = format!("{:?}", log.items);
    assert!(!text.contains("wrong password") && !text.contains("another password"));
    assert!(text.contains("10.0.0.7"));
}
