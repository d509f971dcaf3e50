//! Bundles: what was signed by somebody who is trusted, whole and in time, and nothing else.

use base::Timestamp;
use holdfast_advisory_db::bundle::{ARTIFACT_TYPE, Carried, bundle, open};
use holdfast_advisory_db::{PublicKey, SigningKey, delta};
use proptest::prelude::*;

use crate::made::{bytes, database, now};

fn day(days: i64) -> Timestamp {
    now().plus_secs(days * 86_400)
}

fn key() -> SigningKey {
    SigningKey::generate().unwrap().0
}

#[test]
fn a_bundle_gives_back_what_was_put_in() {
    let (key, database) = (key(), bytes(5, "1", 3));
    let made = bundle(&database, day(0), day(30), &key).unwrap();
    let opened = open(&made, &[key.public()]).unwrap();
    assert_eq!(opened.carried, database);
    assert_eq!((opened.statement.version, opened.statement.carries), (3, Carried::Database));
    assert_eq!(opened.key, key.public().id());
    let step = delta(&database_of(1), &database_of(2)).unwrap();
    let made = bundle(&step, day(0), day(30), &key).unwrap();
    let opened = open(&made, &[key.public()]).unwrap();
    assert_eq!((opened.statement.carries, opened.statement.version), (Carried::Delta, 2));
    assert!(opened.statement.base.is_some());
}

fn database_of(version: u64) -> holdfast_advisory_db::Database {
    database(2, &version.to_string(), version)
}

#[test]
fn a_bundle_is_an_oci_image_layout() {
    let key = key();
    let made = bundle(&bytes(1, "1", 3), day(0), day(30), &key).unwrap();
    let mut archive = tar::Archive::new(made.as_slice());
    let mut names = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if name.starts_with("blobs/sha256/") {
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
            assert!(name.ends_with(oci::Digest::of(&content).hex()));
            let manifest = serde_json::from_slice::<serde_json::Value>(&content);
            if let Ok(Some(kind)) = manifest.map(|value| value.get("artifactType").cloned()) {
                assert_eq!(kind, ARTIFACT_TYPE);
                oci::Manifest::parse(&content, None).unwrap();
            }
        }
        names.push(name);
    }
    assert_eq!(names.len(), 5);
    assert_eq!(names[..2], ["oci-layout", "index.json"]);
}

#[test]
fn each_refusal_has_its_own_reason() {
    let key = key();
    let made = bundle(&bytes(1, "1", 3), day(0), day(30), &key).unwrap();
    let statement = open(&made, &[key.public()]).unwrap().statement;
    statement.admit(day(1), None, false).unwrap();
    statement.admit(day(1), Some(2), false).unwrap();
    statement.admit(day(1), Some(4), true).unwrap();
    let refused = [
        statement.admit(day(-1), None, true).unwrap_err().to_string(),
        statement.admit(day(31), None, true).unwrap_err().to_string(),
        statement.admit(day(1), Some(3), false).unwrap_err().to_string(),
        open(&made, &[self::key().public()]).unwrap_err().to_string(),
        open(&made, &[]).unwrap_err().to_string(),
        open(b"", &[key.public()]).unwrap_err().to_string(),
        open(&bytes(1, "1", 3), &[key.public()]).unwrap_err().to_string(),
    ];
    let starts = [
        "the bundle is not valid before ",
        "the bundle expired at ",
        "the bundle has version 3, which is not newer than the installed version 3",
        "the bundle is signed by a stranger: key ",
        "the bundle is signed by a stranger: key ",
        "it is no bundle of an advisory database",
        "it is no bundle of an advisory database",
    ];
    for (text, start) in refused.iter().zip(starts) {
        assert!(text.starts_with(start), "{text}");
    }
}

#[test]
fn every_changed_byte_of_a_bundle_is_noticed() {
    let key = key();
    let made = bundle(&bytes(1, "1", 3), day(0), day(30), &key).unwrap();
    for at in 0..made.len() {
        let mut broken = made.clone();
        broken[at] ^= if at.is_multiple_of(7) { 0x80 } else { 0x01 };
        assert!(open(&broken, &[key.public()]).is_err(), "byte {at}");
    }
    for length in (0..made.len()).step_by(97) {
        assert!(open(&made[..length], &[key.public()]).is_err(), "cut at {length}");
    }
    let longer = [made.as_slice(), &[0; 512]].concat();
    assert!(open(&longer, &[key.public()]).is_err());
}

#[test]
fn keys_go_through_pem_and_strangers_files_are_no_keys() {
    let (key, pem) = SigningKey::generate().unwrap();
    let again = SigningKey::from_pem(&pem).unwrap();
    assert_eq!(again.public(), key.public());
    assert_eq!(PublicKey::from_pem(&key.public().to_pem()).unwrap(), key.public());
    assert_eq!(key.public().id().len(), 64);
    for bad in ["", "x", pem.as_str(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        assert!(PublicKey::from_pem(bad).is_err());
    }
    assert!(SigningKey::from_pem(&key.public().to_pem()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_no_bundle(tail in prop::collection::vec(any::<u8>(), 0..2000)) {
        let key = SigningKey::generate().unwrap().0.public();
        prop_assert!(open(&tail, std::slice::from_ref(&key)).is_err());
        let framed = [b"oci-layout\0".as_slice(), &tail].concat();
        prop_assert!(open(&framed, &[key]).is_err());
    }
}
