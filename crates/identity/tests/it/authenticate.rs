//! Credentials of each kind.

use base::{Clock, ErrorKind, OperationId, Secret};
use identity::{AccountChange, AuthError, Credential, Passwords, admin_password_reset};
use opctx::{Caller, Via};
use state::control::pull_credentials::PullCredentialCreate;
use state::control::{Command, TokenHash};

use crate::world::{PASSWORD, World, code, name, origin};

fn inactive() -> AccountChange {
    AccountChange { is_active: Some(false), ..AccountChange::default() }
}

#[tokio::test]
async fn nothing_presented_is_anonymous() {
    let world = World::open().await;
    let caller = world.identity.authenticate(Credential::None, &origin()).await.unwrap();
    assert_eq!(caller, Caller::Anonymous);
}

#[tokio::test]
async fn unknown_users_and_wrong_passwords_are_told_the_same() {
    let world = World::with_users().await;
    let wrong = world.sign_in("anna", "wrong password").await.unwrap_err();
    for user in ["nobody", "docker-datacenter", "Not A Name", ""] {
        let unknown = world.sign_in(user, PASSWORD).await.unwrap_err();
        assert_eq!((unknown.to_string(), unknown.code()), (wrong.to_string(), wrong.code()), "{user}");
    }
}

#[tokio::test]
async fn failed_attempts_are_throttled_and_a_right_password_waits_too() {
    let world = World::with_users().await;
    for _ in 0..6 {
        world.sign_in("anna", "wrong password").await.unwrap_err();
    }
    let refused = world.sign_in("anna", PASSWORD).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooMany);
    world.sign_in("bert", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_right_password_many_times_at_once_is_one_attempt() {
    let world = World::with_users().await;
    for _ in 0..4 {
        world.sign_in("anna", "wrong password").await.unwrap_err();
    }
    let all = futures_util::future::join_all((0..40).map(|_| world.sign_in("anna", PASSWORD))).await;
    assert!(all.iter().all(Result::is_ok), "{:?}", all.iter().find(|one| one.is_err()));
}

#[tokio::test]
async fn wrong_passwords_at_once_are_bounded_all_the_same() {
    let world = World::with_users().await;
    let guesses: Vec<String> = (0..40).map(|guess| format!("guess number {guess}")).collect();
    for tried in [guesses, vec!["the same guess".to_owned(); 40]] {
        let user = if tried[0] == tried[1] { "bert" } else { "anna" };
        let all = futures_util::future::join_all(tried.iter().map(|guess| world.sign_in(user, guess))).await;
        let judged = all.iter().filter(|one| matches!(one, Err(AuthError::WrongPassword))).count();
        assert!(judged <= 6, "{judged} guesses were judged");
    }
}

#[tokio::test]
async fn a_remembered_password_dies_with_the_epoch() {
    let world = World::with_users().await;
    world.sign_in("anna", PASSWORD).await.unwrap();
    let root = world.root().await;
    let new = Secret::new("battery staple");
    world.identity.password_change(&root, &name("anna"), None, new).await.unwrap();
    assert!(matches!(world.sign_in("anna", PASSWORD).await, Err(AuthError::WrongPassword)));
    world.sign_in("anna", "battery staple").await.unwrap();
    world.identity.account_update(&root, &name("anna"), inactive()).await.unwrap();
    assert!(matches!(world.sign_in("anna", "battery staple").await, Err(AuthError::WrongPassword)));
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used() {
    let world = World::with_users().await;
    let started = world.identity.session_create("anna".to_owned(), Secret::new(PASSWORD), &origin()).await.unwrap();
    assert_eq!(started.lifetime_secs, 3600);
    let use_it = || async { world.present(Credential::Bearer(started.token.clone())).await };
    assert_eq!(use_it().await.unwrap().via, Via::Session(started.session));
    world.clock.advance_secs(3000);
    use_it().await.unwrap();
    world.identity.used_flush().await;
    world.clock.advance_secs(3000);
    let index = world.identity.store().applied();
    world.identity.contexts().authority().reach(index).await;
    use_it().await.expect("renewed in its last part");
    world.clock.advance_secs(3601);
    assert!(matches!(use_it().await, Err(AuthError::BadToken)));
}

#[tokio::test]
async fn an_ended_session_is_refused_at_once() {
    let world = World::with_users().await;
    let started = world.identity.session_create("anna".to_owned(), Secret::new(PASSWORD), &origin()).await.unwrap();
    let caller = world.present(Credential::Session(started.token.clone())).await.unwrap();
    let ctx = world.context_of(Caller::Account(caller));
    assert_eq!(world.identity.session_list(&ctx, &name("anna")).await.unwrap().len(), 1);
    world.identity.session_end(&ctx).await.unwrap();
    assert!(matches!(world.present(Credential::Session(started.token)).await, Err(AuthError::BadToken)));
}

#[tokio::test]
async fn a_password_change_keeps_the_session_it_was_made_in() {
    let world = World::with_users().await;
    let (own, other) = (
        world.identity.session_create("anna".to_owned(), Secret::new(PASSWORD), &origin()).await.unwrap(),
        world.identity.session_create("anna".to_owned(), Secret::new(PASSWORD), &origin()).await.unwrap(),
    );
    let ctx = world.context_of(Caller::Account(own.caller));
    let change = |old: Option<&str>| {
        let old = old.map(Secret::new);
        let ctx = ctx.clone();
        let identity = world.identity.clone();
        async move { identity.password_change(&ctx, &name("anna"), old, Secret::new("battery staple")).await }
    };
    assert_eq!(code(change(None).await), "FORBIDDEN");
    assert_eq!(code(change(Some("wrong password")).await), "FORBIDDEN");
    change(Some(PASSWORD)).await.unwrap();
    world.present(Credential::Bearer(own.token)).await.unwrap();
    assert!(world.present(Credential::Bearer(other.token)).await.is_err());
}

#[tokio::test]
async fn an_access_token_works_as_password_and_bearer_until_revoked_or_over() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let expires = Some(world.clock.now().plus_secs(60));
    let made = world.identity.token_create(&anna, &name("anna"), "ci", expires).await.unwrap();
    let secret = made.secret.expose();
    assert!(secret.starts_with("hft_"));
    assert_eq!(world.sign_in("anna", secret).await.unwrap().via, Via::AccessToken(made.token.id));
    world.present(Credential::Bearer(made.secret.clone())).await.unwrap();
    assert!(world.sign_in("bert", secret).await.is_err(), "another's token");
    assert!(world.present(Credential::Session(made.secret.clone())).await.is_err(), "in a cookie");
    world.clock.advance_secs(60);
    assert!(world.sign_in("anna", secret).await.is_err());
    let endless = world.identity.token_create(&anna, &name("anna"), "ci2", None).await.unwrap();
    world.identity.token_revoke(&anna, &name("anna"), endless.token.id).await.unwrap();
    assert!(world.present(Credential::Bearer(endless.secret)).await.is_err());
}

#[tokio::test]
async fn a_pull_credential_is_a_workload_while_its_owner_is_active() {
    let world = World::with_users().await;
    let root = world.root().await;
    let owner = world.identity.account_view(&root, &name("anna")).await.unwrap().id;
    let id = base::TokenId::random();
    let create = PullCredentialCreate {
        id,
        cluster: root.cluster(),
        service_name: "web".to_owned(),
        service: None,
        owner,
        repositories: vec!["anna/web".parse().unwrap()],
        hash: TokenHash::of("pull-secret"),
    };
    let command = Command::PullCredentialCreate(create);
    let written = world.identity.store().write(OperationId::random(), command).await.unwrap();
    world.identity.contexts().authority().reach(written.index).await;
    let present = |user: String| async {
        let credential = Credential::Basic { user, password: Secret::new("pull-secret") };
        world.identity.authenticate(credential, &origin()).await
    };
    assert!(matches!(present(id.to_string()).await.unwrap(), Caller::Workload(pull) if pull.owner == owner));
    assert!(present("anna".to_owned()).await.is_err());
    let workload = world.context_of(present(id.to_string()).await.unwrap());
    assert!(workload.is_alive() && workload.subject() == access::Subject::default());
    world.identity.account_update(&root, &name("anna"), inactive()).await.unwrap();
    assert!(present(id.to_string()).await.is_err() && !workload.is_alive());
}

#[tokio::test]
async fn a_lost_admin_password_is_reset_on_the_machine() {
    let world = World::open().await;
    let store = world.identity.store();
    let new = Secret::new("battery staple");
    admin_password_reset(store, &Passwords::cheap().unwrap(), &name("root"), &new).await.unwrap();
    assert!(world.sign_in("root", PASSWORD).await.is_err());
    world.sign_in("root", "battery staple").await.unwrap();
    let unknown = admin_password_reset(store, &Passwords::cheap().unwrap(), &name("nobody"), &new).await;
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
}
