//! Bills of materials: the same input gives the same bytes, others' validators accept them, and they can be read again.

use std::process::Command;

use base::Timestamp;
use catalogue::sbom::{Document, Relationship, RelationshipKind, cyclonedx, spdx};
use vuln::{Confidence, Package, PackageType};

use super::purl::{package, system};
use super::read;

/// Packages that try every field, and every character that a document has to escape.
fn packages() -> Vec<Package> {
    let mut deb = package(PackageType::Deb, "libc6", "2.36-9+deb12u4");
    deb.arch = Some("amd64".to_owned());
    deb.vendor = Some("GNU Libc Maintainers <debian-glibc@lists.debian.org>".to_owned());
    deb.licenses = vec!["LGPL-2.1-or-later".to_owned(), "see copyright (file)".to_owned(), "MIT OR ISC".to_owned()];
    let mut npm = package(PackageType::Npm, "@babel/core", "7.1.0");
    npm.licenses = vec!["MIT OR Apache-2.0".to_owned()];
    npm.confidence = Confidence::Likely;
    let mut maven = package(PackageType::Maven, "org.a:lib", "1.0");
    maven.licenses = vec!["Apache-2.0".to_owned()];
    let mut odd = package(PackageType::Generic, "ünïcode \"x\" & <y>", "");
    odd.licenses = vec!["LicenseRef-Mine".to_owned(), "GPL-2.0-or-later WITH Classpath-exception-2.0".to_owned()];
    odd.vendor = Some("(c) Somebody".to_owned());
    let go = package(PackageType::Golang, "github.com/BurntSushi/toml", "v1.0.0");
    vec![deb, go.clone(), npm, maven, go, odd]
}

fn with<T>(packages: &[Package], write: impl Fn(&Document<'_>) -> T) -> T {
    let os = system("debian", "12");
    let digest = format!("sha256:{}", "a".repeat(64));
    write(&Document {
        name: "docker.io/library/app:1.0",
        digest: Some(&digest),
        created: Timestamp::from_millis(1_700_000_000_123),
        tool_version: "1.0.0",
        os: Some(&os),
        packages,
        relationships: &[
            Relationship { from: 2, kind: RelationshipKind::DependsOn, to: 3 },
            Relationship { from: 2, kind: RelationshipKind::Contains, to: 1 },
            Relationship { from: 9, kind: RelationshipKind::DependsOn, to: 3 },
        ],
    })
}

#[test]
fn the_same_document_is_written_the_same() {
    for write in [cyclonedx, spdx] {
        let text = with(&packages(), |document| write(document).to_string());
        assert_eq!(text, with(&packages(), |document| write(document).to_string()));
        assert!(text.contains("2023-11-14T22:13:20Z"));
    }
}

#[test]
fn every_component_has_its_own_reference() {
    let document = with(&packages(), cyclonedx);
    let components = document["components"].as_array().unwrap();
    let mut names: Vec<&str> = components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(names.len(), packages().len() + 1);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), packages().len() + 1);
}

#[test]
fn what_is_written_can_be_read_again() {
    for (path, write) in [("/x.cdx.json", cyclonedx as fn(&Document<'_>) -> serde_json::Value), ("/x.spdx.json", spdx)]
    {
        let text = with(&packages(), |document| write(document).to_string());
        let mut again: Vec<_> =
            read(path, text.as_bytes()).packages.into_iter().map(|each| (each.kind, each.name, each.version)).collect();
        again.sort();
        let mut expected: Vec<_> = packages().into_iter().map(|each| (each.kind, each.name, each.version)).collect();
        expected.sort();
        expected.dedup();
        assert_eq!(again, expected, "{path}");
    }
}

#[test]
fn a_source_rpm_is_told_by_the_name_of_its_file() {
    let text = r#"{"artifacts":[{"name":"bash","version":"5.1.8-6.el9","purl":"pkg:rpm/centos/bash@5.1.8-6.el9?arch=x86_64&epoch=0&upstream=bash-5.1.8-6.el9.src.rpm"}],"artifactRelationships":[]}"#;
    let package = &read("/x.syft.json", text.as_bytes()).packages[0];
    assert_eq!(package.version, "5.1.8-6.el9");
    let source = package.source.as_ref().unwrap();
    assert_eq!((source.name.as_str(), source.version.as_str()), ("bash", "5.1.8-6.el9"));
}

#[test]
fn documents_of_other_tools_are_evidence_of_their_own() {
    for (path, text, expected) in [
        (
            "/var/lib/db/sbom/x.spdx.json",
            r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"x","versionInfo":"1-r0","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:apk/wolfi/x@1-r0?arch=x86_64"}]},{"name":"image","primaryPackagePurpose":"CONTAINER"}]}"#,
            "x 1-r0 sbom-spdx",
        ),
        (
            "/opt/bitnami/x/.spdx-x.spdx",
            r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"x","versionInfo":"1","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:bitnami/x@1?arch=amd64"}]}]}"#,
            "x 1 sbom-spdx",
        ),
        (
            "/x.spdx",
            "SPDXVersion: SPDX-2.3\nPackageName: x\nPackageVersion: 1\nExternalRef: PACKAGE-MANAGER purl pkg:npm/x@1\n",
            "x 1 sbom-spdx",
        ),
        (
            "/bom.xml",
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component type="library"><name>x</name><version>1</version><purl>pkg:npm/x@1</purl></component></components></bom>"#,
            "x 1 sbom-cyclonedx",
        ),
        (
            "/x.sbom.json",
            r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cyclonedx.org/bom","predicate":{"bomFormat":"CycloneDX","components":[{"type":"library","name":"x","version":"1","components":[{"type":"file","name":"f"}]}]}}"#,
            "x 1 sbom-cyclonedx",
        ),
        (
            "/x.syft.json",
            r#"{"artifacts":[{"name":"x","version":"1","purl":"pkg:gem/x@1"}],"artifactRelationships":[]}"#,
            "x 1 sbom-syft",
        ),
    ] {
        let packages = read(path, text.as_bytes()).packages;
        let lines: Vec<String> = packages
            .iter()
            .map(|package| format!("{} {} {}", package.name, package.version, package.evidence[0].found_by))
            .collect();
        assert_eq!(lines, [expected], "{path}");
    }
}

/// Runs Python with the document as its input; `None`: the module is not there.
fn python(module: &str, script: &str, input: &str) -> Option<(bool, String)> {
    let has = Command::new("python3")
        .args(["-c", &format!("import {module}")])
        .output()
        .is_ok_and(|out| out.status.success());
    if !has {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spdx.json");
    fs_err::write(&path, input).unwrap();
    let output = Command::new("python3").arg("-c").arg(script).arg(&path).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn the_validator_of_cyclonedx_accepts_the_document() {
    let script = "import sys\nfrom cyclonedx.validation.json import JsonStrictValidator\nfrom cyclonedx.schema import \
                  SchemaVersion\nerror = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())\n\
                  sys.exit(str(error) if error else 0)";
    let text = with(&packages(), |document| cyclonedx(document).to_string());
    match python("cyclonedx.validation.json, jsonschema", script, &text) {
        None => testkit::skip(
            "the_validator_of_cyclonedx_accepts_the_document",
            "no `cyclonedx-python-lib[json-validation]`",
        ),
        Some((valid, said)) => assert!(valid, "{said}"),
    }
}

#[test]
fn the_validator_of_spdx_accepts_the_document() {
    let script = "import sys\nfrom spdx_tools.spdx.parser.parse_anything import parse_file\nfrom \
                  spdx_tools.spdx.validation.document_validator import validate_full_spdx_document\nfound = \
                  validate_full_spdx_document(parse_file(sys.argv[1]))\nsys.exit('\\n'.join(each.validation_message for each in found) or 0)";
    let text = with(&packages(), |document| spdx(document).to_string());
    match python("spdx_tools", script, &text) {
        None => testkit::skip("the_validator_of_spdx_accepts_the_document", "no `spdx-tools`"),
        Some((valid, said)) => assert!(valid, "{said}"),
    }
}
