//! Whom the statements of others mean: packages by their makers, releases and platforms.

use std::sync::LazyLock;

use base::Timestamp;
use holdfast_vuln::matching::Finding;
use holdfast_vuln::vex::{Document, Statements, Status, Target};
use holdfast_vuln::{Module, PackageType, SourcePackage, System};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bench_of_advisories::{Memory, image, matched, package, system};

/// A package with one vulnerability, `CVE-1`, in an image.
struct Case {
    finding: Finding,
    target: Target,
}

impl Case {
    fn new(system: System, kind: PackageType, name: &str, version: &str) -> Self {
        let mut memory = Memory::default();
        let namespace = system.namespace().unwrap().0;
        memory.add("vendor", "CVE-1", &namespace, "openssl", "-");
        let mut installed = package(kind, name, version);
        installed.arch = Some("x86_64".to_owned());
        installed.source = Some(SourcePackage { name: "openssl".to_owned(), version: String::new() });
        let finding = matched(&memory, &image(Some(system.clone()), vec![installed])).findings.remove(0);
        Self { finding, target: Target { ids: vec!["sha256:aaaa".to_owned()], system: Some(system) } }
    }

    fn rhel() -> Self {
        Self::new(system("rhel", "9.4"), PackageType::Rpm, "openssl", "1:3.0.7-27.el9")
    }

    fn hears(&self, document: &Value) -> bool {
        let document = Document::read(document.to_string().as_bytes()).unwrap();
        let verdict = Statements::new(vec![document]).verdict(&self.finding, &self.target);
        verdict.is_some_and(|verdict| verdict.status == Status::NotAffected)
    }

    fn is_meant_by(&self, purl: &str) -> bool {
        self.hears(&openvex(purl))
    }
}

/// A document that says of a product that it is not affected.
fn openvex(purl: &str) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "doc",
        "author": "them",
        "timestamp": Timestamp::from_millis(0).to_string(),
        "statements": [{
            "vulnerability": { "name": "CVE-1" },
            "products": [{ "@id": purl }],
            "status": "not_affected",
            "justification": "component_not_present",
        }],
    })
}

#[test]
fn a_systems_packages_are_named_by_their_maker() {
    let amazon = || Case::new(system("amzn", "2023"), PackageType::Rpm, "openssl", "3.0");
    let oracle = || Case::new(system("ol", "9.3"), PackageType::Rpm, "openssl", "3.0");
    let suse = || Case::new(system("sles", "15.5"), PackageType::Rpm, "openssl", "3.0");
    let leap = || Case::new(system("opensuse-leap", "15.5"), PackageType::Rpm, "openssl", "3.0");
    let centos = || Case::new(system("centos", "9"), PackageType::Rpm, "openssl", "3.0");
    for (case, namespace, expected) in [
        (Case::rhel(), "redhat", true),
        (Case::rhel(), "rhel", true),
        (Case::rhel(), "RedHat", true),
        (Case::rhel(), "centos", false),
        (Case::rhel(), "fedora", false),
        (centos(), "redhat", false),
        (amazon(), "amazon", true),
        (amazon(), "amzn", true),
        (amazon(), "amazonlinux", true),
        (amazon(), "redhat", false),
        (oracle(), "oracle", true),
        (oracle(), "oraclelinux", true),
        (suse(), "suse", true),
        (suse(), "sles", true),
        (suse(), "opensuse", false),
        (leap(), "opensuse", true),
        (leap(), "suse", true),
        (leap(), "redhat", false),
    ] {
        let system = &case.target.system;
        assert_eq!(case.is_meant_by(&format!("pkg:rpm/{namespace}/openssl")), expected, "{namespace} {system:?}");
    }
    assert!(Case::rhel().is_meant_by("pkg:rpm/openssl"), "what is left open is any");
    assert!(!Case::rhel().is_meant_by("pkg:deb/redhat/openssl"));
    let mut unknown = Case::rhel();
    unknown.target.system = None;
    assert!(!unknown.is_meant_by("pkg:rpm/redhat/openssl"), "nobody knows whose package it is");
}

#[test]
fn epochs_architectures_and_sources_are_compared_as_they_are_written() {
    let case = Case::rhel();
    for (rest, expected) in [
        ("openssl@3.0.7-27.el9?arch=x86_64&epoch=1", true),
        ("openssl@1%3A3.0.7-27.el9", true),
        ("openssl@3.0.7-27.el9?epoch=2", false),
        ("openssl@3.0.7-27.el9", false),
        ("openssl?arch=aarch64", false),
        ("openssl?arch=noarch", true),
        ("openssl-libs", false),
    ] {
        assert_eq!(case.is_meant_by(&format!("pkg:rpm/redhat/{rest}")), expected, "{rest}");
    }
    let zero = Case::new(system("rhel", "9.4"), PackageType::Rpm, "openssl", "0:1.0-1");
    assert!(zero.is_meant_by("pkg:rpm/redhat/openssl@1.0-1"));
    let binary = Case::new(system("ubuntu", "22.04"), PackageType::Deb, "libssl3", "3.0.2-0ubuntu1");
    for (rest, expected) in [
        ("openssl@3.0.2-0ubuntu1?arch=source&distro=jammy", true),
        ("openssl@3.0.2-0ubuntu1.9?arch=source&distro=jammy", false),
        ("openssl?arch=source", true),
        ("openssl", false),
        ("libssl3", true),
        ("libssl3?arch=source", false),
    ] {
        assert_eq!(binary.is_meant_by(&format!("pkg:deb/ubuntu/{rest}")), expected, "{rest}");
    }
}

#[test]
fn a_statement_on_another_release_is_not_on_this_one() {
    let jammy = Case::new(system("ubuntu", "22.04"), PackageType::Deb, "openssl", "3");
    for (distro, expected) in [
        ("jammy", true),
        ("ubuntu-22.04", true),
        ("22.04", true),
        ("focal", false),
        ("debian-12", false),
        ("nonsense", false),
        ("esm-infra/jammy", false),
    ] {
        assert_eq!(jammy.is_meant_by(&format!("pkg:deb/ubuntu/openssl?distro={distro}")), expected, "{distro}");
    }
    let mut attached = Case::new(system("ubuntu", "22.04"), PackageType::Deb, "openssl", "3");
    attached.target.system.as_mut().unwrap().channels.push("esm-infra".to_owned());
    assert!(attached.is_meant_by("pkg:deb/ubuntu/openssl?distro=esm-infra/jammy"));
    for (distro, expected) in
        [("rhel-9.4", true), ("rhel-9", true), ("el9", true), ("rhel-6", false), ("sles-9", false)]
    {
        assert_eq!(Case::rhel().is_meant_by(&format!("pkg:rpm/redhat/openssl?distro={distro}")), expected, "{distro}");
    }
}

#[test]
fn a_statement_on_a_module_is_on_its_stream() {
    let mut case = Case::rhel();
    assert!(!case.is_meant_by("pkg:rpm/redhat/openssl?rpmmod=openssl:3"));
    case.finding.module = Some(Module { name: "openssl".to_owned(), stream: "3".to_owned() });
    assert!(case.is_meant_by("pkg:rpm/redhat/openssl?rpmmod=openssl%3A3%3A9040020240101%3Aabcd"));
    assert!(!case.is_meant_by("pkg:rpm/redhat/openssl?rpmmod=openssl:1"));
}

/// A document in Red Hat's form: a package as a component of a platform, which may have a module between them.
fn csaf(platform: &str, purl: &str, module: bool) -> Value {
    let product =
        |id: &str, helper: Value| json!({ "product_id": id, "name": id, "product_identification_helper": helper });
    let part = |whole: &str, part: &str, of: &str| {
        json!({
            "category": "default_component_of",
            "product_reference": part,
            "relates_to_product_reference": of,
            "full_product_name": { "product_id": whole, "name": whole },
        })
    };
    let relations = if module {
        json!([part("R:M", "M", "R"), part("R:M:P", "P", "R:M")])
    } else {
        json!([part("R:M:P", "P", "R")])
    };
    json!({
        "document": {
            "category": "csaf_vex",
            "publisher": { "name": "them" },
            "tracking": { "id": "doc", "current_release_date": "2026-01-01T00:00:00Z" },
        },
        "product_tree": {
            "branches": [{ "branches": [
                { "product": product("R", json!({ "cpe": platform })) },
                { "product": product("M", json!({ "purl": "pkg:rpmmod/redhat/openssl@3" })) },
                { "product": product("P", json!({ "purl": purl })) },
            ] }],
            "relationships": relations,
        },
        "vulnerabilities": [{ "cve": "CVE-1", "product_status": { "known_not_affected": ["R:M:P"] } }],
    })
}

#[test]
fn a_component_of_a_release_is_meant_in_that_release_alone() {
    let redhat = "pkg:rpm/redhat/openssl?arch=src";
    for (platform, expected) in [
        ("cpe:/o:redhat:enterprise_linux:9", true),
        ("cpe:/o:redhat:enterprise_linux:9::baseos", true),
        ("cpe:/a:redhat:enterprise_linux:9::appstream", true),
        ("cpe:/a:redhat:enterprise_linux:9.4::appstream", true),
        ("cpe:/o:redhat:enterprise_linux:6", false),
        ("cpe:/a:redhat:rhel_eus:9.2::appstream", false),
        ("cpe:/a:redhat:openshift:4.14::el9", false),
        ("cpe:/a:fedoraproject:epel:9", false),
        ("enterprise_linux 9", false),
    ] {
        assert_eq!(Case::rhel().hears(&csaf(platform, redhat, false)), expected, "{platform}");
        assert_eq!(Case::rhel().hears(&csaf(platform, redhat, true)), expected, "{platform}, in a module");
    }
    let mut openshift = Case::rhel();
    openshift.target.system.as_mut().unwrap().cpes.push("cpe:/a:redhat:openshift:4.14::el9".to_owned());
    assert!(openshift.hears(&csaf("cpe:/a:redhat:openshift:4.14::el9", redhat, false)));
    assert!(!openshift.hears(&csaf("cpe:/a:redhat:openshift:4.12::el8", redhat, false)));
    let suse = Case::new(system("sles", "15.5"), PackageType::Rpm, "openssl", "3.0");
    for (platform, expected) in [
        ("cpe:/o:suse:sles:15:sp5", true),
        ("cpe:/o:suse:sle-module-basesystem:15:sp5", true),
        ("cpe:/o:suse:sles:15:sp4", false),
        ("cpe:/o:suse:sles-ltss:15:sp5", false),
        ("cpe:/o:opensuse:leap:15.5", false),
    ] {
        assert_eq!(suse.hears(&csaf(platform, "pkg:rpm/suse/openssl", false)), expected, "{platform}");
    }
}

#[test]
fn relations_that_go_in_circles_say_nothing() {
    let mut document = csaf("cpe:/o:redhat:enterprise_linux:9", "pkg:rpm/redhat/openssl", true);
    document["product_tree"]["relationships"][0]["relates_to_product_reference"] = json!("R:M:P");
    assert!(!Case::rhel().hears(&document));
}

#[test]
fn an_image_is_named_by_its_digest_or_its_repository() {
    let of = |name: &str| {
        let mut case = Case::rhel();
        case.target.ids.push(name.to_owned());
        case
    };
    for (name, purl, expected) in [
        ("reg.example.com/team/app:1", "pkg:oci/app@sha256%3Aaaaa", true),
        ("reg.example.com/team/app:1", "pkg:oci/app?repository_url=reg.example.com/team/app", true),
        ("reg.example.com/team/app:1", "pkg:oci/app?repository_url=reg.example.com/team/app&tag=1", true),
        ("reg.example.com/team/app:1", "pkg:oci/app?repository_url=reg.example.com/team/app&tag=2", false),
        ("reg.example.com/team/app:1", "pkg:oci/app@sha256%3Abbbb?repository_url=reg.example.com/team/app", false),
        ("reg.example.com/team/app2", "pkg:oci/app?repository_url=reg.example.com/team/app", false),
        ("reg.example.com:5000/app", "pkg:oci/app?repository_url=reg.example.com:5000/app", true),
        ("reg.example.com/team/app:1", "pkg:oci/app", false),
        ("rancher/rancher:v2", "pkg:oci/rancher?repository_url=index.docker.io/rancher/rancher", true),
        ("docker.io/library/debian@sha256:cc", "pkg:oci/debian?repository_url=docker.io/library/debian", true),
        ("evil.example.com/rancher/rancher", "pkg:oci/rancher?repository_url=index.docker.io/rancher/rancher", false),
    ] {
        assert_eq!(of(name).is_meant_by(purl), expected, "{name} {purl}");
    }
}

static KNOWN: LazyLock<Case> = LazyLock::new(Case::rhel);

/// Reads a document, and asks of a finding if it is one.
fn asked(text: &[u8]) {
    if let Ok(document) = Document::read(text) {
        let _ = Statements::new(vec![document]).verdict(&KNOWN.finding, &KNOWN.target);
    }
}

proptest! {
    #[test]
    fn broken_documents_are_read_or_refused(
        in_csaf: bool, module: bool, at: prop::sample::Index, length in 0..40_usize, other in ".{0,20}",
    ) {
        let whole = if in_csaf { csaf("cpe:/o:redhat:enterprise_linux:9", "pkg:rpm/redhat/openssl", module) } else { openvex("pkg:rpm/redhat/openssl") };
        let mut text = whole.to_string().into_bytes();
        let from = at.index(text.len());
        let to = text.len().min(from + length);
        text.splice(from..to, other.into_bytes());
        asked(&text);
    }

    #[test]
    fn any_text_may_be_a_product(id in "(pkg:|cpe:)?[ -~]{0,40}", platform in "(cpe:[/:]?)?[ -~]{0,30}") {
        asked(openvex(&id).to_string().as_bytes());
        asked(csaf(&platform, &id, true).to_string().as_bytes());
    }
}
