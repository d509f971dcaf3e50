//! Red Hat: modules, repositories, states, sources.

use holdfast_vuln::{AffectState, Module, Package, PackageType, System};

use crate::bench_of_advisories::{Memory, built_from, image, matched, package, system, told};

fn modular(version: &str, stream: &str) -> Package {
    let module = Module { name: "nodejs".to_owned(), stream: stream.to_owned() };
    Package { module: Some(module), ..package(PackageType::Rpm, "nodejs", version) }
}

#[test]
fn modules_are_compared_within_their_stream() {
    let fixed = "1:18.19.0-1.module_el8.9.0+1+aaa";
    let old_18 = modular("1:18.14.0-1.module_el8.7.0+1+aaa", "18");
    let old_16 = modular("1:16.20.0-1.module_el8.7.0+1+aaa", "16");
    let old_18_other = modular("1:18.14.0-1.module_el8.7.0+1+aaa", "18-lts");
    let plain = package(PackageType::Rpm, "nodejs", "1:16.0.0-1.el8");
    let alma = || Some(system("almalinux", "8.9"));
    let all = vec![old_18.clone(), old_16, old_18_other, plain];
    // By the qualifier.
    let mut memory = Memory::default();
    let affect = memory.add("almalinux", "ALSA-1", "almalinux:8", "nodejs", fixed);
    affect.qualifiers.module = Some("nodejs:18".to_owned());
    let report = matched(&memory, &image(alma(), all.clone()));
    assert_eq!(told(&report), [format!("nodejs {} ALSA-1 Fixed {fixed}", old_18.version)]);
    // By the erratum's title.
    let mut memory = Memory::default();
    memory.advisory("almalinux", "ALSA-1", &[]).title = "Important: nodejs:18 security update".to_owned();
    memory.affect("almalinux", "ALSA-1", "almalinux:8", "nodejs", fixed);
    let report = matched(&memory, &image(alma(), all.clone()));
    assert_eq!(told(&report), [format!("nodejs {} ALSA-1 Fixed {fixed}", old_18.version)]);
    memory.advisories[0].title = "Important: nodejs:18/nodejs security update".to_owned();
    let report = matched(&memory, &image(alma(), all.clone()));
    assert_eq!(told(&report), [format!("nodejs {} ALSA-1 Fixed {fixed}", old_18.version)]);
    // By the first number, where nothing names the stream: 16 is not 18.
    let mut memory = Memory::default();
    memory.add("almalinux", "ALSA-1", "almalinux:8", "nodejs", fixed);
    let report = matched(&memory, &image(alma(), all));
    assert!(report.findings.iter().all(|finding| finding.version.starts_with("1:18.")));
    assert_eq!(report.findings.len(), 1, "one finding for equal versions");
}

#[test]
fn red_hat_states_products_by_cpe() {
    let mut memory = Memory::default();
    let mut state = |id: &str, cpe: &str, fixed: &str| {
        memory.add("redhat", id, "rhel:9", "podman", fixed).qualifiers.cpes = vec![cpe.to_owned()];
    };
    state("CVE-1", "cpe:/a:redhat:enterprise_linux:9::appstream", "-");
    state("CVE-2", "cpe:/a:redhat:openshift:4.12::el9", "-");
    state("CVE-3", "cpe:/o:redhat:enterprise_linux:9", "-");
    state("CVE-4", "cpe:/a:redhat:enterprise_linux:9::crb", "-");
    let installed = vec![package(PackageType::Rpm, "podman", "4.6.1-5.el9")];
    let ids = |os: System| {
        let report = matched(&memory, &image(Some(os), installed.clone()));
        report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(system("rhel", "9.3")), ["CVE-1", "CVE-3", "CVE-4"], "the release itself");
    let with = |cpe: &str| System { cpes: vec![cpe.to_owned()], ..system("rhel", "9.3") };
    // A label adds what it names, and takes nothing of the release away.
    assert_eq!(ids(with("cpe:/a:redhat:openshift:4.12::el9")), ["CVE-1", "CVE-2", "CVE-3", "CVE-4"]);
    assert_eq!(ids(with("cpe:/a:redhat:openshift:4.22::el9")), ["CVE-1", "CVE-3", "CVE-4"]);
    assert_eq!(ids(with("cpe:/a:redhat:enterprise_linux:9::baseos")), ["CVE-1", "CVE-3", "CVE-4"]);
}

#[test]
fn content_sets_tell_which_repositories_of_red_hat_count() {
    let mut memory = Memory::default();
    for (id, cpe) in [
        ("CVE-1", "cpe:/o:redhat:enterprise_linux:9::baseos"),
        ("CVE-2", "cpe:/a:redhat:enterprise_linux:9::appstream"),
        ("CVE-3", "cpe:/a:redhat:enterprise_linux:9::crb"),
        ("CVE-4", "cpe:/o:redhat:enterprise_linux:9"),
        ("CVE-5", "cpe:/a:redhat:openshift:4.14::el9"),
        ("CVE-6", "cpe:/o:redhat:rhel_eus:9.2::baseos"),
    ] {
        memory.add("redhat", id, "rhel:9", "podman", "-").qualifiers.cpes = vec![cpe.to_owned()];
    }
    memory.repository("openshift-rpms", "cpe:/a:redhat:openshift:4.14::el9");
    memory.repository("eus-baseos-rpms", "cpe:/o:redhat:rhel_eus:9.2::baseos");
    memory.repository("old-baseos-rpms", "cpe:/o:redhat:enterprise_linux:8::baseos");
    let installed = vec![package(PackageType::Rpm, "podman", "4.6.1-5.el9")];
    let ids = |sets: &[&str]| {
        let content_sets = sets.iter().map(|set| (*set).to_owned()).collect();
        let os = System { content_sets, ..system("rhel", "9.2") };
        let report = matched(&memory, &image(Some(os), installed.clone()));
        report.findings.iter().map(|finding| finding.id.trim_start_matches("CVE-").to_owned()).collect::<String>()
    };
    let (baseos, appstream) = ("rhel-9-for-x86_64-baseos-rpms", "rhel-9-for-x86_64-appstream-rpms");
    assert_eq!(ids(&[]), "1234", "nothing is told");
    assert_eq!(ids(&[baseos, appstream]), "124");
    assert_eq!(ids(&[baseos, appstream, "openshift-rpms"]), "1245");
    assert_eq!(ids(&["ubi-9-baseos-rpms", "ubi-9-appstream-rpms", "ubi-9-codeready-builder-rpms"]), "1234");
    // What is not known may be any of them.
    assert_eq!(ids(&[baseos, appstream, "own-mirror"]), "1234");
    assert_eq!(ids(&["openshift-rpms", "own-mirror"]), "12345", "what is known counts nevertheless");
    // Without the repositories of the system itself the list is not all: it may be what dnf installed last.
    assert_eq!(ids(&["openshift-rpms"]), "12345");
    assert_eq!(ids(&[appstream]), "1234");
    assert_eq!(ids(&[baseos]), "1234");
    assert_eq!(ids(&["old-baseos-rpms", appstream]), "1234");
    // An extended form of a repository is what the release's own statement speaks of too.
    assert_eq!(ids(&["eus-baseos-rpms", appstream]), "1246");
}

#[test]
fn what_red_hat_has_not_mended_is_stated_by_source() {
    let mut memory = Memory::default();
    memory.add("redhat", "CVE-1", "rhel:9", "openssl", "-").qualifiers.arches = vec!["src".to_owned()];
    memory.add("redhat", "CVE-2", "rhel:9", "openssl", "-");
    // The binary package was mended, whatever is said of its source.
    memory.add("redhat", "CVE-3", "rhel:9", "openssl-libs", "1:3.0.7-1.el9");
    memory.affect("redhat", "CVE-3", "rhel:9", "openssl", "-").qualifiers.arches = vec!["src".to_owned()];
    let version = "1:3.0.7-27.el9";
    let libs = built_from(PackageType::Rpm, "openssl-libs", "openssl", version);
    let other = built_from(PackageType::Rpm, "openssl", "openssl-fork", version);
    let ids = |package: &Package| {
        let report = matched(&memory, &image(Some(system("rhel", "9.4")), vec![package.clone()]));
        report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&libs), ["CVE-1"]);
    assert_eq!(ids(&other), ["CVE-2"], "only its name is the source's");
    assert_eq!(ids(&package(PackageType::Rpm, "openssl", version)), ["CVE-1", "CVE-2", "CVE-3"]);
    let lookups = holdfast_vuln::matching::lookups(Some(&system("rhel", "9.4")), &libs);
    let watched: Vec<_> = lookups.iter().filter(|(space, _)| space.0 == "rhel:9").map(|(_, name)| name).collect();
    assert_eq!(watched, ["openssl", "openssl-libs"]);
}

#[test]
fn states_of_the_vendor_are_told() {
    let mut memory = Memory::default();
    for (id, state) in [
        ("CVE-1", AffectState::WontFix),
        ("CVE-2", AffectState::NotAffected),
        ("CVE-3", AffectState::Deferred),
        ("CVE-4", AffectState::UnderInvestigation),
        ("CVE-5", AffectState::EndOfLife),
    ] {
        memory.add("redhat", id, "rhel:9", "tar", "-").state = state;
    }
    let report =
        matched(&memory, &image(Some(system("rhel", "9")), vec![package(PackageType::Rpm, "tar", "2:1.34-6.el9")]));
    assert_eq!(
        told(&report),
        [
            "tar 2:1.34-6.el9 CVE-1 WontFix -",
            "tar 2:1.34-6.el9 CVE-3 Deferred -",
            "tar 2:1.34-6.el9 CVE-4 UnderInvestigation -",
            "tar 2:1.34-6.el9 CVE-5 EndOfLife -",
        ]
    );
}
