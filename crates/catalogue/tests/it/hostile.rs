//! No file, however it is made, may bring a parser to a panic or make it run away.

use catalogue::{Limits, analyse, analyse_pair, os, select};
use proptest::prelude::*;

use super::forge::{HeaderForge, hive, ndb, pe};

/// One path for each way in.
const PATHS: &[&str] = &[
    "/etc/os-release",
    "/etc/redhat-release",
    "/etc/SuSE-release",
    "/etc/debian_version",
    "/bin/busybox",
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/info/a.list",
    "/var/lib/dpkg/status.d/a.md5sums",
    "/usr/share/doc/a/copyright",
    "/usr/lib/opkg/status",
    "/var/lib/chisel/manifest.wall",
    "/var/lib/ubuntu-advantage/status.json",
    "/lib/apk/db/installed",
    "/etc/apk/repositories",
    "/var/lib/rpm/Packages",
    "/usr/lib/sysimage/rpm/Packages.db",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpmmanifest/container-manifest-2",
    "/usr/share/bottlerocket/application-inventory.json",
    "/root/buildinfo/content_manifests/a.json",
    "/root/buildinfo/Dockerfile-a",
    "/usr/share/buildinfo/labels.json",
    "/var/lib/pacman/local/a-1-1/desc",
    "/var/lib/pacman/local/a-1-1/files",
    "/var/db/pkg/a/b-1/CONTENTS",
    "/nix/var/nix/db/db.sqlite",
    "/var/lib/dnf/history.sqlite",
    "/snap/a/1/meta/snap.yaml",
    "/var/lib/flatpak/app/a/b/files/share/metainfo/a.metainfo.xml",
    "/opt/homebrew/Cellar/a/1/INSTALL_RECEIPT.json",
    "/Hives/Software_Delta",
    "/Files/Windows/System32/ntdll.dll",
];

/// Texts that some parser takes for its own.
const TEXTS: &[&str] = &[
    "ID=a\nVERSION_ID=\"1\\\"\nNAME='x\n",
    "Package: a\nVersion: 1\nSource: b (2\nLicense: GPL-2+ and (MIT or\n folded\n\n",
    "Format: x\n\nLicense: GPL-2+ with x\n\nThe GNU General Public License version 2 /usr/share/common-licenses/GPL-2\n",
    "P:a\nV:1\nF:x\nR:y\nL:(((MIT\n\n",
    "%NAME%\na\n%VERSION%\n1\n%FILES%\nusr/a\n",
    "a\t1-1\t\t\t\t1\t\t\t2\ta-1-1.src.rpm\n",
    "obj /usr/a 00 1\nsym /b -> c 1\n",
    "{\"Content\":[{\"Name\":\"a\",\"Version\":\"1\"}]}",
    "{\"content_sets\":[\"a\"],\"services\":[{\"name\":\"a\",\"status\":\"enabled\"}]}",
    "Red Hat release \u{e9}(\nVERSION = \nPATCHLEVEL=\n",
    "<release version='1'><release version=",
];

fn header() -> Vec<u8> {
    HeaderForge::default()
        .text(1000, "a")
        .text(1001, "1")
        .text(1002, "2")
        .numbers(1003, &[1])
        .text(1044, "a-1-2.src.rpm")
        .numbers(1116, &[0, 7])
        .texts(1117, &["b", "c"])
        .texts(1118, &["/usr/"])
        .text(5096, "m:s:v:c")
        .build()
}

/// A Berkeley DB hash of one value on two overflow pages.
fn bdb() -> Vec<u8> {
    let mut file = vec![0_u8; 4 * 512];
    let mut put = |at: usize, raw: &[u8]| file[at..at + raw.len()].copy_from_slice(raw);
    put(12, &0x0006_1561_u32.to_le_bytes());
    put(20, &512_u32.to_le_bytes());
    put(25, &[8]);
    put(512 + 20, &2_u16.to_le_bytes());
    put(512 + 25, &[13]);
    put(512 + 26, &[500_u16.to_le_bytes(), 480_u16.to_le_bytes()].concat());
    put(512 + 480, &[&[3_u8, 0, 0, 0][..], &2_u32.to_le_bytes(), &40_u32.to_le_bytes()].concat());
    for (page, next) in [(2_usize, 3_u32), (3, 0)] {
        put(page * 512 + 16, &next.to_le_bytes());
        put(page * 512 + 22, &20_u16.to_le_bytes());
        put(page * 512 + 25, &[7]);
    }
    file
}

/// An SQLite file of two pages: the schema, and a table with one row.
fn sqlite() -> Vec<u8> {
    let mut file = vec![0_u8; 1024];
    let mut put = |at: usize, raw: &[u8]| file[at..at + raw.len()].copy_from_slice(raw);
    put(0, b"SQLite format 3\0");
    put(16, &512_u16.to_be_bytes());
    let schema = [&b"\x06\x17\x1d\x1d\x01\x0d"[..], b"table", b"Packages", b"Packages", b"\x02"].concat();
    put(100, &[13, 0, 0, 0, 1, 0, 0, 0, 0x01, 0x2c]);
    put(300, &[&[u8::try_from(schema.len()).unwrap(), 1][..], &schema].concat());
    let header = header();
    let kind = 12 + 2 * header.len();
    let kind = [u8::try_from(kind >> 7).unwrap() | 0x80, u8::try_from(kind & 0x7f).unwrap()];
    let row = [&[4_u8, 0][..], &kind, &header].concat();
    let length = [u8::try_from(row.len() >> 7).unwrap() | 0x80, u8::try_from(row.len() & 0x7f).unwrap()];
    put(512, &[13, 0, 0, 0, 1, 0, 0, 0, 0, 100]);
    put(512 + 100, &[&length[..], &[1], &row].concat());
    file
}

/// Files that a parser reads to the end, so that a changed byte meets every branch.
fn seeds() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = TEXTS.iter().map(|text| text.as_bytes().to_vec()).collect();
    all.extend([ndb(&[header(), header()]), bdb(), sqlite(), hive(&super::windows::software())]);
    all.push(pe([1, 2, 3, 4], &[("CompanyName", "x"), ("ProductName", "y")]));
    all
}

fn read_by_all(bytes: &[u8]) {
    let limits = Limits { packages: 1000, paths: 1000, ..Limits::default() };
    for path in PATHS {
        let analyser = select(path, 0o644, bytes.len() as u64, b"").unwrap_or_else(|| panic!("nobody reads {path}"));
        if let Ok(findings) = analyse(analyser, path, bytes, &limits) {
            assert!(findings.packages.len() <= limits.packages);
            assert!(findings.packages.iter().all(|package| !package.evidence.is_empty() && !package.name.is_empty()));
        }
        let _ = analyse_pair(analyser, path, bytes, bytes, &limits);
    }
    let _ = os::pe_version_info(bytes);
}

#[test]
fn the_seeds_are_valid() {
    for (path, bytes) in
        [("/var/lib/rpm/rpmdb.sqlite", sqlite()), ("/usr/lib/sysimage/rpm/Packages.db", ndb(&[header()]))]
    {
        let findings = super::read(path, &bytes);
        assert_eq!(
            findings.packages.first().map(|package| package.version.as_str()),
            Some("1:1-2"),
            "{path}: {findings:?}"
        );
    }
    // The value is of zeros: it is reached, and is no header.
    assert_eq!(super::read("/var/lib/rpm/Packages", &bdb()).faults.len(), 1);
}

#[test]
fn trees_and_chains_that_bite_their_tails_end() {
    let mut loops = bdb();
    loops[3 * 512 + 16] = 2;
    loops[512 + 480 + 8] = 255;
    assert_eq!(super::read("/var/lib/rpm/Packages", &loops).faults.len(), 1);
    let mut tree = sqlite();
    tree[512..524].copy_from_slice(&[5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
    tree[524..526].copy_from_slice(&200_u16.to_be_bytes());
    tree[512 + 200..512 + 204].copy_from_slice(&2_u32.to_be_bytes());
    let findings = super::read("/var/lib/rpm/rpmdb.sqlite", &tree);
    assert!(findings.packages.is_empty() && !findings.faults.is_empty());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        read_by_all(&bytes);
    }

    #[test]
    fn changed_files_never_panic(
        seed in 0_usize..64,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed % seeds.len()].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_by_all(&bytes);
    }

    #[test]
    fn lines_of_pieces_never_panic(pieces in proptest::collection::vec(prop::sample::select(TEXTS), 0..6), noise in ".{0,80}") {
        let text = pieces.into_iter().flat_map(|piece| [piece, &noise]).collect::<String>();
        read_by_all(text.as_bytes());
    }
}
