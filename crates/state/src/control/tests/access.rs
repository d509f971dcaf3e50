//! Roles, collections, grants, settings.

use access::{GrantSubject, Operation, Rights, Role, builtin};
use base::{AccountId, CollectionId, RoleId, TeamId};
use serde_json::json;

use super::super::accounts;
use super::super::collections::CollectionCreate;
use super::super::settings::{self, SecretSet, SettingSet};
use super::super::{Command, Event, Reject, Reply, grants, roles};
use super::{Bench, grant, role};

fn custom(name: &str) -> Role {
    let rights = Rights::of(&[Operation::ServiceView]);
    Role { id: RoleId::random(), name: name.to_owned(), system: false, rights }
}

#[test]
fn a_used_role_cannot_be_deleted() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let (viewer, prod) = (custom("Viewer"), bench.collection("swarm", "prod"));
    bench.apply(Command::RoleCreate(viewer.clone())).unwrap();
    let given = grant(GrantSubject::User(anna), viewer.id.as_str(), &prod);
    bench.apply(Command::GrantAdd(given.clone())).unwrap();
    let used = bench.apply(Command::RoleDelete(viewer.id.clone())).unwrap_err();
    assert_eq!(used, Reject::RoleUsed { role: viewer.id.clone(), grants: 1 });
    bench.apply(Command::GrantRemove(given)).unwrap();
    bench.apply(Command::RoleDelete(viewer.id.clone())).unwrap();
    assert_eq!(bench.apply(Command::RoleDelete(viewer.id.clone())), Err(Reject::RoleUnknown { role: viewer.id }));
}

#[test]
fn role_names_are_unique_and_built_in_ones_stay() {
    let mut bench = Bench::new();
    bench.apply(Command::RoleCreate(custom("Viewer"))).unwrap();
    assert_eq!(bench.apply(Command::RoleCreate(custom("Viewer"))).unwrap_err().code(), "ROLE_NAME_TAKEN");
    assert_eq!(bench.apply(Command::RoleCreate(custom("View Only"))).unwrap_err().code(), "ROLE_NAME_TAKEN");
    let forged = Role { id: role("fullcontrol"), ..custom("Forged") };
    assert_eq!(bench.apply(Command::RoleCreate(forged)).unwrap_err().code(), "EXISTS");
    assert_eq!(bench.apply(Command::RoleDelete(role("viewonly"))).unwrap_err().code(), "BUILT_IN");
    let stored = roles::every(&bench.conn).unwrap();
    assert_eq!(stored.len(), 6);
    assert!(stored[5].rights.has(Operation::ServiceView) && !stored[5].rights.has(Operation::ServiceCreate));
}

#[test]
fn only_empty_collections_are_deleted_with_their_grants() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let prod = bench.collection("swarm", "prod");
    let web = bench.collection(prod.as_str(), "web");
    bench.apply(Command::GrantAdd(grant(GrantSubject::User(anna), "viewonly", &web))).unwrap();
    let full = bench.apply(Command::CollectionDelete(prod.clone())).unwrap_err();
    assert_eq!(full.to_string(), "collection `/prod` is not empty: it holds 1 collections");
    bench.apply(Command::CollectionDelete(web.clone())).unwrap();
    assert!(grants::of_collection(&bench.conn, &web).unwrap().is_empty());
    bench.apply(Command::CollectionDelete(prod)).unwrap();
    for built_in in builtin::collections() {
        assert_eq!(bench.apply(Command::CollectionDelete(built_in.id)).unwrap_err().code(), "BUILT_IN");
    }
}

#[test]
fn collections_have_a_parent_a_free_path_and_a_plain_name() {
    let mut bench = Bench::new();
    bench.collection("swarm", "prod");
    let mut create = |parent: &str, name: &str| {
        let id = CollectionId::random();
        let command = CollectionCreate { id, parent: parent.parse().unwrap(), name: name.to_owned() };
        bench.apply(Command::CollectionCreate(command)).map_err(|reject| reject.code())
    };
    assert_eq!(create("swarm", "prod"), Err("COLLECTION_EXISTS"));
    assert_eq!(create("nowhere", "x"), Err("COLLECTION_NOT_FOUND"));
    for name in ["", "..", "a/b", "a\nb"] {
        assert_eq!(create("swarm", name), Err("COLLECTION_NAME_INVALID"), "{name:?}");
    }
}

#[test]
fn a_deleted_default_collection_is_nobodys_default() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let prod = bench.collection("swarm", "prod");
    let change = accounts::AccountChange { default_collection: Some(prod.clone()), ..Default::default() };
    bench.change(anna, change).unwrap();
    bench.events.clear();
    bench.apply(Command::CollectionDelete(prod)).unwrap();
    assert_eq!(accounts::by_id(&bench.conn, anna).unwrap().unwrap().default_collection, None);
    assert!(bench.events.contains(&Event::Account(anna)));
}

#[test]
fn grants_name_what_exists() {
    let mut bench = Bench::new();
    let (anna, acme) = (bench.user("anna"), bench.organization("acme"));
    let shared = builtin::shared();
    let mut add = |subject, role_id: &str, collection: &CollectionId| {
        bench.apply(Command::GrantAdd(grant(subject, role_id, collection))).map_err(|reject| reject.code())
    };
    assert_eq!(add(GrantSubject::User(AccountId::random()), "viewonly", &shared), Err("ACCOUNT_NOT_FOUND"));
    assert_eq!(add(GrantSubject::User(acme), "viewonly", &shared), Err("NOT_A_USER"));
    assert_eq!(add(GrantSubject::Organization(anna), "viewonly", &shared), Err("NOT_AN_ORGANIZATION"));
    assert_eq!(add(GrantSubject::Team(TeamId::random()), "viewonly", &shared), Err("TEAM_NOT_FOUND"));
    assert_eq!(add(GrantSubject::User(anna), "nothing", &shared), Err("ROLE_NOT_FOUND"));
    assert_eq!(add(GrantSubject::User(anna), "viewonly", &"none".parse().unwrap()), Err("COLLECTION_NOT_FOUND"));
    assert_eq!(add(GrantSubject::Authenticated, "viewonly", &shared), Ok(Reply::Created));
    assert_eq!(add(GrantSubject::Authenticated, "viewonly", &shared), Ok(Reply::Unchanged));
}

#[test]
fn settings_are_set_once_where_asked() {
    let mut bench = Bench::new();
    let mut set = |value, only_if_absent| {
        let name = settings::names::CLUSTER.to_owned();
        bench.apply(Command::SettingSet(SettingSet { name, value, only_if_absent })).unwrap()
    };
    assert_eq!(set(Some(json!("one")), true), Reply::Done);
    assert_eq!(set(Some(json!("two")), true), Reply::Unchanged);
    assert_eq!(settings::get(&bench.conn, settings::names::CLUSTER).unwrap(), Some(json!("one")));
}

#[test]
fn secrets_are_bounded_and_kept_as_given() {
    let mut bench = Bench::new();
    let set = |sealed| Command::SecretSet(SecretSet { name: "ca".to_owned(), sealed, only_if_absent: false });
    bench.apply(set(Some(vec![0, 255, 7]))).unwrap();
    assert_eq!(settings::secret(&bench.conn, "ca").unwrap(), Some(vec![0, 255, 7]));
    assert_eq!(bench.apply(set(Some(vec![0; 70_000]))).unwrap_err().code(), "VALUE_TOO_LARGE");
    bench.apply(set(None)).unwrap();
    assert_eq!(settings::secret(&bench.conn, "ca").unwrap(), None);
}
