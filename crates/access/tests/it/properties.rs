//! What holds for every policy.

use base::{AccountId, CollectionId, TeamId};
use holdfast_access::{Collection, Grant, GrantSubject, Operation, Policy, Rights, Role, Subject};
use proptest::prelude::*;

/// Everything a policy is built from; collection 0 is the root, each other hangs below an earlier one.
#[derive(Debug, Clone)]
struct World {
    parents: Vec<usize>,
    roles: Vec<Vec<(usize, bool)>>,
    grants: Vec<(usize, usize, usize)>,
}

fn world() -> impl Strategy<Value = World> {
    let parents = proptest::collection::vec(any::<prop::sample::Index>(), 1..12);
    let operation = (0..Operation::ALL.len(), any::<bool>());
    let roles = proptest::collection::vec(proptest::collection::vec(operation, 0..8), 1..5);
    (parents, roles).prop_flat_map(|(parents, roles)| {
        let parents: Vec<usize> = parents.iter().enumerate().map(|(i, at)| at.index(i + 1)).collect();
        let grant = (0..SUBJECTS, 0..roles.len(), 0..=parents.len());
        let grants = proptest::collection::vec(grant, 0..12);
        (Just(parents), Just(roles), grants).prop_map(|(parents, roles, grants)| World { parents, roles, grants })
    })
}

const SUBJECTS: usize = 5;

fn account(number: u128) -> AccountId {
    AccountId::from_uuid(uuid::Uuid::from_u128(number))
}

fn key(number: usize) -> GrantSubject {
    match number {
        0 => GrantSubject::User(account(1)),
        1 => GrantSubject::Organization(account(2)),
        2 => GrantSubject::Team(TeamId::from_uuid(uuid::Uuid::from_u128(3))),
        3 => GrantSubject::User(account(4)),
        _ => GrantSubject::Authenticated,
    }
}

/// Reached by grants to 0, 1, 2 and 4, not by those to 3.
fn subject() -> Subject {
    Subject {
        account: Some(account(1)),
        is_admin: false,
        organizations: vec![account(2)],
        teams: vec![TeamId::from_uuid(uuid::Uuid::from_u128(3))],
    }
}

fn place(number: usize) -> CollectionId {
    format!("c{number}").parse().unwrap()
}

impl World {
    fn policy(&self) -> Policy {
        let mut collections = vec![Collection { id: place(0), parent: None, path: "/".parse().unwrap() }];
        for (i, parent) in self.parents.iter().enumerate() {
            let path = format!("/c{}", i + 1).parse().unwrap();
            collections.push(Collection { id: place(i + 1), parent: Some(place(*parent)), path });
        }
        let roles = self.roles.iter().enumerate().map(|(i, operations)| {
            let mut rights = Rights::NONE;
            for (operation, fully) in operations {
                let operation = Operation::ALL[*operation];
                if *fully { rights.allow_fully(operation) } else { rights.allow(operation) }
            }
            Role { id: format!("r{i}").parse().unwrap(), name: format!("r{i}"), system: false, rights }
        });
        let grants = self.grants.iter().map(|(subject, role, collection)| Grant {
            subject: key(*subject),
            role: format!("r{role}").parse().unwrap(),
            collection: place(*collection),
        });
        Policy::build(roles.collect(), collections, grants.collect())
    }

    fn depth(&self, mut at: usize) -> usize {
        let mut depth = 0;
        while at > 0 {
            at = self.parents[at - 1];
            depth += 1;
        }
        depth
    }

    fn is_above(&self, ancestor: usize, mut at: usize) -> bool {
        while at > 0 && at != ancestor {
            at = self.parents[at - 1];
        }
        at == ancestor
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        // A collection's path has at most eight parts; deeper trees cannot be made.
        (0..=self.parents.len()).filter(|at| self.depth(*at) <= 8)
    }
}

proptest! {
    #[test]
    fn rights_are_the_union_of_grants_here_and_above_and_nothing_else(world in world()) {
        let policy = world.policy();
        for at in world.places() {
            let mut expected = Rights::NONE;
            for (_, role, _) in world.grants.iter().filter(|(s, _, c)| *s != 3 && world.is_above(*c, at)) {
                expected |= policy.role(&format!("r{role}").parse().unwrap()).unwrap().rights;
            }
            prop_assert_eq!(policy.rights(&subject(), &place(at)), expected);
        }
    }

    #[test]
    fn no_grant_is_no_right(mut world in world()) {
        world.grants.clear();
        let policy = world.policy();
        for at in world.places() {
            prop_assert!(policy.rights(&subject(), &place(at)).is_empty());
            prop_assert!(policy.rights(&Subject::default(), &place(at)).is_empty());
        }
    }

    #[test]
    fn adding_a_grant_never_removes_a_right(world in world(), extra in any::<prop::sample::Index>()) {
        let before = world.policy();
        let mut more = world.clone();
        let role = extra.index(world.roles.len());
        more.grants.push((extra.index(SUBJECTS), role, extra.index(world.parents.len() + 1)));
        let after = more.policy();
        for at in world.places() {
            prop_assert!(after.rights(&subject(), &place(at)).covers(&before.rights(&subject(), &place(at))));
        }
    }

    #[test]
    fn descendants_inherit_and_ancestors_never(world in world()) {
        let policy = world.policy();
        for at in world.places() {
            let here = policy.rights(&subject(), &place(at));
            for below in world.places().filter(|below| world.is_above(at, *below)) {
                prop_assert!(policy.rights(&subject(), &place(below)).covers(&here));
            }
            // Without the grants on this collection nothing above it changes.
            let mut fewer = world.clone();
            fewer.grants.retain(|(_, _, collection)| *collection != at);
            let without = fewer.policy();
            for above in world.places().filter(|above| *above != at && world.is_above(*above, at)) {
                prop_assert_eq!(without.rights(&subject(), &place(above)), policy.rights(&subject(), &place(above)));
            }
        }
    }

    #[test]
    fn decision_and_explanation_agree(world in world(), operation in 0..Operation::ALL.len()) {
        let policy = world.policy();
        let operation = Operation::ALL[operation];
        for at in world.places() {
            let explained = policy.explain(&subject(), operation, operation.parameters(), &place(at));
            let decision = policy.decide(&subject(), operation, operation.parameters(), &place(at));
            prop_assert_eq!(explained.decision, decision);
            prop_assert!(!decision.is_allowed() || !explained.grants.is_empty());
        }
    }
}
