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
    ("apache-httpd", &["apache:http_server"]),
    ("httpd", &["apache:http_server"]),
    ("bind", &["isc:bind"]),
    ("brotli", &["google:brotli"]),
    ("bzip2", &["bzip:bzip2"]),
    ("c-ares", &["c-ares_project:c-ares", "c-ares:c-ares"]),
    ("curl", &["haxx:curl"]),
    ("dnsmasq", &["thekelleys:dnsmasq"]),
    ("dropbear", &["dropbear_ssh_project:dropbear_ssh"]),
    ("expat", &["libexpat_project:libexpat"]),
    ("freetype", &["freetype:freetype"]),
    ("giflib", &["giflib_project:giflib"]),
    ("glibc", &["gnu:glibc"]),
    ("gnutls", &["gnu:gnutls"]),
    ("harfbuzz", &["harfbuzz_project:harfbuzz"]),
    ("icu", &["icu-project:international_components_for_unicode"]),
    ("krb5", &["mit:kerberos_5"]),
    ("libarchive", &["libarchive:libarchive"]),
    ("libcurl", &["haxx:libcurl"]),
    ("libgcrypt", &["gnupg:libgcrypt"]),
    ("libjpeg-turbo", &["libjpeg-turbo:libjpeg-turbo"]),
    ("libssh2", &["libssh2:libssh2"]),
    ("libtiff", &["libtiff:libtiff"]),
    ("libuv", &["libuv:libuv"]),
    ("libwebp", &["webmproject:libwebp"]),
    ("libxml2", &["xmlsoft:libxml2"]),
    ("libxslt", &["xmlsoft:libxslt"]),
    ("lz4", &["lz4_project:lz4"]),
    ("mbedtls", &["arm:mbed_tls"]),
    ("musl", &["musl-libc:musl"]),
    ("nginx", &["f5:nginx", "nginx:nginx"]),
    ("node", &["nodejs:node.js"]),
    ("openldap", &["openldap:openldap"]),
    ("openssh", &["openbsd:openssh"]),
    ("pcre", &["pcre:pcre"]),
    ("pcre2", &["pcre:pcre2"]),
    ("perl", &["perl:perl"]),
    ("php", &["php:php"]),
    ("python", &["python:python"]),
    ("redis", &["redis:redis"]),
    ("ruby", &["ruby-lang:ruby"]),
    ("sqlite", &["sqlite:sqlite"]),
    ("wolfssl", &["wolfssl:wolfssl"]),
    ("wpa_supplicant", &["w1.fi:wpa_supplicant"]),
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
