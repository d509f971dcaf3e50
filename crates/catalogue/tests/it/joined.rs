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
