//! Each order by lists that rise, by spellings of one version, and by texts that are none.

use std::cmp::Ordering;

use holdfast_vuln::Scheme;

/// Asserts that each version of a list is before every later one.
fn rises(scheme: Scheme, versions: &str) {
    let versions: Vec<&str> = versions.split_whitespace().collect();
    for (index, earlier) in versions.iter().enumerate() {
        for later in &versions[index + 1..] {
            assert_eq!(scheme.compare(earlier, later), Ok(Ordering::Less), "{scheme:?}: {earlier} < {later}");
            assert_eq!(scheme.compare(later, earlier), Ok(Ordering::Greater), "{scheme:?}: {later} > {earlier}");
        }
    }
}

/// Asserts that all of a list are one version.
fn equal(scheme: Scheme, versions: &str) {
    let versions: Vec<&str> = versions.split_whitespace().collect();
    for pair in versions.windows(2) {
        assert_eq!(scheme.compare(pair[0], pair[1]), Ok(Ordering::Equal), "{scheme:?}: {} = {}", pair[0], pair[1]);
    }
}

fn refuses(scheme: Scheme, versions: &[&str]) {
    for version in versions {
        assert!(!scheme.reads(version), "{scheme:?} refuses {version:?}");
    }
}

#[test]
fn debian_orders_epochs_tildes_and_revisions() {
    rises(
        Scheme::Deb,
        "1.0~~ 1.0~rc1 1.0~rc1-1 1.0 1.0-1~bpo12+1 1.0-1 1.0-1+b1 1.0-1+deb12u1 1.0a 1.0+dfsg 1.0.1 1.9 1.10 1:0.1 2:0",
    );
    rises(Scheme::Deb, "2.36-9+deb12u4 2.36-9+deb12u10 2.36-10");
    equal(Scheme::Deb, "1.0 0:1.0 1.00 1.0-0 1.0-");
    equal(Scheme::Deb, "1:1.0-1 01:1.0-1");
    // The revision begins after the last hyphen.
    rises(Scheme::Deb, "1.0-beta-1 1.0-beta-2");
    rises(Scheme::Deb, "1-99999999999999999999998 1-99999999999999999999999");
}

#[test]
fn rpm_orders_epochs_tildes_carets_and_releases() {
    rises(Scheme::Rpm, "1.0~rc1-1 1.0-1 1.0-2.el9 1.0-10.el9 1.0^git1-1 1.0a-1 1.0.1-1 1.9-1 1.10-1 1:0.1-1");
    rises(Scheme::Rpm, "1.1.1k-9.el8_7 1.1.1k-12.el8_9");
    rises(Scheme::Rpm, "2.28-189.5.el8_6 2.28-225.el8");
    equal(Scheme::Rpm, "1.0-1 0:1.0-1 (none):1.0-1 1.00-1 1_0-1");
    // A missing release is before every other, so that the order stays total.
    rises(Scheme::Rpm, "1.0 1.0-1");
}

#[test]
fn an_rpm_advisory_without_epoch_or_release_means_any() {
    for (installed, bound, order) in [
        ("1:3.0.7-24.el9", "3.0.7-24.el9", Ordering::Equal),
        ("1:3.0.7-16.el9", "3.0.7-24.el9", Ordering::Less),
        ("1:3.0.7-24.el9", "0:3.0.7-24.el9", Ordering::Greater),
        ("3.0.7-24.el9", "1:3.0.7-24.el9", Ordering::Less),
        ("3.0.7-24.el9", "3.0.7", Ordering::Equal),
        ("3.0.8-1.el9", "3.0.7", Ordering::Greater),
    ] {
        assert_eq!(Scheme::Rpm.compare_installed(installed, bound), Ok(order), "{installed} against {bound}");
    }
}

#[test]
fn alpine_orders_suffixes_letters_and_fractions() {
    rises(
        Scheme::Apk,
        "1.2.3_alpha1 1.2.3_beta1 1.2.3_beta2 1.2.3_pre1 1.2.3_rc1 1.2.3 1.2.3-r0 1.2.3-r1 1.2.3-r10 1.2.3_cvs1 1.2.3_git20230101 1.2.3_p1 1.2.3_p1-r1 1.2.3a 1.2.3b-r0 1.2.3.1 1.2.10 1.10",
    );
    // A leading zero makes a fraction of every number but the first.
    rises(Scheme::Apk, "1.01 1.05 1.1 1.2");
    equal(Scheme::Apk, "1.0-r1 1.0-r01");
    rises(Scheme::Apk, "1.0_p1~0abc 1.0_p1~0abd");
    // What is no version is compared as text where it stops being one.
    rises(Scheme::Apk, "1.0 1.0-foo 1.0-goo 1.0.1");
    rises(Scheme::Apk, "1.1.1t-r2 1.1.1w-r0 3.0.8-r0");
}

#[test]
fn pacman_orders_letters_before_the_release() {
    rises(Scheme::Alpm, "1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1.1 1:0.1");
    rises(Scheme::Alpm, "1.0-1 1.0-2 1.0-10");
    rises(Scheme::Alpm, "6.1.2.arch1-1 6.1.2.arch2-1");
    equal(Scheme::Alpm, "0:1.0-1 1.0-1 1.00-1");
}

#[test]
fn semantic_versions_order_pre_releases() {
    rises(
        Scheme::Semver,
        "0.0.1 1.0.0-0 1.0.0-0.3.7 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.2.3 1.10.0 2.0.0",
    );
    equal(Scheme::Semver, "1.0.0 v1.0.0 =1.0.0 1.0 1 1.0.0+build.5");
    equal(Scheme::Semver, "1.2.3-beta 1.2.3beta 1.2.3.beta");
    refuses(Scheme::Semver, &["", "latest", "*", "-1", "master"]);
}

#[test]
fn go_orders_pseudo_versions_and_the_toolchain() {
    rises(
        Scheme::Go,
        "v0.0.0-20190101000000-aaaaaaaaaaaa v0.0.0-20210101000000-0123456789ab v1.2.3 v1.2.4-0.20200101000000-abcdefabcdef v1.2.4 v1.10.0",
    );
    rises(Scheme::Go, "go1.21.3 go1.22rc1 go1.22rc2 go1.22rc10 go1.22 go1.22.1");
    rises(Scheme::Go, "1.22.0-0 go1.22beta1 go1.22rc1");
    equal(Scheme::Go, "go1.22rc1 1.22.0-rc.1");
    equal(Scheme::Go, "v2.0.0+incompatible v2.0.0 2.0.0");
    equal(Scheme::Go, "go1.21.3 1.21.3");
    assert_eq!(Scheme::Go.compare("go1.21.3 X:boringcrypto", "1.21.3"), Ok(Ordering::Equal));
    refuses(Scheme::Go, &["(devel)", "devel", ""]);
}

#[test]
fn python_orders_by_pep_440() {
    rises(
        Scheme::Pep440,
        "1.0.dev1 1.0a1.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0+local 1.0.post1.dev1 1.0.post1 1.0.1 1.9 1.10 1!0.5",
    );
    equal(Scheme::Pep440, "1.0 1.0.0 v1.0 1");
    equal(Scheme::Pep440, "1.0rc1 1.0c1 1.0-preview1 1.0.RC.1");
    refuses(Scheme::Pep440, &["2004d-beta-x", "unknown", "1.0-foo_bar"]);
}

#[test]
fn maven_orders_qualifiers() {
    rises(
        Scheme::Maven,
        "1-alpha-1 1-beta-2 1-m2 1-m11 1-rc1 1-cr2 1-SNAPSHOT 1 1-sp 1-sp2 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123 1.1",
    );
    rises(Scheme::Maven, "2.0 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11");
    equal(Scheme::Maven, "1 1.0 1.0.0 1-ga 1.0.Final 1-RELEASE 1-0 1.final-0");
    equal(Scheme::Maven, "1a1 1-alpha-1 1-a1");
    equal(Scheme::Maven, "1-rc1 1-CR1");
    rises(Scheme::Maven, "9.4.50.v20221201 9.4.51.v20230217");
    rises(Scheme::Maven, "30.0-jre 31.1-jre 32.0.0-android 32.0.0-jre");
    rises(Scheme::Maven, "2.13.4 2.13.4.2 2.14.0-rc1 2.14.0");
}

#[test]
fn gems_order_letters_as_pre_releases() {
    rises(Scheme::Gem, "1.0.a 1.0.b2 1.0.rc1 1.0 1.0.1 1.9 1.10 2.0.0.beta 2.0.0.rc1 2.0.0");
    equal(Scheme::Gem, "1 1.0 1.0.0");
    equal(Scheme::Gem, "1.0.0.rc1 1.rc1 1.0.rc.1");
    refuses(Scheme::Gem, &["x1", "1 0"]);
}

#[test]
fn composer_orders_stabilities_and_branches() {
    rises(
        Scheme::Composer,
        "dev-main 1.0.0-dev 1.0.0-alpha1 1.0.0-beta1 1.0.0-beta2 1.0.0-RC1 1.0.0 1.0.0-patch1 1.0.1 1.10.0 1.10.x-dev 2.0.0",
    );
    equal(Scheme::Composer, "1.0 v1.0.0 1.0.0.0 1.0.0-stable 1.0.0+meta");
    equal(Scheme::Composer, "1.0.0-b2 1.0.0beta2 1.0.0-BETA.2");
    refuses(Scheme::Composer, &["latest"]);
}

#[test]
fn nuget_orders_four_numbers_and_ignores_case() {
    rises(Scheme::Nuget, "1.0.0-alpha 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc1 1.0.0 1.0.0.1 1.0.1 1.10.0");
    equal(Scheme::Nuget, "1.0.0-Beta 1.0.0-beta 1.0-BETA+meta");
    refuses(Scheme::Nuget, &["$(Version)"]);
}

#[test]
fn windows_builds_order_by_number() {
    rises(Scheme::Windows, "10.0.14393.5850 10.0.17763.4252 10.0.20348.999 10.0.20348.2461 10.0.26100.1");
    equal(Scheme::Windows, "10.0.20348.0 10.0.20348");
    refuses(Scheme::Windows, &["10.0.x", "10..1", "10.0 SP1"]);
}

#[test]
fn openssl_letters_follow_the_release() {
    rises(
        Scheme::Openssl,
        "0.9.8zh 1.0.2-beta1 1.0.2 1.0.2a 1.0.2k 1.0.2z 1.0.2za 1.0.2zg 1.1.0 1.1.1-pre1 1.1.1 1.1.1w 3.0.0-alpha1 3.0.0-beta2 3.0.0 3.0.2 3.0.13 3.1.0",
    );
    equal(Scheme::Openssl, "1.0.2k 1.0.2k-fips");
    refuses(Scheme::Openssl, &["fips"]);
}

#[test]
fn what_has_no_order_of_its_own_is_read_as_numbers_and_words() {
    rises(Scheme::Generic, "1.0-dev 1.0-alpha2 1.0-beta1 1.0-rc1 1.0 1.0p1 1.0.1 1.9 1.10 2.0");
    equal(Scheme::Generic, "1.0 1 v1.0.0 1_0 1.0-final");
    rises(Scheme::Generic, "9.2p1 9.3p1 9.3p2");
    rises(Scheme::Generic, "2023-05-01 2023-11-01");
}

#[test]
fn a_version_of_absurd_length_is_none() {
    let long = "1".repeat(5000);
    assert!(!Scheme::Deb.reads(&long) && !Scheme::Maven.reads(&long));
}

#[test]
fn constraints_of_package_managers_are_read() {
    for (scheme, version, constraint, expected) in [
        (Scheme::Gem, "2.3.9", "~> 2.3.4", true),
        (Scheme::Gem, "2.4.0", "~> 2.3.4", false),
        (Scheme::Gem, "2.9", "~> 2.3", true),
        (Scheme::Gem, "3.0", "~> 2.3", false),
        (Scheme::Gem, "3.0.0.a", "~> 2.3", true),
        (Scheme::Gem, "2.3.9", "~> 2.3.4, >= 2.3.10", false),
        (Scheme::Semver, "1.5.0", "^1.2.0", true),
        (Scheme::Semver, "2.0.0-alpha", "^1.2.0", false),
        (Scheme::Semver, "0.3.0", "^0.2.3", false),
        (Scheme::Semver, "0.2.9", "^0.2.3", true),
        (Scheme::Semver, "1.2.9", "~1.2.3", true),
        (Scheme::Semver, "1.3.0", "~1.2.3", false),
        (Scheme::Semver, "1.2.3", ">=1.0.0 <1.2.0 || >=1.2.3 <2.0.0", true),
        (Scheme::Semver, "1.2.1", ">=1.0.0 <1.2.0 || >=1.2.3 <2.0.0", false),
        (Scheme::Maven, "1.5", "[1.0,2.0)", true),
        (Scheme::Maven, "2.0", "[1.0,2.0)", false),
        (Scheme::Maven, "2.0", "(,1.0],[2.0,)", true),
        (Scheme::Maven, "1.2", "[1.2]", true),
        (Scheme::Maven, "1.3", "[1.2]", false),
        (Scheme::Nuget, "13.0.1", "(, 13.0.1)", false),
        (Scheme::Pep440, "1.4.9", "~=1.4.2", true),
        (Scheme::Pep440, "1.5", "~=1.4.2", false),
        (Scheme::Composer, "9.0.0", ">=8.0,<9.1.3", true),
        (Scheme::Semver, "7.1.0", "*", true),
    ] {
        assert_eq!(scheme.satisfies(version, constraint), Ok(expected), "{version} in {constraint}");
    }
    for broken in ["", ">=", "[1.0,2.0", ">< 1", "[", "banana"] {
        assert!(Scheme::Semver.satisfies("1.0.0", broken).is_err(), "{broken:?} is no constraint");
    }
}
