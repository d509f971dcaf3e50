//! Records of OSV, in each of the forms that its sources write.

use holdfast_vuln::feed::Format;

use crate::feeds::read;

#[test]
fn osv_records_of_languages_are_read() {
    let out = read(
        Format::Osv,
        "GHSA-a.json",
        r#"{"schema_version":"1.4.0","id":"GHSA-aaaa-bbbb-cccc","modified":"2024-02-01T00:00:00Z","aliases":["CVE-2024-1"],
        "summary":"Bad parsing","details":"Long","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected":[
          {"package":{"ecosystem":"PyPI","name":"Zope.Interface"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"},{"introduced":"2.0"},{"last_affected":"2.1"}]}],"versions":["1.0","1.5"]},
          {"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"}],"database_specific":{"last_known_affected_version_range":"<= 1.4.0"}}]},
          {"package":{"ecosystem":"npm","name":"y"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],"database_specific":{"last_known_affected_version_range":"< 2.0.0"}},
          {"package":{"ecosystem":"npm","name":"only-git"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]}],
        "database_specific":{"severity":"HIGH","cwe_ids":["CWE-79"]},"references":[{"type":"WEB","url":"https://example.com"}]}"#,
    );
    assert_eq!(
        out.lines(),
        [
            "GHSA-aaaa-bbbb-cccc pypi zope-interface ..<1.2 2.0..<=2.1 =1.5",
            "GHSA-aaaa-bbbb-cccc npm x 1.0.0..<=1.4.0",
            "GHSA-aaaa-bbbb-cccc npm y ..|2.0.0"
        ]
    );
    let advisory = &out.advisories[0];
    assert_eq!((advisory.source.as_str(), advisory.aliases.as_slice()), ("ghsa", &["CVE-2024-1".to_owned()][..]));
    assert_eq!((advisory.severities.len(), advisory.cwes.as_slice()), (2, &["CWE-79".to_owned()][..]));
    assert!(out.unread.is_empty());
}

#[test]
fn errata_name_what_they_mend_and_withdrawn_records_affect_nothing() {
    let out = read(
        Format::Osv,
        "ALSA.json",
        r#"[{"id":"ALSA-2024:1","summary":"Important: nginx security update","related":["CVE-2024-2","PYSEC-1"],
            "affected":[{"package":{"ecosystem":"AlmaLinux:9","name":"nginx"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.20.1-2.el9"}]}]}]},
          {"id":5},
          {"id":"GO-2024-1","withdrawn":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"a/b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}]"#,
    );
    assert_eq!(out.lines(), ["ALSA-2024:1 almalinux:9 nginx ..<1:1.20.1-2.el9"]);
    assert_eq!(out.advisories[0].aliases, ["CVE-2024-2"]);
    assert_eq!(out.advisories[0].severities[0].value, "Important");
    assert!(out.advisories[1].withdrawn.is_some());
    assert_eq!(out.unread.len(), 1);
}

#[test]
fn go_names_symbols_and_ubuntu_names_channels() {
    let out = read(
        Format::Osv,
        "GO.json",
        r#"{"id":"GO-2024-2","affected":[{"package":{"ecosystem":"Go","name":"stdlib"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.21.3"}]}],
            "ecosystem_specific":{"imports":[{"path":"net/http","symbols":["Get"]},{"path":"net/url"}]}}]}"#,
    );
    assert_eq!(out.lines(), [r#"GO-2024-2 go stdlib ..<1.21.3 ["net/http#Get", "net/url"]"#]);
    let out = read(
        Format::Osv,
        "UBUNTU-CVE-2024-3.json",
        r#"{"id":"UBUNTU-CVE-2024-3","upstream":["CVE-2024-3"],"severity":[{"type":"Ubuntu","score":"medium"}],
            "affected":[{"package":{"ecosystem":"Ubuntu:Pro:18.04:LTS","name":"curl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"7.58-esm1"}]}],"versions":["7.58"]}]}"#,
    );
    assert_eq!(out.lines(), ["UBUNTU-CVE-2024-3 ubuntu:18.04 curl ..<7.58-esm1 medium esm"]);
    assert_eq!(out.advisories[0].aliases, ["CVE-2024-3"]);
}

#[test]
fn events_in_any_order_become_the_same_ranges() {
    let of = |events: &str| {
        let text = format!(
            r#"{{"id":"X-1","affected":[{{"package":{{"ecosystem":"npm","name":"x"}},"ranges":[{{"type":"SEMVER","events":{events}}}]}}]}}"#
        );
        read(Format::Osv, "x.json", &text).lines()
    };
    let expected = ["X-1 npm x ..<1.0.0 2.0.0..<2.10.0 2.10.0..<=3.0.0"];
    let in_order = r#"[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"fixed":"2.10.0"},{"introduced":"2.10.0"},{"last_affected":"3.0.0"}]"#;
    let grouped = r#"[{"introduced":"0"},{"introduced":"2.10.0"},{"introduced":"2.0.0"},{"fixed":"2.10.0"},{"fixed":"1.0.0"},{"last_affected":"3.0.0"}]"#;
    let turned = r#"[{"last_affected":"3.0.0"},{"introduced":"2.10.0"},{"fixed":"2.10.0"},{"introduced":"2.0.0"},{"fixed":"1.0.0"},{"introduced":"0"}]"#;
    for events in [in_order, grouped, turned] {
        assert_eq!(of(events), expected, "{events}");
    }
    assert_eq!(of(r#"[{"introduced":"1"}]"#), ["X-1 npm x 1.."]);
}

#[test]
fn a_limit_ends_what_an_osv_record_speaks_of() {
    let record = |events: &str| {
        let text = format!(
            r#"{{"id":"GHSA-l","affected":[{{"package":{{"ecosystem":"npm","name":"l"}},"ranges":[{{"type":"SEMVER","events":[{events}]}}]}}]}}"#
        );
        read(Format::Osv, "l.json", &text).lines()
    };
    assert_eq!(record(r#"{"introduced":"0"},{"limit":"2.0.0"}"#), ["GHSA-l npm l ..|2.0.0"]);
    assert_eq!(record(r#"{"introduced":"0"},{"fixed":"1.5.0"},{"limit":"2.0.0"}"#), ["GHSA-l npm l ..<1.5.0"]);
    assert_eq!(record(r#"{"introduced":"1.0.0"},{"limit":"*"}"#), ["GHSA-l npm l 1.0.0.."]);
}

#[test]
fn osv_in_yaml_keeps_versions_as_written() {
    let out = read(
        Format::OsvYaml,
        "PYSEC-1.yaml",
        "id: PYSEC-2024-1\naffected:\n- package: {ecosystem: PyPI, name: a_b}\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n  versions: [1.0, 1.10, 1.20]\n",
    );
    assert_eq!(out.lines(), ["PYSEC-2024-1 pypi a-b ..<1.10 =1.10 =1.20"]);
    let out = read(
        Format::OsvYaml,
        "OSV-1.yaml",
        "id: OSV-2024-1\naffected:\n- package: {ecosystem: OSS-Fuzz, name: Zstd}\n  ranges:\n  - type: GIT\n    events: [{introduced: abc}]\n  versions: [v1.5.2, '20240101']\n  ecosystem_specific: {severity: HIGH}\n",
    );
    assert_eq!(out.lines(), ["OSV-2024-1 oss-fuzz zstd =1.5.2 HIGH"]);
}
