//! Names as databases key them, and the namespaces in which a package's name is looked up.

use std::borrow::Cow;

use crate::advisory::Namespace;
use crate::package::PackageType;

/// Returns the form of a name that is a key in its namespace: importers write it, matching looks it up.
///
/// PEP 503 for `pypi`; lower case where the registry or the package URL ignores case (`go`, `nuget`, `packagist`, `generic`, `bitnami`,
/// `oss-fuzz`, `cpe`, `conancenter`, `wordpress`); everything else as it is.
#[must_use]
pub fn normalize<'a>(namespace: &str, name: &'a str) -> Cow<'a, str> {
    match namespace {
        "pypi" => pep_503(name),
        "go" | "nuget" | "packagist" | "generic" | "bitnami" | "oss-fuzz" | "cpe" | "conancenter" | "wordpress" => {
            if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(name.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name)
            }
        }
        "swifturl" => {
            let bare = name.trim_start_matches("https://").trim_end_matches(".git");
            Cow::Owned(bare.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

/// Lower case, and one hyphen for each run of hyphens, underscores and dots.
fn pep_503(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.bytes().all(is_plain) && !name.contains("--") {
        return Cow::Borrowed(name);
    }
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    Cow::Owned(normal)
}

/// Returns the ecosystem whose advisories speak of packages of this kind, if one does.
#[must_use]
pub fn ecosystem(kind: PackageType) -> Option<Namespace> {
    let text = match kind {
        PackageType::Golang => "go",
        PackageType::Cargo => "crates.io",
        PackageType::Maven => "maven",
        PackageType::Npm => "npm",
        PackageType::Pypi => "pypi",
        PackageType::Gem => "rubygems",
        PackageType::Composer | PackageType::Pear => "packagist",
        PackageType::Nuget => "nuget",
        PackageType::Pub => "pub",
        PackageType::Hex => "hex",
        PackageType::Swift => "swifturl",
        PackageType::Conan => "conancenter",
        PackageType::Cran => "cran",
        PackageType::Hackage => "hackage",
        PackageType::Julia => "julia",
        PackageType::Wordpress => "wordpress",
        PackageType::Bitnami => "bitnami",
        PackageType::Generic => "generic",
        PackageType::Windows | PackageType::WindowsUpdate => "windows",
        PackageType::Deb
        | PackageType::Opkg
        | PackageType::Apk
        | PackageType::Rpm
        | PackageType::Alpm
        | PackageType::Conda
        | PackageType::Cocoapods
        | PackageType::Luarocks
        | PackageType::Portage
        | PackageType::Nix
        | PackageType::Snap
        | PackageType::Flatpak
        | PackageType::Homebrew => return None,
    };
    Some(Namespace(text.to_owned()))
}

/// Returns whether the operating system's vendor names packages of this kind.
#[must_use]
pub const fn is_system(kind: PackageType) -> bool {
    matches!(kind, PackageType::Deb | PackageType::Opkg | PackageType::Apk | PackageType::Rpm | PackageType::Alpm)
}

/// CPE names (`vendor:product`) of libraries and programs whose product is not named as they are, or whose product
/// has several vendors; all others are looked up as `name:name`.
const CPE_NAMES: &[(&str, &[&str])] = &[
    ("aom", &["aomedia:aomedia"]),
    ("apache-httpd", &["apache:http_server"]),
    ("apache2", &["apache:http_server"]),
    ("argocd", &["argoproj:argo_cd"]),
    ("bash", &["gnu:bash"]),
    ("berkeley-db", &["oracle:berkeley_db"]),
    ("bind", &["isc:bind"]),
    ("boringssl", &["google:boringssl"]),
    ("brotli", &["google:brotli"]),
    ("bun", &["oven:bun"]),
    ("bzip2", &["bzip:bzip2"]),
    ("c-ares", &["c-ares_project:c-ares", "c-ares:c-ares"]),
    ("cairo", &["cairographics:cairo"]),
    ("chrome", &["google:chrome"]),
    ("composer", &["getcomposer:composer"]),
    ("consul", &["hashicorp:consul"]),
    ("curl", &["haxx:curl"]),
    ("cyrus-sasl", &["cyrusimap:cyrus-sasl"]),
    ("dart", &["dart:dart_software_development_kit"]),
    ("dav1d", &["videolan:dav1d"]),
    ("dbus", &["freedesktop:dbus"]),
    ("dnsmasq", &["thekelleys:dnsmasq"]),
    ("dropbear", &["dropbear_ssh_project:dropbear_ssh"]),
    ("duktape", &["duktape_project:duktape"]),
    ("e2fsprogs", &["e2fsprogs_project:e2fsprogs"]),
    ("electron", &["electronjs:electron"]),
    ("elfutils", &["elfutils_project:elfutils"]),
    ("elixir", &["elixir-lang:elixir"]),
    ("envoy", &["envoyproxy:envoy"]),
    ("erlang", &["erlang:erlang/otp", "erlang:otp"]),
    ("expat", &["libexpat_project:libexpat"]),
    ("firefox", &["mozilla:firefox"]),
    ("fluent-bit", &["treasuredata:fluent_bit"]),
    ("fontconfig", &["fontconfig_project:fontconfig"]),
    ("freetype", &["freetype:freetype"]),
    ("gcc", &["gnu:gcc"]),
    ("gdal", &["osgeo:gdal"]),
    ("gdb", &["gnu:gdb"]),
    ("giflib", &["giflib_project:giflib"]),
    ("git", &["git-scm:git"]),
    ("glibc", &["gnu:glibc"]),
    ("gnutls", &["gnu:gnutls"]),
    ("gperftools", &["google:gperftools"]),
    ("gzip", &["gnu:gzip"]),
    ("harfbuzz", &["harfbuzz_project:harfbuzz"]),
    ("haskell/cabal", &["haskell:cabal"]),
    ("haskell/ghc", &["haskell:ghc"]),
    ("haskell/stack", &["haskell:stack"]),
    ("hdf5", &["hdfgroup:hdf5"]),
    ("heimdal", &["heimdal_project:heimdal"]),
    ("hostapd", &["w1.fi:hostapd"]),
    ("httpd", &["apache:http_server"]),
    ("icu", &["icu-project:international_components_for_unicode"]),
    ("jansson", &["jansson_project:jansson"]),
    ("jq", &["jqlang:jq", "jq_project:jq"]),
    ("json-c", &["json-c:json-c", "json-c_project:json-c"]),
    ("julia", &["julialang:julia"]),
    ("krb5", &["mit:kerberos_5"]),
    ("kubectl", &["kubernetes:kubernetes"]),
    ("lcms2", &["littlecms:little_cms"]),
    ("leveldb", &["google:leveldb"]),
    ("libarchive", &["libarchive:libarchive"]),
    ("libcurl", &["haxx:libcurl"]),
    ("libde265", &["struktur:libde265"]),
    ("libevent", &["libevent_project:libevent"]),
    ("libgcrypt", &["gnupg:libgcrypt"]),
    ("libheif", &["struktur:libheif"]),
    ("libidn2", &["gnu:libidn2"]),
    ("libjpeg-turbo", &["libjpeg-turbo:libjpeg-turbo"]),
    ("libpcap", &["tcpdump:libpcap"]),
    ("libssh2", &["libssh2:libssh2"]),
    ("libtasn1", &["gnu:libtasn1"]),
    ("libtiff", &["libtiff:libtiff"]),
    ("libuv", &["libuv:libuv"]),
    ("libvpx", &["webmproject:libvpx"]),
    ("libwebp", &["webmproject:libwebp"]),
    ("libxml2", &["xmlsoft:libxml2"]),
    ("libxslt", &["xmlsoft:libxslt"]),
    ("libyaml", &["pyyaml:libyaml"]),
    ("linux", &["linux:linux_kernel"]),
    ("lz4", &["lz4_project:lz4"]),
    ("mbedtls", &["arm:mbed_tls"]),
    ("mosquitto", &["eclipse:mosquitto"]),
    ("musl", &["musl-libc:musl"]),
    ("mysql", &["oracle:mysql"]),
    ("mysql-server", &["oracle:mysql", "oracle:mysql_server"]),
    ("ncurses", &["gnu:ncurses"]),
    ("nettle", &["nettle_project:nettle"]),
    ("nginx", &["f5:nginx", "nginx:nginx"]),
    ("node", &["nodejs:node.js"]),
    ("nss", &["mozilla:nss", "mozilla:network_security_services"]),
    ("oniguruma", &["oniguruma_project:oniguruma"]),
    ("openjpeg", &["uclouvain:openjpeg"]),
    ("openldap", &["openldap:openldap"]),
    ("openssh", &["openbsd:openssh"]),
    ("pcre", &["pcre:pcre"]),
    ("pcre2", &["pcre:pcre2"]),
    ("percona-server", &["percona:percona_server"]),
    ("percona-xtrabackup", &["percona:xtrabackup"]),
    ("percona-xtradb-cluster", &["percona:xtradb_cluster"]),
    ("perl", &["perl:perl"]),
    ("php", &["php:php"]),
    ("proj", &["osgeo:proj"]),
    ("protobuf", &["google:protobuf"]),
    ("python", &["python:python", "python_software_foundation:python"]),
    ("qtbase", &["qt:qtbase", "qt:qt"]),
    ("re2", &["google:re2"]),
    ("readline", &["gnu:readline"]),
    ("redis", &["redis:redis", "redislabs:redis"]),
    ("ruby", &["ruby-lang:ruby"]),
    ("rust", &["rust-lang:rust"]),
    ("snappy", &["google:snappy"]),
    ("sqlcipher", &["zetetic:sqlcipher"]),
    ("sqlite", &["sqlite:sqlite"]),
    ("squid", &["squid-cache:squid"]),
    ("swipl", &["swi-prolog:swi-prolog"]),
    ("systemd", &["systemd_project:systemd", "freedesktop:systemd"]),
    ("tor", &["torproject:tor"]),
    ("u-boot", &["denx:u-boot"]),
    ("unbound", &["nlnetlabs:unbound"]),
    ("util-linux", &["kernel:util-linux"]),
    ("valkey", &["lfprojects:valkey"]),
    ("vsftpd", &["vsftpd_project:vsftpd"]),
    ("wget", &["gnu:wget"]),
    ("wolfssl", &["wolfssl:wolfssl"]),
    ("wpa_supplicant", &["w1.fi:wpa_supplicant"]),
    ("x264", &["videolan:x264"]),
    ("xz", &["tukaani:xz"]),
    ("zlib", &["zlib:zlib"]),
    ("zstd", &["facebook:zstandard"]),
];

/// Returns the names under which NVD may speak of a library or program.
pub(super) fn cpe_names(name: &str) -> Vec<String> {
    match CPE_NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, names)) => names.iter().map(|name| (*name).to_owned()).collect(),
        None => vec![format!("{name}:{name}")],
    }
}

/// Names by which feeds call a library or program otherwise than it is called here: feed, our name, the feed's.
const FEED_NAMES: &[(&str, &str, &str)] = &[
    ("bitnami", "apache2", "apache"),
    ("bitnami", "argocd", "argo-cd"),
    ("bitnami", "go", "golang"),
    ("bitnami", "httpd", "apache"),
    ("bitnami", "mysql-server", "mysql"),
    ("bitnami", "nodejs", "node"),
    ("bitnami", "sqlite3", "sqlite"),
    ("oss-fuzz", "aom", "libaom"),
    ("oss-fuzz", "apache2", "apache-httpd"),
    ("oss-fuzz", "blosc", "c-blosc"),
    ("oss-fuzz", "freetype", "freetype2"),
    ("oss-fuzz", "gperftools", "tcmalloc"),
    ("oss-fuzz", "hostapd", "hostap"),
    ("oss-fuzz", "httpd", "apache-httpd"),
    ("oss-fuzz", "lcms2", "lcms"),
    ("oss-fuzz", "libselinux", "selinux"),
    ("oss-fuzz", "libsepol", "selinux"),
    ("oss-fuzz", "python", "cpython3"),
    ("oss-fuzz", "sqlite", "sqlite3"),
    ("oss-fuzz", "tesseract", "tesseract-ocr"),
    ("oss-fuzz", "wpa_supplicant", "hostap"),
    ("oss-fuzz", "zeromq", "libzmq"),
];

/// Returns the name under which a feed speaks of a library or program.
pub(super) fn feed_name<'a>(feed: &str, name: &'a str) -> &'a str {
    let is_known = |known: &&(&str, &str, &str)| known.0 == feed && known.1 == name;
    FEED_NAMES.iter().find(is_known).map_or(name, |(_, _, theirs)| theirs)
}
