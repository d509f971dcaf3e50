//! What is in force is only ever replaced by something better.

use std::path::{Path, PathBuf};

use advisory_db::bundle::bundle;
use advisory_db::{Database, SigningKey, delta};
use base::Timestamp;
use holdfast_scanning::advisories::{Build, Error, Limits, Store};

use crate::advisories_build::{now, record};

fn built(fixed: &str, version: u64) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("a.json"), record("A-1", "x", fixed)).unwrap();
    let mut build = Build::new(Limits::default(), |_| {});
    build.add(folder.path()).unwrap();
    build.finish(version, now()).unwrap().0
}

fn day(days: i64) -> Timestamp {
    now().plus_secs(days * 86_400)
}

/// A sealed-off place, and somebody elsewhere who signs.
struct Place {
    folder: tempfile::TempDir,
    store: Store,
    key: SigningKey,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("data"));
        let (key, _) = SigningKey::generate().unwrap();
        let public = folder.path().join("key.pub");
        fs_err::write(&public, key.public().to_pem()).unwrap();
        store.trust(&public).unwrap();
        Self { folder, store, key }
    }

    fn carried(&self, name: &str, carried: &[u8]) -> PathBuf {
        self.file(name, &bundle(carried, day(0), day(30), &self.key).unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs_err::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, path: &Path, at: i64) -> Result<u64, Error> {
        self.store.import(path, &[], false, day(at)).map(|meta| meta.version)
    }

    fn fixed(&self) -> String {
        let affect = self.store.open().unwrap().affects("npm", "x").unwrap().remove(0);
        match &affect.ranges[0].end {
            vuln::RangeEnd::Fixed(version) => version.clone(),
            other => format!("{other:?}"),
        }
    }
}

#[test]
fn a_bundle_is_put_in_force_and_a_later_one_after_it() {
    let place = Place::new();
    assert!(matches!(place.store.open(), Err(Error::NoDatabase { .. })));
    assert_eq!(place.import(&place.carried("1.tar", &built("1.0.0", 1)), 1).unwrap(), 1);
    assert_eq!(place.fixed(), "1.0.0");
    assert_eq!(place.import(&place.carried("2.tar", &built("2.0.0", 2)), 1).unwrap(), 2);
    assert_eq!(place.fixed(), "2.0.0");
    let status = place.store.status(day(3)).unwrap();
    let installed = status.installed.unwrap();
    assert_eq!((status.meta.version, status.age_secs, installed.from.as_str()), (2, 3 * 86_400, "2.tar"));
    assert_eq!(installed.key, Some(place.key.public().id()));
    place.store.verify().unwrap();
}

#[test]
fn a_refused_bundle_leaves_the_old_database_in_force() {
    let place = Place::new();
    place.import(&place.carried("2.tar", &built("2.0.0", 2)), 1).unwrap();
    let good = bundle(&built("3.0.0", 3), day(0), day(30), &place.key).unwrap();
    let mut altered = good.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let stranger = bundle(&built("3.0.0", 3), day(0), day(30), &SigningKey::generate().unwrap().0).unwrap();
    let refusals = [
        (place.carried("older.tar", &built("1.0.0", 1)), 1, "not newer than the installed version 2"),
        (place.carried("same.tar", &built("2.0.1", 2)), 1, "not newer than the installed version 2"),
        (place.file("late.tar", &good), 31, "the bundle expired at"),
        (place.file("early.tar", &good), -1, "the bundle is not valid before"),
        (place.file("altered.tar", &altered), 1, "the bundle was altered"),
        (place.file("stranger.tar", &stranger), 1, "signed by a stranger"),
        (place.file("bare.hvd", &built("3.0.0", 3)), 1, "it is no bundle"),
    ];
    for (path, at, reason) in refusals {
        let error = place.import(&path, at).unwrap_err();
        let text = base::chain(&error);
        assert!(text.contains(reason), "{text}");
        assert_eq!(place.fixed(), "2.0.0");
    }
    place.store.verify().unwrap();
    place.store.import(&place.carried("older.tar", &built("1.0.0", 1)), &[], true, day(1)).unwrap();
    assert_eq!(place.fixed(), "1.0.0");
}

#[test]
fn a_delta_bundle_continues_what_is_in_force() {
    let place = Place::new();
    let (one, two) = (built("1.0.0", 1), built("2.0.0", 2));
    let step = delta(&Database::from_bytes(one.clone()).unwrap(), &Database::from_bytes(two).unwrap()).unwrap();
    let step = place.carried("step.tar", &step);
    assert!(matches!(place.import(&step, 1), Err(Error::NoDatabase { .. })));
    place.import(&place.carried("one.tar", &one), 1).unwrap();
    assert_eq!(place.store.diff(&step, &[]).unwrap().packages.len(), 1);
    assert_eq!(place.import(&step, 1).unwrap(), 2);
    assert_eq!(place.fixed(), "2.0.0");
    let error = place.store.import(&step, &[], true, day(1)).unwrap_err();
    assert!(base::chain(&error).contains("the delta continues database"), "{error:?}");
    place.store.verify().unwrap();
}

#[test]
fn a_file_that_was_changed_on_disk_is_noticed() {
    let place = Place::new();
    place.store.install_built(&built("1.0.0", 1), now()).unwrap();
    place.store.verify().unwrap();
    fs_err::write(place.store.current(), built("9.0.0", 1)).unwrap();
    assert!(place.store.verify().is_err());
}
