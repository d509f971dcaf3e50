//! Accounts, members and teams.

use access::{GrantSubject, builtin};
use base::{AccountId, PageLimit};

use super::super::accounts::{self, AccountChange, AccountFilter, OrganizationCreate, PasswordSet};
use super::super::members::{self, MemberSet};
use super::super::teams::{self, TeamUpdate};
use super::super::{Command, DOCKER_DATACENTER, Reject, Reply, collections, grants, sessions};
use super::{Bench, account, deactivate, role, user};

fn not_admin() -> AccountChange {
    AccountChange { is_admin: Some(false), ..AccountChange::default() }
}

#[test]
fn new_user_has_ucps_defaults() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let row = accounts::by_id(&bench.conn, anna).unwrap().unwrap();
    let private = collections::by_path(&bench.conn, &"/Shared/Private/anna".parse().unwrap()).unwrap().unwrap();
    assert_eq!(row.default_collection.as_ref(), Some(&private.collection.id));
    let own = grants::of_subject(&bench.conn, &GrantSubject::User(anna)).unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0].grant.role, &own[0].grant.collection), (&role("restrictedcontrol"), &private.collection.id));
    assert!(members::membership(&bench.conn, DOCKER_DATACENTER, anna).unwrap().is_some());
    let all = grants::of_subject(&bench.conn, &GrantSubject::Organization(DOCKER_DATACENTER)).unwrap();
    assert_eq!((&all[0].grant.role, &all[0].grant.collection), (&role("scheduler"), &builtin::shared()));
}

#[test]
fn users_and_organizations_share_their_names() {
    let mut bench = Bench::new();
    bench.user("acme");
    let create = OrganizationCreate { id: AccountId::random(), name: account("acme"), full_name: String::new() };
    let refused = bench.apply(Command::OrganizationCreate(create)).unwrap_err();
    assert_eq!(refused, Reject::NameTaken { name: account("acme") });
    let again = bench.apply(Command::UserCreate(user(AccountId::random(), "acme", false))).unwrap_err();
    assert_eq!(again.code(), "NAME_TAKEN");
}

#[test]
fn last_active_admin_stays() {
    let mut bench = Bench::new();
    let root = bench.admin("root");
    assert_eq!(bench.change(root, deactivate()), Err(Reject::LastAdmin));
    assert_eq!(bench.change(root, not_admin()), Err(Reject::LastAdmin));
    assert_eq!(bench.apply(Command::AccountDelete(root)), Err(Reject::LastAdmin));
    let second = bench.admin("second");
    bench.change(second, deactivate()).unwrap();
    assert_eq!(bench.change(root, not_admin()), Err(Reject::LastAdmin), "an inactive one does not count");
    bench.change(second, AccountChange { is_active: Some(true), ..AccountChange::default() }).unwrap();
    bench.change(root, not_admin()).unwrap();
}

#[test]
fn admin_is_ensured_once() {
    let mut bench = Bench::new();
    let first = bench.apply(Command::AdminEnsure(user(AccountId::random(), "root", true)));
    let second = bench.apply(Command::AdminEnsure(user(AccountId::random(), "root", true)));
    assert_eq!((first, second), (Ok(Reply::Created), Ok(Reply::Unchanged)));
}

#[test]
fn deactivation_ends_sessions_and_raises_the_epoch() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    bench.session(anna, 1).unwrap();
    bench.change(anna, deactivate()).unwrap();
    assert_eq!(bench.epoch(anna), 2);
    assert!(sessions::of_account(&bench.conn, anna, bench.now).unwrap().is_empty());
    assert_eq!(bench.session(anna, 2), Err(Reject::AccountInactive { account: anna }));
}

#[test]
fn a_new_password_ends_all_sessions_but_its_own() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let own = bench.session(anna, 1).unwrap();
    bench.session(anna, 1).unwrap();
    let set = |epoch| PasswordSet { account: anna, password: "new".to_owned(), keep_session: Some(own), epoch };
    bench.apply(Command::PasswordSet(set(Some(1)))).unwrap();
    let left = sessions::of_account(&bench.conn, anna, bench.now).unwrap();
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [own]);
    assert_eq!(bench.apply(Command::PasswordSet(set(Some(1)))), Err(Reject::EpochChanged { account: anna }));
    assert_eq!(bench.session(anna, 1), Err(Reject::EpochChanged { account: anna }), "checked with the old password");
}

#[test]
fn built_in_organization_keeps_all_users() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let remove = Command::MemberRemove { organization: DOCKER_DATACENTER, account: anna };
    assert_eq!(bench.apply(remove).unwrap_err().code(), "BUILT_IN");
    assert_eq!(bench.apply(Command::AccountDelete(DOCKER_DATACENTER)).unwrap_err().code(), "BUILT_IN");
    assert_eq!(bench.change(DOCKER_DATACENTER, deactivate()).unwrap_err().code(), "BUILT_IN");
    let owner = MemberSet { organization: DOCKER_DATACENTER, account: anna, is_owner: Some(true) };
    assert_eq!(bench.apply(Command::MemberSet(owner)).unwrap_err().code(), "BUILT_IN");
}

#[test]
fn team_members_are_members_and_leave_together() {
    let mut bench = Bench::new();
    let (anna, acme) = (bench.user("anna"), bench.organization("acme"));
    let ops = bench.team(acme, "ops");
    bench.apply(Command::TeamMemberAdd { team: ops, account: anna }).unwrap();
    assert!(members::membership(&bench.conn, acme, anna).unwrap().is_some());
    bench.apply(Command::MemberSet(MemberSet { organization: acme, account: anna, is_owner: Some(true) })).unwrap();
    bench.apply(Command::TeamMemberAdd { team: ops, account: anna }).unwrap();
    assert!(members::membership(&bench.conn, acme, anna).unwrap().unwrap().is_owner, "being added demotes nobody");
    bench.apply(Command::MemberRemove { organization: acme, account: anna }).unwrap();
    assert!(teams::of_account(&bench.conn, anna).unwrap().is_empty());
    let again = bench.apply(Command::MemberRemove { organization: acme, account: anna }).unwrap_err();
    assert_eq!(again, Reject::NotMember { organization: acme, account: anna });
}

#[test]
fn organizations_are_not_users() {
    let mut bench = Bench::new();
    let (acme, other) = (bench.organization("acme"), bench.organization("other"));
    let ops = bench.team(acme, "ops");
    let add = bench.apply(Command::TeamMemberAdd { team: ops, account: other }).unwrap_err();
    assert_eq!(add, Reject::NotUser { account: other });
    let anna = bench.user("anna");
    let member = MemberSet { organization: anna, account: anna, is_owner: None };
    assert_eq!(bench.apply(Command::MemberSet(member)), Err(Reject::NotOrganization { account: anna }));
    let admin = AccountChange { is_admin: Some(true), ..AccountChange::default() };
    assert_eq!(bench.change(acme, admin), Err(Reject::NotUser { account: acme }));
}

#[test]
fn team_names_are_unique_within_an_organization() {
    let mut bench = Bench::new();
    let (acme, other) = (bench.organization("acme"), bench.organization("other"));
    bench.team(acme, "ops");
    bench.team(other, "ops");
    let dev = bench.team(acme, "dev");
    let rename = TeamUpdate { id: dev, name: Some("ops".parse().unwrap()), description: None };
    assert_eq!(bench.apply(Command::TeamUpdate(rename)).unwrap_err().code(), "TEAM_NAME_TAKEN");
}

#[test]
fn lists_show_only_what_a_user_may_know() {
    let mut bench = Bench::new();
    let (anna, bert) = (bench.user("anna"), bench.user("bert"));
    let carl = bench.user("carl");
    let acme = bench.organization("acme");
    bench.organization("hidden");
    for account in [anna, bert] {
        bench.apply(Command::MemberSet(MemberSet { organization: acme, account, is_owner: None })).unwrap();
    }
    let names = |visible_to| {
        let filter = AccountFilter { visible_to, ..AccountFilter::default() };
        let page = accounts::list(&bench.conn, &filter, None, PageLimit::clamped(None)).unwrap();
        page.items.into_iter().map(|account| account.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(anna)), ["acme", "anna", "bert", "docker-datacenter"]);
    assert_eq!(names(Some(carl)), ["carl", "docker-datacenter"]);
    assert_eq!(names(None).len(), 6);
}

#[test]
fn pages_continue_where_the_last_ended() {
    let mut bench = Bench::new();
    for name in ["u1", "u2", "u3", "u4", "u5"] {
        bench.user(name);
    }
    let filter = AccountFilter { contains: Some("FULL".to_owned()), ..AccountFilter::default() };
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = accounts::list(&bench.conn, &filter, after.as_ref(), PageLimit::clamped(Some(2))).unwrap();
        seen.extend(page.items.into_iter().map(|account| account.name.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["u1", "u2", "u3", "u4", "u5"]);
}

#[test]
fn a_later_user_of_the_same_name_inherits_nothing() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let path = "/Shared/Private/anna".parse().unwrap();
    let first = collections::by_path(&bench.conn, &path).unwrap().unwrap().collection.id;
    let below = bench.collection(first.as_str(), "web");
    bench.apply(Command::AccountDelete(anna)).unwrap();
    assert!(collections::by_id(&bench.conn, &below).unwrap().is_none());
    bench.user("anna");
    let second = collections::by_path(&bench.conn, &path).unwrap().unwrap().collection.id;
    assert_ne!(first, second);
}
