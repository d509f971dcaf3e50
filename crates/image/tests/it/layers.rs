//! Layers laid upon one another.

use catalogue::{LayerRecord, squash};

use crate::archives::{Layer, base, dpkg, names};

fn image(layers: Vec<Layer>) -> catalogue::ImageCatalogue {
    let records: Vec<LayerRecord> = layers.into_iter().map(Layer::read).collect();
    squash(&records.iter().collect::<Vec<_>>(), None)
}

fn node(name: &str, version: &str) -> String {
    format!("{{\"name\":\"{name}\",\"version\":\"{version}\"}}")
}

const WHOLE: &[&str] = &["libssl3 3.0.11-1", "zlib1g 1:1.2.13.dfsg-1"];

#[test]
fn a_layer_tells_its_system_and_packages() {
    let catalogue = image(vec![base()]);
    assert_eq!(catalogue.os.as_ref().map(|os| (os.id.as_str(), os.version.as_str())), Some(("debian", "12")));
    assert_eq!(names(&catalogue), WHOLE);
    assert!(catalogue.unreadable.is_empty(), "{:?}", catalogue.unreadable);
}

#[test]
fn whiteouts_hide_what_lower_layers_hold() {
    for (what, layer, left) in [
        ("a file", Layer::new().file("var/lib/dpkg/.wh.status", ""), false),
        ("a tree", Layer::new().file("var/lib/.wh.dpkg", ""), false),
        (
            "an opaque folder, its mark last",
            Layer::new().file("var/lib/dpkg/x", "").file("var/lib/dpkg/.wh..wh..opq", ""),
            false,
        ),
        ("an opaque folder, its mark first", Layer::new().file("var/.wh..wh..opq", "").dir("var/"), false),
        ("a file over the folder", Layer::new().file("var/lib", "now a file"), false),
        ("a link over the folder", Layer::new().symlink("var/lib", "../nowhere"), false),
        ("another name", Layer::new().file("var/lib/dpkg/.wh.status-old", ""), true),
        ("aufs's own bookkeeping", Layer::new().file(".wh..wh.plnk/1.2", "").file(".wh..wh.aufs", ""), true),
        ("the folder again", Layer::new().dir("var/lib/dpkg/"), true),
    ] {
        let catalogue = image(vec![base(), layer]);
        let expected: &[&str] = if left { WHOLE } else { &[] };
        assert_eq!(names(&catalogue), expected, "{what}");
        assert_eq!(catalogue.deleted.len(), 2 - expected.len(), "{what}");
    }
}

#[test]
fn entries_of_the_same_layer_are_never_hidden() {
    let status = dpkg(&[("bash", "5.2")]);
    for layer in [
        Layer::new().file("var/lib/dpkg/.wh..wh..opq", "").file("var/lib/dpkg/status", &status),
        Layer::new().file("var/lib/dpkg/status", &status).file("var/lib/dpkg/.wh..wh..opq", ""),
        Layer::new().file("var/lib/dpkg/status", &status).file("var/lib/dpkg/.wh.status", ""),
    ] {
        assert_eq!(names(&image(vec![base(), layer])), ["bash 5.2"]);
    }
}

#[test]
fn databases_are_replaced_whole_and_packages_keep_their_first_layer() {
    let one = dpkg(&[("zlib1g", "1:1.2.13.dfsg-1"), ("libssl3", "3.0.13-1")]);
    let two = dpkg(&[("zlib1g", "1:1.2.13.dfsg-1"), ("libssl3", "3.0.13-1"), ("curl", "7.88.1")]);
    let catalogue = image(vec![
        base(),
        Layer::new().file("var/lib/dpkg/status", one),
        Layer::new().file("srv/x", ""),
        Layer::new().file("var/lib/dpkg/status", two),
    ]);
    let since: Vec<(String, usize)> =
        catalogue.packages.iter().map(|found| (found.package.name.clone(), found.introduced_in)).collect();
    assert_eq!(since, [("curl".into(), 3), ("libssl3".into(), 1), ("zlib1g".into(), 0)]);
    assert_eq!(catalogue.deleted.len(), 1);
    assert_eq!((catalogue.deleted[0].version.as_str(), catalogue.deleted[0].layer), ("3.0.11-1", 0));
}

#[test]
fn what_was_away_in_between_counts_from_its_return() {
    let catalogue = image(vec![
        base(),
        Layer::new().file("var/lib/dpkg/.wh.status", ""),
        Layer::new().file("var/lib/dpkg/status", dpkg(&[("libssl3", "3.0.11-1")])),
    ]);
    assert_eq!(catalogue.packages[0].introduced_in, 2);
}

#[test]
fn a_hard_link_keeps_the_data_of_a_lower_layer() {
    let catalogue = image(vec![
        Layer::new().file("app/node_modules/a/package.json", node("a", "1.0.0")),
        Layer::new().hard_link("srv/node_modules/a/package.json", "app/node_modules/a/package.json"),
        Layer::new().file(".wh.app", ""),
    ]);
    assert_eq!(names(&catalogue), ["a 1.0.0"]);
    assert_eq!(catalogue.packages[0].package.evidence[0].path, "/srv/node_modules/a/package.json");
}

#[test]
fn a_hard_link_within_a_layer_is_a_second_path() {
    let layer = Layer::new()
        .file("a/node_modules/x/package.json", node("x", "2.0.0"))
        .hard_link("b/node_modules/x/package.json", "./a/node_modules/x/package.json");
    let catalogue = image(vec![layer]);
    let paths: Vec<&str> =
        catalogue.packages[0].package.evidence.iter().map(|evidence| evidence.path.as_str()).collect();
    assert_eq!(paths, ["/a/node_modules/x/package.json", "/b/node_modules/x/package.json"]);
}

#[test]
fn links_to_folders_are_followed_inside_the_root() {
    let catalogue = image(vec![
        base().symlink("lib", "usr/lib").symlink("srv", "../../../../opt"),
        Layer::new()
            .file("lib/node_modules/a/package.json", node("a", "1.0.0"))
            .file("srv/node_modules/b/package.json", node("b", "1.0.0")),
    ]);
    let mut paths: Vec<&str> =
        catalogue.packages.iter().flat_map(|found| &found.package.evidence).map(|one| one.path.as_str()).collect();
    paths.retain(|path| path.contains("node_modules"));
    assert_eq!(paths, ["/usr/lib/node_modules/a/package.json", "/opt/node_modules/b/package.json"]);
}

#[test]
fn links_in_circles_cost_only_themselves() {
    let layer = base()
        .symlink("loop", "loop2")
        .symlink("loop2", "loop")
        .file("loop/node_modules/a/package.json", node("a", "1.0.0"));
    let catalogue = image(vec![layer]);
    assert_eq!(names(&catalogue), WHOLE);
    assert_eq!(catalogue.unreadable.len(), 1);
}

#[test]
fn the_last_of_two_entries_counts() {
    let layer = base().file("var/lib/dpkg/status", dpkg(&[("bash", "5.2")]));
    assert_eq!(names(&image(vec![layer])), ["bash 5.2"]);
    let layer = base().file("var/lib/dpkg/status", "");
    assert!(names(&image(vec![layer])).is_empty());
}

#[test]
fn owned_files_are_found_across_layers_and_merged_folders() {
    let catalogue = image(vec![
        base()
            .symlink("lib", "usr/lib")
            .file("var/lib/dpkg/info/libssl3:amd64.list", "/.\n/lib\n/lib/node_modules/a/package.json\n"),
        Layer::new().file("usr/lib/node_modules/a/package.json", node("a", "1.0.0")),
        Layer::new().file("opt/node_modules/b/package.json", node("b", "1.0.0")),
    ]);
    let owner = |name: &str| {
        let found = catalogue.packages.iter().find(|found| found.package.name == name).unwrap();
        found.owners.iter().map(|owner| owner.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(owner("a"), ["libssl3"]);
    assert!(owner("b").is_empty());
}

#[test]
fn what_a_stranger_s_package_bundles_is_listed() {
    let status = "Package: agent\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0\n\
                  Maintainer: Example Inc <packages@example.com>\nDescription: x\n\n";
    let status = format!("{}{status}", dpkg(&[("curl", "7.88.1")]));
    // A header alone, without a table of sections.
    let mut library = vec![0; 64];
    library[..20].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0]);
    (library[20], library[52], library[54], library[58]) = (1, 64, 56, 64);
    library.extend_from_slice(b"OpenSSL 1.1.1t  7 Feb 2023\0");
    let bundled = |list: &str, path: &str| {
        let catalogue = image(vec![
            base()
                .file("var/lib/dpkg/status", &status)
                .file(&format!("var/lib/dpkg/info/{list}.list"), format!("/{path}\n")),
            Layer::new().file(path, &library),
        ]);
        let copy = catalogue.packages.iter().find(|found| found.package.name == "openssl");
        copy.map(|found| found.owners.iter().map(|owner| owner.name.clone()).collect::<Vec<_>>())
    };
    assert_eq!(bundled("agent", "opt/agent/libcrypto.so.1.1"), Some(vec!["agent".to_owned()]));
    assert_eq!(bundled("agent", "usr/lib/agent/libcrypto.so.1.1"), Some(vec!["agent".to_owned()]));
    // Any maintainer of Debian may have an address elsewhere: this is the package itself.
    assert_eq!(bundled("agent", "usr/lib/x86_64-linux-gnu/libcrypto.so.1.1"), None);
    assert_eq!(bundled("curl", "usr/lib/libcrypto.so.1.1"), None, "its vendor speaks for it");
    assert_eq!(bundled("other", "opt/libcrypto.so.1.1"), Some(Vec::new()));
}

#[test]
fn what_hides_does_not_follow_a_lower_layer_s_links() {
    let whole = || base().symlink("x", "var").symlink("y", "/var/lib/dpkg");
    for layer in [
        Layer::new().file("x/.wh..wh..opq", ""),
        Layer::new().file("x/lib/.wh.dpkg", ""),
        Layer::new().file("y/.wh.status", ""),
        Layer::new().file("y/.wh..wh..opq", ""),
    ] {
        assert_eq!(names(&image(vec![whole(), layer])), WHOLE);
    }
}

#[test]
fn a_hard_link_is_to_what_was_there_before_its_layer() {
    let below = || Layer::new().file("a/node_modules/a/package.json", node("a", "1.0.0"));
    for layer in [
        Layer::new().file("a/node_modules/a/.wh.package.json", ""),
        Layer::new().file("a/.wh..wh..opq", ""),
        Layer::new().file("a", ""),
    ] {
        let link = layer.hard_link("b/node_modules/a/package.json", "a/node_modules/a/package.json");
        let catalogue = image(vec![below(), link]);
        assert_eq!(names(&catalogue), ["a 1.0.0"]);
        assert_eq!(catalogue.packages[0].package.evidence[0].path, "/b/node_modules/a/package.json");
    }
    let catalogue = image(vec![base(), Layer::new().hard_link("a/node_modules/a/package.json", "gone")]);
    assert_eq!(catalogue.unreadable.len(), 1);
    assert_eq!(catalogue.unreadable[0].path, "/a/node_modules/a/package.json");
}

#[test]
fn a_file_is_chosen_by_its_path_without_links() {
    let status = dpkg(&[("bash", "5.2")]);
    assert_eq!(names(&image(vec![Layer::new().symlink("x", "var/lib/dpkg").file("x/status", &status)])), ["bash 5.2"]);
    let again = Layer::new().file("a/.wh..wh.x/node_modules/a/package.json", node("a", "1.0.0"));
    assert_eq!(names(&image(vec![again])), ["a 1.0.0"], "only the root has names of aufs's own");
}

#[test]
fn a_journal_that_could_not_be_read_is_told() {
    for layer in [
        Layer::new()
            .file("nix/var/nix/db/db.sqlite", vec![0; 100])
            .file("nix/var/nix/db/db.sqlite-wal", vec![0; 33 << 20]),
        Layer::new()
            .file("nix/var/nix/db/db.sqlite", [&b"SQLite format 3\0"[..], &vec![0; 17 << 20]].concat())
            .file("nix/var/nix/db/db.sqlite-wal", "x"),
    ] {
        let catalogue = image(vec![layer]);
        let told = |file: &catalogue::UnreadableFile| file.reason.contains("journal");
        assert!(catalogue.unreadable.iter().any(told), "{:?}", catalogue.unreadable);
    }
}

#[test]
fn a_store_without_its_database_is_told_by_its_names() {
    let hash = "0".repeat(32);
    let catalogue = image(vec![
        base(),
        Layer::new()
            .file(&format!("nix/store/{hash}-openssl-3.0.13/lib/x"), "")
            .dir(&format!("nix/store/{hash}-gone-1.0/")),
        Layer::new().file(&format!("nix/store/.wh.{hash}-gone-1.0"), ""),
    ]);
    let found = catalogue.packages.iter().find(|found| found.package.name == "openssl").unwrap();
    assert_eq!((found.package.version.as_str(), found.introduced_in), ("3.0.13", 1));
    assert_eq!(names(&catalogue).len(), WHOLE.len() + 1);
}

#[test]
fn a_list_that_a_package_left_behind_owns_nothing() {
    let catalogue = image(vec![
        base()
            .file("var/lib/dpkg/info/gone.list", "/.\n/lib\n/lib/node_modules/a/package.json\n")
            .file("lib/node_modules/a/package.json", node("a", "1.0.0")),
    ]);
    let found = catalogue.packages.iter().find(|found| found.package.name == "a").unwrap();
    assert!(found.owners.is_empty(), "{:?}", found.owners);
}

#[test]
fn equal_layers_make_equal_bytes() {
    let json = || serde_json::to_vec(&image(vec![base(), Layer::new().file("srv/.wh.x", "")])).unwrap();
    assert_eq!(json(), json());
}
