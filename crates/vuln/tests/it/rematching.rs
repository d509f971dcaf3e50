//! A re-match of what changed ends where matching everything anew would.

use std::collections::BTreeMap;

use holdfast_vuln::matching::{lookups, match_image};
use holdfast_vuln::rematch::{Index, Tally, diff};
use holdfast_vuln::{Namespace, PackageType};
use proptest::prelude::*;

use crate::bench_of_advisories::{Memory, built_from, image, package, system};

type Database = BTreeMap<u8, u32>;

fn name(number: u8) -> Vec<(Namespace, String)> {
    vec![(Namespace("npm".to_owned()), number.to_string())]
}

fn judge(database: &Database, subject: &(u8, u8)) -> Tally {
    // Older versions have more findings.
    let count = database.get(&subject.0).copied().unwrap_or_default() / u32::from(subject.1 + 1);
    Tally { critical: count, ..Tally::default() }
}

fn full(database: &Database, layers: &[Vec<(u8, u8)>]) -> Tally {
    let mut subjects: Vec<_> = layers.concat();
    subjects.sort_unstable();
    subjects.dedup();
    let critical = subjects.iter().map(|subject| judge(database, subject).critical).sum();
    Tally { critical, ..Tally::default() }
}

fn put(index: &mut Index<usize, (u8, u8)>, database: &Database, key: usize, layers: &[Vec<(u8, u8)>]) {
    let mut sets = Vec::new();
    for layer in layers {
        let subject = |subject: &(u8, u8)| {
            index.subject_put(subject, |subject| name(subject.0), |subject| judge(database, subject)).unwrap()
        };
        let subjects: Vec<_> = layer.iter().map(subject).collect();
        sets.push(index.set_put(subjects).unwrap());
    }
    index.image_put(key, &sets).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_rematch_ends_where_matching_everything_would(
        images in prop::collection::vec(prop::collection::vec(prop::collection::vec((0u8..12, 0u8..3), 0..4), 0..4), 1..12),
        old in prop::collection::btree_map(0u8..12, 1u32..5, 0..12),
        new in prop::collection::btree_map(0u8..12, 1u32..5, 0..12),
        removed in 0usize..12,
    ) {
        let mut index = Index::default();
        for (key, layers) in images.iter().enumerate() {
            put(&mut index, &old, key, layers);
        }
        index.image_remove(&removed);
        let before: Vec<_> = (0..images.len()).map(|key| index.image_tally(&key)).collect();
        let changed: Vec<_> = diff(old.clone(), new.clone()).into_iter().flat_map(name).collect();
        let changes = index.rematch(&changed, |subject| judge(&new, subject));
        for (key, layers) in images.iter().enumerate().filter(|(key, _)| *key != removed) {
            prop_assert_eq!(before[key], Some(full(&old, layers)));
            prop_assert_eq!(index.image_tally(&key), Some(full(&new, layers)));
            let is_told = changes.iter().any(|change| change.image == key);
            prop_assert_eq!(is_told, full(&old, layers) != full(&new, layers));
        }
        prop_assert_eq!(index.image_tally(&removed), None);
    }

    #[test]
    fn what_came_and_went_leaves_no_trace(
        images in prop::collection::vec(prop::collection::vec(prop::collection::vec((0u8..6, 0u8..3), 0..4), 0..4), 2..6),
        old in prop::collection::btree_map(0u8..6, 1u32..5, 0..6),
        new in prop::collection::btree_map(0u8..6, 1u32..5, 0..6),
    ) {
        let mut index = Index::default();
        // Enough of them that the places of those that went are used again.
        for round in 0..3000 {
            let layers = &images[round % images.len()];
            put(&mut index, &old, round % 7, layers);
        }
        let changed: Vec<_> = diff(old.clone(), new.clone()).into_iter().flat_map(name).collect();
        let changes = index.rematch(&changed, |subject| judge(&new, subject));
        for key in 0..7 {
            let layers = &images[(0..3000).rev().find(|round| round % 7 == key).unwrap() % images.len()];
            prop_assert_eq!(index.image_tally(&key), Some(full(&new, layers)));
            let told = changes.iter().filter(|change| change.image == key).count();
            prop_assert_eq!(told, usize::from(full(&old, layers) != full(&new, layers)));
        }
        prop_assert_eq!(index.sizes().2, 7);
    }
}

#[test]
fn only_what_changed_is_judged_anew() {
    let mut index: Index<u32, u32> = Index::default();
    for key in 0..1000 {
        let name = |subject: &u32| vec![(Namespace("npm".to_owned()), subject.to_string())];
        let base: Vec<_> =
            (0..20).map(|subject| index.subject_put(&subject, name, |_| Tally::default()).unwrap()).collect();
        let own = index.subject_put(&(1000 + key), name, |_| Tally::default()).unwrap();
        let sets = [index.set_put(base).unwrap(), index.set_put([own]).unwrap()];
        index.image_put(key, &sets).unwrap();
    }
    assert_eq!(index.sizes(), (1020, 1001, 1000), "the base is one set");
    let mut judged = 0;
    let changed = [(Namespace("npm".to_owned()), "7".to_owned()), (Namespace("npm".to_owned()), "1500".to_owned())];
    let changes = index.rematch(&changed, |_| {
        judged += 1;
        Tally { major: 1, ..Tally::default() }
    });
    assert_eq!((judged, changes.len()), (2, 1000));
    assert_eq!(changes[500].after.major, 2);
    assert_eq!(index.image_subjects(&3).count(), 21);
}

#[test]
fn the_names_that_matching_uses_are_those_to_watch() {
    let mut memory = Memory::covering(&["debian:12"]);
    let os = system("debian", "12");
    let deb = built_from(PackageType::Deb, "libssl3", "openssl", "3.0.9-1");
    let watched = lookups(Some(&os), &deb);
    for (namespace, fixed) in [("debian:12", "3.0.11"), ("generic", "3.0.11")] {
        assert!(watched.contains(&(Namespace(namespace.to_owned()), "openssl".to_owned())), "{namespace}");
        memory.add("x", "CVE-1", namespace, "openssl", fixed);
    }
    let picture = image(Some(os), vec![deb]);
    let options = holdfast_vuln::matching::Options {
        ownership: holdfast_vuln::matching::Ownership::Precise,
        now: base::Timestamp::from_millis(0),
    };
    let findings = match_image(&picture, &memory, options).unwrap().findings;
    assert_eq!(Tally::of(&findings), Tally { other: 1, fixable: 1, ..Tally::default() });
    let npm = lookups(None, &package(PackageType::Npm, "x", "1"));
    assert_eq!(npm, [(Namespace("npm".to_owned()), "x".to_owned())]);
}
