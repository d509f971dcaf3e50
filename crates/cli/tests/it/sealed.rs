//! A place without a network: bundles are carried in, images scanned, what is not better is refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::image::put;

/// Somebody who has a network and signs, and a place that has none.
struct Places(tempfile::TempDir);

impl Places {
    fn new() -> Self {
        let places = Self(tempfile::tempdir().unwrap());
        places.image();
        places
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// An archive of `docker save` with one layer: a small Debian.
    fn image(&self) {
        put(self.0.path(), "root/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        let stanza = |name: &str, version: &str| {
            format!(
                "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\
                 Maintainer: Debian <{name}@packages.debian.org>\n\n"
            )
        };
        let status = stanza("openssl", "3.0.11-1") + &stanza("zlib1g", "1:1.2.13.dfsg-1");
        put(self.0.path(), "root/var/lib/dpkg/status", &status);
        let layer = self.path("save/layer.tar");
        fs_err::create_dir_all(layer.parent().unwrap()).unwrap();
        let archive = |from: &Path, to: &Path| {
            assert!(Command::new("tar").arg("-C").arg(from).arg("-cf").arg(to).arg(".").status().unwrap().success());
        };
        archive(&self.path("root"), &layer);
        let sum = Command::new("sha256sum").arg(&layer).output().unwrap().stdout;
        let digest = format!("sha256:{}", String::from_utf8(sum).unwrap().split(' ').next().unwrap());
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest]},
        });
        put(self.0.path(), "save/config.json", &config.to_string());
        let manifest = serde_json::json!([
            {"Config": "config.json", "RepoTags": ["example/debian:1"], "Layers": ["layer.tar"]},
        ]);
        put(self.0.path(), "save/manifest.json", &manifest.to_string());
        archive(&self.path("save"), &self.path("image.tar"));
    }

    /// Runs the program where there is a network; it must succeed.
    fn outside(&self, words: &[&str]) -> String {
        let (code, text) = run(Command::new(env!("CARGO_BIN_EXE_holdfast")), &self.path("outside"), words);
        assert_eq!(code, Some(0), "{words:?}: {text}");
        text
    }

    /// Runs the program in a network namespace of its own, in which not even loopback is up.
    fn inside(&self, words: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new("unshare");
        command.args(["--net", env!("CARGO_BIN_EXE_holdfast")]);
        run(command, &self.path("inside"), words)
    }

    /// Makes a database of the given vulnerabilities, each with package and fixed version.
    fn database(&self, version: &str, advisories: &[(&str, &str, &str)]) -> String {
        let feed = format!("feed-{version}");
        for (id, package, fixed) in advisories {
            let record = serde_json::json!({
                "id": id, "modified": "2026-01-01T00:00:00Z",
                "affected": [{
                    "package": {"ecosystem": "Debian:12", "name": package},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
                }],
            });
            put(self.0.path(), &format!("{feed}/{id}.json"), &record.to_string());
        }
        let out = self.text(&format!("{version}.hvd"));
        let feed = self.text(&feed);
        self.outside(&["advisories", "build", &feed, "--out", &out, "--database-version", version, "--strict"]);
        out
    }

    fn bundle(&self, name: &str, database: &str, key: &str, more: &[&str]) -> String {
        let out = self.text(name);
        let mut words = vec!["advisories", "bundle", &out, "--key", key, "--database", database];
        words.extend(more);
        self.outside(&words);
        out
    }

    fn key(&self, name: &str) -> String {
        let key = self.text(name);
        self.outside(&["advisories", "key", &key]);
        key
    }

    /// Scans inside, and returns which of the vulnerabilities `CVE-2099-000N` are found.
    fn found(&self) -> Vec<u32> {
        let (code, text) = self.inside(&["image", "scan", &self.text("image.tar"), "--output", "json"]);
        assert_eq!(code, Some(0), "{text}");
        (1..=9).filter(|number| text.contains(&format!("CVE-2099-000{number}"))).collect()
    }
}

fn run(mut command: Command, data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = command
        .args(words)
        .env("HOLDFAST_ADVISORIES", data.join("advisories"))
        .env("HOLDFAST_LAYER_CACHE", data.join("layers"))
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), text)
}

#[test]
fn a_sealed_off_place_lives_on_the_bundles_that_are_carried_in() {
    let places = Places::new();
    let (code, text) = places.inside(&["advisories", "fetch", "kev"]);
    assert_eq!(code, Some(1), "there must be no network here: {text}");
    let (code, text) = places.inside(&["image", "scan", &places.text("image.tar")]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("2 packages") && text.contains("there is no database of advisories"), "{text}");

    let key = places.key("signer");
    let first = places.database("1", &[("CVE-2099-0001", "openssl", "3.0.13-1")]);
    let bundle = places.bundle("first.bundle", &first, &key, &[]);
    let (code, text) = places.inside(&["advisories", "import", &bundle]);
    assert_eq!(code, Some(1), "nobody is trusted yet: {text}");
    assert_eq!(places.inside(&["advisories", "trust", &format!("{key}.pub")]).0, Some(0));
    let (code, text) = places.inside(&["advisories", "import", &bundle]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(places.found(), [1]);
    let package = "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12";
    let (code, text) = places.inside(&["advisories", "match", package]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("CVE-2099-0001") && text.contains("3.0.13-1"), "{text}");
    let (code, text) = places.inside(&["advisories", "match", "openssl"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("next: a package's URL is such as"), "{text}");

    let second = places
        .database("2", &[("CVE-2099-0001", "openssl", "3.0.11-1"), ("CVE-2099-0002", "zlib1g", "1:1.2.13.dfsg-2")]);
    let delta = places.bundle("second.bundle", &second, &key, &["--delta-from", &first]);
    let (code, text) = places.inside(&["advisories", "diff", &delta]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = places.inside(&["advisories", "import", &delta]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(places.found(), [2], "the first is mended in the vendor's eyes, the second is new");
}

#[test]
fn what_is_no_better_is_refused_and_what_was_there_stays_in_force() {
    let places = Places::new();
    let (key, stranger) = (places.key("signer"), places.key("stranger"));
    let first = places.database("1", &[("CVE-2099-0001", "openssl", "3.0.13-1")]);
    let second = places.database("2", &[("CVE-2099-0002", "openssl", "3.0.13-1")]);
    let third = places.database("3", &[("CVE-2099-0003", "openssl", "3.0.13-1")]);
    let fourth = places.database("4", &[("CVE-2099-0004", "openssl", "3.0.13-1")]);
    assert_eq!(places.inside(&["advisories", "trust", &format!("{key}.pub")]).0, Some(0));
    let good = places.bundle("good.bundle", &second, &key, &[]);
    assert_eq!(places.inside(&["advisories", "import", &good]).0, Some(0));

    let altered = places.path("altered.bundle");
    let mut bytes = fs_err::read(places.bundle("third.bundle", &third, &key, &[])).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(&altered, bytes).unwrap();
    let refused = [
        (altered.display().to_string(), "altered"),
        (places.bundle("expired.bundle", &third, &key, &["--not-before", "2020-01-01T00:00:00Z"]), "expired"),
        (places.bundle("early.bundle", &third, &key, &["--not-before", "2999-01-01T00:00:00Z"]), "not valid"),
        (places.bundle("older.bundle", &first, &key, &[]), "not newer"),
        (places.bundle("stranger.bundle", &third, &stranger, &[]), "stranger"),
        (places.bundle("gap.bundle", &fourth, &key, &["--delta-from", &third]), "delta"),
        (third.clone(), "bundle"),
    ];
    let mut said = Vec::new();
    for (file, word) in &refused {
        let (code, text) = places.inside(&["advisories", "import", file]);
        println!("{text}");
        assert_eq!(code, Some(1), "{file}: {text}");
        assert!(text.contains(word), "{file} should speak of `{word}`: {text}");
        said.push(text);
        assert_eq!(places.found(), [2], "{file}");
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), refused.len(), "each refusal has its own message: {said:#?}");
    let older = places.text("older.bundle");
    assert_eq!(places.inside(&["advisories", "import", "--force", &older]).0, Some(0));
    assert_eq!(places.found(), [1]);
}
