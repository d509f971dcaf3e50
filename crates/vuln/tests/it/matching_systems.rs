//! The rules by which a system's vendor speaks of packages.

use base::Timestamp;
use holdfast_vuln::matching::{FindingClass, GapReason, MatchKind};
use holdfast_vuln::{Package, PackageType, System};

use crate::bench_of_advisories::{Memory, built_from, image, matched, package, system, told};

#[test]
fn systems_have_their_namespaces() {
    for (id, version, codename, expected) in [
        ("debian", "12", None, "debian:12"),
        ("debian", "", Some("trixie"), "debian:13"),
        ("debian", "", None, "debian:sid"),
        ("raspbian", "11", None, "debian:11"),
        ("ubuntu", "22.04", None, "ubuntu:22.04"),
        ("alpine", "3.19.1", None, "alpine:3.19"),
        ("alpine", "3.21_alpha20240923", None, "alpine:edge"),
        ("wolfi", "20230201", None, "wolfi"),
        ("rhel", "9.3", None, "rhel:9"),
        ("centos", "7", None, "rhel:7"),
        ("almalinux", "8.9", None, "almalinux:8"),
        ("rocky", "9.3", None, "rocky:9"),
        ("ol", "9.3", None, "oracle:9"),
        ("amzn", "2", None, "amazon:2"),
        ("amzn", "2018.03", None, "amazon:1"),
        ("fedora", "40", None, "fedora:40"),
        ("sles", "15.5", None, "sles:15.5"),
        ("opensuse-tumbleweed", "20240101", None, "opensuse-tumbleweed"),
        ("mariner", "2.0", None, "mariner:2"),
        ("azurelinux", "3.0", None, "azurelinux:3"),
        ("openeuler", "22.03-LTS-SP3", None, "openeuler:22.03-lts-sp3"),
        ("sl-micro", "6.0", None, "sle-micro:6.0"),
        ("photon", "4.0", None, "photon:4.0"),
    ] {
        let os = System { codename: codename.map(str::to_owned), ..system(id, version) };
        assert_eq!(os.namespace().unwrap().0, expected);
    }
    assert_eq!(System::default().namespace(), None);
}

#[test]
fn debian_is_matched_by_source_package_and_release() {
    let mut memory = Memory::default();
    memory.add("debian", "CVE-1", "debian:12", "openssl", "3.0.11-1~deb12u2").severity = Some("high".to_owned());
    memory.add("debian", "CVE-2", "debian:12", "openssl", "0");
    memory.add("debian", "CVE-3", "debian:12", "openssl", "-");
    memory.add("debian", "CVE-4", "debian:11", "openssl", "-");
    memory.add("debian", "CVE-5", "debian:12", "libssl3", "-");
    let old = built_from(PackageType::Deb, "libssl3", "openssl", "3.0.9-1");
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![old]));
    assert_eq!(told(&report), ["libssl3 3.0.9-1 CVE-1 Fixed 3.0.11-1~deb12u2", "libssl3 3.0.9-1 CVE-3 NotFixed -"]);
    let new = built_from(PackageType::Deb, "libssl3", "openssl", "3.0.11-1~deb12u2");
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![new]));
    assert_eq!(told(&report), ["libssl3 3.0.11-1~deb12u2 CVE-3 NotFixed -"]);
}

#[test]
fn a_package_of_another_release_is_judged_by_its_suffix() {
    let mut memory = Memory::default();
    memory.add("debian", "CVE-1", "debian:12", "bash", "5.2");
    memory.add("debian", "CVE-2", "debian:11", "bash", "5.1-2+deb11u5");
    let stray = package(PackageType::Deb, "bash", "5.1-2+deb11u4");
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![stray.clone()]));
    assert_eq!(told(&report), ["bash 5.1-2+deb11u4 CVE-2 Fixed 5.1-2+deb11u5"]);
    assert!(report.findings[0].doubt.as_deref().unwrap().contains("debian:11"));
    // Without the other release's feed its own release decides, with the doubt told.
    memory.affects.pop();
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![stray]));
    assert_eq!(told(&report), ["bash 5.1-2+deb11u4 CVE-1 Fixed 5.2"]);
    assert!(report.findings[0].doubt.is_some());
}

#[test]
fn suffixes_name_releases_of_ubuntu_and_red_hat_too() {
    let mut memory = Memory::default();
    memory.add("ubuntu", "CVE-1", "ubuntu:22.04", "curl", "-");
    memory.add("ubuntu", "CVE-2", "ubuntu:20.04", "curl", "7.68.0-1ubuntu2.20");
    memory.add("rhel", "CVE-3", "rhel:9", "curl", "-");
    memory.add("rhel", "CVE-4", "rhel:8", "curl", "-");
    for (os, kind, version, expected) in [
        (system("ubuntu", "22.04"), PackageType::Deb, "7.81.0-1ubuntu1.15", "CVE-1"),
        (system("ubuntu", "22.04"), PackageType::Deb, "7.68.0-1ubuntu0.20.04.1", "CVE-2"),
        (system("rhel", "9.3"), PackageType::Rpm, "7.76.1-26.el9_3.2", "CVE-3"),
        (system("rhel", "9.3"), PackageType::Rpm, "7.61.1-33.el8", "CVE-4"),
    ] {
        let report = matched(&memory, &image(Some(os), vec![package(kind, "curl", version)]));
        assert_eq!(report.findings.len(), 1, "{version}");
        assert_eq!(report.findings[0].id, expected, "{version}");
    }
}

#[test]
fn a_fix_through_a_channel_that_is_not_attached_is_no_fix() {
    let mut memory = Memory::default();
    let fixed = "1.2-0ubuntu3+esm1";
    memory.add("ubuntu", "CVE-1", "ubuntu:16.04", "curl", fixed).qualifiers.channel = Some("esm-infra".to_owned());
    let installed = vec![package(PackageType::Deb, "curl", "1.2-0ubuntu3")];
    let bare = matched(&memory, &image(Some(system("ubuntu", "16.04")), installed.clone()));
    assert_eq!(told(&bare), ["curl 1.2-0ubuntu3 CVE-1 NotFixed 1.2-0ubuntu3+esm1"]);
    assert_eq!(bare.findings[0].fix_channel.as_deref(), Some("esm-infra"));
    let attached = System { channels: vec!["esm-infra".to_owned()], ..system("ubuntu", "16.04") };
    let report = matched(&memory, &image(Some(attached.clone()), installed.clone()));
    assert_eq!(told(&report), ["curl 1.2-0ubuntu3 CVE-1 Fixed 1.2-0ubuntu3+esm1"]);
    memory.affects[0].qualifiers.channel = Some("esm".to_owned());
    assert_eq!(told(&matched(&memory, &image(Some(attached.clone()), installed))), told(&report), "one word for both");
    // Mended there, though the usual channel goes on calling it affected.
    memory.affect("ubuntu", "CVE-1", "ubuntu:16.04", "curl", "-");
    let report = matched(&memory, &image(Some(attached), vec![package(PackageType::Deb, "curl", fixed)]));
    assert!(told(&report).is_empty());
}

#[test]
fn a_channel_that_is_not_attached_does_not_judge_what_the_usual_one_does() {
    let mut memory = Memory::default();
    memory.add("ubuntu", "CVE-1", "ubuntu:20.04", "openssl", "1.1.1f-1ubuntu2.24");
    let fips = memory.affect("ubuntu", "CVE-1", "ubuntu:20.04", "openssl", "1.1.1f-1ubuntu2.fips.17");
    fips.qualifiers.channel = Some("fips-updates".to_owned());
    // A notice of its own for the other channel.
    memory.advisory("ubuntu", "USN-2", &["CVE-1"]);
    let notice = memory.affect("ubuntu", "USN-2", "ubuntu:20.04", "openssl", "1.1.1f-1ubuntu2.fips.18");
    notice.qualifiers.channel = Some("fips-updates".to_owned());
    let report = |version: &str, channels: &[&str]| {
        let channels = channels.iter().map(|channel| (*channel).to_owned()).collect();
        let os = System { channels, ..system("ubuntu", "20.04") };
        told(&matched(&memory, &image(Some(os), vec![package(PackageType::Deb, "openssl", version)])))
    };
    assert!(report("1.1.1f-1ubuntu2.24", &[]).is_empty());
    assert_eq!(
        report("1.1.1f-1ubuntu2.23", &[]),
        ["openssl 1.1.1f-1ubuntu2.23 CVE-1 Fixed 1.1.1f-1ubuntu2.24"],
        "the fix is the usual channel's"
    );
    assert_eq!(report("1.1.1f-1ubuntu2.fips.16", &["fips-updates"]).len(), 1);
}

#[test]
fn alpine_is_matched_by_origin_and_zero_means_never() {
    let mut memory = Memory::default();
    memory.add("alpine", "CVE-1", "alpine:3.19", "openssl", "3.1.4-r1");
    memory.add("alpine", "CVE-2", "alpine:3.19", "openssl", "0");
    let packages = vec![
        built_from(PackageType::Apk, "libcrypto3", "openssl", "3.1.4-r0"),
        built_from(PackageType::Apk, "libssl3", "openssl", "3.1.4-r1"),
    ];
    let report = matched(&memory, &image(Some(system("alpine", "3.19.0")), packages));
    assert_eq!(told(&report), ["libcrypto3 3.1.4-r0 CVE-1 Fixed 3.1.4-r1"]);
}

#[test]
fn an_rpm_erratum_without_epoch_means_any() {
    let mut memory = Memory::default();
    memory.add("almalinux", "ALSA-1", "almalinux:9", "openssl-libs", "3.0.7-24.el9");
    let report = |version: &str| {
        let installed = package(PackageType::Rpm, "openssl-libs", version);
        told(&matched(&memory, &image(Some(system("almalinux", "9.3")), vec![installed])))
    };
    assert_eq!(report("1:3.0.7-16.el9_2"), ["openssl-libs 1:3.0.7-16.el9_2 ALSA-1 Fixed 3.0.7-24.el9"]);
    assert!(report("1:3.0.7-24.el9").is_empty());
}

#[test]
fn architectures_limit_a_statement() {
    let mut memory = Memory::default();
    memory.add("almalinux", "ALSA-1", "almalinux:9", "vim", "9.0").qualifiers.arches = vec!["aarch64".to_owned()];
    let installed = |arch: &str| Package { arch: Some(arch.to_owned()), ..package(PackageType::Rpm, "vim", "8.2-1") };
    let count =
        |arch: &str| matched(&memory, &image(Some(system("almalinux", "9")), vec![installed(arch)])).findings.len();
    assert_eq!((count("x86_64"), count("aarch64"), count("arm64"), count("noarch")), (0, 1, 1, 1));
}

#[test]
fn oracle_variants_go_their_own_way() {
    let mut memory = Memory::default();
    memory.add("oracle", "ELSA-1", "oracle:8", "gnutls", "10:3.6.16-5.0.1.el8_fips");
    memory.add("oracle", "ELSA-2", "oracle:8", "gnutls", "3.6.16-6.el8");
    memory.add("oracle", "ELSA-3", "oracle:8", "glibc", "2:2.28-225.ksplice1.el8");
    let os = Some(system("ol", "8.9"));
    let packages = vec![
        package(PackageType::Rpm, "gnutls", "3.6.16-4.el8"),
        package(PackageType::Rpm, "gnutls", "10:3.6.16-4.0.1.el8_fips"),
        package(PackageType::Rpm, "glibc", "2.28-225.el8"),
    ];
    assert_eq!(
        told(&matched(&memory, &image(os, packages))),
        [
            "gnutls 10:3.6.16-4.0.1.el8_fips ELSA-1 Fixed 10:3.6.16-5.0.1.el8_fips",
            "gnutls 3.6.16-4.el8 ELSA-2 Fixed 3.6.16-6.el8",
        ]
    );
}

#[test]
fn amazon_extras_count_only_where_they_are_enabled() {
    let mut memory = Memory::default();
    memory.add("amazon", "ALAS-1", "amazon:2", "docker", "20.10.23-1.amzn2");
    memory.add("amazon", "ALAS-2", "amazon:2", "docker", "25.0.1-1.amzn2").qualifiers.channel =
        Some("extras:docker".to_owned());
    let installed = vec![package(PackageType::Rpm, "docker", "20.10.23-1.amzn2")];
    let os = system("amzn", "2");
    assert!(told(&matched(&memory, &image(Some(os.clone()), installed.clone()))).is_empty());
    let enabled = System { channels: vec!["extras:docker".to_owned()], ..os };
    assert_eq!(matched(&memory, &image(Some(enabled), installed)).findings.len(), 1);
}

#[test]
fn kernel_headers_are_a_class_of_their_own() {
    let mut memory = Memory::default();
    memory.add("debian", "CVE-1", "debian:12", "linux", "-");
    let packages = vec![
        built_from(PackageType::Deb, "linux-libc-dev", "linux", "6.1.76-1"),
        built_from(PackageType::Deb, "linux-image-6.1.0-18-amd64", "linux", "6.1.76-1"),
    ];
    let report = matched(&memory, &image(Some(system("debian", "12")), packages));
    let classes: Vec<_> = report.findings.iter().map(|finding| (finding.name.as_str(), finding.class)).collect();
    assert_eq!(
        classes,
        [("linux-image-6.1.0-18-amd64", FindingClass::Usual), ("linux-libc-dev", FindingClass::Headers)]
    );
}

#[test]
fn a_withdrawn_advisory_matches_nothing() {
    let mut memory = Memory::default();
    memory.advisory("debian", "CVE-1", &[]).withdrawn = Some(Timestamp::from_millis(1));
    memory.affect("debian", "CVE-1", "debian:12", "bash", "-");
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![package(PackageType::Deb, "bash", "5")]));
    assert!(report.findings.is_empty());
}

#[test]
fn past_its_end_of_life_a_system_falls_back_on_upstream() {
    let mut memory = Memory::default();
    memory.advisory("debian", "CVE-1", &[]);
    memory.affect("debian", "CVE-1", "debian:9", "openssl", "1.1.0l-1~deb9u6");
    // Upstream knows the same one and a later one; the vendor's judgement of the first stands.
    memory.add("openssl", "CVE-1", "generic", "openssl", "1.1.1");
    memory.add("openssl", "CVE-2", "generic", "openssl", "1.1.1w");
    let end = Timestamp::from_millis(1_600_000_000_000);
    let os = System { end_of_life: Some(end), ..system("debian", "9") };
    let installed = built_from(PackageType::Deb, "libssl1.1", "openssl", "1.1.0l-1~deb9u6");
    let report = matched(&memory, &image(Some(os), vec![installed]));
    assert!(report.past_end_of_life);
    assert_eq!(told(&report), ["libssl1.1 1.1.0l-1~deb9u6 CVE-2 Fixed 1.1.1w"]);
    assert_eq!(report.findings[0].match_kind, MatchKind::Upstream);
}

#[test]
fn silence_of_every_feed_is_told_and_never_clean() {
    let memory = Memory::covering(&["debian:12", "rhel:9"]);
    let foreign = Package {
        vendor: Some("Docker <support@docker.com>".to_owned()),
        ..package(PackageType::Deb, "containerd.io", "1.6.33-1")
    };
    let own = Package {
        vendor: Some("Debian Bash Team <bash@lists.debian.org>".to_owned()),
        ..package(PackageType::Deb, "bash", "5.2")
    };
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![foreign.clone(), own.clone()]));
    assert_eq!((report.coverage.packages, report.coverage.matched_feed), (2, 1));
    assert_eq!(report.coverage.no_feed[0].name, "containerd.io");
    assert_eq!(report.coverage.no_feed[0].reason, GapReason::ForeignPackage);
    let report = matched(&memory, &image(Some(system("debian", "13")), vec![own]));
    assert_eq!(report.coverage.no_feed[0].reason, GapReason::NoFeed);
    let report = matched(&memory, &image(None, vec![foreign]));
    assert_eq!(report.coverage.no_feed[0].reason, GapReason::NoFeed);
}

#[test]
fn a_strangers_package_falls_back_on_upstream() {
    let mut memory = Memory::covering(&["debian:12"]);
    memory.add("bitnami", "BIT-1", "bitnami", "nginx", "1.24.1");
    let foreign = Package {
        vendor: Some("NGINX Packaging <nginx-packaging@f5.com>".to_owned()),
        ..package(PackageType::Deb, "nginx", "1.24.0-1~bookworm")
    };
    let report = matched(&memory, &image(Some(system("debian", "12")), vec![foreign]));
    assert_eq!(told(&report), ["nginx 1.24.0-1~bookworm BIT-1 Fixed 1.24.1"]);
    assert_eq!(report.findings[0].match_kind, MatchKind::Upstream);
    assert!(report.coverage.no_feed.is_empty());
}

#[test]
fn azure_linux_leaves_epochs_out() {
    let mut memory = Memory::default();
    memory.add("azurelinux", "AZL-1", "azurelinux:3", "bind", "9.20.0-1.azl3");
    for (version, findings) in [("1:9.19.0-1.azl3", 1), ("9.19.0-1.azl3", 1), ("1:9.20.0-1.azl3", 0)] {
        let bind = package(PackageType::Rpm, "bind", version);
        let report = matched(&memory, &image(Some(system("azurelinux", "3.0")), vec![bind]));
        assert_eq!(report.findings.len(), findings, "{version}");
    }
}
