//! The file: what goes in comes out, and nothing else is taken for it.

use std::sync::LazyLock;

use holdfast_advisory_db::{Builder, Database, Error};
use proptest::prelude::*;
use vuln::AdvisorySource;
use vuln::feed::Sink;

use crate::made::{advisory, affect, bytes, database, now};

#[test]
fn what_was_said_is_found_again() {
    let database = database(1200, "1.2-3", 7);
    for number in [0, 1, 600, 1199] {
        let (name, id) = (format!("package-{number}"), format!("ALSA-2026:{number}"));
        let expected = affect("almalinux", &id, "almalinux:9", &name, "1.2-3");
        assert_eq!(database.affects("almalinux:9", &name).unwrap(), [expected]);
        let found = database.advisory("almalinux", &id).unwrap().unwrap();
        assert_eq!(found.title, format!("title of {id}"));
        assert_eq!(database.records(&format!("CVE-2026-{number}")).unwrap(), [found]);
    }
    for absent in ["", "package-", "package-1200", "zzz"] {
        assert!(database.affects("almalinux:9", absent).unwrap().is_empty());
        assert!(database.affects("", absent).unwrap().is_empty());
    }
    assert!(database.advisory("almalinux", "CVE-2026-0").unwrap().is_none());
}

#[test]
fn exploitation_is_told_with_the_advisory() {
    let database = database(3, "1", 7);
    let first = database.records("ALSA-2026:0").unwrap().remove(0);
    assert!(first.kev.unwrap().ransomware);
    assert_eq!(first.epss.unwrap().probability_ppm, 12);
    let second = database.records("ALSA-2026:1").unwrap().remove(0);
    assert_eq!((second.kev, second.epss), (None, None));
}

#[test]
fn the_description_counts_what_is_there() {
    let database = database(3, "1", 7);
    let meta = database.meta();
    assert!(meta.content.starts_with("sha256:") && meta.content.len() == 71, "{}", meta.content);
    assert_eq!((meta.version, meta.packages, meta.affects, meta.advisories), (7, 3, 3, 3));
    assert_eq!((meta.exploited, meta.scored, meta.namespaces["almalinux:9"]), (1, 1, 3));
    assert_eq!(database.namespaces().collect::<Vec<_>>(), ["almalinux:9"]);
    assert!(AdvisorySource::covers(&database, &vuln::Namespace("almalinux:9".to_owned())).unwrap());
    assert!(!AdvisorySource::covers(&database, &vuln::Namespace("debian:12".to_owned())).unwrap());
    database.check().unwrap();
}

#[test]
fn equal_input_gives_equal_bytes_in_any_order() {
    let (mut forth, mut back) = (Builder::default(), Builder::default());
    let affects: Vec<_> =
        (0..50).map(|n| affect("s", &format!("A-{}", n % 7), "npm", &format!("p{}", n % 9), &n.to_string())).collect();
    affects.iter().for_each(|one| forth.affect(one.clone()));
    affects.iter().rev().for_each(|one| back.affect(one.clone()));
    affects.iter().rev().for_each(|one| back.affect(one.clone()));
    assert_eq!(forth.finish(1, now()).unwrap(), back.finish(1, now()).unwrap());
}

#[test]
fn documents_on_one_advisory_are_put_together() {
    let mut builder = Builder::default();
    let mut first = advisory("alpine", "CVE-2026-1", "GHSA-a");
    first.title = String::new();
    let mut second = advisory("alpine", "CVE-2026-1", "GHSA-b");
    second.modified = Some(now());
    second.description = String::new();
    builder.advisory(first);
    builder.advisory(second);
    let database = Database::from_bytes(builder.finish(1, now()).unwrap()).unwrap();
    let found = database.advisory("alpine", "CVE-2026-1").unwrap().unwrap();
    assert_eq!(found.aliases, ["GHSA-a", "GHSA-b"]);
    assert_eq!((found.title.as_str(), found.description.as_str()), ("title of CVE-2026-1", "what it is about"));
}

#[test]
fn an_empty_database_answers_nothing() {
    let database = Database::from_bytes(Builder::default().finish(1, now()).unwrap()).unwrap();
    assert!(database.affects("npm", "x").unwrap().is_empty());
    assert!(database.records("CVE-1-1").unwrap().is_empty());
    database.check().unwrap();
}

#[test]
fn a_newer_format_and_foreign_files_are_told_apart() {
    let mut newer = bytes(1, "1", 1);
    newer[8] = 3;
    assert!(matches!(Database::from_bytes(newer), Err(Error::NewerFormat { found: 3 })));
    for foreign in [&b""[..], b"HVDB", b"SQLite format 3\0", &[0; 200]] {
        assert!(matches!(Database::from_bytes(foreign.to_vec()), Err(Error::Foreign { .. })));
    }
    let mut short = bytes(1, "1", 1);
    short.pop();
    assert!(matches!(Database::from_bytes(short), Err(Error::Damaged { .. })));
}

#[test]
fn a_mapped_file_answers_like_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hvd");
    fs_err::write(&path, bytes(10, "1", 1)).unwrap();
    let mapped = Database::open(&path).unwrap();
    assert_eq!(mapped.affects("almalinux:9", "package-3").unwrap().len(), 1);
    assert!(Database::open(&folder.path().join("absent")).is_err());
}

/// Made once: most cases only change a copy.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| bytes(8, "1.0", 1));

/// Asks everything of a file that may be broken; only panics count.
fn ask(bytes: Vec<u8>) -> bool {
    let Ok(database) = Database::from_bytes(bytes) else { return false };
    for name in ["package-0", "package-7", "x"] {
        let _ = database.affects("almalinux:9", name);
    }
    let _ = database.records("CVE-2026-0");
    let _ = database.advisory("almalinux", "ALSA-2026:7");
    database.check().is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let mut file = SMALL.clone();
        let at = at.index(file.len());
        file[at] ^= change;
        prop_assert!(!ask(file));
    }

    #[test]
    fn arbitrary_bytes_behind_a_good_head_never_panic(tail in prop::collection::vec(any::<u8>(), 0..600), cut in any::<prop::sample::Index>()) {
        let file = &*SMALL;
        let mut broken = file[..cut.index(file.len())].to_vec();
        broken.extend_from_slice(&tail);
        ask(broken);
        ask(tail);
    }
}
