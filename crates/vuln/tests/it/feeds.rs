//! Each importer on small documents.

use holdfast_vuln::feed::{Document, Format, Sink, detect, import};
use holdfast_vuln::{Advisory, Affect, AffectState, Epss, Kev, RangeEnd};

/// What an importer said.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) affects: Vec<Affect>,
    pub(crate) kevs: Vec<(String, Kev)>,
    epss: Vec<(String, Epss)>,
    pub(crate) repositories: Vec<(String, Vec<String>)>,
    pub(crate) unread: Vec<String>,
}

impl Sink for Collected {
    fn advisory(&mut self, advisory: Advisory) {
        self.advisories.push(advisory);
    }

    fn affect(&mut self, affect: Affect) {
        self.affects.push(affect);
    }

    fn kev(&mut self, cve: &str, kev: Kev) {
        self.kevs.push((cve.to_owned(), kev));
    }

    fn epss(&mut self, cve: &str, epss: Epss) {
        self.epss.push((cve.to_owned(), epss));
    }

    fn repository(&mut self, content_set: &str, cpes: Vec<String>) {
        self.repositories.push((content_set.to_owned(), cpes));
    }

    fn unread(&mut self, part: &str, reason: &str) {
        self.unread.push(format!("{part}: {reason}"));
    }
}

impl Collected {
    /// One line for each affect: namespace, name, ranges, versions, state, module, channel.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.affects.iter().map(line).collect()
    }
}

fn line(affect: &Affect) -> String {
    let mut text = format!("{} {} {}", affect.advisory.1, affect.namespace.0, affect.name);
    for range in &affect.ranges {
        let end = match &range.end {
            RangeEnd::Fixed(version) => format!("<{version}"),
            RangeEnd::LastAffected(version) => format!("<={version}"),
            RangeEnd::Limit(version) => format!("|{version}"),
            RangeEnd::Open => String::new(),
        };
        text.push_str(&format!(" {}..{end}", range.introduced.as_deref().unwrap_or("")));
    }
    for version in &affect.versions {
        text.push_str(&format!(" ={version}"));
    }
    if affect.state != AffectState::Affected {
        text.push_str(&format!(" {:?}", affect.state));
    }
    for word in [&affect.severity, &affect.qualifiers.module, &affect.qualifiers.channel].into_iter().flatten() {
        text.push_str(&format!(" {word}"));
    }
    for list in [&affect.qualifiers.symbols, &affect.qualifiers.arches, &affect.qualifiers.cpes] {
        if !list.is_empty() {
            text.push_str(&format!(" {list:?}"));
        }
    }
    text
}

/// Imports a document of a form that must be told from its name and bytes.
pub(crate) fn read(format: Format, name: &str, text: &str) -> Collected {
    assert_eq!(detect(name, text.as_bytes()), Some(format), "{name}");
    let mut out = Collected::default();
    import(format, Document { name, bytes: text.as_bytes() }, &mut out).unwrap();
    out
}

#[test]
fn debians_tracker_is_read_by_source_and_release() {
    let out = read(
        Format::DebianTracker,
        "tracker.json",
        r#"{"curl":{"CVE-2024-4":{"description":"a flaw","scope":"remote","releases":{
            "bookworm":{"status":"resolved","repositories":{"bookworm":"7.88-1"},"fixed_version":"7.88.1-10+deb12u5","urgency":"not yet assigned"},
            "bullseye":{"status":"open","repositories":{},"urgency":"unimportant"},
            "buster":{"status":"open","urgency":"end-of-life"},
            "trixie":{"status":"resolved","fixed_version":"0","urgency":"low"},
            "sid":{"status":"undetermined"},
            "forky":{"status":"open","nodsa":"Minor issue","nodsa_reason":"postponed"},
            "jessie":{"status":"strange"}}},"CVE-2024-5":7},"bad":[1]}"#,
    );
    let mut lines = out.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "CVE-2024-4 debian:10 curl .. EndOfLife end-of-life",
            "CVE-2024-4 debian:11 curl .. unimportant",
            "CVE-2024-4 debian:12 curl ..<7.88.1-10+deb12u5",
            "CVE-2024-4 debian:13 curl .. NotAffected low",
            "CVE-2024-4 debian:14 curl .. Deferred",
            "CVE-2024-4 debian:sid curl .. UnderInvestigation",
        ]
    );
    assert_eq!(out.unread.len(), 3, "{:?}", out.unread);
}

#[test]
fn secdb_is_read_in_both_forms() {
    let json = r#"{"apkurl":"x","distroversion":"v3.19","reponame":"main","urlprefix":"https://dl-cdn.alpinelinux.org/alpine",
        "packages":[{"pkg":{"name":"openssl","secfixes":{"3.1.4-r1":["CVE-2024-6 GHSA-x-y-z (+)"],"0":["CVE-2024-7"],"1":[""," ?"]}}},{"pkg":{}}]}"#;
    let out = read(Format::Secdb, "main.json", json);
    assert_eq!(
        out.lines(),
        [
            "CVE-2024-6 alpine:3.19 openssl ..<3.1.4-r1",
            "GHSA-x-y-z alpine:3.19 openssl ..<3.1.4-r1",
            "CVE-2024-7 alpine:3.19 openssl .. NotAffected",
        ]
    );
    assert_eq!(out.unread.len(), 2, "{:?}", out.unread);
    let wolfi = r#"{"apkurl":"x","urlprefix":"https://packages.wolfi.dev","reponame":"os","packages":[{"pkg":{"name":"a","secfixes":{"1-r0":["CVE-1-1"]}}}]}"#;
    assert_eq!(read(Format::Secdb, "security.json", wolfi).lines(), ["CVE-1-1 wolfi a ..<1-r0"]);
    let yaml = "distroversion: v3.11\nreponame: main\npackages:\n  - pkg:\n      name: apache2\n      secfixes:\n        2.4.41-r0:\n          - CVE-2019-9517\n        1.10-r0: ~\n";
    assert_eq!(read(Format::SecdbYaml, "main.yaml", yaml).lines(), ["CVE-2019-9517 alpine:3.11 apache2 ..<2.4.41-r0"]);
}

pub(crate) const CSAF: &str = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","aggregate_severity":{"text":"Moderate"},"title":"t",
  "tracking":{"id":"CVE-2024-8","initial_release_date":"2024-01-01T00:00:00Z","current_release_date":"2024-02-01T00:00:00Z"}},
 "product_tree":{"branches":[{"branches":[
   {"product":{"product_id":"AppStream-9","product_identification_helper":{"cpe":"cpe:/a:redhat:enterprise_linux:9::appstream"}}},
   {"product":{"product_id":"rhel8","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:8"}}},
   {"product":{"product_id":"ocp","product_identification_helper":{"cpe":"cpe:/a:redhat:openshift:4"}}},
   {"product":{"product_id":"npm-x","product_identification_helper":{"purl":"pkg:rpm/redhat/npm@10-1.el9?arch=x86_64&epoch=1&rpmmod=nodejs:18:900:abc"}}},
   {"product":{"product_id":"npm-src","product_identification_helper":{"purl":"pkg:rpm/redhat/nodejs@18-1.el9?arch=src"}}},
   {"product":{"product_id":"nodejs","product_identification_helper":{"purl":"pkg:rpm/redhat/nodejs?arch=src"}}}]}],
  "relationships":[
   {"category":"default_component_of","full_product_name":{"product_id":"A:m"},"product_reference":"m","relates_to_product_reference":"AppStream-9"},
   {"category":"default_component_of","full_product_name":{"product_id":"A:m:npm"},"product_reference":"npm-x","relates_to_product_reference":"A:m"},
   {"category":"default_component_of","full_product_name":{"product_id":"A:src"},"product_reference":"npm-src","relates_to_product_reference":"AppStream-9"},
   {"category":"default_component_of","full_product_name":{"product_id":"R:nodejs"},"product_reference":"nodejs","relates_to_product_reference":"rhel8"},
   {"category":"default_component_of","full_product_name":{"product_id":"O:nodejs"},"product_reference":"nodejs","relates_to_product_reference":"ocp"}]},
 "vulnerabilities":[{"cve":"CVE-2024-8","cwe":{"id":"CWE-20"},"notes":[{"category":"description","text":"about"}],
   "product_status":{"fixed":["A:m:npm","A:src"],"known_affected":["R:nodejs","O:nodejs"]},
   "scores":[{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"},"products":["R:nodejs"]}],
   "threats":[{"category":"impact","details":"Low","product_ids":["R:nodejs"]}],
   "remediations":[{"category":"no_fix_planned","details":"Will not fix","product_ids":["R:nodejs"]},
     {"category":"workaround","details":"Do not run it.","product_ids":["R:nodejs","A:m:npm"]}]}]}"#;

#[test]
fn csaf_products_become_packages_of_releases() {
    let out = read(Format::Csaf, "cve-2024-8.json", CSAF);
    assert_eq!(
        out.lines(),
        [
            r#"CVE-2024-8 rhel:8 nodejs .. WontFix Low ["src"] ["cpe:/o:redhat:enterprise_linux:8"]"#,
            r#"CVE-2024-8 rhel:9 npm ..<1:10-1.el9 nodejs:18 ["cpe:/a:redhat:enterprise_linux:9::appstream"]"#,
        ]
    );
    assert_eq!((out.advisories[0].source.as_str(), out.advisories[0].severities.len()), ("redhat", 2));
}

#[test]
fn csaf_says_why_a_product_is_not_mended() {
    let state = |category: &str, details: &str| {
        let text = CSAF.replace("no_fix_planned", category).replace("Will not fix", details);
        read(Format::Csaf, "cve-2024-8.json", &text).affects[0].state
    };
    assert_eq!(state("no_fix_planned", "Out of support scope"), AffectState::EndOfLife);
    assert_eq!(state("none_available", "Deferred"), AffectState::Deferred);
    assert_eq!(state("none_available", "Affected"), AffectState::Affected);
    assert_eq!(state("vendor_fix", "Will not fix"), AffectState::Affected);
}

#[test]
fn openvex_of_ubuntu_is_read() {
    let out = read(
        Format::OpenVex,
        "CVE-2024-9.json",
        r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[
          {"vulnerability":{"name":"CVE-2024-9"},"products":[{"@id":"pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.15?arch=source&distro=jammy"},{"@id":"pkg:deb/ubuntu/libssl3@3?arch=amd64&distro=jammy"}],"status":"fixed"},
          {"vulnerability":{"name":"CVE-2024-9"},"products":[{"@id":"pkg:deb/ubuntu/openssl@1.1?arch=source&distro=esm-infra/bionic"}],"status":"not_affected"},
          {"vulnerability":{"name":"CVE-2024-9"},"products":[],"status":"odd"}]}"#,
    );
    assert_eq!(
        out.lines(),
        [
            "CVE-2024-9 ubuntu:22.04 openssl ..<3.0.2-0ubuntu1.15",
            "CVE-2024-9 ubuntu:18.04 openssl .. NotAffected esm-infra",
        ]
    );
    assert_eq!(out.unread.len(), 1);
}

#[test]
fn updateinfo_is_read_by_release() {
    let out = read(
        Format::UpdateInfo,
        "updateinfo.xml",
        r#"<?xml version="1.0"?><updates>
        <update type="security" status="final"><id>ALAS2023-2024-500</id><title>t &amp; u</title><issued date="2024-01-01 00:00"/>
          <severity>important</severity><description>d &#65;</description>
          <references><reference href="https://e.com" id="CVE-2024-10" type="cve"/></references>
          <pkglist><collection short="amazon-linux-2023"><name>n</name>
            <package name="curl" version="8.5.0" release="1.amzn2023" epoch="0" arch="x86_64"><filename>f</filename></package>
            <package name="curl" version="8.5.0" release="1.amzn2023" epoch="0" arch="aarch64"/>
            <package name="grub2" version="2" release="1" epoch="1" arch="aarch64"/>
            <package name="curl" version="8.5.0" release="1.amzn2023" epoch="0" arch="src"/></collection></pkglist></update>
        <update type="bugfix"><id>ALAS2023-2024-501</id></update>
        <update type="security"><id>??</id></update></updates>"#,
    );
    assert_eq!(
        out.lines(),
        [
            "ALAS2023-2024-500 amazon:2023 curl ..<8.5.0-1.amzn2023 important",
            r#"ALAS2023-2024-500 amazon:2023 grub2 ..<1:2-1 important ["aarch64"]"#,
        ]
    );
    assert_eq!((out.advisories[0].title.as_str(), out.advisories[0].description.as_str()), ("t & u", "d A"));
    assert_eq!(out.advisories[0].aliases, ["CVE-2024-10"]);
    assert_eq!(out.unread.len(), 1);
}

#[test]
fn nvd_configurations_become_ranges_by_vendor_and_product() {
    let out = read(
        Format::Nvd,
        "nvdcve-2.0-2024.json",
        r#"{"format":"NVD_CVE","version":"2.0","vulnerabilities":[
        {"cve":{"id":"CVE-2024-11","sourceIdentifier":"x","vulnStatus":"Analyzed","published":"2024-01-01T00:00:00.000","lastModified":"2024-01-02T00:00:00.000",
          "descriptions":[{"lang":"es","value":"no"},{"lang":"en","value":"yes"}],
          "metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
                     "cvssMetricV2":[{"source":"nvd@nist.gov","cvssData":{"vectorString":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}}]},
          "weaknesses":[{"description":[{"lang":"en","value":"CWE-787"},{"lang":"en","value":"NVD-CWE-noinfo"}]}],
          "configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[
             {"vulnerable":true,"criteria":"cpe:2.3:a:haxx:curl:*:*:*:*:*:*:*:*","versionStartIncluding":"7.0","versionEndExcluding":"8.1"},
             {"vulnerable":true,"criteria":"cpe:2.3:a:haxx:curl:8.2:rc1:*:*:*:*:*:*"},
             {"vulnerable":true,"criteria":"cpe:2.3:a:v\\:w:p:1.0:*:*:*:*:node.js:*:*"},
             {"vulnerable":false,"criteria":"cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"},
             {"vulnerable":true,"criteria":"cpe:2.3:h:acme:box:-:*:*:*:*:*:*:*"},
             {"vulnerable":true,"criteria":"what"}]}]}],"references":[{"url":"https://e.com"}]}},
        {"cve":{"id":"CVE-2024-12","sourceIdentifier":"x","vulnStatus":"Rejected","lastModified":"2024-01-02T00:00:00.000","descriptions":[]}},
        {"cve":{}}]}"#,
    );
    assert_eq!(
        out.lines(),
        [
            "CVE-2024-11 cpe haxx:curl 7.0..<8.1 =8.2rc1",
            r#"CVE-2024-11 cpe v:w:p =1.0 ["cpe:2.3:a:v:w:p:*:*:*:*:*:node.js:*:*"]"#,
        ]
    );
    assert_eq!((out.advisories[0].severities.len(), out.advisories[0].cwes.len()), (2, 1));
    assert!(out.advisories[1].withdrawn.is_some());
    assert_eq!(out.unread.len(), 2, "{:?}", out.unread);
}

#[test]
fn exploitation_is_read_from_kev_and_epss() {
    let out = read(
        Format::Kev,
        "kev.json",
        r#"{"title":"t","catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2024-13","dateAdded":"2024-01-01","dueDate":"2024-01-22","knownRansomwareCampaignUse":"Known"},{"cveID":"CVE-2024-14"}]}"#,
    );
    assert_eq!(out.kevs.len(), 1);
    assert!(out.kevs[0].1.ransomware);
    assert_eq!(out.unread.len(), 1);
    let csv = "#model_version:v2025.03.14,score_date:2025-09-01T00:00:00Z\ncve,epss,percentile\nCVE-2024-13,0.97565,0.99993\nnonsense\n";
    let out = read(Format::Epss, "epss_scores-current.csv", csv);
    assert_eq!(out.epss, [("CVE-2024-13".to_owned(), Epss { probability_ppm: 975_650, percentile_ppm: 999_930 })]);
    assert_eq!(out.unread.len(), 1);
}

#[test]
fn microsofts_bulletins_are_read_alike_in_both_forms() {
    let json = r#"{"DocumentTitle":{"Value":"t"},"ProductTree":{"FullProductName":[{"ProductID":"1","Value":"Windows Server 2022"},{"ProductID":"2","Value":"Microsoft SQL Server 2022"},{"ProductID":"3","Value":"Windows Server 2019 (Server Core installation)"}]},
      "Vulnerability":[{"CVE":"CVE-2024-15","Title":{"Value":"Kernel"},"Notes":[{"Title":"Description","Type":2,"Value":"d"}],
       "Threats":[{"Type":3,"Description":{"Value":"Important"},"ProductID":["1"]}],"CVSSScoreSets":[{"Vector":"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H","ProductID":["1"]}],
       "Remediations":[{"Type":2,"Description":{"Value":"5034129"},"ProductID":["1"],"FixedBuild":"10.0.20348.2227","Supercedence":"5033118","URL":"https://e.com/x"},{"Type":2,"Description":{"Value":"5034130"},"ProductID":["1","3"]},{"Type":2,"Description":{"Value":"x"},"ProductID":["2"],"FixedBuild":"16.0.1110.1"}]}]}"#;
    let xml = r#"<cvrf:cvrfdoc xmlns:cvrf="c" xmlns:prod="p" xmlns:vuln="v"><prod:ProductTree><prod:Branch>
      <prod:FullProductName ProductID="1">Windows Server 2022</prod:FullProductName><prod:FullProductName ProductID="2">Microsoft SQL Server 2022</prod:FullProductName><prod:FullProductName ProductID="3">Windows Server 2019 (Server Core installation)</prod:FullProductName></prod:Branch></prod:ProductTree>
      <vuln:Vulnerability Ordinal="1"><vuln:Title>Kernel</vuln:Title><vuln:Notes><vuln:Note Title="Description">d</vuln:Note></vuln:Notes><vuln:CVE>CVE-2024-15</vuln:CVE>
      <vuln:Threats><vuln:Threat Type="Severity"><vuln:Description>Important</vuln:Description><vuln:ProductID>1</vuln:ProductID></vuln:Threat></vuln:Threats>
      <vuln:CVSSScoreSets><vuln:ScoreSet><vuln:Vector>CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H</vuln:Vector></vuln:ScoreSet></vuln:CVSSScoreSets>
      <vuln:Remediations><vuln:Remediation Type="Vendor Fix"><vuln:Description>5034129</vuln:Description><vuln:URL>https://e.com/x</vuln:URL><vuln:ProductID>1</vuln:ProductID><vuln:Supercedence>5033118</vuln:Supercedence><vuln:FixedBuild>10.0.20348.2227</vuln:FixedBuild></vuln:Remediation>
      <vuln:Remediation Type="Vendor Fix"><vuln:Description>5034130</vuln:Description><vuln:ProductID>1</vuln:ProductID><vuln:ProductID>3</vuln:ProductID></vuln:Remediation>
      <vuln:Remediation Type="Vendor Fix"><vuln:Description>x</vuln:Description><vuln:ProductID>2</vuln:ProductID><vuln:FixedBuild>16.0.1110.1</vuln:FixedBuild></vuln:Remediation></vuln:Remediations></vuln:Vulnerability></cvrf:cvrfdoc>"#;
    let (json, xml) = (read(Format::Cvrf, "2024-Jan.json", json), read(Format::CvrfXml, "2024-Jan.xml", xml));
    assert_eq!(
        json.lines(),
        [
            "CVE-2024-15 windows-update KB5034129 =KB5033118 NotAffected",
            "CVE-2024-15 windows-update KB5034130 NotAffected",
            "CVE-2024-15 windows microsoft sql server 2022 ..<16.0.1110.1",
            "CVE-2024-15 windows windows 10.0.17763.0..<=10.0.17763.4294967295",
            "CVE-2024-15 windows windows 10.0.20348.0..<10.0.20348.2227 Important",
        ]
    );
    assert_eq!(json.lines(), xml.lines());
    assert_eq!(json.advisories, xml.advisories);
    assert!(json.advisories[0].references[0].ends_with("/5034129"));
}

#[test]
fn rustsec_turns_safe_versions_into_affected_ones() {
    let out = read(
        Format::RustSec,
        "crates/x/RUSTSEC-2024-0001.md",
        "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"x\"\ndate = \"2024-01-01\"\naliases = [\"CVE-2024-16\"]\ninformational = \"unsound\"\n[affected.functions]\n\"x::f\" = [\"< 1.0.0\"]\n[versions]\npatched = [\">= 1.0.0\"]\nunaffected = [\"< 0.5.0\"]\n```\n\n# A title\n\nText.\n",
    );
    assert_eq!(out.lines(), [r#"RUSTSEC-2024-0001 crates.io x 0.5.0..<1.0.0 unsound ["x::f"]"#]);
    assert_eq!((out.advisories[0].title.as_str(), out.advisories[0].description.as_str()), ("A title", "Text."));
    let std = "```toml\n[advisory]\nid = \"CVE-2015-1\"\npackage = \"std\"\ndate = \"2024-01-01\"\n[versions]\npatched = []\n```\n# t";
    assert_eq!(read(Format::RustSec, "rust/std/CVE-2015-1.md", std).lines(), ["CVE-2015-1 rust std .."]);
}

#[test]
fn a_projects_own_cve_records_are_read() {
    let out = read(
        Format::CveRecord,
        "CVE-2024-17.json",
        r#"{"containers":{"cna":{"affected":[{"product":"OpenSSL","vendor":"OpenSSL","defaultStatus":"unaffected","versions":[
           {"version":"1.0.2","lessThan":"1.0.2zk","status":"affected","versionType":"custom"},{"version":"0.9.8","status":"affected"},{"version":"3.3.0","lessThan":"3.3.1","status":"unaffected"}]}],
          "descriptions":[{"lang":"en","value":"d"}],"metrics":[{"format":"other","other":{"type":"u","content":{"text":"High"}}},{"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}}],
          "providerMetadata":{"shortName":"openssl"},"references":[{"url":"https://e.com"}]}},
          "cveMetadata":{"cveId":"CVE-2024-17","state":"PUBLISHED"},"dataType":"CVE_RECORD"}"#,
    );
    assert_eq!(out.lines(), ["CVE-2024-17 generic openssl 1.0.2..<1.0.2zk =0.9.8 High"]);
    assert_eq!(out.advisories[0].severities.len(), 2);
}

#[test]
fn red_hats_repositories_have_cpes_or_are_not_known() {
    let many: Vec<String> = (0..300).map(|number| format!("\"cpe:/a:redhat:x:{number}\"")).collect();
    let text = format!(
        r#"{{"data":{{
            "rhocp-4.14-for-rhel-9-x86_64-rpms":{{"cpes":["cpe:/a:redhat:openshift:4.14::el9","cpe:/a:redhat:openshift:4.14::el9"],"repo_relative_urls":["content/x"]}},
            "none-rpms":{{"cpes":[],"repo_relative_urls":[]}},
            "part-rpms":{{"cpes":["cpe:/a:redhat:x:1","no cpe"]}},
            "many-rpms":{{"cpes":[{}]}},
            "odd-rpms":{{"cpes":"cpe:/a:x"}},
            "":{{"cpes":["cpe:/a:x"]}},
            "list-rpms":[]
        }}}}"#,
        many.join(",")
    );
    let out = read(Format::RepositoryCpes, "repository-to-cpe.json", &text);
    let cpes = vec!["cpe:/a:redhat:openshift:4.14::el9".to_owned()];
    assert_eq!(out.repositories, [("rhocp-4.14-for-rhel-9-x86_64-rpms".to_owned(), cpes)]);
    assert_eq!(out.unread.len(), 5, "{:?}", out.unread);
    for broken in [r#"{"data":{}}"#, r#"{"data":[]}"#, r#"{"data":{"a":{"cpes":["cpe:/a"#, "{}", ""] {
        let document = Document { name: "repository-to-cpe.json", bytes: broken.as_bytes() };
        assert!(import(Format::RepositoryCpes, document, &mut Collected::default()).is_err(), "{broken}");
    }
}

#[test]
fn what_is_no_feed_is_not_taken_for_one() {
    for (name, text) in [
        ("LICENSE", "Apache License"),
        ("README.md", "# readme"),
        ("data.json", r#"{"3.0":{"eol":"2026"}}"#),
        ("package.json", r#"{"name":"x"}"#),
        ("a.xml", "<html/>"),
        ("a.csv", "a,b"),
        ("", ""),
    ] {
        assert_eq!(detect(name, text.as_bytes()), None, "{name}");
    }
}
