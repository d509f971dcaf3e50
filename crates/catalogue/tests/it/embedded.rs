//! Libraries without a package are found by their marks, and nothing is named that is not there.

use holdfast_catalogue::embedded::{agree, find};
use proptest::prelude::*;
use vuln::{Confidence, Package};

/// Builds a 64-bit ELF file with texts in `.rodata`, needed libraries, and a soname.
fn elf(texts: &[&str], needed: &[&str], soname: Option<&str>) -> Vec<u8> {
    let mut rodata = vec![0];
    for text in texts {
        rodata.extend_from_slice(text.as_bytes());
        rodata.push(0);
    }
    let (mut dynstr, mut dynamic) = (vec![0u8], Vec::new());
    for (tag, name) in needed.iter().map(|name| (1u64, *name)).chain(soname.map(|name| (14, name))) {
        dynamic.extend_from_slice(&tag.to_le_bytes());
        dynamic.extend_from_slice(&u64::try_from(dynstr.len()).unwrap().to_le_bytes());
        dynstr.extend_from_slice(name.as_bytes());
        dynstr.push(0);
    }
    dynamic.extend_from_slice(&[0; 16]);
    let shstrtab = b"\0.rodata\0.dynstr\0.dynamic\0.shstrtab\0".to_vec();
    let parts = [(1u32, 1u32, 2u64, rodata), (9, 3, 2, dynstr), (17, 6, 3, dynamic), (26, 3, 0, shstrtab)];
    let mut file = vec![0u8; 64];
    let mut headers = vec![0u8; 64];
    for (name, kind, flags, data) in &parts {
        let at = u64::try_from(file.len()).unwrap();
        file.extend_from_slice(data);
        let mut header = Vec::new();
        header.extend_from_slice(&name.to_le_bytes());
        header.extend_from_slice(&kind.to_le_bytes());
        // Flags, address, offset, size, link and info, alignment, size of an entry.
        for field in [*flags, 0, at, u64::try_from(data.len()).unwrap()] {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&(if *kind == 6 { 2u32 } else { 0 }).to_le_bytes());
        header.extend_from_slice(&0u32.to_le_bytes());
        header.extend_from_slice(&1u64.to_le_bytes());
        header.extend_from_slice(&(if *kind == 6 { 16u64 } else { 0 }).to_le_bytes());
        headers.extend_from_slice(&header);
    }
    let sections_at = u64::try_from(file.len()).unwrap();
    file.extend_from_slice(&headers);
    file[..20].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0]);
    file[20] = 1;
    file[40..48].copy_from_slice(&sections_at.to_le_bytes());
    file[52] = 64;
    file[54] = 56;
    file[58] = 64;
    file[60] = 5;
    file[62] = 4;
    file
}

fn told(packages: &[Package]) -> Vec<String> {
    packages.iter().map(|package| format!("{} {} {:?}", package.name, package.version, package.confidence)).collect()
}

fn found(path: &str, texts: &[&str], needed: &[&str]) -> Vec<String> {
    told(&find(path, &elf(texts, needed, None)))
}

const OPENSSL: &str = "OpenSSL 3.0.13 30 Jan 2024";

#[test]
fn a_static_copy_is_found_by_its_version_and_is_sure_with_a_second_mark() {
    assert_eq!(found("/app", &[OPENSSL], &[]), ["openssl 3.0.13 Likely"]);
    assert_eq!(found("/app", &[OPENSSL, "crypto/evp/evp_enc.c"], &[]), ["openssl 3.0.13 Confirmed"]);
}

#[test]
fn what_is_loaded_from_elsewhere_is_no_copy() {
    assert!(found("/app", &[OPENSSL], &["libssl.so.3", "libc.so.6"]).is_empty());
    assert!(found("/app", &[OPENSSL], &["libcrypto-28bef1ac.so.1.1"]).is_empty());
    assert!(found("/app", &["SQLite format 3"], &["libsqlite3.so.0"]).is_empty());
    // The library itself needs its sister and is one all the same.
    assert_eq!(
        found("/x.libs/libssl-28bef1ac.so.1.1", &["OpenSSL 1.1.1t  7 Feb 2023"], &["libcrypto-2cd0ac56.so.1.1"]),
        ["openssl 1.1.1t Confirmed"]
    );
}

#[test]
fn versions_are_read_as_each_library_writes_them() {
    for (texts, expected) in [
        (&[" deflate 1.2.11 Copyright 1995-2017 Jean-loup Gailly and Mark Adler "][..], "zlib 1.2.11 Likely"),
        (&[" inflate 1.3.0.1-motley Copyright 1995-2023 Mark Adler "], "zlib 1.3.0.1 Likely"),
        (&["1.0.8, 13-Jul-2019"], "bzip2 1.0.8 Likely"),
        (&["OpenSSL 1.0.2zg-fips  7 Feb 2023"], "openssl 1.0.2zg Likely"),
        (&["libcurl/8.5.0"], "curl 8.5.0 Likely"),
        (&["libpng version 1.6.37"], "libpng 1.6.37 Likely"),
        (&["libjpeg-turbo version 2.1.5.1 (build 20230701)"], "libjpeg-turbo 2.1.5.1 Likely"),
        (&["LIBTIFF, Version 4.5.1\nCopyright"], "libtiff 4.5.1 Likely"),
        (&["expat_2.5.0"], "expat 2.5.0 Likely"),
        (&["BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)"], "busybox 1.36.1 Likely"),
        (&["KRB5_BRAND: krb5-1.20.1-final 1.20.1 20221115"], "krb5 1.20.1 Likely"),
        (&["$LuaVersion: Lua 5.4.6  Copyright (C) 1994-2023 Lua.org, PUC-Rio $"], "lua 5.4.6 Likely"),
        (
            &[
                "3.44.0",
                "SQLite format 3",
                "2023-11-01 11:23:50 17129ba1ff7f0daf37100ee82d507aef7827cf38de1866e2633096ae6ad81301",
            ],
            "sqlite 3.44.0 Confirmed",
        ),
        (&["10.42 2022-12-11", "unknown compile-time option bit(s)"], "pcre2 10.42 Confirmed"),
        (
            &["20913-GITv2.9.13", "xmlParseStartTag: ", "Extra content at the end of the document"],
            "libxml2 2.9.13 Confirmed",
        ),
        (&["21105", "xmlParseStartTag: "], "libxml2 2.11.5 Confirmed"),
        (&["redis_version:%s", "redis_git_sha1", "7.0.15"], "redis 7.0.15 Confirmed"),
        (&["nginx/1.24.0", "ngx_http_core_module"], "nginx 1.24.0 Confirmed"),
        (&["OpenSSH_9.2p1 Debian-2", "sshd_config"], "openssh 9.2p1 Confirmed"),
        (&["GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n"], "glibc 2.36 Likely"),
        (&["icudt72l_coll"], "icu 72 Likely"),
        (&["/tmp/boost_1_74_0/boost/x.hpp"], "boost 1.74 Likely"),
        (&["https://nodejs.org/download/release/v18.19.0/node-v18.19.0.tar.gz"], "node 18.19.0 Likely"),
        (&["Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)"], "linux 6.1.0 Likely"),
    ] {
        assert_eq!(found("/app", texts, &[]), [expected], "{texts:?}");
    }
}

#[test]
fn what_many_write_needs_a_second_mark() {
    for texts in [
        &["nginx/1.24.0"][..],
        &["OpenSSH_9.2p1 Debian-2"],
        &["git/2.39.2"],
        &["SQLite format 3"],
        &["10.42 2022-12-11"],
        &["7.0.15"],
        &["OpenSSL 3"],
        &["built with OpenSSL 3.0.13"],
        &["a musl libc (while running on Linux)", "1.2.7"],
        &["21105"],
    ] {
        assert!(found("/app", texts, &[]).is_empty(), "{texts:?}");
    }
}

#[test]
fn a_list_of_versions_proves_nothing() {
    let list = ["OpenSSL 3.0.13 30 Jan 2024", "OpenSSL 3.0.12 24 Oct 2023", "OpenSSL 1.1.1w  11 Sep 2023"];
    assert!(found("/scanner", &list, &[]).is_empty());
}

#[test]
fn the_name_of_a_bundled_library_tells_where_its_data_do_not() {
    for (path, soname, texts, expected) in [
        ("/x.libs/libfreetype-aaad44f2.so.6.20.0", None, &["FREETYPE_PROPERTIES"][..], "freetype 2.13.1 Likely"),
        ("/x.libs/liblcms2-faac3155.so.2.0.15", None, &["Little CMS"], "lcms2 2.15 Likely"),
        ("/x.libs/libpng16-36a62686.so.16.40.0", None, &["libpng version 1.6.40"], "libpng 1.6.40 Confirmed"),
        ("/x/copy.so", Some("libharfbuzz.so.0.60730.0"), &["HB_SHAPER_LIST"], "harfbuzz 7.3.0 Likely"),
    ] {
        let package = find(path, &elf(texts, &[], soname));
        assert_eq!(told(&package), [expected], "{path}");
    }
    assert!(find("/x.libs/libfreetype-aaad44f2.so.6.20.0", &elf(&[], &[], None)).is_empty(), "a name alone is nothing");
}

#[test]
fn parts_of_one_library_share_its_version() {
    let krb5 = |path: &str, texts: &[&str]| find(path, &elf(texts, &[], None)).remove(0);
    let mut packages = vec![
        krb5("/a/libkrb5-fcafa220.so.3.3", &["KRB5_BRAND: krb5-1.15.1-final"]),
        Package {
            version: String::new(),
            ..krb5("/a/libk5crypto-b1f99d5c.so.3.1", &["KRB5_BRAND: krb5-1.15.1-final"])
        },
        Package {
            version: String::new(),
            ..krb5("/b/libk5crypto-b1f99d5c.so.3.1", &["KRB5_BRAND: krb5-1.15.1-final"])
        },
    ];
    agree(&mut packages);
    let versions: Vec<_> = packages.iter().map(|package| package.version.as_str()).collect();
    assert_eq!(versions, ["1.15.1", "1.15.1", ""]);
    assert_eq!(packages[1].confidence, Confidence::Likely);
}

#[test]
fn what_is_no_program_is_left_alone() {
    for bytes in [
        &b""[..],
        b"OpenSSL 3.0.13 30 Jan 2024",
        b"#!/bin/sh\n# OpenSSL 3.0.13 30 Jan 2024",
        b"\xca\xfe\xba\xbe\0\0\0\x34",
    ] {
        assert!(find("/x", bytes).is_empty());
    }
}

#[test]
fn packed_and_broken_programs_are_searched_whole() {
    let mut broken = b"\x7fELF\x02\x01\x01".to_vec();
    broken.extend_from_slice(&[0xff; 100]);
    broken.extend_from_slice(b"\0OpenSSL 3.0.13 30 Jan 2024\0");
    assert_eq!(told(&find("/x", &broken)), ["openssl 3.0.13 Likely"]);
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    wasm.extend_from_slice(b"\0expat_2.5.0\0");
    assert_eq!(told(&find("/x.wasm", &wasm)), ["expat 2.5.0 Likely"]);
    let mut windows = b"MZ".to_vec();
    windows.extend_from_slice(b"\0libcurl/8.5.0\0");
    assert_eq!(told(&find("/x.dll", &windows)), ["curl 8.5.0 Likely"]);
}

#[test]
fn sections_that_span_the_file_are_searched_twice_at_most() {
    // The program's own sections, then 30,000 more that each hold the whole file of 4 MiB.
    let (headers, size) = (30_000_usize, 4_usize << 20);
    let mut bytes = vec![b'.'; size];
    bytes[..64].fill(0);
    bytes[..20].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0");
    bytes[20] = 1;
    bytes[40..48].copy_from_slice(&64_u64.to_le_bytes());
    bytes[52..54].copy_from_slice(&64_u16.to_le_bytes());
    bytes[58..60].copy_from_slice(&64_u16.to_le_bytes());
    bytes[60..62].copy_from_slice(&u16::try_from(headers).unwrap().to_le_bytes());
    for header in 0..headers {
        let at = 64 + header * 64;
        bytes[at..at + 64].fill(0);
        if header > 0 {
            bytes[at + 4] = 1;
            bytes[at + 8] = 2;
            bytes[at + 32..at + 40].copy_from_slice(&(size as u64).to_le_bytes());
        }
    }
    let begun = std::time::Instant::now();
    let _ = find("/usr/lib/x.so", &bytes);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn archives_of_objects_are_read_member_by_member() {
    let member = elf(&["expat_2.5.0"], &[], None);
    let mut archive = b"!<arch>\n".to_vec();
    archive.extend_from_slice(
        format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "x.o/", 0, 0, 0, 644, member.len()).as_bytes(),
    );
    archive.extend_from_slice(&member);
    assert_eq!(told(&find("/libexpat.a", &archive)), ["expat 2.5.0 Confirmed"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn broken_files_stop_nothing(cut in 0usize..1200, at in 0usize..1200, byte in any::<u8>()) {
        let mut file = elf(&[OPENSSL, "SQLite format 3"], &["libz.so.1"], Some("libssl.so.3"));
        if let Some(target) = file.get_mut(at) {
            *target = byte;
        }
        file.truncate(cut.max(4));
        let _ = find("/libssl.so.3", &file);
    }

    #[test]
    fn noise_names_nothing(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        for magic in [&b"\x7fELF"[..], b"MZ", b"\0asm", b"!<arch>\n", b"\xcf\xfa\xed\xfe"] {
            let file = [magic, &noise].concat();
            prop_assert!(find("/noise", &file).is_empty());
        }
    }
}

#[test]
fn a_function_that_returns_the_version_tells_it_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let (source, library) = (folder.path().join("x.c"), folder.path().join("libpq.so.5.15"));
    fs_err::write(&source, "int PQlibVersion(void) { return 150002; } int WebPGetEncoderVersion(int x) { return x; }")
        .unwrap();
    for optimised in ["-O0", "-O2"] {
        let mut compiler = std::process::Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-nostdlib", optimised, "-o"]).arg(&library).arg(&source);
        assert!(compiler.status().unwrap().success());
        let found = find("usr/lib/libpq.so.5.15", &fs_err::read(&library).unwrap());
        let found: Vec<_> = found.iter().map(|package| (package.name.as_str(), package.version.as_str())).collect();
        assert!(found.contains(&("libpq", "15.2")), "{optimised}: {found:?}");
        assert!(!found.iter().any(|(name, version)| *name == "libwebp" && !version.is_empty()), "{found:?}");
    }
}
