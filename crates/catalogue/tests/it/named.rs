//! Programs and fragments of programs are recognised by their file's name and the place of their version.

use catalogue::{apps::AppAnalyser, embedded, select};
use proptest::prelude::*;

/// Reads a file as the scanner does: chosen by its name, then searched.
fn read(path: &str, bytes: &[u8]) -> Vec<vuln::Package> {
    let analyser = select(path, 0o755, bytes.len() as u64, bytes.get(..64).unwrap_or(bytes));
    assert!(analyser.is_some_and(catalogue::Analyser::is_searched), "{path}: {analyser:?}");
    embedded::find(path, bytes)
}

/// Where each program writes its version (`~` is a zero), and what is read there.
const PLACES: &[(&str, &str, &str)] = &[
    ("/bin/[", "BusyBox v1.36.1 (2023-11-07)~", "busybox 1.36.1"),
    ("/bin/busybox", "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3)~", "busybox 1.35.0"),
    ("/usr/bin/getopt", "~util-linux 2.37.4~", "util-linux 2.37.4"),
    ("/bin/bash", "@(#)Bash version 5.2.0(1) rc4 GNU~", "bash 5.2.0"),
    ("/bin/openssl", "~OpenSSL 1.1.1zb  1 Jan 2025~", "openssl 1.1.1zb"),
    ("/bin/openssl", "~OpenSSL 1.1.1 (compatible; AWS-LC 1.69.0)~", "aws-lc 1.69.0"),
    ("/bin/ldapsearch", "$OpenLDAP: ldapsearch 2.4.45 (", "openldap 2.4.45"),
    ("/lib/libQt5Core.so.5", "~~Qt 5.15.2 (x86_64-little_endian", "qtbase 5.15.2"),
    ("/lib/libQtCore.so.4", "QtCore library version 4.8.7~", "qtbase 4.8.7"),
    ("/bin/curl", "curl/8.5.0~", "curl 8.5.0"),
    ("/bin/zstd", "~v1.5.6~", "zstd 1.5.6"),
    ("/bin/xz", "~xz (XZ Utils) 5.6.2~", "xz 5.6.2"),
    ("/bin/gzip", "~1.12~", "gzip 1.12"),
    ("/bin/jq", "~1.7.1~", "jq 1.7.1"),
    ("/bin/sqlcipher", "x~4.5.5~", "sqlcipher 4.5.5"),
    ("/bin/wp", "wp-cli/wp-cli 2.9.0", "wp-cli 2.9.0"),
    ("/bin/chrome", "~126.0.6478.182~Default", "chrome 126.0.6478.182"),
    ("/bin/electron", "Chrome/120.0.6099.56 Electron/28.0.0~", "electron 28.0.0"),
    ("/app/application.ini", "[App]\nVendor=Mozilla\nName=Firefox\nVersion=151.0\n", "firefox 151.0"),
    ("/bin/ffmpeg", "%s version 7.1.1~", "ffmpeg 7.1.1"),
    ("/lib/libavcodec-9aae324f.so.59.37.100", "FFmpeg version 5.1.4~", "ffmpeg 5.1.4"),
    ("/lib/libkrb5.so.26.0.0", "Heimdal 7.8.0~", "heimdal 7.8.0"),
    ("/bin/python3.6", "~3.60~~3.6.3~", "python 3.6.3"),
    ("/bin/python3", "~3.11.2+~", "python 3.11.2+"),
    ("/lib/libpython3.7m.so.1.0", "~3.7.4~", "python 3.7.4"),
    ("/lib/libpypy3.9-c.so", "[PyPy 7.3.14 with GCC", "pypy 7.3.14"),
    ("/go/bin/go", "go1.21rc2~", "go 1.21rc2"),
    ("/usr/local/go/VERSION", "go1.25.0\ntime 2025-08-01\n", "go 1.25.0"),
    ("/usr/local/go/VERSION.cache", "devel go1.25-d524e1e Mon", "go 1.25-d524e1e"),
    ("/lib/libstd-6f77337c1826707d.so", "~clang LLVM (rustc version 1.50.0 (cb75ad5db 2021-02-10))", "rust 1.50.0"),
    ("/lib/libstd-f6f9eec1635e636a.dylib", "c 1.67.1 (d5a82bbd2 2023-02-07)", "rust 1.67.1"),
    ("/bin/ruby", "ruby 2.7.7p221 (2022-11-24 revision", "ruby 2.7.7p221"),
    ("/lib/libruby.so.3.4.0", "ruby 3.4.0preview1 (2024-05-16", "ruby 3.4.0preview1"),
    ("/bin/node", "~node v0.10.48~", "node 0.10.48"),
    ("/bin/node", "node.js/v22.9.0", "node 22.9.0"),
    ("/bin/bun", "bun-v1.1.0", "bun 1.1.0"),
    ("/bin/deno", "1.10.31567c1013cc8ff12cf039137792da66a1d0015b5DENO_", "deno 1.10.3"),
    ("/bin/deno", "deno-65db94feba9d4d51a09b74629f566dbc90484fbarelease/v1.29.4windows", "deno 1.29.4"),
    ("/bin/perl", "/usr/local/lib/perl5/5.37.8/x86_64-linux~", "perl 5.37.8"),
    ("/bin/php-fpm", "X-Powered-By: PHP/8.2.0RC1~", "php 8.2.0RC1"),
    ("/lib/libphp.so", "X-Powered-By: PHP/8.2.1~", "php 8.2.1"),
    ("/mods/bcmath.so", "~bcmath~8.2.15~~API20220829,NTS~", "bcmath 8.2.15"),
    ("/mods/mysqli.so", "mysqlnd 8.2.15~~", "mysqli 8.2.15"),
    ("/mods/zip.so", "~1.21.1~~Zip~", "zip 1.21.1"),
    ("/bin/composer", "'pretty_version' => '2.5.1',", "composer 2.5.1"),
    ("/bin/elixir", "#!/bin/sh\nELIXIR_VERSION=1.12.0-rc.1\n", "elixir 1.12.0-rc.1"),
    ("/bin/erlexec", "~/usr/src/otp_src_25.3.2.6/erts/", "erlang 25.3.2.6"),
    ("/bin/beam.smp", "~~26.1.2~~~Erlang/OTP", "erlang 26.1.2"),
    ("/bin/beam.smp", "Erlang/OTP 17%s [erts-6.4.1.6] [source]~17.5.6.9~~", "erlang 17.5.6.9"),
    ("/bin/swipl", "swipl-9.3.8/", "swipl 9.3.8"),
    ("/bin/dart", "Dart,GC\"~3.6.0-216.1.beta (beta)", "dart 3.6.0-216.1.beta"),
    ("/bin/ghc-9.6.5", "~GHC 9.6.5~", "haskell/ghc 9.6.5"),
    ("/bin/cabal", "~Cabal-3.10.3.0-abc", "haskell/cabal 3.10.3.0"),
    ("/bin/stack", "Version 2.13.1, Git revision", "haskell/stack 2.13.1"),
    ("/lib/libjulia-internal.so", "~__init__~1.10.4~branch~", "julia 1.10.4"),
    ("/lib/libjulia.so.1", "~#kw#~1.3.1~BigInt~", "julia 1.3.1"),
    ("/bin/gcc", "GCC: (GNU) 12.3.0~", "gcc 12.3.0"),
    ("/bin/redis-server", "x7.0.14buildkitsandbox-1702957741000000000", "redis 7.0.14"),
    ("/bin/redis-server", "x4.0.11841ce7054bd9-1542359302000000000", "redis 4.0.11"),
    ("/bin/redis-server", "A7.0.151778644800000000000~", "redis 7.0.15"),
    ("/bin/gpg", "GNU Privacy Guard's OpenPGP server 2.2.40 ready", "gnupg 2.2.40"),
    ("/bin/valkey-server", "valkey9.0.0buildkitsandbox-1764887574000000000", "valkey 9.0.0"),
    ("/bin/memcached", "memcached 1.6.18~", "memcached 1.6.18"),
    ("/bin/httpd", "Apache/2.4.54~", "httpd 2.4.54"),
    ("/bin/nginx", "~nginx version: openresty/1.21.4.3~", "nginx 1.21.4"),
    ("/bin/haproxy", "HA-Proxy version 1.8.22~", "haproxy 1.8.22"),
    ("/bin/haproxy", "version 3.1-dev0-a4ebf9d, released 2024/05/29", "haproxy 3.1-dev0"),
    ("/bin/lighttpd", "~lighttpd/1.4.76~", "lighttpd 1.4.76"),
    ("/bin/proftpd", "~ProFTPD Version 1.3.8b~", "proftpd 1.3.8b"),
    ("/bin/mysql", "shutdown~8.0.37~~~mysql_real_esc", "mysql 8.0.37"),
    ("/bin/mysql", "/percona-server-8.0.35-27/x", "percona-server 8.0.35"),
    ("/bin/mysql", "/Percona-XtraDB-Cluster-8.0.34/x", "percona-xtradb-cluster 8.0.34"),
    ("/bin/mariadb", "10.6.15-MariaDB~", "mariadb 10.6.15"),
    ("/bin/mysqld", "/src/mysql-8.0.36/sql/x.cc", "mysql-server 8.0.36"),
    ("/bin/ndbd", "/mysql-cluster-gpl-8.0.36/x", "mysql-cluster 8.0.36"),
    ("/bin/xtrabackup", "/percona-xtrabackup-8.0.35-30/x", "percona-xtrabackup 8.0.35"),
    ("/bin/postgres", "~PostgreSQL 15beta4~", "postgresql 15beta4"),
    ("/bin/arangosh", "~3.12.0-2 enterprise [linux]", "arangodb 3.12.0-2"),
    ("/bin/mongod", "x6.0.27~tcmalloc", "mongodb 6.0.27"),
    ("/bin/envoy", "~1.36.4~abc envoy_reloadable_features", "envoy 1.36.4"),
    ("/bin/envoy", "~1.6.0~x~RELEASE", "envoy 1.6.0"),
    ("/bin/helm", "~v1.21.2~x~~v4.1.4~~~", "helm 4.1.4"),
    ("/bin/helm", "@v3.15.2~", "helm 3.15.2"),
    ("/bin/traefik", "\u{e9}3.0.4~", "traefik 3.0.4"),
    ("/bin/consul", "GitDescribe=1.12.9\"", "consul 1.12.9"),
    ("/bin/vault", "%s0.0.0.00x%016x1.14.101.49.22123-abc", "github.com/hashicorp/vault 1.14.10"),
    ("/bin/pilot-agent", "Modified~~~~1.10-dev~~", "pilot-agent 1.10-dev"),
    ("/bin/pilot-discovery", "~1.3.7~~~1.3.8~", "pilot-discovery 1.3.8"),
    ("/bin/grafana", "~release-12.3.2+security-01~", "grafana 12.3.2"),
    ("/bin/grafana", "~12.2.0-258092~", "grafana 12.2.0-258092"),
    ("/bin/nginx-ingress-controller", "~v1.15.1~~@e~go1.26.1~", "nginx-ingress-controller 1.15.1"),
    ("/bin/fluent-bit", "~1.7.0~\u{1b}[1m~%sFluent Bit", "fluent-bit 1.7.0"),
    ("/bin/elastic-agent", "3:04PM8.11.2:https", "elastic-agent 8.11.2"),
    ("/jre/bin/java", "~openjdk~java~0.0~11.0.17+8-LTS~", "openjdk 11.0.17+8-LTS"),
    ("/jre/bin/java", "~0.0~~~11.0.22+7~~~openjdk~java~", "openjdk 11.0.22+7"),
    ("/jre/bin/java", "~openjdk~java~1.8~1.8.0_352-b08~", "openjdk 1.8.0_352-b08"),
    ("/opt/zulu17/bin/java", "~java~0.0~17.0.9+8-LTS~", "zulu 17.0.9+8-LTS"),
    ("/jre/bin/java", "~17.0.3+7-jvmci-22.1-b06~", "graalvm 17.0.3+7-jvmci-22.1-b06"),
    ("/jre/bin/java", "~java~1.8~~~~1.8.0-foreman_2023_10_12_13_27-b00~", "java 1.8.0-foreman_2023_10_12_13_27-b00"),
    ("/jre/bin/java", "~19.0.1+10-21~", "jre 19.0.1+10-21"),
    ("/jdk/bin/jdb", "~21.0.2+13-LTS~", "jdk 21.0.2+13-LTS"),
];

fn written(text: &str) -> Vec<u8> {
    // U+00E9 stands for a byte that is no text.
    text.chars().map(|each| if each == '~' { 0 } else { u8::try_from(u32::from(each)).unwrap() }).collect()
}

fn told(packages: &[vuln::Package]) -> String {
    packages.iter().map(|found| format!("{} {}", found.name, found.version)).collect::<Vec<_>>().join(", ")
}

#[test]
fn each_program_is_read_where_it_writes_its_version() {
    for (path, text, expected) in PLACES {
        let bytes = written(text);
        let found = read(path, &bytes);
        assert_eq!(told(&found), *expected, "{path}: {text}");
        assert!(found.iter().all(|found| found.confidence == vuln::Confidence::Likely), "{path}");
    }
}

#[test]
fn the_only_version_of_a_short_fragment_is_its_programs() {
    assert_eq!(told(&read("/bin/filebeat", b"abc8.18.4xyz\0go1.22.7\0")), "filebeat 8.18.4");
    for other in [&b"abc8.18.4xyz"[..], b"\x008.18.4\x001.2.3\0", b"\x0010.0.0.1\0"] {
        assert!(read("/bin/filebeat", other).is_empty(), "{other:?}");
    }
    let long = [&[0; 5000][..], b"8.18.4"].concat();
    assert!(read("/bin/filebeat", &long).is_empty());
}

#[test]
fn a_program_of_another_name_or_a_script_is_none() {
    assert!(select("/bin/other", 0o755, 20, b"\x00v1.5.6\0").is_none());
    assert!(select("/bin/node", 0o755, 20, b"#!/bin/sh\nexec x").is_none());
    assert!(read("/bin/java", b"\x00\x0019.0.1\0").is_empty());
}

#[test]
fn archives_of_objects_and_webassembly_are_chosen_for_their_libraries() {
    for (path, head) in [("/lib/libz.a", &b"!<arch>\n/  "[..]), ("/app/x.wasm", b"\0asm\x01\0\0\0")] {
        let chosen = select(path, 0o644, 100, head);
        assert_eq!(chosen, Some(catalogue::Analyser::App(AppAnalyser::Objects)), "{path}");
    }
    assert!(select("/cache/x.deb", 0o644, 100, b"!<arch>\ndebian-binary").is_none());
}

#[test]
fn the_name_decides_where_marks_alone_are_of_two_minds() {
    let bytes = [&b"\x7fELF\x02\x01\x01"[..], &[0; 60], b"\0OpenSSL 3.1.4 24 Oct 2023\0"].concat();
    let found = embedded::find("/usr/bin/openssl", &bytes);
    assert_eq!(told(&found), "openssl 3.1.4");
    assert_eq!(found[0].confidence, vuln::Confidence::Confirmed);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn changed_fragments_stop_nothing(
        place in prop::sample::select(PLACES),
        noise in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = [written(place.1), noise].concat();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        for package in embedded::find(place.0, &[b"\x7fELF", &bytes[..]].concat()) {
            prop_assert!(!package.name.is_empty());
        }
        if let Some(analyser) = select(place.0, 0o644, bytes.len() as u64, &bytes) {
            let _ = catalogue::analyse(analyser, place.0, &bytes, &catalogue::Limits::default());
        }
    }
}
