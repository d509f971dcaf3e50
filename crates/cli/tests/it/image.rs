//! `holdfast image`, as a user and as a pipeline runs it.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vuln::feed::Sink;
use vuln::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd, Scheme, Severity, SeverityKind};

/// Writes a file below a folder, and the folders that it needs.
pub(crate) fn put(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(&path, content).unwrap();
    path
}

struct Place(tempfile::TempDir);

impl Place {
    /// A folder with the root of a small Debian.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put("root/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
        let stanza = |name: &str, version: &str, maintainer: &str| {
            format!(
                "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\
                 Maintainer: {maintainer}\n\n"
            )
        };
        let debian = "Debian OpenSSL Team <x@lists.debian.org>";
        let status = stanza("openssl", "3.0.11-1", debian) + &stanza("zlib1g", "1:1.2.13.dfsg-1", debian);
        place.put("root/var/lib/dpkg/status", &status);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: &str) -> PathBuf {
        put(self.0.path(), name, content)
    }

    /// A database that knows one vulnerability of Debian's openssl.
    fn database(&self) -> PathBuf {
        let mut builder = advisory_db::Builder::default();
        builder.advisory(Advisory {
            id: "CVE-2099-0001".into(),
            source: "debian".into(),
            aliases: Vec::new(),
            title: "a hole".into(),
            description: String::new(),
            published: None,
            modified: None,
            withdrawn: None,
            severities: vec![Severity {
                source: "nvd".into(),
                kind: SeverityKind::CvssV3,
                value: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
            }],
            references: Vec::new(),
            cwes: Vec::new(),
            kev: None,
            epss: None,
        });
        builder.affect(Affect {
            advisory: ("debian".into(), "CVE-2099-0001".into()),
            namespace: Namespace("debian:12".into()),
            name: "openssl".into(),
            scheme: Scheme::Deb,
            ranges: vec![Range { introduced: None, end: RangeEnd::Fixed("3.0.13-1".into()) }],
            versions: Vec::new(),
            state: AffectState::Affected,
            severity: None,
            qualifiers: Qualifiers::default(),
        });
        let bytes = builder.finish(1, base::Timestamp::from_millis(1_763_000_000_000)).unwrap();
        let path = self.path("test.hvd");
        fs_err::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_holdfast"))
            .args(words)
            .env("HOLDFAST_ADVISORIES", self.path("advisories"))
            .env("HOLDFAST_LAYER_CACHE", self.path("layers"))
            .output()
            .unwrap()
    }

    fn scan(&self, database: Option<&Path>, more: &[&str]) -> (Option<i32>, String) {
        let root = self.path("root").display().to_string();
        let database = database.map(|path| path.display().to_string());
        let mut words = vec!["image", "scan", root.as_str()];
        words.extend(database.iter().flat_map(|path| ["--db", path.as_str()]));
        words.extend(more);
        let output = self.run(&words);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    }
}

#[test]
fn without_a_database_an_image_is_catalogued_and_nothing_is_called_clean() {
    let place = Place::new();
    let (code, text) = place.scan(None, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("2 packages") && text.contains("there is no database of advisories"), "{text}");
    let (code, text) = place.scan(None, &["--fail-on", "critical"]);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn what_is_found_decides_the_exit_code() {
    let place = Place::new();
    let database = place.database();
    let (code, text) = place.scan(Some(&database), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("CVE-2099-0001") && text.contains("3.0.13-1") && text.contains("critical"), "{text}");
    assert_eq!(place.scan(Some(&database), &["--fail-on", "high"]).0, Some(3));
    let holds = place.put(
        "holds.toml",
        "[[ignore]]\nvulnerability = \"CVE-2099-0001\"\nreason = \"not reached\"\nexpires = 2999-01-01\n",
    );
    let holds = holds.display().to_string();
    let (code, text) =
        place.scan(Some(&database), &["--fail-on", "high", "--ignore-file", &holds, "--show-suppressed"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("not reached"), "{text}");
    let over =
        place.put("over.toml", "[[ignore]]\nvulnerability = \"CVE-2099-0001\"\nreason = \"x\"\nexpires = 2001-01-01\n");
    let over = over.display().to_string();
    let (code, text) = place.scan(Some(&database), &["--fail-on", "high", "--ignore-file", &over]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("has run out"), "{text}");
    let silent = place.put("silent.toml", "[[ignore]]\nvulnerability = \"CVE-2099-0001\"\n");
    assert_eq!(place.scan(Some(&database), &["--ignore-file", &silent.display().to_string()]).0, Some(1));
}

#[test]
fn an_image_with_a_layer_that_was_not_read_does_not_pass() {
    let place = Place::new();
    let database = place.database().display().to_string();
    let layer = place.put("saved/layer.tar", &"A".repeat(2048));
    let sum = Command::new("sha256sum").arg(layer).output().unwrap();
    let sum = String::from_utf8_lossy(&sum.stdout).split_whitespace().next().unwrap().to_owned();
    let config =
        format!(r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["sha256:{sum}"]}}}}"#);
    place.put("saved/config.json", &config);
    place.put("saved/manifest.json", r#"[{"Config":"config.json","RepoTags":["a:1"],"Layers":["layer.tar"]}]"#);
    let archive = place.path("saved.tar").display().to_string();
    let folder = place.path("saved");
    let packed = Command::new("tar").arg("-C").arg(folder).args(["-cf", &archive, "."]).status().unwrap();
    assert!(packed.success());
    let scan = ["image", "scan", &archive, "--no-cache", "--db", &database];
    assert_eq!(place.run(&scan).status.code(), Some(0));
    let output = place.run(&[&scan[..], &["--fail-on", "critical"]].concat());
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("layer 1 was not read") && text.contains("--deadline-secs"), "{text}");
}

#[test]
fn documents_are_json_of_their_forms() {
    let place = Place::new();
    let database = place.database();
    for (form, pointer, value) in [
        ("json", "/schema", "holdfast.scan/v1"),
        ("sarif", "/runs/0/results/0/ruleId", "CVE-2099-0001"),
        ("cyclonedx", "/vulnerabilities/0/id", "CVE-2099-0001"),
        ("spdx", "/spdxVersion", "SPDX-2.3"),
        ("openvex", "/statements/0/status", "affected"),
    ] {
        let root = place.path("root").display().to_string();
        let database = database.display().to_string();
        let output = place.run(&["image", "scan", &root, "--db", &database, "--output", form]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json.pointer(pointer).and_then(serde_json::Value::as_str), Some(value), "{form}");
    }
}

#[test]
fn forms_of_documents_are_for_images_alone() {
    let place = Place::new();
    assert_eq!(place.run(&["user", "ls", "--output", "sarif"]).status.code(), Some(2));
    assert_eq!(place.run(&["image", "scan"]).status.code(), Some(2));
    assert_eq!(place.run(&["image", "scan", "archive:/nonexistent.tar"]).status.code(), Some(1));
    let root = place.path("root").display().to_string();
    assert_eq!(place.run(&["image", "sbom", &root, "--output", "sarif"]).status.code(), Some(1));
}

#[test]
fn a_worker_without_an_order_does_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("__layer-worker")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
}
