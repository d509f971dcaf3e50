//! Under which names, and with which version, a package is looked up.

use super::System;
use super::names;
use super::report::{FindingClass, MatchKind};
use crate::advisory::Namespace;
use crate::package::{Package, PackageType};

/// One look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) namespace: Namespace,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) match_kind: MatchKind,
    pub(super) doubt: Option<String>,
}

/// Returns the look-up by which the system's vendor speaks of a package of its own.
///
/// Debian, Ubuntu, Alpine, Wolfi, Chainguard and OpenWrt speak of source packages (an apk's origin), all rpm systems
/// and Arch of binary ones; Red Hat of both ([`by_source`]).
pub(super) fn vendor(system: &System, package: &Package) -> Option<Key> {
    let home = system.namespace()?;
    let by_source = matches!(package.kind, PackageType::Deb | PackageType::Opkg | PackageType::Apk);
    let (name, version) = match package.source.as_ref().filter(|_| by_source) {
        Some(source) if source.version.is_empty() => (source.name.clone(), package.version.clone()),
        Some(source) => (source.name.clone(), source.version.clone()),
        None => (package.name.clone(), package.version.clone()),
    };
    // Microsoft's advisories leave epochs out.
    let version = match version.split_once(':') {
        Some((_, rest)) if matches!(home.0.split(':').next(), Some("azurelinux" | "mariner")) => rest.to_owned(),
        _ => version,
    };
    let (namespace, doubt) = match release_by_suffix(&home, &version) {
        Some(other) => {
            let doubt = format!("the version is of {}, the image of {}", other.0, home.0);
            (other, Some(doubt))
        }
        None => (home, None),
    };
    Some(Key { namespace, name, version, match_kind: MatchKind::Vendor, doubt })
}

/// Returns the look-up under the source package's name by which the vendor speaks of what it has not mended.
pub(super) fn by_source(vendor: &Key, package: &Package) -> Option<Key> {
    let source = package.source.as_ref().filter(|source| source.name != vendor.name)?;
    speaks_by_source_too(&vendor.namespace).then(|| Key { name: source.name.clone(), ..vendor.clone() })
}

/// Red Hat speaks of binary packages where it has mended something, else of source packages.
pub(super) fn speaks_by_source_too(namespace: &Namespace) -> bool {
    namespace.0.starts_with("rhel:")
}

/// Returns the release that a version's suffix names, if it is another one of the same system: `+deb11u5` on
/// Debian 12, `ubuntu0.20.04.1` on Ubuntu 22.04, `.el8` on release 9.
fn release_by_suffix(home: &Namespace, version: &str) -> Option<Namespace> {
    let (family, release) = home.0.split_once(':')?;
    let named = match family {
        "debian" => number_after(version, "deb", 'u'),
        "ubuntu" => ubuntu_release(version),
        "rhel" | "almalinux" | "rocky" | "oracle" => number_after(version, ".el", '\0'),
        "fedora" => number_after(version, ".fc", '\0'),
        _ => None,
    }?;
    (named != release && release.starts_with(|first: char| first.is_ascii_digit()))
        .then(|| Namespace(format!("{family}:{named}")))
}

/// Finds `marker` followed by a number, and (unless it is NUL) by a certain character.
fn number_after(version: &str, marker: &str, follow: char) -> Option<String> {
    let (_, rest) = version.rsplit_once(marker)?;
    let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    let fits = (1..=2).contains(&number.len()) && (follow == '\0' || after.starts_with(follow));
    fits.then(|| number.to_owned())
}

/// Finds `20.04` in `…ubuntu0.20.04.1` and `…~20.04`.
fn ubuntu_release(version: &str) -> Option<String> {
    let numbers: Vec<&str> = version.split(|character: char| !character.is_ascii_digit()).collect();
    numbers
        .windows(3)
        .rev()
        .find_map(|window| {
            let [before, year, month] = window else { return None };
            let is_release =
                matches!(*month, "04" | "10") && year.len() == 2 && (14..40).contains(&year.parse::<u8>().ok()?);
            (is_release && matches!(*before, "0" | "1" | "" | "2")).then(|| format!("{year}.{month}"))
        })
        .filter(|_| version.contains("ubuntu") || version.contains('~'))
}

/// Returns the look-ups by which a package's own ecosystem speaks of it; those of a library without a package end
/// with NVD's names, which are used for nothing else.
pub(super) fn ecosystem(package: &Package) -> Vec<Key> {
    let Some(namespace) = names::ecosystem(package.kind) else { return Vec::new() };
    let key = |namespace: &str, name: String, match_kind| Key {
        name: names::normalize(namespace, &name).into_owned(),
        namespace: Namespace(namespace.to_owned()),
        version: upstream_of_bitnami(package).to_owned(),
        match_kind,
        doubt: None,
    };
    let mut keys = vec![key(&namespace.0, package.name.clone(), MatchKind::Ecosystem)];
    // A database that was made without the rule for names is still read.
    if keys.iter().any(|normal| normal.name != package.name) {
        let raw = Key { name: package.name.clone(), ..key(&namespace.0, package.name.clone(), MatchKind::Ecosystem) };
        keys.push(raw);
    }
    keys.extend(toolchain(package).iter().map(|part| key("rust", (*part).to_owned(), MatchKind::Ecosystem)));
    if package.kind == PackageType::Generic {
        for other in ["bitnami", "oss-fuzz"] {
            keys.push(key(other, names::feed_name(other, &package.name).to_owned(), MatchKind::Ecosystem));
        }
        let names = names::cpe_names(&package.name.to_ascii_lowercase());
        keys.extend(names.into_iter().map(|name| key("cpe", name, MatchKind::Cpe)));
    }
    keys
}

/// Takes Bitnami's own revision (`7.0.10-3`) off a version: it is no pre-release, and its advisories do not name it.
fn upstream_of_bitnami(package: &Package) -> &str {
    let is_revision = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match package.version.rsplit_once('-') {
        Some((version, last)) if package.kind == PackageType::Bitnami && is_revision(last) => version,
        _ => &package.version,
    }
}

/// Returns the parts of Rust's toolchain that a package is, as `RustSec` names them: they are no crates.
fn toolchain(package: &Package) -> &'static [&'static str] {
    match (package.kind, package.name.as_str()) {
        (PackageType::Generic, "rust") => &["std", "cargo", "rustdoc"],
        (PackageType::Generic, "rustc" | "rust-std") | (PackageType::Cargo, "std" | "core" | "alloc") => &["std"],
        (PackageType::Generic, "cargo") => &["cargo"],
        (PackageType::Generic, "rustdoc") => &["rustdoc"],
        _ => &[],
    }
}

/// Returns the look-ups in upstream's advisories for a system's package on which its vendor is silent.
pub(super) fn upstream(package: &Package) -> Vec<Key> {
    let source = package.source.as_ref();
    let name = source.map_or(&package.name, |source| &source.name);
    let full = source.map(|source| &source.version).filter(|version| !version.is_empty());
    let version = upstream_version(full.unwrap_or(&package.version));
    let bare = Package { kind: PackageType::Generic, name: name.clone(), version, ..package.clone() };
    let doubt = "the vendor is silent: upstream's advisories do not know what it mended";
    ecosystem(&bare)
        .into_iter()
        .map(|key| Key { match_kind: MatchKind::Upstream, doubt: Some(doubt.to_owned()), ..key })
        .collect()
}

/// Takes the upstream version out of a system's: without epoch, revision and what a packager appended.
fn upstream_version(version: &str) -> String {
    let bare = version.split_once(':').map_or(version, |(_, rest)| rest);
    let bare = bare.rsplit_once('-').map_or(bare, |(upstream, _)| upstream);
    let end = bare.find(['+', '~']).unwrap_or(bare.len());
    bare.get(..end).unwrap_or(bare).to_owned()
}

/// Returns whether a package is only headers (or documents) of a kernel.
pub(super) fn class(package: &Package) -> FindingClass {
    let name = package.name.as_str();
    let is_headers = [
        "linux-libc-dev",
        "linux-headers",
        "kernel-headers",
        "kernel-devel",
        "linux-kbuild",
        "linux-doc",
        "kernel-doc",
        "linux-compiler",
    ]
    .iter()
    .any(|start| name.starts_with(start));
    let is_system = names::is_system(package.kind);
    if is_system && (is_headers || (name.starts_with("linux-") && name.contains("-headers-"))) {
        FindingClass::Headers
    } else {
        FindingClass::Usual
    }
}

/// Makers' names by which vendors sign the packages they build.
const MAKERS: &[(&str, &[&str])] = &[
    ("debian", &["debian"]),
    ("ubuntu", &["ubuntu", "canonical", "debian"]),
    ("rhel", &["red hat", "centos"]),
    ("almalinux", &["almalinux"]),
    ("rocky", &["rocky"]),
    ("oracle", &["oracle"]),
    ("amazon", &["amazon"]),
    ("fedora", &["fedora"]),
    ("sles", &["suse"]),
    ("opensuse-leap", &["suse"]),
    ("opensuse-tumbleweed", &["suse"]),
    ("opensuse-leap-micro", &["suse"]),
    ("sle-micro", &["suse"]),
    ("mariner", &["microsoft"]),
    ("azurelinux", &["microsoft"]),
    ("photon", &["vmware", "broadcom"]),
    ("openeuler", &["openeuler"]),
];

/// Returns whether a package says that somebody else than the system's vendor built it.
///
/// An rpm names its vendor outright. A deb names a maintainer, who may use any address; so this is asked only of
/// packages on which the vendor is silent, and errs on the side of saying that nothing is known.
pub(super) fn is_foreign(namespace: &Namespace, package: &Package) -> bool {
    let Some(vendor) = package.vendor.as_deref().filter(|vendor| !vendor.trim().is_empty()) else { return false };
    let family = namespace.0.split(':').next().unwrap_or_default();
    let Some((_, makers)) = MAKERS.iter().find(|(known, _)| *known == family) else { return false };
    let vendor = vendor.to_ascii_lowercase();
    !makers.iter().any(|maker| vendor.contains(maker))
}
