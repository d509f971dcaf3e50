//! Package URLs of every kind, and what is read from them.

use std::str::FromStr as _;

use catalogue::OsRelease;
use catalogue::purl::purl;
use proptest::prelude::*;
use vuln::purl::{Purl, package_of};
use vuln::{Confidence, Evidence, Module, Package, PackageType, SourcePackage};

pub(crate) fn package(kind: PackageType, name: &str, version: &str) -> Package {
    Package {
        kind,
        name: name.to_owned(),
        version: version.to_owned(),
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: "/x".to_owned(), found_by: "test".to_owned() }],
    }
}

pub(crate) fn system(id: &str, version: &str) -> OsRelease {
    OsRelease {
        id: id.to_owned(),
        version: version.to_owned(),
        codename: None,
        like: Vec::new(),
        name: String::new(),
        variant: None,
        cpe: None,
        rolling: false,
        path: "/etc/os-release".to_owned(),
        rank: 0,
    }
}

#[test]
fn each_kind_has_its_own_form() {
    use PackageType as T;
    for (kind, name, version, expected) in [
        (T::Golang, "github.com/BurntSushi/toml", "v1.0.0", "pkg:golang/github.com/burntsushi/toml@v1.0.0"),
        (T::Golang, "stdlib", "1.21.3", "pkg:golang/stdlib@1.21.3"),
        (T::Npm, "@babel/core", "7.1.0", "pkg:npm/%40babel/core@7.1.0"),
        (T::Npm, "x", "1.0.0+b", "pkg:npm/x@1.0.0%2Bb"),
        (T::Maven, "org.a:lib", "1.0", "pkg:maven/org.a/lib@1.0"),
        (T::Maven, "lib", "", "pkg:maven/lib"),
        (T::Pypi, "Zope.Interface", "5.0", "pkg:pypi/zope-interface@5.0"),
        (T::Gem, "rack", "2.0", "pkg:gem/rack@2.0"),
        (T::Composer, "A/b", "v1", "pkg:composer/a/b@v1"),
        (T::Nuget, "A.B", "1", "pkg:nuget/A.B@1"),
        (T::Cargo, "a_b", "1.0.0", "pkg:cargo/a_b@1.0.0"),
        (T::Swift, "github.com/apple/nio", "2", "pkg:swift/github.com/apple/nio@2"),
        (T::Hex, "plug", "1", "pkg:hex/plug@1"),
        (T::Generic, "openssl", "3.0.13", "pkg:generic/openssl@3.0.13"),
        (T::Windows, "windows", "10.0.1.2", "pkg:generic/microsoft/windows@10.0.1.2"),
    ] {
        assert_eq!(purl(&package(kind, name, version), None).to_string(), expected);
    }
}

#[test]
fn packages_of_a_system_name_it() {
    let mut deb = package(PackageType::Deb, "libssl3", "3.0.11-1~deb12u2");
    deb.arch = Some("amd64".to_owned());
    deb.source = Some(SourcePackage { name: "openssl".to_owned(), version: "3.0.11-1~deb12u2".to_owned() });
    assert_eq!(
        purl(&deb, Some(&system("debian", "12"))).to_string(),
        "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"
    );
    let mut rpm = package(PackageType::Rpm, "nodejs", "1:18.1-2.el9");
    rpm.module = Some(Module { name: "nodejs".to_owned(), stream: "18".to_owned() });
    assert_eq!(
        purl(&rpm, Some(&system("rhel", "9.2"))).to_string(),
        "pkg:rpm/redhat/nodejs@18.1-2.el9?distro=rhel-9.2&epoch=1&rpmmod=nodejs:18"
    );
    let apk = package(PackageType::Apk, "busybox", "1.36.1-r5");
    assert_eq!(purl(&apk, Some(&system("wolfi", ""))).to_string(), "pkg:apk/wolfi/busybox@1.36.1-r5?distro=wolfi");
}

#[test]
fn texts_that_are_none_are_refused() {
    for text in ["", "npm/x@1", "pkg:npm", "pkg:/x", "pkg:npm/@"] {
        let parsed = Purl::from_str(text);
        assert!(parsed.is_err() || parsed.is_ok_and(|purl| purl.name == "@"), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        name in "[a-z][a-zA-Z0-9 @:%+~._-]{0,12}", group in "[a-z]{1,5}(\\.[a-z]{1,5})?", version in "[0-9][ -~]{0,10}",
    ) {
        for (kind, name) in [
            (PackageType::Npm, format!("@{group}/{}", name.replace(['@', ' '], "-"))),
            (PackageType::Maven, format!("{group}:{}", name.replace(':', "-"))),
            (PackageType::Nuget, name),
        ] {
            let written = purl(&package(kind, &name, &version), None).to_string();
            let again = Purl::from_str(&written).unwrap();
            prop_assert_eq!(again.to_string(), written);
            prop_assert_eq!(package_of(&again), Some((kind, name)));
            prop_assert_eq!(again.version.as_deref(), Some(version.as_str()));
        }
    }

    #[test]
    fn no_text_brings_the_reader_to_a_panic(text in any::<String>(), rest in "(pkg:|npm|/|@|%4|\\?|#|=|&){0,12}") {
        let _ = Purl::from_str(&text);
        let _ = Purl::from_str(&rest).map(|purl| purl.to_string());
    }
}
