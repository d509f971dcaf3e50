//! Deltas lead exactly to where they say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use holdfast_advisory_db::{Builder, Database, Error, apply, changes, delta, delta_head};
use proptest::prelude::*;
use vuln::feed::Sink;

use crate::made::{advisory, affect, database, now};

#[test]
fn a_delta_carries_what_changed_and_no_more() {
    let old = database(300, "1", 1);
    let mut builder = Builder::default();
    for number in 0..300 {
        // One is gone, one is fixed otherwise, one is new.
        let number = if number == 17 { 9999 } else { number };
        let id = format!("ALSA-2026:{number}");
        let fixed = if number == 5 { "2" } else { "1" };
        builder.advisory(advisory("almalinux", &id, &format!("CVE-2026-{number}")));
        builder.affect(affect("almalinux", &id, "almalinux:9", &format!("package-{number}"), fixed));
    }
    let new = Database::from_bytes(builder.finish(2, now()).unwrap()).unwrap();
    let told = changes(&old, &new).unwrap();
    let names: Vec<_> = told.packages.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["package-17", "package-5", "package-9999"]);
    assert_eq!(told.advisories_added, [("almalinux".to_owned(), "ALSA-2026:9999".to_owned())]);
    assert_eq!(told.advisories_removed, [("almalinux".to_owned(), "ALSA-2026:17".to_owned())]);
    assert_eq!((told.advisories_changed.len(), told.scores), (0, 1));

    let step = delta(&old, &new).unwrap();
    assert!(step.len() < 2000, "{} bytes", step.len());
    assert_eq!(delta_head(&step).unwrap().target, *new.meta());
    let result = Database::from_bytes(apply(&old, &step).unwrap()).unwrap();
    assert_eq!(result.meta(), new.meta());
    assert_eq!(result.affects("almalinux:9", "package-5").unwrap(), new.affects("almalinux:9", "package-5").unwrap());
    assert!(result.affects("almalinux:9", "package-17").unwrap().is_empty());
}

#[test]
fn a_change_of_red_hats_repositories_is_seen_and_carried() {
    let made = |version, cpe: &str| {
        let mut builder = Builder::default();
        for (namespace, name) in [("rhel:9", "podman"), ("rhel:8", "curl"), ("almalinux:9", "podman")] {
            builder.affect(affect("redhat", "CVE-1", namespace, name, "1"));
        }
        if !cpe.is_empty() {
            builder.repository("crb-rpms", vec![cpe.to_owned()]);
        }
        Database::from_bytes(builder.finish(version, now()).unwrap()).unwrap()
    };
    let (none, first, second) = (made(1, ""), made(2, "cpe:/a:first"), made(3, "cpe:/a:second"));
    for (old, new, found) in [(&none, &first, "cpe:/a:first"), (&first, &second, "cpe:/a:second"), (&second, &none, "")]
    {
        assert_ne!(old.meta().content, new.meta().content);
        let told = changes(old, new).unwrap();
        let packages: Vec<_> = told.packages.iter().map(|(space, name)| format!("{space} {name}")).collect();
        assert_eq!((told.repositories, packages), (1, vec!["rhel:8 curl".to_owned(), "rhel:9 podman".to_owned()]));
        let result = Database::from_bytes(apply(old, &delta(old, new).unwrap()).unwrap()).unwrap();
        assert_eq!(result.repository_cpes("crb-rpms").unwrap().concat(), found);
        result.check().unwrap();
    }
}

#[test]
fn a_delta_over_another_database_is_refused() {
    let step = delta(&database(3, "1", 1), &database(3, "2", 2)).unwrap();
    let error = apply(&database(3, "3", 1), &step).unwrap_err();
    assert!(matches!(error, Error::DeltaBase { .. }), "{error}");
}

#[test]
fn every_changed_byte_of_a_delta_is_noticed() {
    let (old, new) = (database(2, "1", 1), database(2, "2", 2));
    let step = delta(&old, &new).unwrap();
    for at in 0..step.len() {
        let mut broken = step.clone();
        broken[at] ^= 0x40;
        assert!(apply(&old, &broken).is_err(), "byte {at}");
    }
}

/// Made once.
static EMPTY: LazyLock<Database> = LazyLock::new(|| build(&BTreeMap::new()));

fn build(entries: &BTreeMap<u8, u8>) -> Database {
    let mut builder = Builder::default();
    for (name, fixed) in entries {
        let id = format!("A-{}", name % 16);
        builder.advisory(advisory("s", &id, "CVE-1-1"));
        builder.affect(affect("s", &id, "npm", &format!("p{name}"), &fixed.to_string()));
    }
    Database::from_bytes(builder.finish(u64::from(u8::MAX), now()).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_delta_between_any_two_databases_gives_the_second(
        a in prop::collection::btree_map(any::<u8>(), any::<u8>(), 0..40),
        b in prop::collection::btree_map(any::<u8>(), any::<u8>(), 0..40),
    ) {
        let (old, new) = (build(&a), build(&b));
        let result = apply(&old, &delta(&old, &new).unwrap()).unwrap();
        prop_assert_eq!(result, new.into_bytes());
    }

    #[test]
    fn arbitrary_bytes_are_no_delta(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let old = &*EMPTY;
        prop_assert!(apply(old, &bytes).is_err());
        let framed = [b"HVDD\r\n\x1a\n\x01\0\0\0".as_slice(), &bytes].concat();
        prop_assert!(apply(old, &framed).is_err());
    }
}
