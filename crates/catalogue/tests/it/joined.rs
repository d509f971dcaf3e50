//! What several files say together.

use catalogue::{Ownership, join, merged_usr};

use super::read;

fn files(pairs: &[(&str, &str)]) -> Vec<(String, catalogue::Findings)> {
    pairs.iter().map(|(path, text)| ((*path).to_owned(), read(path, text.as_bytes()))).collect()
}

#[test]
fn status_lists_and_copyrights_are_put_together() {
    let installed = join(files(&[
        ("/etc/debian_version", "12.5\n"),
        ("/etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n"),
        (
            "/var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: amd64\nSource: glibc\n\nPackage: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: i386\n",
        ),
        ("/var/lib/dpkg/info/libc6:i386.list", "/lib/ld-linux.so.2\n"),
        ("/var/lib/dpkg/info/libc6:amd64.list", "/lib64/ld-linux-x86-64.so.2\n"),
        ("/usr/share/doc/libc6/copyright", "Format: x\n\nFiles: *\nLicense: LGPL-2.1+\n"),
    ]));
    let os = installed.os.as_ref().unwrap();
    assert_eq!((os.version.as_str(), os.path.as_str()), ("12", "/etc/os-release"));
    assert_eq!(installed.packages.len(), 2);
    assert_eq!(installed.packages[0].licenses, ["LGPL-2.1-or-later"]);
    let ownership = Ownership::new(&installed);
    assert_eq!(ownership.owner("/usr/lib64/ld-linux-x86-64.so.2"), Some(0));
    assert_eq!(ownership.owner("/lib/ld-linux.so.2"), Some(1));
    assert_eq!(ownership.owner("/usr/bin/other"), None);
}

#[test]
fn files_of_distroless_packages_find_their_owner() {
    let installed = join(files(&[
        ("/var/lib/dpkg/status.d/bGliYzY", "Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n"),
        ("/var/lib/dpkg/status.d/bGliYzY.md5sums", "00  usr/lib/libc.so.6\n"),
    ]));
    assert_eq!(Ownership::new(&installed).owner("/lib/libc.so.6"), Some(0));
}

#[test]
fn the_same_package_in_two_lists_is_one() {
    let installed = join(files(&[
        ("/var/lib/rpmmanifest/container-manifest-1", "zlib-1.2.13-1.cm2.x86_64\n"),
        (
            "/var/lib/rpmmanifest/container-manifest-2",
            "zlib\t1.2.13-1.cm2\t1\t2\tM\t(none)\t5\tx86_64\t0\tzlib-1.2.13-1.cm2.src.rpm\n",
        ),
    ]));
    assert_eq!(installed.packages.len(), 1);
    assert_eq!(installed.packages[0].evidence.len(), 2);
    assert_eq!(installed.packages[0].source.as_ref().unwrap().name, "zlib");
}

/// A CycloneDX document that names these packages.
fn bill(purls: &[&str]) -> String {
    let components = purls.iter().map(|purl| serde_json::json!({"type": "library", "name": "x", "purl": purl}));
    serde_json::json!({"bomFormat": "CycloneDX", "components": components.collect::<Vec<_>>()}).to_string()
}

#[test]
fn a_bill_of_materials_says_nothing_against_the_package_s_own_files() {
    let status = "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.11-1~deb12u2\nArchitecture: amd64\nSource: openssl\n\nPackage: bash\nStatus: install ok installed\nVersion: 5.2\nArchitecture: amd64\n";
    let bill = bill(&[
        "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&upstream=nothing",
        "pkg:deb/debian/bash@5.2?arch=amd64&upstream=nothing",
    ]);
    for path in ["/app/x.cdx.json", "/z/x.cdx.json"] {
        let mut pairs = [("/var/lib/dpkg/status", status), (path, bill.as_str())];
        pairs.sort_unstable();
        let packages = join(files(&pairs)).packages;
        assert_eq!(packages.len(), 2, "{path}");
        for package in &packages {
            let source = package.source.as_ref().map(|source| source.name.as_str());
            assert_eq!(source, Some(if package.name == "bash" { "bash" } else { "openssl" }), "{path}");
            assert_eq!(package.evidence.len(), 2);
        }
    }
}

#[test]
fn a_bill_of_materials_does_not_take_the_place_of_a_lock_file() {
    let bill = bill(&["pkg:pypi/x@1"]);
    let mut packages = join(files(&[("/app/x.cdx.json", &bill), ("/srv/requirements.txt", "django==3.2\n")])).packages;
    catalogue::apps::prefer_installed(&mut packages);
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["x", "django"]);
}

#[test]
fn a_million_files_may_name_one_package() {
    let begun = std::time::Instant::now();
    let of = read("/a/node_modules/a/package.json", br#"{"name":"a","version":"1.0.0"}"#);
    let many = (0..200_000).map(|at| {
        let mut of = of.clone();
        of.packages[0].evidence[0].path = format!("/{at}/node_modules/a/package.json");
        (String::new(), of)
    });
    assert_eq!(join(many).packages[0].evidence.len(), 200_000);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn alpine_edge_is_told_by_its_repositories() {
    let edge = |repositories: &str| {
        join(files(&[("/etc/os-release", "ID=alpine\nVERSION_ID=3.19.1\n"), ("/etc/apk/repositories", repositories)]))
            .os
            .unwrap()
            .rolling
    };
    assert!(edge("https://x/alpine/edge/main\nhttps://x/alpine/edge/community\n"));
    assert!(!edge("https://x/alpine/v3.19/main\n@edge https://x/alpine/edge/testing\n"));
}

#[test]
fn merged_usr_touches_only_the_folders_that_are_links() {
    for (path, wanted) in [
        ("/lib/a", "/usr/lib/a"),
        ("/bin/sh", "/usr/bin/sh"),
        ("/library/a", "/library/a"),
        ("/usr/lib/a", "/usr/lib/a"),
        ("/lib", "/lib"),
    ] {
        assert_eq!(merged_usr(path), wanted);
    }
}

#[test]
fn a_sibling_of_the_same_source_lends_its_license() {
    let stanza = |name: &str| format!("Package: {name}\nStatus: install ok installed\nVersion: 1\nSource: gcc-12\n\n");
    let status = stanza("libgcc-s1") + &stanza("gcc-12-base");
    let installed = join(files(&[
        ("/var/lib/dpkg/status", &status),
        ("/usr/share/doc/gcc-12-base/copyright", "Format: x\n\nFiles: *\nLicense: GPL-3+\n"),
    ]));
    assert!(installed.packages.iter().all(|package| package.licenses == ["GPL-3.0-or-later"]));
}

#[test]
fn another_root_in_a_folder_is_read_as_one() {
    let installed = join(files(&[
        ("/opt/root/lib/apk/db/installed", "P:musl\nV:1.2.4-r2\nF:lib\nR:libc.so\n"),
        ("/srv/a/var/lib/dpkg/status", "Package: dash\nStatus: install ok installed\nVersion: 1\n"),
        ("/srv/a/var/lib/dpkg/info/dash.list", "/bin/dash\n"),
    ]));
    assert_eq!(installed.packages.len(), 2);
    let ownership = Ownership::new(&installed);
    assert_eq!(ownership.owner("/opt/root/lib/libc.so"), Some(0));
    assert_eq!(ownership.owner("/srv/a/bin/dash"), Some(1));
    assert_eq!(ownership.owner("/bin/dash"), None);
    assert!(catalogue::select("/opt/root/etc/os-release", 0o644, 9, b"").is_none(), "the system is the image's own");
}
