//! Measures decisions: 2,000 users in 5 of 500 teams, 6,110 collections four deep, 10,000 and 100,000 grants.
//! `cargo run --release -p holdfast-access --example decide`

use std::time::{Duration, Instant};

use base::{AccountId, CollectionId, TeamId};
use holdfast_access::{Collection, Grant, GrantSubject, Operation, Policy, Subject, builtin_roles};

fn main() {
    for grants in [1_000, 10_000, 100_000] {
        run(grants);
    }
}

fn run(count: usize) {
    let mut dice = Dice(count as u64);
    let collections = collections();
    let teams: Vec<_> = (0..500).map(|_| TeamId::random()).collect();
    let users: Vec<_> = (0..2000).map(|_| user(&teams, &mut dice)).collect();
    let roles = builtin_roles();
    let grants = (0..count)
        .map(|_| Grant {
            subject: match dice.below(10) {
                0..5 => GrantSubject::Team(teams[dice.below(teams.len())]),
                _ => users[dice.below(users.len())].account.map_or(GrantSubject::Authenticated, GrantSubject::User),
            },
            role: roles[dice.below(roles.len())].id.clone(),
            collection: collections[dice.below(collections.len())].id.clone(),
        })
        .collect();
    let began = Instant::now();
    let policy = Policy::build(roles, collections.clone(), grants);
    let load = began.elapsed();
    let mut times = Vec::with_capacity(200_000);
    let mut allowed = 0;
    for _ in 0..200_000 {
        let user = &users[dice.below(users.len())];
        let operation = Operation::ALL[dice.below(Operation::ALL.len())];
        let collection = &collections[dice.below(collections.len())].id;
        let began = Instant::now();
        allowed += usize::from(policy.decide(user, operation, &[], collection).is_allowed());
        times.push(began.elapsed());
    }
    report(count, load, times, allowed);
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn report(count: usize, load: Duration, mut times: Vec<Duration>, allowed: usize) {
    times.sort();
    let at = |part: usize| times[times.len() * part / 1000 - 1];
    println!(
        "grants {count:>7}  load {load:?}  p50 {:?}  p99 {:?}  p99.9 {:?}  allowed {allowed}",
        at(500),
        at(990),
        at(999)
    );
}

fn user(teams: &[TeamId], dice: &mut Dice) -> Subject {
    let teams = (0..5).map(|_| teams[dice.below(teams.len())]).collect();
    Subject { account: Some(AccountId::random()), is_admin: false, organizations: vec![AccountId::random()], teams }
}

fn collections() -> Vec<Collection> {
    let mut all = holdfast_access::builtin::collections();
    let mut level = vec![all[0].clone()];
    for _ in 0..4 {
        let mut next = Vec::new();
        for parent in &level {
            for child in 0..if level.len() < 300 { 10 } else { 5 } {
                let Ok(path) = parent.path.child(&format!("c{child}")) else { continue };
                next.push(Collection { id: CollectionId::random(), parent: Some(parent.id.clone()), path });
            }
        }
        all.extend(next.iter().cloned());
        level = next;
    }
    all
}

/// A small generator (xorshift64*), the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap_or(0) % bound
    }
}
