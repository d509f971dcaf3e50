//! Exceptions, statements of others, counts and gates.

use base::Timestamp;
use holdfast_vuln::PackageType;
use holdfast_vuln::matching::Finding;
use holdfast_vuln::severity::{Class, Level};
use holdfast_vuln::verdict::{Gate, IgnoreRule, RuleError, Suppression, Verdict, judge};
use holdfast_vuln::vex::{self, Document, Justification, Statements, Status, Target};

use crate::bench_of_advisories::{Memory, image, matched, package, system};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn findings() -> Vec<Finding> {
    let mut memory = Memory::default();
    memory.add("debian", "CVE-1", "debian:12", "openssl", "3.1").severity = Some("high".to_owned());
    memory.add("debian", "CVE-2", "debian:12", "zlib", "-").severity = Some("low".to_owned());
    memory.add("debian", "CVE-3", "debian:12", "linux-libc-dev", "-");
    let names = ["openssl", "zlib", "linux-libc-dev"];
    let packages = names.iter().map(|name| package(PackageType::Deb, name, "3.0")).collect();
    matched(&memory, &image(Some(system("debian", "12")), packages)).findings
}

fn rule(vulnerability: &str) -> IgnoreRule {
    IgnoreRule {
        vulnerability: vulnerability.to_owned(),
        package: None,
        version: None,
        path: None,
        reason: "not reachable".to_owned(),
        justification: Some(Justification::VulnerableCodeNotInExecutePath),
        author: None,
        expires: None,
    }
}

fn judged(rules: &[IgnoreRule], documents: Vec<Document>) -> Verdict {
    judge(findings(), rules, &Statements::new(documents), &target(), false, NOW)
}

fn target() -> Target {
    Target { ids: vec!["sha256:aaaa".to_owned()], system: Some(system("debian", "12")) }
}

fn suppressed(verdict: &Verdict) -> Vec<&str> {
    let hidden = verdict.findings.iter().filter(|judged| judged.suppressed.is_some());
    hidden.map(|judged| judged.finding.id.as_str()).collect()
}

#[test]
fn kernel_headers_are_hidden_unless_asked_for() {
    let verdict = judged(&[], Vec::new());
    assert_eq!(suppressed(&verdict), ["CVE-3"]);
    assert_eq!(verdict.findings.iter().filter(|judged| judged.suppressed == Some(Suppression::Headers)).count(), 1);
    assert_eq!((verdict.counts.critical, verdict.counts.minor, verdict.counts.all), (1, 1, 2));
    assert_eq!((verdict.counts.fixable, verdict.counts.suppressed), (1, 1));
    let shown = judge(findings(), &[], &Statements::default(), &target(), true, NOW);
    assert_eq!((shown.counts.all, shown.counts.unknown), (3, 1));
}

#[test]
fn an_exception_holds_until_it_runs_out() {
    let until = |expires| IgnoreRule { expires: Some(expires), ..rule("CVE-1") };
    let verdict = judged(&[until(NOW.plus_secs(1))], Vec::new());
    assert_eq!(suppressed(&verdict), ["CVE-3", "CVE-1"]);
    assert!(verdict.expired.is_empty());
    let verdict = judged(&[until(NOW)], Vec::new());
    assert_eq!(suppressed(&verdict), ["CVE-3"]);
    assert_eq!(verdict.expired.len(), 1);
}

#[test]
fn an_exception_hides_only_what_it_names() {
    let hides = |rule: IgnoreRule| suppressed(&judged(&[rule], Vec::new())).contains(&"CVE-1");
    assert!(hides(IgnoreRule { package: Some("openssl".to_owned()), ..rule("CVE-1") }));
    assert!(!hides(IgnoreRule { package: Some("zlib".to_owned()), ..rule("CVE-1") }));
    assert!(!hides(IgnoreRule { version: Some("3.0.1".to_owned()), ..rule("CVE-1") }));
    assert!(hides(IgnoreRule { path: Some("/openssl".to_owned()), ..rule("CVE-1") }));
    assert!(!hides(IgnoreRule { path: Some("/open".to_owned()), ..rule("CVE-1") }));
    assert!(!hides(IgnoreRule { reason: " ".to_owned(), ..rule("CVE-1") }));
    let no_reason = IgnoreRule { reason: String::new(), ..rule("CVE-1") };
    assert_eq!(no_reason.check(), Err(RuleError::NoReason { vulnerability: "CVE-1".to_owned() }));
    assert_eq!(rule(" ").check(), Err(RuleError::NoVulnerability));
}

#[test]
fn openvex_statements_are_read() {
    let statement = |product: &str, status: &str| {
        let text = format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"doc","author":"us","timestamp":"2026-01-01T00:00:00Z",
            "version":1,"statements":[{{"vulnerability":{{"name":"CVE-1"}},"products":[{product}],"status":"{status}",
            "justification":"component_not_present","impact_statement":"no"}}]}}"#
        );
        suppressed(&judged(&[], vec![Document::read(text.as_bytes()).unwrap()])).contains(&"CVE-1")
    };
    for (product, status, expected) in [
        (r#"{"@id":"pkg:deb/debian/openssl@3.0"}"#, "not_affected", true),
        (r#"{"@id":"pkg:deb/debian/openssl"}"#, "fixed", true),
        (r#"{"@id":"pkg:deb/debian/openssl@3.0"}"#, "affected", false),
        (r#"{"@id":"pkg:deb/debian/openssl@3.1"}"#, "not_affected", false),
        (r#"{"@id":"pkg:deb/ubuntu/openssl@3.0"}"#, "not_affected", false),
        (r#"{"@id":"pkg:oci/app@sha256%3Aaaaa"}"#, "not_affected", true),
        (r#"{"@id":"pkg:oci/app@sha256%3Abbbb"}"#, "not_affected", false),
        (r#"{"@id":"sha256:aaaa","subcomponents":[{"@id":"pkg:deb/debian/openssl"}]}"#, "not_affected", true),
        (r#"{"@id":"sha256:aaaa","subcomponents":[{"@id":"pkg:deb/debian/zlib"}]}"#, "not_affected", false),
        (r#"{"@id":"x","identifiers":{"purl":"pkg:deb/debian/openssl"}}"#, "not_affected", true),
    ] {
        assert_eq!(statement(product, status), expected, "{product} {status}");
    }
}

#[test]
fn csaf_statements_are_read() {
    let text = r#"{"document":{"category":"csaf_vex","title":"t","publisher":{"name":"us"},
        "tracking":{"id":"doc","current_release_date":"2026-01-01T00:00:00Z"}},
        "product_tree":{"branches":[{"category":"vendor","name":"us","branches":[
          {"category":"product_version","name":"3.0","product":{"product_id":"P1","name":"openssl",
           "product_identification_helper":{"purl":"pkg:deb/debian/openssl@3.0"}}},
          {"category":"product_name","name":"image","product":{"product_id":"I1","name":"app",
           "product_identification_helper":{"purl":"pkg:oci/app@sha256:aaaa"}}},
          {"category":"product_version","name":"1","product":{"product_id":"P2","name":"zlib",
           "product_identification_helper":{"purl":"pkg:deb/debian/zlib"}}}]}],
         "relationships":[{"category":"default_component_of","product_reference":"P2","relates_to_product_reference":"I1",
           "full_product_name":{"product_id":"I1:P2","name":"zlib in app"}}]},
        "vulnerabilities":[
         {"cve":"CVE-1","product_status":{"known_not_affected":["P1"]},
          "flags":[{"label":"vulnerable_code_not_present","product_ids":["P1"]}],
          "threats":[{"category":"impact","details":"built without it","product_ids":["P1"]}]},
         {"cve":"CVE-2","product_status":{"fixed":["I1:P2"]}}]}"#;
    let verdict = judged(&[], vec![Document::read(text.as_bytes()).unwrap()]);
    assert_eq!(suppressed(&verdict), ["CVE-3", "CVE-1", "CVE-2"]);
    let Some(Suppression::Vex(said)) = &verdict.findings[1].suppressed else { panic!("{verdict:?}") };
    assert_eq!(said.justification, Some(Justification::VulnerableCodeNotPresent));
    assert_eq!(said.note.as_deref(), Some("built without it"));
    assert_eq!(said.author, "us");
}

#[test]
fn what_is_no_vex_document_is_refused() {
    assert!(matches!(Document::read(b"{"), Err(vex::VexError::Json(_))));
    assert!(matches!(Document::read(b"{}"), Err(vex::VexError::Unknown)));
    assert!(matches!(Document::read(b"[]"), Err(vex::VexError::Unknown)));
}

#[test]
fn what_is_written_as_openvex_reads_back_as_the_same_verdict() {
    let verdict = judged(&[rule("CVE-1")], Vec::new());
    let author = vex::Author { name: "us", document: "https://example.com/vex/1", now: NOW };
    let written = vex::write_openvex(&verdict, &target(), &author).to_string();
    let document = Document::read(written.as_bytes()).unwrap();
    assert_eq!(document.statements.len(), 3);
    let again = judge(findings(), &[], &Statements::new(vec![document]), &target(), true, NOW);
    assert_eq!(suppressed(&again), suppressed(&verdict));
    assert!(
        again.findings.iter().any(|judged| judged.vex.as_ref().is_some_and(|said| said.status == Status::Affected))
    );
}

#[test]
fn a_gate_stops_what_meets_all_of_its_conditions() {
    let verdict = judged(&[], Vec::new());
    let stops = |gate: Gate| gate.stops(&verdict, NOW).map(|finding| finding.id.clone()).collect::<Vec<_>>();
    assert_eq!(stops(Gate::default()), ["CVE-1", "CVE-2"]);
    assert_eq!(stops(Gate { level: Some(Level::High), ..Gate::default() }), ["CVE-1"]);
    assert_eq!(stops(Gate { class: Some(Class::Critical), ..Gate::default() }), ["CVE-1"]);
    assert_eq!(stops(Gate { only_fixable: true, ..Gate::default() }), ["CVE-1"]);
    assert!(stops(Gate { only_exploited: true, ..Gate::default() }).is_empty());
    assert!(stops(Gate { epss_ppm: Some(1), ..Gate::default() }).is_empty());
    assert!(stops(Gate { kinds: vec![PackageType::Npm], ..Gate::default() }).is_empty());
}

#[test]
fn what_is_not_kept_is_not_counted() {
    let mut verdict = judged(&[], Vec::new());
    verdict.retain(|finding| finding.id == "CVE-1" || finding.id == "CVE-3");
    assert_eq!(verdict.findings.len(), 2);
    assert_eq!((verdict.counts.all, verdict.counts.critical, verdict.counts.minor), (1, 1, 0));
    assert_eq!((verdict.counts.fixable, verdict.counts.suppressed), (1, 1));
}
