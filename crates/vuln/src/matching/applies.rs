//! Whether one statement about a package's name holds for one installed package.

use super::System;
use super::keys::{self, Key};
use super::repositories;
use crate::advisory::{Affect, AffectState, Qualifiers, RangeEnd};
use crate::package::Package;
use crate::version::VersionError;

/// What a statement says of an installed package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It speaks of another module, architecture, repository or variant.
    Elsewhere,
    /// The installed version is not among those that it speaks of.
    Unaffected,
    /// The source says that the package is not affected.
    DeclaredUnaffected,
    Affected,
}

/// Decides; `title` is the advisory's, which names the module where the statement does not.
pub(super) fn decide(
    affect: &Affect,
    key: &Key,
    package: &Package,
    system: Option<&System>,
    title: &str,
) -> Result<Outcome, VersionError> {
    let in_place = source_fits(affect, key, package)
        && module_fits(affect, package, title)
        && arch_fits(&affect.qualifiers, package)
        && repository_fits(&affect.qualifiers, key, system)
        && variant_fits(affect, key);
    if !in_place {
        return Ok(Outcome::Elsewhere);
    }
    if affect.state == AffectState::NotAffected {
        let speaks_of_all = affect.ranges.is_empty() && affect.versions.is_empty();
        let holds = speaks_of_all || affect.holds(&key.version)?;
        return Ok(if holds { Outcome::DeclaredUnaffected } else { Outcome::Unaffected });
    }
    Ok(if affect.holds(&key.version)? { Outcome::Affected } else { Outcome::Unaffected })
}

/// Red Hat speaks of binary packages and of source packages, and one name may be of both: `key` says which was asked.
fn source_fits(affect: &Affect, key: &Key, package: &Package) -> bool {
    if !keys::speaks_by_source_too(&key.namespace) {
        return true;
    }
    match &package.source {
        Some(source) if affect.is_of_source() => source.name == key.name,
        None if affect.is_of_source() => true,
        _ => package.name == key.name,
    }
}

/// Modular packages are compared within their module and stream only, others with no module at all.
fn module_fits(affect: &Affect, package: &Package, title: &str) -> bool {
    let own = package.module.as_ref().map(|module| format!("{}:{}", module.name, module.stream));
    let is_modular = own.is_some() || is_module_release(&package.version);
    if let Some(module) = &affect.qualifiers.module {
        return own.is_some_and(|own| own == *module);
    }
    let bounds_modular = bounds(affect).any(is_module_release);
    if bounds_modular != is_modular {
        // A statement without bounds ("affected, no fix") speaks of the package in whatever module.
        return is_modular && bounds(affect).next().is_none();
    }
    if !is_modular {
        return true;
    }
    // Errata name the stream in their title: `nodejs:18 security update`, `httpd:2.4/mod_http2 security update`.
    let words = title.split_whitespace().filter(|word| word.contains(':') && !word.ends_with(':'));
    let mut streams = words.map(|word| word.split('/').next().unwrap_or(word)).peekable();
    match (own, streams.peek()) {
        (Some(own), Some(_)) => streams.any(|stream| stream == own),
        _ => bounds(affect).any(|bound| first_number(bound) == first_number(&package.version)),
    }
}

fn bounds(affect: &Affect) -> impl Iterator<Item = &str> {
    affect.ranges.iter().filter_map(|range| match &range.end {
        RangeEnd::Fixed(bound) | RangeEnd::LastAffected(bound) | RangeEnd::Limit(bound) => Some(bound.as_str()),
        RangeEnd::Open => None,
    })
}

fn is_module_release(version: &str) -> bool {
    version.contains(".module_") || version.contains(".module+")
}

fn first_number(version: &str) -> &str {
    let bare = version.split_once(':').map_or(version, |(_, rest)| rest);
    bare.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default()
}

fn arch_fits(qualifiers: &Qualifiers, package: &Package) -> bool {
    let Some(arch) = package.arch.as_deref() else { return true };
    let is_any = |arch: &str| matches!(arch, "noarch" | "all" | "any" | "src");
    qualifiers.arches.is_empty()
        || is_any(arch)
        || qualifiers.arches.iter().any(|listed| is_any(listed) || same_arch(listed, arch))
}

/// Debian and rpm name the same machines in two ways.
fn same_arch(a: &str, b: &str) -> bool {
    let canonical = |arch: &str| match arch {
        "amd64" => "x86_64".to_owned(),
        "arm64" => "aarch64".to_owned(),
        "i386" | "i586" => "i686".to_owned(),
        other => other.to_owned(),
    };
    canonical(a) == canonical(b)
}

/// Red Hat states each product by the CPE of its repository.
fn repository_fits(qualifiers: &Qualifiers, key: &Key, system: Option<&System>) -> bool {
    if qualifiers.cpes.is_empty() {
        return true;
    }
    if key.namespace.0 == "cpe" {
        return qualifiers.cpes.iter().any(|cpe| platform_fits(cpe, system));
    }
    // An image's labels name its product, or one repository of several: the release's own are there beside it, unless
    // content sets tell which of them are not.
    let Some((_, release)) = key.namespace.0.split_once(':') else { return true };
    let base = format!("cpe:/o:redhat:enterprise_linux:{release}");
    let enabled = system.map_or(&[][..], |system| &system.cpes);
    qualifiers.cpes.iter().any(|stated| {
        enabled.iter().any(|enabled| cpe_matches(stated, enabled))
            || (cpe_matches(stated, &base) && repositories::counts(stated, system))
    })
}

/// NVD binds a statement to a system, or to the software that a component is made for. What has no ecosystem of its own
/// is no plug-in and no part of a language's platform.
fn platform_fits(cpe: &str, system: Option<&System>) -> bool {
    let parts: Vec<&str> = cpe.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let id = system.map_or("", |system| system.id.as_str());
    let is_windows = id == "windows";
    match (part(10), part(2)) {
        ("", "o") => match (part(3), part(4)) {
            ("microsoft", product) => product.starts_with("windows") && is_windows,
            ("linux", _) => !is_windows,
            // A distribution by its maker: its own feed speaks of its own packages.
            (vendor, _) => DISTRIBUTIONS.iter().any(|(known, ids)| *known == vendor && ids.contains(&id)),
        },
        ("", _) => true,
        (target, _) if target.starts_with("windows") => is_windows,
        ("linux" | "linux_kernel" | "unix" | "posix" | "x64" | "x86" | "docker" | "kubernetes", _) => !is_windows,
        _ => false,
    }
}

/// Makers of systems in NVD's names, and `ID` of their os-release.
const DISTRIBUTIONS: &[(&str, &[&str])] = &[
    ("debian", &["debian"]),
    ("canonical", &["ubuntu"]),
    ("redhat", &["rhel", "centos"]),
    ("fedoraproject", &["fedora"]),
    ("oracle", &["ol"]),
    ("suse", &["sles", "sled"]),
    ("opensuse", &["opensuse-leap", "opensuse-tumbleweed"]),
    ("alpinelinux", &["alpine"]),
    ("amazon", &["amzn"]),
];

/// Compares like a prefix: a part that is missing on one side is any; application or operating system is the same.
pub(crate) fn cpe_matches(a: &str, b: &str) -> bool {
    let fields = |cpe: &str| -> Vec<String> {
        let bare = cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/")).unwrap_or(cpe);
        bare.split(':').skip(1).map(|field| if field == "*" { String::new() } else { field.to_owned() }).collect()
    };
    let (a, b) = (fields(a), fields(b));
    a.iter().zip(&b).enumerate().all(|(place, (x, y))| {
        let is_version = place == 2;
        x.is_empty() || y.is_empty() || x == y || (is_version && (is_release_of(x, y) || is_release_of(y, x)))
    })
}

/// `9` stands for `9.2`.
fn is_release_of(major: &str, minor: &str) -> bool {
    minor.strip_prefix(major).is_some_and(|rest| rest.starts_with('.'))
}

/// Oracle builds variants of a package whose versions go their own way.
fn variant_fits(affect: &Affect, key: &Key) -> bool {
    if !key.namespace.0.starts_with("oracle:") {
        return true;
    }
    let variant = |version: &str| ["ksplice", "fips"].into_iter().find(|variant| version.contains(variant));
    let own = variant(&key.version);
    bounds(affect).next().is_none() || bounds(affect).any(|bound| variant(bound) == own)
}

/// How much must hold for a statement: of two that contradict each other the one that says more counts.
pub(super) fn specificity(affect: &Affect) -> usize {
    let qualifiers = &affect.qualifiers;
    [
        qualifiers.module.is_some(),
        !qualifiers.arches.is_empty() && !affect.is_of_source(),
        !qualifiers.cpes.is_empty(),
        qualifiers.channel.is_some(),
    ]
    .into_iter()
    .filter(|holds| *holds)
    .count()
}
