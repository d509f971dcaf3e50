//! dpkg, distroless, opkg, and the licences of debs.

use std::collections::BTreeMap;

use catalogue::Findings;
use vuln::PackageType;

use super::{have, read, run, try_read};

const STATUS: &str = "/var/lib/dpkg/status";

fn licenses_of(package: &str, text: &str) -> Vec<String> {
    let findings = read(&format!("/usr/share/doc/{package}/copyright"), text.as_bytes());
    findings.licenses.into_iter().flat_map(|entry| entry.licenses).collect()
}

#[test]
fn status_gives_what_dpkg_query_gives() {
    if !have("status_gives_what_dpkg_query_gives", &["dpkg-query"]) {
        return;
    }
    let findings = read(STATUS, &fs_err::read(STATUS).unwrap());
    let format = "-f=${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}|${db:Status-Status}\n";
    let told = run("/".as_ref(), "dpkg-query", &["-W", format]);
    let mut wanted: Vec<_> = told
        .lines()
        .filter_map(|line| line.rsplit_once('|'))
        .filter(|(_, state)| !matches!(*state, "config-files" | "not-installed"))
        .map(|(rest, _)| rest.to_owned())
        .collect();
    let mut found: Vec<_> = findings
        .packages
        .iter()
        .map(|package| {
            let source = package.source.as_ref().unwrap();
            let arch = package.arch.as_deref().unwrap();
            format!("{}|{}|{arch}|{}|{}", package.name, package.version, source.name, source.version)
        })
        .collect();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    assert!(found.len() > 50);
}

#[test]
fn lists_give_the_files_that_dpkg_gives() {
    if !have("lists_give_the_files_that_dpkg_gives", &["dpkg-query"]) {
        return;
    }
    for package in ["dpkg", "base-files"] {
        let path = format!("/var/lib/dpkg/info/{package}.list");
        let owned = read(&path, &fs_err::read(&path).unwrap()).owned;
        assert_eq!(owned[0].owner.name, package);
        let listed = run("/".as_ref(), "dpkg-query", &["-L", package]);
        let listed: Vec<_> = listed.lines().filter(|line| line.starts_with('/')).collect();
        for path in &owned[0].paths {
            assert!(listed.contains(&path.as_str()), "{path}");
        }
        let is_file = |path: &&&str| std::path::Path::new(path).is_file();
        for path in listed.iter().filter(is_file) {
            assert!(owned[0].paths.iter().any(|owned| owned == path), "{path} is missing");
        }
    }
}

#[test]
fn stanzas_are_read_with_their_quirks() {
    let text = "Package: libc6\nStatus: install ok installed\nMaintainer: GNU Libc Maintainers <x@y>\nArchitecture: amd64\nSource: glibc\n\
                Version: 2.36-9+deb12u4\nDescription: text\n Package: not-this\n .\n more\n\n\n\
                Package: removed\nStatus: deinstall ok config-files\nVersion: 1\n\n\
                package: half\nSTATUS: install ok half-configured\nversion: 1:2.0-1+b1\nSource: other (1:2.0-1)\n\n\
                Package: noversion\nStatus: install ok installed\n";
    let packages = read(STATUS, text.replace('\n', "\r\n").as_bytes()).packages;
    let told: Vec<_> = packages.iter().map(|package| (package.name.as_str(), package.version.as_str())).collect();
    assert_eq!(told, [("libc6", "2.36-9+deb12u4"), ("half", "1:2.0-1+b1")]);
    let sources: Vec<_> = packages.iter().filter_map(|package| package.source.as_ref()).collect();
    assert_eq!((sources[0].name.as_str(), sources[0].version.as_str()), ("glibc", "2.36-9+deb12u4"));
    assert_eq!((sources[1].name.as_str(), sources[1].version.as_str()), ("other", "1:2.0-1"));
    assert_eq!(packages[0].vendor.as_deref(), Some("GNU Libc Maintainers <x@y>"));
    assert!(try_read(STATUS, b"\x01\x02 no stanza").is_err());
}

#[test]
fn distroless_packages_and_their_files_are_found() {
    let packages =
        read("/var/lib/dpkg/status.d/bGliYzY", b"Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\n").packages;
    assert_eq!(packages[0].name, "libc6");
    let digests = b"0123456789abcdef0123456789abcdef  usr/lib/x86_64-linux-gnu/libc.so.6\n0123456789abcdef0123456789abcdef  ./etc/a b\n";
    let owned = read("/var/lib/dpkg/status.d/bGliYzY.md5sums", digests).owned;
    assert_eq!(owned[0].paths, ["/usr/lib/x86_64-linux-gnu/libc.so.6", "/etc/a b"]);
}

#[test]
fn the_architecture_in_a_list_name_is_told() {
    let owned = read("/var/lib/dpkg/info/libc6:i386.list", b"/.\n/lib\n/lib/ld-linux.so.2\n/usr\n/usr/share\n").owned;
    assert_eq!((owned[0].owner.name.as_str(), owned[0].owner.arch.as_deref()), ("libc6", Some("i386")));
    assert_eq!(owned[0].paths, ["/lib/ld-linux.so.2", "/usr/share"]);
}

#[test]
fn names_that_are_no_utf8_or_would_steer_a_terminal_are_escaped() {
    let owned = read("/var/lib/dpkg/info/a.list", b"/usr/caf\xe9\n/usr/\x1b[2J\n").owned;
    assert_eq!(owned[0].paths, ["/usr/caf\\xe9", "/usr/\\x1b[2J"]);
}

#[test]
fn opkg_is_read_like_dpkg() {
    let text = b"Package: busybox\nVersion: 1.36.1-1\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\nLicense: GPL-2.0\n";
    let packages = read("/usr/lib/opkg/status", text).packages;
    assert_eq!((packages[0].kind, packages[0].version.as_str()), (PackageType::Opkg, "1.36.1-1"));
    assert_eq!(packages[0].licenses, ["GPL-2.0-only"]);
}

#[test]
fn machine_readable_licenses_become_spdx() {
    let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: x\n\nFiles: *\nCopyright: y\nLicense: GPL-2+\n\n\
                Files: a\nLicense: Expat or Apache-2.0\n\nFiles: b\nLicense: GPL-3+ with Bison-exception-2.2\n\nFiles: c\nLicense: BSD-3-clause\n\n\
                Files: d\nLicense: public-domain\n\nLicense: GPL-2+\n Long text\n .\n of it\n";
    let wanted = [
        "BSD-3-Clause",
        "GPL-2.0-or-later",
        "GPL-3.0-or-later WITH Bison-exception-2.2",
        "MIT OR Apache-2.0",
        "public-domain",
    ];
    assert_eq!(licenses_of("x", text), wanted);
}

#[test]
fn free_texts_are_told_by_their_sentences() {
    let gpl = "This program is free software; you can redistribute it under the terms of the GNU General Public License as published by the\n\
               Free Software Foundation; either version 2, or (at your option) any later version.\n\
               On Debian systems, see `/usr/share/common-licenses/GPL-2'.";
    assert_eq!(licenses_of("x", gpl), ["GPL-2.0-or-later"]);
    assert_eq!(licenses_of("x", "see /usr/share/common-licenses/Apache-2.0."), ["Apache-2.0"]);
    let bsd =
        "Redistribution and use in source and binary\n * forms, with or without modification. Neither the name of";
    assert_eq!(licenses_of("x", bsd), ["BSD-3-Clause"]);
    assert_eq!(
        licenses_of("x", "Permission is hereby granted, free of charge, to any person\nobtaining a copy"),
        ["MIT"]
    );
    assert!(licenses_of("x", "All rights reserved.").is_empty());
}

#[test]
fn most_debs_of_this_machine_get_a_license() {
    if !have("most_debs_of_this_machine_get_a_license", &["dpkg-query"]) {
        return;
    }
    let mut files: Vec<(String, Findings)> = vec![(STATUS.to_owned(), read(STATUS, &fs_err::read(STATUS).unwrap()))];
    for entry in fs_err::read_dir("/usr/share/doc").unwrap().flatten().take(400) {
        let path = entry.path().join("copyright");
        if let (Some(name), Ok(bytes)) = (path.to_str(), std::fs::read(&path)) {
            files.push((name.to_owned(), read(name, &bytes)));
        }
    }
    if files.len() < 50 {
        return;
    }
    let documented: BTreeMap<_, _> = files.iter().map(|(path, _)| (path.clone(), ())).collect();
    let joined = catalogue::join(files);
    let all = joined
        .packages
        .iter()
        .filter(|package| documented.contains_key(&format!("/usr/share/doc/{}/copyright", package.name)));
    let (with, without): (Vec<_>, Vec<_>) = all.partition(|package| !package.licenses.is_empty());
    let names: Vec<_> = without.iter().map(|package| package.name.as_str()).collect();
    assert!(with.len() >= 9 * without.len(), "{} with, {} without: {names:?}", with.len(), without.len());
}

#[test]
fn the_gpl_and_curl_s_licence_are_not_taken_for_their_neighbours() {
    let gpl = "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007\n\n13. Use with the GNU Affero General Public License.\n\n\
               a work licensed under version 3 of the GNU Affero General Public License into a single combined work, but\n\
               the special requirements of the GNU Affero General Public License, section 13, apply.\n\n\
               If this is what you want to do, use the GNU Lesser General Public License instead of this License.\n";
    let curl = "Permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby\n\
                granted, provided that the above copyright notice appears.\n\nExcept as contained in this notice, the name of\n\
                a copyright holder shall not be used in advertising.\n";
    let isc = "Permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby\n\
               granted, provided that the above copyright notice appears.\n";
    let agpl =
        "under the terms of the GNU Affero General Public License as published by the Free Software Foundation\n";
    for (text, expected) in [(gpl, "GPL-3.0-only"), (curl, "curl"), (isc, "ISC"), (agpl, "AGPL-3.0-or-later")] {
        assert_eq!(licenses_of("x", text), [expected]);
    }
}
