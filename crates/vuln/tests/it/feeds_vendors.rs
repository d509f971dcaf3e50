//! Peculiarities of single feeds: bounds that are left out, platforms, SUSE's names, CSV, errata that mend nothing.

use holdfast_vuln::feed::{Format, detect};

use crate::feeds::read;

#[test]
fn a_bound_that_is_left_out_is_left_out() {
    let out = read(
        Format::Nvd,
        "nvdcve-2.0-2024.json",
        r#"{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-21","sourceIdentifier":"x","configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[
           {"vulnerable":true,"criteria":"cpe:2.3:a:x:x:*:*:*:*:*:*:*:*","versionStartExcluding":"1.2","versionEndExcluding":"1.4"}]}]}]}}]}"#,
    );
    let affect = out.affects.first().unwrap();
    for (version, is_affected) in [
        ("1.1", false),
        ("1.2", false),
        ("1.2.0", false),
        ("1.2a", true),
        ("1.2.0.1", true),
        ("1.3", true),
        ("1.4", false),
    ] {
        assert_eq!(affect.holds(version), Ok(is_affected), "{version}");
    }
}

#[test]
fn what_must_be_there_beside_it_is_told() {
    let out = read(
        Format::Nvd,
        "nvdcve-2.0-2024.json",
        r#"{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-22","sourceIdentifier":"x","configurations":[
          {"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:x:on-windows:1:*:*:*:*:*:*:*"}]},
            {"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"}]}]},
          {"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:x:firmware:1:*:*:*:*:*:*:*"}]},
            {"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:x:box:-:*:*:*:*:*:*:*"}]}]},
          {"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:x:beside-another:1:*:*:*:*:*:*:*"}]},
            {"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:a:y:another:-:*:*:*:*:*:*:*"}]}]}]}}]}"#,
    );
    assert_eq!(
        out.lines(),
        ["CVE-2024-22 cpe x:beside-another =1", r#"CVE-2024-22 cpe x:on-windows =1 ["cpe:2.3:o:microsoft:windows"]"#]
    );
}

#[test]
fn suse_names_packages_beside_their_release() {
    let out = read(
        Format::Csaf,
        "cve-2023-0464.json",
        r#"{"document":{"csaf_version":"2.0","title":"CVE-2023-0464","aggregate_severity":{"text":"important"},"tracking":{"id":"CVE-2023-0464","initial_release_date":"2023-03-22T00:00:00Z","current_release_date":"2024-01-01T00:00:00Z"}},
         "product_tree":{"branches":[{"category":"vendor","name":"SUSE","branches":[
           {"category":"product_name","name":"s","product":{"name":"s","product_id":"SUSE Linux Enterprise Server 15 SP5","product_identification_helper":{"cpe":"cpe:/o:suse:sles:15:sp5"}}},
           {"category":"product_name","name":"l","product":{"name":"l","product_id":"SUSE Linux Enterprise Server 15 SP3-LTSS","product_identification_helper":{"cpe":"cpe:/o:suse:sles-ltss:15:sp3"}}},
           {"category":"product_name","name":"o","product":{"name":"o","product_id":"openSUSE Leap 15.5","product_identification_helper":{"cpe":"cpe:/o:opensuse:leap:15.5"}}}]}]},
         "vulnerabilities":[{"cve":"CVE-2023-0464","scores":[{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}}],"product_status":{
           "known_not_affected":["SUSE Linux Enterprise Server 15 SP5:libopenssl1_1"],
           "known_affected":["SUSE Linux Enterprise Server 15 SP5:libopenssl-1_0_0-devel"],
           "recommended":["SUSE Linux Enterprise Server 15 SP5:libopenssl1_0_0-32bit-1.0.2p-150000.3.76.1","openSUSE Leap 15.5:libopenssl1_0_0-1.0.2p-150000.3.76.1.x86_64","SUSE Linux Enterprise Server 15 SP3-LTSS:libopenssl1_0_0-1.0.2p-150000.3.76.1"]}}]}"#,
    );
    let said: Vec<_> = out
        .affects
        .iter()
        .map(|affect| {
            let fixed = affect.ranges.first().map(|range| format!("{:?}", range.end)).unwrap();
            let channel = affect.qualifiers.channel.clone().unwrap_or_default();
            format!("{} {} {:?} {fixed} {channel}", affect.namespace.0, affect.name, affect.state)
        })
        .collect();
    assert_eq!(
        said,
        [
            r#"opensuse-leap:15.5 libopenssl1_0_0 Affected Fixed("1.0.2p-150000.3.76.1") "#,
            r#"sles:15.3 libopenssl1_0_0 Affected Fixed("1.0.2p-150000.3.76.1") ltss"#,
            "sles:15.5 libopenssl-1_0_0-devel Affected Open ",
            r#"sles:15.5 libopenssl1_0_0-32bit Affected Fixed("1.0.2p-150000.3.76.1") "#,
            "sles:15.5 libopenssl1_1 NotAffected Open ",
        ]
    );
    assert!(out.affects.iter().all(|affect| affect.advisory.0 == "suse"));
    assert_eq!(out.advisories[0].severities.len(), 2);
}

#[test]
fn the_catalogue_of_exploited_ones_is_read_from_its_csv_alike() {
    let csv = "cveID,vendorProject,vulnerabilityName,dateAdded,dueDate,knownRansomwareCampaignUse,notes\r\n\
        CVE-2024-13,Git,\"A \"\"quoted\"\", name\",2024-01-01,2024-01-22,Known,\"two\nlines\"\r\nCVE-2024-14,x,y,,,,\r\n";
    assert_eq!(detect("kev.csv", csv.as_bytes()), Some(Format::KevCsv));
    let out = read(Format::KevCsv, "kev.csv", csv);
    assert_eq!(out.kevs.len(), 1);
    assert_eq!(out.kevs[0].0, "CVE-2024-13");
    assert_eq!(out.kevs[0].1.due.as_deref(), Some("2024-01-22"));
    assert!(out.kevs[0].1.ransomware);
    assert_eq!(out.unread.len(), 1);
}

#[test]
fn errata_that_mend_no_vulnerability_are_no_advisories() {
    let erratum = |id: &str, related: &str| {
        format!(
            r#"{{"id":"{id}","summary":"bug fix update","related":[{related}],"modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"AlmaLinux:9","name":"x"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"2"}}]}}]}}]}}"#
        )
    };
    assert!(read(Format::Osv, "a.json", &erratum("ALBA-2024:1", "")).advisories.is_empty());
    assert_eq!(read(Format::Osv, "a.json", &erratum("ALBA-2024:2", r#""CVE-2024-1""#)).affects.len(), 1);
    assert_eq!(read(Format::Osv, "a.json", &erratum("ALSA-2024:3", "")).affects.len(), 1);
}
