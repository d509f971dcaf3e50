//! The rules by which ecosystems speak of packages, and what is told of one vulnerability with many names.

use base::Timestamp;
use holdfast_vuln::matching::{GapReason, Installed, MatchKind, Options, Ownership, match_image};
use holdfast_vuln::severity::{Class, Level, RatingRule};
use holdfast_vuln::{AffectState, Epss, Kev, PackageType, Range, RangeEnd, Scheme, Severity, SeverityKind};

use crate::bench_of_advisories::{Memory, image, matched, package, system, told};

#[test]
fn names_are_normalised_as_their_registry_does() {
    let mut memory = Memory::default();
    memory.add("ghsa", "GHSA-1", "pypi", "jinja2", "3.1.3");
    memory.add("ghsa", "GHSA-2", "nuget", "Newtonsoft.Json", "13.0.1");
    memory.add("ghsa", "GHSA-3", "npm", "lodash", "4.17.21");
    let packages = vec![
        package(PackageType::Pypi, "Jinja2", "3.1.2"),
        package(PackageType::Nuget, "newtonsoft.json", "12.0.3"),
        package(PackageType::Npm, "Lodash", "4.17.20"),
    ];
    let ids: Vec<_> = matched(&memory, &image(None, packages)).findings.iter().map(|found| found.id.clone()).collect();
    assert_eq!(ids, ["GHSA-1", "GHSA-2"], "npm's names differ by case");
}

#[test]
fn ranges_of_osv_are_half_open_and_may_be_many() {
    let mut memory = Memory::default();
    let range = |introduced: &str, end| Range { introduced: Some(introduced.to_owned()), end };
    let affect = memory.add("ghsa", "GHSA-1", "npm", "x", "1.0.0");
    affect.ranges = vec![
        range("0", RangeEnd::Fixed("1.2.3".to_owned())),
        range("2.0.0", RangeEnd::LastAffected("2.1.0".to_owned())),
        range("3.0.0-alpha", RangeEnd::Open),
    ];
    affect.versions = vec!["1.9.9".to_owned()];
    let is_affected = |version: &str| {
        !matched(&memory, &image(None, vec![package(PackageType::Npm, "x", version)])).findings.is_empty()
    };
    for (version, expected) in [
        ("0.0.1", true),
        ("1.2.2", true),
        ("1.2.3", false),
        ("1.9.9", true),
        ("2.0.0-rc.1", false),
        ("2.0.0", true),
        ("2.1.0", true),
        ("2.1.1", false),
        ("3.0.0", true),
    ] {
        assert_eq!(is_affected(version), expected, "{version}");
    }
}

#[test]
fn one_vulnerability_with_many_names_is_told_once() {
    let mut memory = Memory::default();
    memory.advisory("ghsa", "GHSA-1", &["CVE-2024-1"]).title = "bad".to_owned();
    memory.advisory("pypa", "PYSEC-2024-1", &["CVE-2024-1", "GHSA-1"]);
    memory.affect("ghsa", "GHSA-1", "pypi", "x", "2.0");
    memory.affect("pypa", "PYSEC-2024-1", "pypi", "x", "2.0");
    let nvd = memory.advisory("nvd", "CVE-2024-1", &[]);
    nvd.kev = Some(Kev { added: "2024-01-01".to_owned(), due: None, ransomware: false });
    nvd.epss = Some(Epss { probability_ppm: 900_000, percentile_ppm: 990_000 });
    let report = matched(&memory, &image(None, vec![package(PackageType::Pypi, "x", "1.0")]));
    assert_eq!(told(&report), ["x 1.0 CVE-2024-1 Fixed 2.0"]);
    let finding = &report.findings[0];
    assert_eq!(finding.aliases, ["GHSA-1", "PYSEC-2024-1"]);
    assert_eq!(finding.title, "bad");
    assert!(finding.kev.is_some() && finding.epss.is_some());
}

#[test]
fn an_erratum_of_several_vulnerabilities_does_not_make_them_one() {
    let mut memory = Memory::default();
    memory.advisory("almalinux", "ALSA-1", &["CVE-1", "CVE-2"]);
    memory.affect("almalinux", "ALSA-1", "almalinux:9", "vim", "9.0");
    let installed = vec![package(PackageType::Rpm, "vim", "8.0")];
    let report = matched(&memory, &image(Some(system("almalinux", "9")), installed.clone()));
    assert_eq!(told(&report), ["vim 8.0 CVE-1 Fixed 9.0", "vim 8.0 CVE-2 Fixed 9.0"]);
    assert_eq!(report.findings[0].aliases, ["ALSA-1"]);
    // A later erratum on one of them does not double it, and its version is the one that is needed.
    memory.advisory("almalinux", "ALSA-2", &["CVE-2", "CVE-3"]);
    memory.affect("almalinux", "ALSA-2", "almalinux:9", "vim", "9.2");
    let report = matched(&memory, &image(Some(system("almalinux", "9")), installed.clone()));
    assert_eq!(told(&report), ["vim 8.0 CVE-1 Fixed 9.0", "vim 8.0 CVE-2 Fixed 9.2", "vim 8.0 CVE-3 Fixed 9.2"]);
    assert_eq!(report.findings[1].aliases, ["ALSA-1", "ALSA-2"]);
    memory.affects.pop();
    // Where both are told one by one, the erratum is only another name of them.
    memory.add("almalinux", "CVE-1", "almalinux:9", "vim", "9.0");
    memory.add("almalinux", "CVE-2", "almalinux:9", "vim", "9.0");
    let report = matched(&memory, &image(Some(system("almalinux", "9")), installed));
    assert_eq!(told(&report), ["vim 8.0 CVE-1 Fixed 9.0", "vim 8.0 CVE-2 Fixed 9.0"]);
    assert_eq!(report.findings[0].aliases, ["ALSA-1"]);
}

#[test]
fn what_a_system_package_owns_is_its_vendors_to_judge() {
    let mut memory = Memory::covering(&["debian:12"]);
    memory.add("ghsa", "GHSA-1", "pypi", "requests", "2.31.0");
    let deb = package(PackageType::Deb, "python3-requests", "2.28.1+dfsg-1");
    let mut picture = image(Some(system("debian", "12")), vec![deb, package(PackageType::Pypi, "requests", "2.28.1")]);
    picture.packages[1].owner = Some(0);
    let report = matched(&memory, &picture);
    assert!(report.findings.is_empty());
    assert_eq!((report.coverage.packages, report.coverage.matched_feed), (2, 2));
    let options = Options { ownership: Ownership::Comprehensive, now: Timestamp::from_millis(0) };
    assert_eq!(match_image(&picture, &memory, options).unwrap().findings.len(), 1);
    // A second copy that nobody owns is matched, with its own path only.
    let mut copy = picture.packages[1].clone();
    copy.owner = None;
    copy.package.evidence[0].path = "/venv".to_owned();
    let mut two = picture.clone();
    two.packages.push(Installed { introduced_in: Some("sha256:aa".to_owned()), ..copy });
    let report = matched(&memory, &two);
    assert_eq!(report.findings[0].evidence.len(), 1);
    assert_eq!(report.findings[0].introduced_in, ["sha256:aa"]);
    // A stranger's package does not hide what it owns.
    picture.packages[0].package.vendor = Some("Example Corp <it@example.com>".to_owned());
    let report = matched(&memory, &picture);
    assert_eq!(report.findings[0].match_kind, MatchKind::Upstream);
    // Nor does a system without a feed.
    picture.system = Some(system("debian", "13"));
    assert_eq!(matched(&memory, &picture).findings.len(), 1);
}

#[test]
fn go_modules_and_the_standard_library_are_matched() {
    let mut memory = Memory::default();
    memory.add("golang", "GO-1", "go", "stdlib", "1.21.5");
    memory.add("golang", "GO-2", "go", "golang.org/x/net", "0.17.0");
    let packages = vec![
        package(PackageType::Golang, "stdlib", "go1.21.4"),
        package(PackageType::Golang, "golang.org/x/net", "v0.16.0"),
        package(PackageType::Golang, "example.com/app", "(devel)"),
        package(PackageType::Golang, "example.com/other", ""),
    ];
    memory.add("golang", "GO-3", "go", "example.com/app", "1.0.0");
    let report = matched(&memory, &image(None, packages));
    assert_eq!(told(&report), ["golang.org/x/net v0.16.0 GO-2 Fixed 0.17.0", "stdlib go1.21.4 GO-1 Fixed 1.21.5"]);
    let unknown: Vec<_> = report.coverage.unknown_version.iter().map(|gap| (gap.name.as_str(), gap.reason)).collect();
    assert_eq!(
        unknown,
        [("example.com/app", GapReason::VersionNotComparable), ("example.com/other", GapReason::NoVersion)]
    );
}

#[test]
fn names_of_nvd_are_used_only_where_there_is_no_ecosystem() {
    let mut memory = Memory::default();
    memory.add("nvd", "CVE-1", "cpe", "openssl:openssl", "3.0.14");
    memory.add("nvd", "CVE-2", "cpe", "openssl:openssl", "3.0.14");
    memory.add("openssl", "CVE-2", "generic", "openssl", "3.0.2");
    let packages = vec![
        package(PackageType::Generic, "openssl", "3.0.13"),
        package(PackageType::Npm, "openssl", "3.0.13"),
        package(PackageType::Generic, "giflib", "5.2.1"),
    ];
    let report = matched(&memory, &image(None, packages));
    // Upstream's own judgement of CVE-2 stands against NVD's.
    assert_eq!(told(&report), ["openssl 3.0.13 CVE-1 Fixed 3.0.14"]);
    assert_eq!(report.findings[0].match_kind, MatchKind::Cpe);
    assert_eq!(report.coverage.no_feed[0].kind, PackageType::Npm);
}

#[test]
fn kinds_of_which_no_feed_speaks_are_told() {
    let report = matched(&Memory::default(), &image(None, vec![package(PackageType::Luarocks, "x", "1")]));
    assert_eq!(report.coverage.no_feed[0].reason, GapReason::NoFeedForKind);
}

#[test]
fn windows_is_matched_by_build() {
    let mut memory = Memory::default();
    memory.add("msrc", "CVE-1", "windows", "Windows Server 2022", "10.0.20348.2461");
    let count = |build: &str| {
        matched(&memory, &image(None, vec![package(PackageType::Windows, "Windows Server 2022", build)])).findings.len()
    };
    assert_eq!((count("10.0.20348.2340"), count("10.0.20348.2461"), count("10.0.20348.2527")), (1, 0, 0));
}

#[test]
fn an_update_of_windows_mends_what_those_it_replaces_mended() {
    let mut memory = Memory::default();
    memory.add("msrc", "CVE-1", "windows", "windows", "10.0.20348.2461");
    memory.add("msrc", "CVE-2", "windows", "windows", "10.0.20348.2461");
    let mut update = |id: &str, name: &str, replaced: &[&str]| {
        let affect = memory.affect("msrc", id, "windows-update", name, "-");
        affect.state = AffectState::NotAffected;
        affect.ranges.clear();
        affect.versions = replaced.iter().map(|name| (*name).to_owned()).collect();
    };
    update("CVE-1", "KB5000001", &[]);
    update("CVE-9", "KB5000002", &["KB5000001"]);
    update("CVE-9", "KB5000003", &["KB5000002", "KB5000003"]);
    let release = package(PackageType::Windows, "windows", "10.0.20348.1");
    let ids = |updates: &[&str]| {
        let installed = updates.iter().map(|name| package(PackageType::WindowsUpdate, name, "1.1.1.1"));
        let all = installed.chain([release.clone()]).collect();
        matched(&memory, &image(None, all)).findings.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["CVE-1", "CVE-2"]);
    assert_eq!(ids(&["KB5000003"]), ["CVE-2"]);
    assert_eq!(ids(&["KB5009999"]), ["CVE-1", "CVE-2"]);
}

#[test]
fn the_toolchain_of_rust_is_no_crate() {
    let mut memory = Memory::covering(&["crates.io"]);
    memory.add("rustsec", "RUSTSEC-1", "rust", "std", "1.77.2");
    memory.add("rustsec", "RUSTSEC-2", "crates.io", "std", "2.0.0");
    let ids = |kind, name: &str, version: &str| {
        let report = matched(&memory, &image(None, vec![package(kind, name, version)]));
        report.findings.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(PackageType::Generic, "rust", "1.77.1"), ["RUSTSEC-1"]);
    assert!(ids(PackageType::Generic, "rust", "1.77.2").is_empty());
    assert_eq!(ids(PackageType::Cargo, "std", "1.77.1"), ["RUSTSEC-1", "RUSTSEC-2"]);
    assert!(ids(PackageType::Cargo, "serde", "1.0.0").is_empty());
}

#[test]
fn a_cpe_that_is_bound_to_a_platform_speaks_of_nothing_else() {
    let mut memory = Memory::default();
    for (id, cpe) in [
        ("CVE-1", "cpe:2.3:a:x:x:*:*:*:*:*:wordpress:*:*"),
        ("CVE-2", "cpe:2.3:a:x:x:*:*:*:*:*:windows:*:*"),
        ("CVE-3", "cpe:2.3:o:microsoft:windows"),
        ("CVE-4", "cpe:2.3:o:linux:linux_kernel"),
        ("CVE-5", "cpe:2.3:o:fedoraproject:fedora"),
        ("CVE-6", "cpe:2.3:a:x:x:*:*:*:*:*:linux:*:*"),
    ] {
        memory.add("nvd", id, "cpe", "x:x", "2").qualifiers.cpes = vec![cpe.to_owned()];
    }
    let ids = |os: &str| {
        let report = matched(&memory, &image(Some(system(os, "1")), vec![package(PackageType::Generic, "x", "1")]));
        report.findings.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("debian"), ["CVE-4", "CVE-6"]);
    assert_eq!(ids("fedora"), ["CVE-4", "CVE-5", "CVE-6"]);
    assert_eq!(ids("windows"), ["CVE-2", "CVE-3"]);
}

#[test]
fn exploitation_is_told_of_each_vulnerability_of_an_erratum_by_itself() {
    let mut memory = Memory::default();
    memory.advisory("almalinux", "ALSA-1", &["CVE-1", "CVE-2"]);
    memory.affect("almalinux", "ALSA-1", "almalinux:9", "vim", "9.0");
    memory.exploited.push("CVE-2".to_owned());
    let report = matched(&memory, &image(Some(system("almalinux", "9")), vec![package(PackageType::Rpm, "vim", "8")]));
    let told: Vec<_> = report.findings.iter().map(|finding| (finding.id.as_str(), finding.kev.is_some())).collect();
    assert_eq!(told, [("CVE-1", false), ("CVE-2", true)]);
}

#[test]
fn go_modules_are_found_in_either_case() {
    let mut memory = Memory::default();
    memory.add("golang", "GO-1", "go", "github.com/Masterminds/goutils", "1.1.1");
    for name in ["github.com/Masterminds/goutils", "github.com/masterminds/goutils"] {
        let report = matched(&memory, &image(None, vec![package(PackageType::Golang, name, "v1.1.0")]));
        assert_eq!(report.findings.len(), 1, "{name}");
    }
}

fn opinion(source: &str, kind: SeverityKind, value: &str) -> Severity {
    Severity { source: source.to_owned(), kind, value: value.to_owned() }
}

#[test]
fn the_chosen_severity_names_its_rule() {
    let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let version_4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N";
    let mut memory = Memory::default();
    let nvd = opinion("nvd", SeverityKind::CvssV3, critical);
    memory.advisory("nvd", "CVE-1", &[]).severities = vec![nvd];
    memory.advisory("debian", "CVE-1", &[]);
    memory.affect("debian", "CVE-1", "debian:12", "x", "-").severity = Some("low".to_owned());
    memory.advisory("ghsa", "GHSA-1", &["CVE-1"]).severities = vec![
        opinion("ghsa", SeverityKind::CvssV3, high),
        opinion("ghsa", SeverityKind::CvssV4, version_4),
        opinion("ghsa", SeverityKind::CvssV2, "AV:N/AC:L/Au:N/C:C/I:C/A:C"),
    ];
    memory.affect("ghsa", "GHSA-1", "npm", "x", "-");
    let packages = vec![package(PackageType::Deb, "x", "1"), package(PackageType::Npm, "x", "1.0.0")];
    let report = matched(&memory, &image(Some(system("debian", "12")), packages));
    let deb = &report.findings[0].rating;
    assert_eq!((deb.level, deb.class, deb.rule), (Level::Low, Class::Minor, RatingRule::Vendor));
    assert_eq!(deb.score_tenths, Some(30));
    let npm = &report.findings[1].rating;
    assert_eq!((npm.level, npm.rule, npm.source.as_deref()), (Level::Medium, RatingRule::Advisory, Some("ghsa")));
    assert_eq!(npm.value.as_deref(), Some(version_4));
    assert_eq!(report.findings[1].severities.len(), 4, "all opinions are kept");
    // A vendor that has not yet rated leaves it to NVD.
    memory.affects[0].severity = Some("not yet assigned".to_owned());
    let packages = vec![package(PackageType::Deb, "x", "1")];
    memory.advisories.retain(|advisory| advisory.source != "ghsa");
    let report = matched(&memory, &image(Some(system("debian", "12")), packages));
    let rating = &report.findings[0].rating;
    assert_eq!((rating.level, rating.rule, rating.score_tenths), (Level::Critical, RatingRule::Nvd, Some(98)));
}

#[test]
fn scores_are_computed_from_vectors() {
    for (kind, vector, score) in [
        (SeverityKind::CvssV2, "AV:N/AC:L/Au:N/C:P/I:P/A:P", Some(75)),
        (SeverityKind::CvssV2, "(AV:L/AC:M/Au:N/C:C/I:C/A:C)", Some(69)),
        (SeverityKind::CvssV3, "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(61)),
        (SeverityKind::CvssV3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(100)),
        (SeverityKind::CvssV4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(93)),
        (SeverityKind::CvssV3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0)),
        (SeverityKind::CvssV3, "CVSS:3.1/AV:N", None),
        (SeverityKind::CvssV3, "high", None),
        (SeverityKind::Word, "high", None),
    ] {
        assert_eq!(opinion("x", kind, vector).score_tenths(), score, "{vector}");
    }
    for (word, level) in [
        ("Important", Level::High),
        ("moderate", Level::Medium),
        ("low**", Level::Low),
        ("unimportant", Level::Negligible),
        ("not yet assigned", Level::Unknown),
        ("untriaged", Level::Unknown),
    ] {
        assert_eq!(Level::from_word(word), level);
    }
}

#[test]
fn equal_inputs_in_another_order_give_equal_reports() {
    let mut memory = Memory::default();
    for id in 0..20 {
        memory.add("ghsa", &format!("GHSA-{id}"), "npm", &format!("p{}", id % 5), "2.0.0");
    }
    let packages: Vec<_> = (0..5).map(|id| package(PackageType::Npm, &format!("p{id}"), "1.0.0")).collect();
    let there = matched(&memory, &image(None, packages.clone()));
    memory.affects.reverse();
    memory.advisories.reverse();
    let back = matched(&memory, &image(None, packages.into_iter().rev().collect()));
    assert_eq!(serde_json::to_string(&there).unwrap(), serde_json::to_string(&back).unwrap());
}

#[test]
fn feeds_that_call_a_program_otherwise_are_asked_by_their_own_names() {
    let mut memory = Memory::default();
    memory.add("bitnami", "BIT-1", "bitnami", "apache", "2.4.60");
    memory.add("oss-fuzz", "OSV-1", "oss-fuzz", "freetype2", "2.13.3");
    memory.add("nvd", "CVE-1", "cpe", "erlang:erlang/otp", "26.0");
    let ids = |name: &str, version: &str| -> Vec<String> {
        let report = matched(&memory, &image(None, vec![package(PackageType::Generic, name, version)]));
        report.findings.iter().map(|finding| finding.id.clone()).collect()
    };
    assert_eq!(ids("httpd", "2.4.57"), ["BIT-1"]);
    assert_eq!(ids("freetype", "2.13.1"), ["OSV-1"]);
    assert_eq!(ids("erlang", "25.3"), ["CVE-1"]);
    assert!(ids("httpd", "2.4.60").is_empty());
}

#[test]
fn a_revision_of_bitnami_is_no_pre_release() {
    let mut memory = Memory::default();
    memory.add("bitnami", "BIT-redis-1", "bitnami", "redis", "7.0.10").scheme = Scheme::Semver;
    let ids = |version: &str| {
        let report = matched(&memory, &image(None, vec![package(PackageType::Bitnami, "redis", version)]));
        report.findings.len()
    };
    assert_eq!((ids("7.0.10-3"), ids("7.0.9-3"), ids("7.0.10-rc1")), (0, 1, 1));
}

#[test]
fn a_local_version_of_python_is_its_release() {
    let mut memory = Memory::default();
    memory.add("pypa", "PYSEC-1", "pypi", "torch", "-").ranges[0].end = RangeEnd::LastAffected("2.0.1".to_owned());
    let named = memory.add("pypa", "PYSEC-2", "pypi", "torch", "0");
    named.versions = vec!["2.0.1".to_owned()];
    let ids = |version: &str| {
        let report = matched(&memory, &image(None, vec![package(PackageType::Pypi, "torch", version)]));
        report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("2.0.1+cu118"), ["PYSEC-1", "PYSEC-2"]);
    assert!(ids("2.0.2+cu118").is_empty());
}
