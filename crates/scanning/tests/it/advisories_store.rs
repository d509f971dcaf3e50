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

#[test]
fn a_database_that_cannot_be_read_is_replaced_by_force_alone() {
    let mut newer_format = built("3.0.0", 3);
    newer_format[8] = 0xff;
    let mut damaged = built("3.0.0", 3);
    damaged.pop();
    let cases = [
        (newer_format, "update Holdfast"),
        (damaged, "it is damaged"),
        (b"text".to_vec(), "it is no advisory database"),
        (Vec::new(), "it is no advisory database"),
    ];
    for (current, reason) in cases {
        let place = Place::new();
        place.import(&place.carried("3.tar", &built("3.0.0", 3)), 1).unwrap();
        let two = place.carried("2.tar", &built("2.0.0", 2));
        let bare = place.file("bare.hvd", &built("2.0.0", 2));
        let step =
            delta(&Database::from_bytes(built("3.0.0", 3)).unwrap(), &Database::from_bytes(built("4.0.0", 4)).unwrap());
        let step = place.carried("step.tar", &step.unwrap());
        fs_err::write(place.store.current(), &current).unwrap();
        let refused = [
            place.import(&two, 1).map(|_| ()),
            place.store.import_unsigned(&bare, false, day(1)).map(|_| ()),
            place.import(&step, 1).map(|_| ()),
            // What a delta continues cannot be read, force or no force.
            place.store.import(&step, &[], true, day(1)).map(|_| ()),
        ];
        for refused in refused {
            let error = refused.unwrap_err();
            let text = base::chain(&error);
            assert!(matches!(error, Error::Unreadable { .. }), "{text}");
            assert!(text.contains("cannot be read") && text.contains("--force") && text.contains(reason), "{text}");
            assert_eq!(fs_err::read(place.store.current()).unwrap(), current);
        }
        place.store.import(&two, &[], true, day(1)).unwrap();
        assert_eq!(place.fixed(), "2.0.0");
        place.store.verify().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_database_that_is_away_is_not_absence() {
    let place = Place::new();
    std::os::unix::fs::symlink(place.folder.path().join("away.hvd"), place.store.current()).unwrap();
    let error = place.import(&place.carried("1.tar", &built("1.0.0", 1)), 1).unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[test]
fn one_at_a_time_compares_and_replaces_the_database_in_force() {
    let place = Place::new();
    place.import(&place.carried("3.tar", &built("3.0.0", 3)), 1).unwrap();
    let lock = fs_err::File::open(place.store.folder().join("install.lock")).unwrap();
    lock.file().try_lock().unwrap();
    // Before the comparison: an older one is not even compared while another import may still change what is in force.
    let older = place.carried("2.tar", &built("2.0.0", 2));
    let bare = place.file("bare.hvd", &built("2.0.0", 2));
    let busy = [
        place.import(&older, 1).map(|_| ()),
        place.store.import_unsigned(&bare, false, day(1)).map(|_| ()),
        place.store.install_built(&built("4.0.0", 4), day(1)).map(|_| ()),
    ];
    for busy in busy {
        let error = busy.unwrap_err();
        assert!(matches!(error, Error::Busy { .. }), "{error:?}");
        assert!(error.to_string().contains("try again"), "{error}");
    }
    assert_eq!(place.fixed(), "3.0.0");
    drop(lock);
    place.store.install_built(&built("4.0.0", 4), day(1)).unwrap();
    assert_eq!(place.fixed(), "4.0.0");
}

#[test]
fn imports_at_the_same_time_end_with_the_newest() {
    let place = Place::new();
    let bundles: Vec<PathBuf> =
        (4..10).map(|n| place.carried(&format!("{n}.tar"), &built(&format!("{n}.0.0"), n))).collect();
    place.import(&place.carried("3.tar", &built("3.0.0", 3)), 1).unwrap();
    std::thread::scope(|scope| {
        for bundle in &bundles {
            let store = &place.store;
            scope.spawn(move || {
                while let Err(Error::Busy { .. }) = store.import(bundle, &[], false, day(1)) {
                    std::thread::yield_now();
                }
            });
        }
    });
    assert_eq!(place.fixed(), "9.0.0");
    place.store.verify().unwrap();
}

#[test]
fn a_bare_file_is_put_in_force_only_if_it_is_newer() {
    let place = Place::new();
    let (two, one) = (place.file("2.hvd", &built("2.0.0", 2)), place.file("1.hvd", &built("1.0.0", 1)));
    assert_eq!(place.store.import_unsigned(&two, false, day(1)).unwrap().version, 2);
    for path in [&one, &two] {
        let error = place.store.import_unsigned(path, false, day(1)).unwrap_err();
        assert!(base::chain(&error).contains("not newer than the installed version 2"), "{error:?}");
    }
    place.store.import_unsigned(&one, true, day(1)).unwrap();
    assert_eq!(place.fixed(), "1.0.0");
    let installed = place.store.status(day(1)).unwrap().installed.unwrap();
    assert_eq!((installed.from.as_str(), installed.key), ("1.hvd", None));
}
