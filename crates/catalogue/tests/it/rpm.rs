//! rpm's stores, made by rpm, SQLite and Berkeley DB.

use std::fmt::Write as _;
use std::path::Path;

use catalogue::{Analyser, Findings, Limits, Ownership, analyse_pair, companion, join, select};

use super::forge::{HeaderForge, ndb};
use super::{have, read, run, try_read};

const SQLITE: &str = "/usr/lib/sysimage/rpm/rpmdb.sqlite";
const PARTS: usize = 120;

/// Builds one package with many parts, some with headers of many pages, and installs them into a database.
fn build(folder: &Path) {
    let mut spec = "Name: widget\nEpoch: 2\nVersion: 1.4\nRelease: 3.el9\nSummary: x\nLicense: GPLv2+ and MIT\nVendor: Example Corp\n\
                    ModularityLabel: widget:1.4:2026:abcdef\nBuildArch: noarch\n%description\nx\n"
        .to_owned();
    for part in 0..PARTS {
        let text = "x".repeat(part * 137 % 9000);
        write!(
            spec,
            "%package part{part}\nSummary: x\nVersion: 5.{part}\nLicense: MIT\n%description part{part}\n{text}\n"
        )
        .unwrap();
    }
    spec.push_str("%install\nmkdir -p %{buildroot}/lib/widget %{buildroot}/etc\ntouch %{buildroot}/lib/widget/main.so %{buildroot}/etc/widget.conf\n");
    spec.push_str("%files\n/lib/widget/main.so\n/etc/widget.conf\n");
    (0..PARTS).for_each(|part| writeln!(spec, "%files part{part}").unwrap());
    fs_err::write(folder.join("widget.spec"), spec).unwrap();
    let top = format!("_topdir {}", folder.join("top").display());
    let quick = "_binary_payload w0.gzdio";
    run(
        folder,
        "rpmbuild",
        &["-bb", "--quiet", "--define", &top, "--define", "_build_id_links none", "--define", quick, "widget.spec"],
    );
    let database = folder.join("db");
    fs_err::create_dir(&database).unwrap();
    let install = format!(
        "rpm --dbpath {} --define '_db_backend sqlite' -i --justdb --nodeps --noscripts --nosignature top/RPMS/noarch/*.rpm",
        database.display()
    );
    run(folder, "sh", &["-c", &install]);
}

/// Asks rpm itself.
fn told_by_rpm(folder: &Path, database: &str, backend: &str) -> Vec<String> {
    let format = "%{NAME}|%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{LICENSE}|%{VENDOR}\n";
    let arguments = [
        "--dbpath",
        &folder.join(database).display().to_string(),
        "--define",
        &format!("_db_backend {backend}"),
        "-qa",
        "--qf",
        format,
    ];
    let mut lines: Vec<_> = run(folder, "rpm", &arguments).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn told_by_us(findings: &Findings) -> Vec<String> {
    let mut lines: Vec<_> = findings
        .packages
        .iter()
        .map(|package| {
            let source = package.source.as_ref().unwrap();
            let own = source.version.strip_prefix("2:").unwrap_or(&source.version);
            let license = package.licenses[0].replace("GPL-2.0-or-later AND MIT", "GPLv2+ and MIT");
            let (arch, vendor) = (package.arch.as_deref().unwrap(), package.vendor.as_deref().unwrap());
            format!("{}|{}|{arch}|{}-{own}.src.rpm|{license}|{vendor}", package.name, package.version, source.name)
        })
        .collect();
    lines.sort();
    lines
}

fn dump(folder: &Path, order: &str) {
    let rows = run(folder, "sqlite3", &["db/rpmdb.sqlite", "select hnum, lower(hex(blob)) from Packages"]);
    let word = |number: u32| {
        let raw = if order == "1234" { number.to_le_bytes() } else { number.to_be_bytes() };
        raw.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    };
    let mut text = format!(
        "VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\ndb_lorder={order}\nHEADER=END\n {}\n {}\n",
        word(0),
        word(9999)
    );
    for row in rows.lines() {
        let (number, header) = row.split_once('|').unwrap();
        write!(text, " {}\n {header}\n", word(number.parse().unwrap())).unwrap();
    }
    fs_err::write(folder.join("dump"), text + "DATA=END\n").unwrap();
    fs_err::create_dir(folder.join(order)).unwrap();
    run(folder, "db5.3_load", &["-f", "dump", &format!("{order}/Packages")]);
}

#[test]
fn every_store_gives_what_rpm_gives() {
    if !have("every_store_gives_what_rpm_gives", &["rpm", "rpmbuild", "sqlite3", "db5.3_load"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    build(folder);
    let wanted = told_by_rpm(folder, "db", "sqlite");
    assert_eq!(wanted.len(), PARTS + 1);
    let sqlite = read(SQLITE, &fs_err::read(folder.join("db/rpmdb.sqlite")).unwrap());
    assert_eq!(told_by_us(&sqlite), wanted);
    assert!(sqlite.faults.is_empty(), "{:?}", sqlite.faults);
    for order in ["1234", "4321"] {
        dump(folder, order);
        assert_eq!(told_by_rpm(folder, order, "bdb_ro"), wanted);
        let bdb = read("/var/lib/rpm/Packages", &fs_err::read(folder.join(order).join("Packages")).unwrap());
        assert_eq!(told_by_us(&bdb), wanted);
        assert!(bdb.faults.is_empty(), "{:?}", bdb.faults);
    }
    let main = sqlite.packages.iter().find(|package| package.name == "widget").unwrap();
    let module = main.module.as_ref().unwrap();
    assert_eq!((module.name.as_str(), module.stream.as_str()), ("widget", "1.4"));
    assert_eq!(main.version, "2:1.4-3.el9");
    let installed = join([(SQLITE.to_owned(), sqlite)]);
    let owner = Ownership::new(&installed).owner("/usr/lib/widget/main.so").unwrap();
    assert_eq!(installed.packages[owner].name, "widget");
}

#[test]
fn the_journal_is_laid_over_the_database() {
    if !have("the_journal_is_laid_over_the_database", &["python3"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let header = |name: &str| HeaderForge::default().text(1000, name).text(1001, "1").text(1002, "2").build();
    for name in ["first", "second"] {
        fs_err::write(folder.path().join(name), header(name)).unwrap();
    }
    // The journal is kept by copying both files while the connection is still open.
    let script = "import sqlite3, shutil\nc = sqlite3.connect('db')\nc.execute('pragma journal_mode=wal')\n\
                  c.execute('create table Packages (hnum integer primary key, blob blob not null)')\nadd = lambda n: (c.execute('insert into Packages(blob) values (?)', (open(n, 'rb').read(),)), c.commit())\n\
                  add('first')\nc.execute('pragma wal_checkpoint(truncate)')\nadd('second')\nshutil.copy('db', 'main')\nshutil.copy('db-wal', 'wal')\n";
    fs_err::write(folder.path().join("make.py"), script).unwrap();
    run(folder.path(), "python3", &["make.py"]);
    let (main, wal) =
        (fs_err::read(folder.path().join("main")).unwrap(), fs_err::read(folder.path().join("wal")).unwrap());
    let names = |wal: &[u8]| {
        let analyser: Analyser = select(SQLITE, 0o644, 1, &main).unwrap();
        assert_eq!(companion(analyser, SQLITE), Some(format!("{SQLITE}-wal")));
        let findings = analyse_pair(analyser, SQLITE, &main, wal, &Limits::default()).unwrap();
        findings.packages.into_iter().map(|package| package.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["first"]);
    assert_eq!(names(&wal), ["first", "second"]);
    // A frame that is not whole, or whose checksum is wrong, never was committed.
    assert_eq!(names(&wal[..wal.len() - 1]), ["first"]);
    let mut broken = wal.clone();
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(names(&broken), ["first"]);
}

#[test]
fn suses_store_is_read() {
    let glibc = HeaderForge::default()
        .text(1000, "glibc")
        .text(1001, "2.38")
        .text(1002, "150600.14.5.1")
        .text(1011, "SUSE LLC <https://www.suse.com/>")
        .text(1014, "LGPL-2.1-or-later AND GPL-2.0-or-later")
        .text(1022, "x86_64")
        .text(1044, "glibc-2.38-150600.14.5.1.src.rpm")
        .numbers(1116, &[0, 1, 0])
        .texts(1117, &["libc.so.6", "nsswitch.conf", "libm.so.6"])
        .texts(1118, &["/lib64/", "/etc/"]);
    let key = HeaderForge::default().text(1000, "gpg-pubkey").text(1001, "39db7c82").text(1002, "5f68629b");
    let file = ndb(&[key.build(), glibc.build()]);
    let findings = read("/usr/lib/sysimage/rpm/Packages.db", &file);
    assert_eq!(findings.packages.len(), 1);
    let package = &findings.packages[0];
    assert_eq!((package.name.as_str(), package.version.as_str()), ("glibc", "2.38-150600.14.5.1"));
    assert_eq!(findings.owned[0].paths, ["/lib64/libc.so.6", "/etc/nsswitch.conf", "/lib64/libm.so.6"]);
}

#[test]
fn a_broken_header_costs_only_itself() {
    let good = HeaderForge::default().text(1000, "good").text(1001, "1").text(1002, "1").build();
    let mut bad = good.clone();
    bad[3] = 200;
    let nameless = HeaderForge::default().text(1001, "1").build();
    let findings = read("/usr/lib/sysimage/rpm/Packages.db", &ndb(&[bad, good, nameless]));
    assert_eq!(findings.packages.len(), 1);
    assert_eq!(findings.faults.len(), 2);
    for path in [SQLITE, "/var/lib/rpm/Packages"] {
        assert!(try_read(path, b"nothing of the kind").is_err());
    }
}
