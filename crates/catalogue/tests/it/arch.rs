//! pacman, and the package managers that are rare in images.

use catalogue::Limits;
use vuln::PackageType;

use super::{read, try_read};

#[test]
fn pacman_packages_carry_base_and_files() {
    let desc = "%NAME%\ngcc-libs\n\n%VERSION%\n13.2.1-3\n\n%BASE%\ngcc\n\n%ARCH%\nx86_64\n\n%LICENSE%\nGPL-3.0-or-later\nLGPL\n\n%PACKAGER%\nA <a@archlinux.org>\n";
    let package = read("/var/lib/pacman/local/gcc-libs-13.2.1-3/desc", desc.as_bytes()).packages.remove(0);
    assert_eq!((package.name.as_str(), package.version.as_str()), ("gcc-libs", "13.2.1-3"));
    assert_eq!(package.source.unwrap().name, "gcc");
    assert_eq!(package.licenses, ["GPL-3.0-or-later", "LGPL-2.0-or-later"]);
    let owned = read(
        "/var/lib/pacman/local/gcc-libs-13.2.1-3/files",
        b"%FILES%\nusr/\nusr/lib/libgcc_s.so.1\n\n%BACKUP%\netc/x\tabc\n",
    )
    .owned;
    assert_eq!(
        (owned[0].owner.name.as_str(), &owned[0].paths[..]),
        ("gcc-libs", &["/usr/lib/libgcc_s.so.1".to_owned()][..])
    );
    assert!(try_read("/var/lib/pacman/local/x-1-1/desc", b"%NAME%\nx\n").is_err());
}

#[test]
fn rare_package_managers_are_read() {
    let cases: &[(&str, &str, PackageType, &str, &str)] = &[
        (
            "/var/db/pkg/dev-libs/openssl-3.0.13-r1/CONTENTS",
            "dir /usr\nobj /usr/lib64/libssl.so.3 0123 17\nsym /usr/lib64/libssl.so -> libssl.so.3 17\n",
            PackageType::Portage,
            "dev-libs/openssl",
            "3.0.13-r1",
        ),
        (
            "/snap/core22/1033/meta/snap.yaml",
            "name: core22\nversion: '20240111'\nsummary: x\n",
            PackageType::Snap,
            "core22",
            "20240111",
        ),
        (
            "/var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/abc/files/share/metainfo/org.gimp.GIMP.metainfo.xml",
            "<component><releases><release date=\"2024-01-01\" version=\"2.10.36\"/><release version=\"2.10.34\"/></releases></component>",
            PackageType::Flatpak,
            "org.gimp.GIMP",
            "2.10.36",
        ),
        (
            "/home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json",
            "{\"arch\":\"x86_64\",\"source\":{}}",
            PackageType::Homebrew,
            "jq",
            "1.7.1",
        ),
    ];
    for (path, text, kind, name, version) in cases {
        let findings = read(path, text.as_bytes());
        let package = &findings.packages[0];
        assert_eq!((package.kind, package.name.as_str(), package.version.as_str()), (*kind, *name, *version));
    }
    let owned = read(cases[0].0, cases[0].1.as_bytes()).owned;
    assert_eq!(owned[0].paths, ["/usr/lib64/libssl.so.3", "/usr/lib64/libssl.so"]);
}

#[test]
fn nix_store_paths_name_their_packages() {
    let hash = "0c1a2b3d4f5g6h7i8j9k0l1m2n3p4q5r";
    let told = |rest: &str| {
        catalogue::os::nix_store_package(&format!("/nix/store/{hash}-{rest}"))
            .map(|package| (package.name, package.version))
    };
    assert_eq!(told("openssl-3.0.13-bin/bin/openssl"), Some(("openssl".to_owned(), "3.0.13".to_owned())));
    assert_eq!(told("python3.11-requests-2.31.0"), Some(("python3.11-requests".to_owned(), "2.31.0".to_owned())));
    assert_eq!(told("glibc-2.38-44/lib/libc.so.6"), Some(("glibc".to_owned(), "2.38-44".to_owned())));
    assert_eq!(told("hook.sh"), None);
    assert_eq!(told("openssl-3.0.13.drv"), None);
    assert_eq!(catalogue::os::nix_store_package("/nix/store/short-a-1"), None);
    let _ = Limits::default();
}
