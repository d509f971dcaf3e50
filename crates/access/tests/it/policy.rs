//! Decisions, explanations and placement by example.

use base::{AccountId, CollectionId, RoleId, TeamId};
use holdfast_access::{
    Collection, Decision, Grant, GrantSubject, Operation, Parameter, Policy, Reason, Rights, Role, Subject, builtin,
    builtin_roles, role_ids,
};

fn id(text: &str) -> CollectionId {
    text.parse().unwrap()
}

fn tree() -> Vec<Collection> {
    let mut tree = builtin::collections();
    for (own, parent, path) in
        [("prod", "swarm", "/prod"), ("web", "prod", "/prod/web"), ("anna", "private", "/Shared/Private/anna")]
    {
        tree.push(Collection { id: id(own), parent: Some(id(parent)), path: path.parse().unwrap() });
    }
    tree
}

fn grant(subject: GrantSubject, role: &str, collection: &str) -> Grant {
    Grant { subject, role: role.parse().unwrap(), collection: id(collection) }
}

fn user() -> Subject {
    Subject { account: Some(AccountId::random()), ..Subject::default() }
}

fn build(grants: Vec<Grant>) -> Policy {
    Policy::build(builtin_roles(), tree(), grants)
}

#[test]
fn a_grant_reaches_through_user_team_organization_and_everybody() {
    let subject = Subject {
        account: Some(AccountId::random()),
        is_admin: false,
        organizations: vec![AccountId::random()],
        teams: vec![TeamId::random()],
    };
    let stranger = user();
    for key in subject.keys().collect::<Vec<_>>() {
        let policy = build(vec![grant(key, role_ids::VIEW_ONLY, "prod")]);
        assert!(policy.decide(&subject, Operation::ServiceView, &[], &id("web")).is_allowed(), "{key:?}");
        let everybody = key == GrantSubject::Authenticated;
        assert_eq!(policy.decide(&stranger, Operation::ServiceView, &[], &id("web")).is_allowed(), everybody);
        assert_eq!(
            policy.decide(&Subject::default(), Operation::ServiceView, &[], &id("web")),
            Decision::MissingOperation
        );
    }
}

#[test]
fn rights_of_several_grants_add_up() {
    let subject = user();
    let key = GrantSubject::User(subject.account.unwrap());
    let mut rights = Rights::NONE;
    rights.allow_parameter(Operation::ContainerCreate, Parameter::Privileged);
    let custom = Role { id: RoleId::random(), name: "privileged".into(), system: false, rights };
    let grants = vec![
        grant(key, role_ids::RESTRICTED_CONTROL, "prod"),
        Grant { subject: key, role: custom.id.clone(), collection: id("web") },
    ];
    let mut roles = builtin_roles();
    roles.push(custom);
    let policy = Policy::build(roles, tree(), grants);
    let ask = |collection: &str| {
        let parameters = [Parameter::Privileged, Parameter::BridgeNetworking];
        policy.decide(&subject, Operation::ContainerCreate, &parameters, &id(collection))
    };
    assert_eq!(ask("web"), Decision::Allowed);
    assert_eq!(ask("prod"), Decision::MissingParameters([Parameter::Privileged].into_iter().collect()));
    assert_eq!(ask("shared"), Decision::MissingOperation);
}

#[test]
fn an_explanation_names_grants_or_what_is_missing() {
    let subject = user();
    let key = GrantSubject::User(subject.account.unwrap());
    let policy = build(vec![
        grant(key, role_ids::VIEW_ONLY, "prod"),
        grant(key, role_ids::RESTRICTED_CONTROL, "anna"),
        grant(GrantSubject::Authenticated, role_ids::SCHEDULER, "shared"),
    ]);
    let seen = policy.explain(&subject, Operation::ServiceView, &[], &id("web"));
    assert_eq!(seen.reason, Reason::Granted);
    assert_eq!(
        (seen.grants.len(), seen.grants[0].inherited, seen.grants[0].role_name.as_str()),
        (1, true, "View Only")
    );

    let refused = policy.explain(&subject, Operation::ServiceUpdate, &[], &id("web"));
    assert_eq!(refused.reason, Reason::MissingOperation);
    assert!(refused.grants.is_empty());
    assert_eq!(refused.nearby.iter().map(|path| path.as_str()).collect::<Vec<_>>(), ["/Shared/Private/anna"]);

    let partly = policy.explain(&subject, Operation::ContainerCreate, &[Parameter::Privileged], &id("anna"));
    assert_eq!(partly.reason, Reason::MissingParameters([Parameter::Privileged].into_iter().collect()));
    assert_eq!(partly.grants.len(), 1);

    let admin = Subject { is_admin: true, ..user() };
    assert_eq!(policy.explain(&admin, Operation::NodeUpdate, &[], &id("system")).reason, Reason::Administrator);
    assert_eq!(policy.explain(&user(), Operation::NodeUpdate, &[], &id("nowhere")).reason, Reason::UnknownCollection);
    assert_eq!(policy.explain(&Subject::default(), Operation::NodeView, &[], &id("prod")).reason, Reason::Anonymous);
}

#[test]
fn work_is_scheduled_below_the_highest_ancestor_that_allows_it() {
    let subject = user();
    let key = GrantSubject::User(subject.account.unwrap());
    let mut grants = vec![
        grant(key, role_ids::RESTRICTED_CONTROL, "anna"),
        grant(GrantSubject::Authenticated, role_ids::SCHEDULER, "shared"),
        grant(key, role_ids::RESTRICTED_CONTROL, "web"),
    ];
    let policy = build(grants.clone());
    assert_eq!(policy.schedule_root(&subject, &id("anna")), Some(id("shared")));
    assert_eq!(policy.schedule_root(&subject, &id("web")), Some(id("web")));
    assert_eq!(policy.schedule_root(&subject, &id("prod")), None);
    grants.push(grant(key, role_ids::SCHEDULER, "swarm"));
    assert_eq!(build(grants).schedule_root(&subject, &id("web")), Some(builtin::root()));
}

#[test]
fn who_can_lists_grants_here_and_above() {
    let (anna, ben) = (GrantSubject::User(AccountId::random()), GrantSubject::User(AccountId::random()));
    let policy = build(vec![
        grant(anna, role_ids::VIEW_ONLY, "swarm"),
        grant(ben, role_ids::FULL_CONTROL, "prod"),
        grant(ben, role_ids::FULL_CONTROL, "shared"),
    ]);
    assert_eq!(policy.who_can(Operation::ServiceView, &id("web")).len(), 2);
    let exec = policy.who_can(Operation::ContainerExec, &id("web"));
    assert_eq!(exec, vec![grant(ben, role_ids::FULL_CONTROL, "prod")]);
}

#[test]
fn a_cycle_of_parents_ends() {
    let collections = vec![
        Collection { id: id("a"), parent: Some(id("b")), path: "/a".parse().unwrap() },
        Collection { id: id("b"), parent: Some(id("a")), path: "/b".parse().unwrap() },
    ];
    let policy = Policy::build(builtin_roles(), collections, Vec::new());
    assert_eq!(policy.ancestors(&id("a")).count(), 2);
    assert_eq!(policy.decide(&user(), Operation::NodeView, &[], &id("a")), Decision::MissingOperation);
}
