//! Packages by their URLs, as collections of labelled matches write them.

use advisory_db::{Builder, Database};
use base::Timestamp;
use holdfast_scanning::packages::{Error, image_of, match_package};
use vuln::feed::{Document, Format, import};

fn database(documents: &[(Format, &str, &str)]) -> Database {
    let mut builder = Builder::default();
    for (format, name, text) in documents {
        import(*format, Document { name, bytes: text.as_bytes() }, &mut builder).unwrap();
    }
    Database::from_bytes(builder.finish(1, Timestamp::from_millis(0)).unwrap()).unwrap()
}

/// Returns the ids of the findings.
fn ids(database: &Database, url: &str) -> Vec<String> {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let report = match_package(&image_of(url).unwrap(), database, now).unwrap();
    report.findings.into_iter().map(|finding| finding.id).collect()
}

const TRACKER: &str = r#"{"openssl":{"CVE-2024-1":{"releases":{
    "bookworm":{"status":"resolved","fixed_version":"3.0.11-1~deb12u2","urgency":"medium","repositories":{}},
    "bullseye":{"status":"open","urgency":"low","repositories":{}},
    "sid":{"status":"resolved","fixed_version":"0","urgency":"low","repositories":{}}}}},
  "vim":{"CVE-2024-2":{"releases":{"bookworm":{"status":"resolved","fixed_version":"2:9.0.1378-2","urgency":"low","repositories":{}}}}}}"#;

#[test]
fn debian_is_named_in_many_ways() {
    let database = database(&[(Format::DebianTracker, "tracker.json", TRACKER)]);
    let old = "@3.0.9-1?arch=amd64&upstream=openssl";
    for distro in ["debian-12", "debian-12.5", "bookworm", "debian-bookworm", "12", "Debian-12"] {
        let url = format!("pkg:deb/debian/libssl3{old}&distro={distro}");
        assert_eq!(ids(&database, &url), ["CVE-2024-1"], "{distro}");
    }
    for (url, found) in [
        ("pkg:deb/debian/openssl@3.0.9-1?arch=source&distro=bookworm", 1),
        ("pkg:deb/debian/libssl3@3.0.9-1%2Bb1?upstream=openssl%403.0.9-1&distro=debian-12", 1),
        ("pkg:deb/debian/libssl3@3.0.11-1~deb12u2?upstream=openssl&distro=debian-12", 0),
        ("pkg:deb/debian/openssl@1.1.1w-0%2Bdeb11u1?distro=debian-11", 1),
        ("pkg:deb/debian/openssl@1.1.1w-0%2Bdeb11u1", 1),
        ("pkg:deb/debian/openssl@3.0.9-1?distro=debian-sid", 0),
        ("pkg:deb/debian/openssl@3.0.9-1?distro=debian-unstable", 0),
        // A binary package is not its namesake's source.
        ("pkg:deb/debian/openssl@3.0.9-1?upstream=other&distro=debian-12", 0),
        ("pkg:deb/debian/vim@9.0.1000-1?epoch=2&distro=debian-12", 1),
        ("pkg:deb/debian/vim@2:9.0.1378-2?distro=debian-12", 0),
        ("pkg:deb/debian/vim@2%3A9.0.1000-1?distro=debian-12", 1),
    ] {
        assert_eq!(ids(&database, url).len(), found, "{url}");
    }
}

const ERRATUM: &str = r#"{"id":"ALSA-2024:1","summary":"Important: nodejs:18 security update","related":["CVE-2024-3","CVE-2024-4"],
  "modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"nodejs"},
  "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:18.19.0-1.module_el8.9.0+3700+1"}]}]}]}"#;

#[test]
fn an_rpm_has_its_epoch_its_module_and_its_release() {
    let database = database(&[(Format::Osv, "ALSA-2024:1.json", ERRATUM)]);
    let old = "18.14.0-1.module_el8.7.0%2B1%2B1";
    for (url, found) in [
        (format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-8.9&rpmmod=nodejs:18"), 2),
        (format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-8&rpmmod=nodejs:18:8090:abc"), 2),
        (format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-8&modularitylabel=nodejs:18"), 2),
        (format!("pkg:rpm/almalinux/nodejs@1:{old}?distro=almalinux-8&rpmmod=nodejs:18"), 2),
        (format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-8&rpmmod=nodejs:20"), 0),
        (format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-9&rpmmod=nodejs:18"), 0),
        // Without a label the stream is the first number's.
        (format!("pkg:rpm/alma/nodejs@{old}?epoch=1&distro=el8"), 2),
        ("pkg:rpm/almalinux/nodejs@10.24.0-1.el8?epoch=1&distro=almalinux-8".to_owned(), 0),
    ] {
        assert_eq!(ids(&database, &url).len(), found, "{url}");
    }
    let url = format!("pkg:rpm/almalinux/nodejs@{old}?epoch=1&distro=almalinux-8&rpmmod=nodejs:18");
    assert_eq!(ids(&database, &url), ["CVE-2024-3", "CVE-2024-4"], "each vulnerability by itself");
}

const SECDB: &str = r#"{"distroversion":"v3.19","reponame":"main","urlprefix":"https://dl-cdn.alpinelinux.org/alpine","apkurl":"x",
  "packages":[{"pkg":{"name":"openssl","secfixes":{"3.1.4-r3":["CVE-2024-5 GHSA-aaaa-bbbb-cccc"],"0":["CVE-2024-6"]}}}]}"#;

#[test]
fn alpine_is_asked_by_origin() {
    let database = database(&[(Format::Secdb, "main.json", SECDB)]);
    for (url, found) in [
        (
            "pkg:apk/alpine/libcrypto3@3.1.4-r2?upstream=openssl&distro=alpine-3.19.1",
            &["CVE-2024-5", "GHSA-aaaa-bbbb-cccc"][..],
        ),
        ("pkg:apk/alpine/openssl@3.1.4-r3?distro=3.19", &[]),
        ("pkg:apk/alpine/openssl@3.1.4-r2?distro=alpine-v3.19", &["CVE-2024-5", "GHSA-aaaa-bbbb-cccc"]),
        ("pkg:apk/alpine/openssl@3.1.4-r2?distro=alpine-3.18.0", &[]),
        // Wolfi shares names with Alpine, and nothing else.
        ("pkg:apk/wolfi/openssl@3.1.4-r2?distro=wolfi-20230201", &[]),
    ] {
        assert_eq!(ids(&database, url), found, "{url}");
    }
}

const GHSA: &str = r#"[{"id":"GHSA-dddd-eeee-ffff","aliases":["CVE-2024-7"],"modified":"2024-01-01T00:00:00Z","affected":[
   {"package":{"ecosystem":"Maven","name":"org.a:b"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"1.5"}]}]},
   {"package":{"ecosystem":"npm","name":"@a/b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"last_affected":"2.0.0"}]}]},
   {"package":{"ecosystem":"Go","name":"github.com/Azure/x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]},
   {"package":{"ecosystem":"PyPI","name":"Zope.Interface"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.0"}]}]}]},
  {"id":"PYSEC-2024-1","aliases":["CVE-2024-7","GHSA-dddd-eeee-ffff"],"modified":"2024-01-01T00:00:00Z","affected":[
   {"package":{"ecosystem":"PyPI","name":"zope-interface"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.0"}]}]}]},
  {"id":"GHSA-wwww-wwww-wwww","aliases":["CVE-2024-8"],"modified":"2024-01-01T00:00:00Z","withdrawn":"2024-02-01T00:00:00Z","affected":[
   {"package":{"ecosystem":"npm","name":"@a/b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}]"#;

#[test]
fn languages_are_one_vulnerability_under_all_its_names() {
    let database = database(&[(Format::Osv, "all.json", GHSA)]);
    for (url, found) in [
        ("pkg:maven/org.a/b@1.4?type=jar", 1),
        ("pkg:maven/org.a/b@1.5", 0),
        ("pkg:maven/org.a/b@0.9", 0),
        ("pkg:npm/%40a/b@2.0.0", 1),
        ("pkg:npm/@a/b@2.0.1", 0),
        ("pkg:golang/github.com/azure/x@v1.1.9", 1),
        ("pkg:golang/github.com/azure/x@v1.2.0%2Bincompatible", 0),
        ("pkg:pypi/zope_interface@4.9", 1),
    ] {
        assert_eq!(ids(&database, url), vec!["CVE-2024-7"; found], "{url}");
    }
    let now = Timestamp::from_millis(0);
    let report = match_package(&image_of("pkg:pypi/zope.interface@4.9").unwrap(), &database, now).unwrap();
    assert_eq!(report.findings[0].aliases, ["GHSA-dddd-eeee-ffff", "PYSEC-2024-1"]);
}

#[test]
fn what_is_no_url_of_a_package_is_refused() {
    assert!(matches!(image_of("openssl 3.0"), Err(Error::Url { .. })));
    assert!(matches!(image_of("pkg:nobody/x@1"), Err(Error::Kind { .. })));
}

#[test]
fn a_system_is_told_by_namespace_and_suffix_where_nothing_names_it() {
    let release = |url: &str| image_of(url).unwrap().system.and_then(|system| system.namespace()).map(|name| name.0);
    for (url, expected) in [
        ("pkg:rpm/redhat/openssl@3.0.7-18.el9_2?arch=x86_64", Some("rhel:9")),
        ("pkg:rpm/redhat/bash@5.1.8-6.el9_1?distro=rhel-9.2", Some("rhel:9")),
        ("pkg:rpm/fedora/curl@8.0.1-1.fc38", Some("fedora:38")),
        ("pkg:rpm/amzn/curl@8.0.1-1.amzn2023", Some("amazon:2023")),
        ("pkg:rpm/oracle/glibc@2.28-225.el8?distro=ol-8.8", Some("oracle:8")),
        ("pkg:rpm/rocky-linux/curl@1?distro=rocky-9.3", Some("rocky:9")),
        ("pkg:rpm/opensuse/curl@8.0.1?distro=opensuse-leap-15.5", Some("opensuse-leap:15.5")),
        ("pkg:rpm/opensuse/curl@8.0.1?distro=opensuse-tumbleweed-20240101", Some("opensuse-tumbleweed")),
        ("pkg:rpm/suse/curl@8.0.1?distro=sles-15.5", Some("sles:15.5")),
        ("pkg:rpm/suse/curl@8.0.1?distro=sles-15-sp5", Some("sles:15.5")),
        ("pkg:deb/ubuntu/curl@7.81.0-1ubuntu1?distro=ubuntu-22.04", Some("ubuntu:22.04")),
        ("pkg:deb/ubuntu/curl@7.81.0-1ubuntu1?distro=jammy", Some("ubuntu:22.04")),
        ("pkg:rpm/centos/curl@1?distro=centos-stream-9", Some("rhel:9")),
        ("pkg:alpm/arch/curl@8.6.0-1", Some("arch")),
        ("pkg:deb/debian/curl@7.88.1-10", None),
        ("pkg:npm/x@1?distro=debian-12", None),
    ] {
        assert_eq!(release(url).as_deref(), expected, "{url}");
    }
}
