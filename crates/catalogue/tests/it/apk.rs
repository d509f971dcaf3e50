//! Alpine's database.

use super::{read, try_read};

const DATABASE: &str = "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:1\nI:2\nT:the musl c library (libc) implementation\nU:https://musl.libc.org/\n\
L:MIT\no:musl\nm:Timo <t@alpinelinux.org>\nt:1\nc:2\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1def=\nR:libc.musl-x86_64.so.1\n\n\
P:libcrypto3\nV:3.1.4-r5\nA:x86_64\nL:Apache-2.0\no:openssl\nF:\nR:top\nF:etc/ssl\nR:ct_log_list.cnf\n\nP:broken\n\n";

#[test]
fn packages_carry_origin_license_and_files() {
    for path in ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"] {
        let findings = read(path, DATABASE.as_bytes());
        let told: Vec<_> =
            findings.packages.iter().map(|p| (p.name.as_str(), p.version.as_str(), p.licenses[0].as_str())).collect();
        assert_eq!(told, [("musl", "1.2.4-r2", "MIT"), ("libcrypto3", "3.1.4-r5", "Apache-2.0")]);
        let source = findings.packages[1].source.as_ref().unwrap();
        assert_eq!((source.name.as_str(), source.version.as_str()), ("openssl", "3.1.4-r5"));
        assert_eq!(findings.owned[0].paths, ["/lib/ld-musl-x86_64.so.1", "/lib/libc.musl-x86_64.so.1"]);
        assert_eq!(findings.owned[1].paths, ["/top", "/etc/ssl/ct_log_list.cnf"]);
    }
}

#[test]
fn the_last_package_needs_no_empty_line_behind_it() {
    assert_eq!(read("/lib/apk/db/installed", b"P:a\nV:1-r0").packages.len(), 1);
    assert!(try_read("/lib/apk/db/installed", b"garbage").is_err());
}

#[test]
fn repositories_are_channels() {
    let text = b"https://dl-cdn.alpinelinux.org/alpine/edge/main\n# no\n\n@testing https://x/edge/testing\n";
    let channels = read("/etc/apk/repositories", text).channels;
    assert_eq!(channels, ["https://dl-cdn.alpinelinux.org/alpine/edge/main", "@testing https://x/edge/testing"]);
}

#[test]
fn license_words_become_expressions_where_that_is_sure() {
    let cases = [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GPLv2+ and LGPLv2+", "GPL-2.0-or-later AND LGPL-2.0-or-later"),
        ("(GPL-2.0-only OR BSD-3-Clause) AND zlib", "(GPL-2.0-only OR BSD-3-Clause) AND Zlib"),
        ("GPL-2.0-only WITH GCC-exception-2.0", "GPL-2.0-only WITH GCC-exception-2.0"),
        ("LGPL-2.1-or-later", "LGPL-2.1-or-later"),
        ("ASL 2.0", "Apache-2.0"),
        ("GPL+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        ("custom", "custom"),
        ("AND AND", "AND AND"),
        ("", ""),
    ];
    for (raw, wanted) in cases {
        let database = format!("P:a\nV:1-r0\nL:{raw}\n");
        let found = read("/lib/apk/db/installed", database.as_bytes()).packages.remove(0).licenses;
        assert_eq!(found.first().map_or("", String::as_str), wanted, "{raw}");
    }
}
