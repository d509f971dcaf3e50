//! Package URLs (purl specification 1.0): one address for a package of any kind.

mod distro;

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(crate) use distro::id_of;
pub use distro::system_of;

use crate::matching::{is_system, normalize};
use crate::package::{Package, PackageType, SourcePackage};

/// What is encoded: everything but letters, digits and `.-_~:`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b':');
/// Longer texts are no package URLs.
const MAX_TEXT: usize = 8192;

/// A package URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// The type, in lower case (`deb`).
    pub kind: String,
    /// What goes before the name: a vendor, a group, a path.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// Further facts, by key in lower case.
    pub qualifiers: BTreeMap<String, String>,
    /// A path within the package.
    pub subpath: Option<String>,
}

/// The system that a package is part of, as its `os-release` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release<'a> {
    /// `ID`, in lower case.
    pub id: &'a str,
    /// `VERSION_ID`; empty for a rolling release.
    pub version: &'a str,
}

/// A text that is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a package URL: {0}")]
pub struct PurlError(&'static str);

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for segment in self.namespace.iter().flat_map(|namespace| namespace.split('/')).filter(|part| !part.is_empty())
        {
            write!(f, "{}/", utf8_percent_encode(segment, ENCODED))?;
        }
        write!(f, "{}", utf8_percent_encode(&self.name, ENCODED))?;
        if let Some(version) = &self.version {
            write!(f, "@{}", utf8_percent_encode(version, ENCODED))?;
        }
        for (at, (key, value)) in self.qualifiers.iter().enumerate() {
            let sign = if at == 0 { '?' } else { '&' };
            write!(f, "{sign}{key}={}", utf8_percent_encode(value, ENCODED))?;
        }
        if let Some(subpath) = &self.subpath {
            let parts: Vec<String> =
                subpath.split('/').map(|part| utf8_percent_encode(part, ENCODED).to_string()).collect();
            write!(f, "#{}", parts.join("/"))?;
        }
        Ok(())
    }
}

impl Purl {
    /// Returns a qualifier's value.
    #[must_use]
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).map(String::as_str)
    }
}

impl std::str::FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        if text.len() > MAX_TEXT {
            return Err(PurlError("it is too long"));
        }
        let rest = text.strip_prefix("pkg:").ok_or(PurlError("the scheme is not `pkg`"))?.trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').map_or((rest, None), |(rest, subpath)| (rest, Some(subpath)));
        let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
        let (kind, rest) = rest.split_once('/').ok_or(PurlError("there is no name"))?;
        let rest = rest.trim_matches('/');
        // An `@` before the last slash begins a scope, not a version.
        let at = rest.rfind('@').filter(|at| rest.rfind('/').is_none_or(|slash| slash < *at) && *at > 0);
        let (path, version) = match at {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..)),
            None => (rest, None),
        };
        let (namespace, name) = path.rsplit_once('/').map_or((None, path), |(namespace, name)| (Some(namespace), name));
        if kind.is_empty() || name.is_empty() {
            return Err(PurlError("there is no name"));
        }
        let pairs = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(_, value)| !value.is_empty());
        Ok(Self {
            kind: kind.to_ascii_lowercase(),
            namespace: namespace.map(decode_path),
            name: decode(name),
            version: version.map(decode).filter(|version| !version.is_empty()),
            qualifiers: pairs.map(|(key, value)| (key.to_ascii_lowercase(), decode(value))).collect(),
            subpath: subpath.map(decode_path),
        })
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn decode_path(text: &str) -> String {
    text.split('/').filter(|part| !part.is_empty()).map(decode).collect::<Vec<_>>().join("/")
}

/// Returns a package's URL. System packages take their namespace and the qualifier `distro` from the system.
#[must_use]
pub fn purl(package: &Package, system: Option<Release<'_>>) -> Purl {
    let (namespace, name) = split_name(package, system);
    let mut qualifiers = BTreeMap::new();
    let mut version = package.version.as_str();
    if is_system(package.kind) {
        if let Some(arch) = &package.arch {
            qualifiers.insert("arch".to_owned(), arch.clone());
        }
        if let Some(system) = system.filter(|system| !system.id.is_empty()) {
            let release = if system.version.is_empty() { String::new() } else { format!("-{}", system.version) };
            qualifiers.insert("distro".to_owned(), format!("{}{release}", system.id));
        }
        if let Some(source) = &package.source {
            let same_version = source.version.is_empty() || source.version == package.version;
            let upstream =
                if same_version { source.name.clone() } else { format!("{}@{}", source.name, source.version) };
            if !same_version || source.name != package.name {
                qualifiers.insert("upstream".to_owned(), upstream);
            }
        }
    }
    if package.kind == PackageType::Rpm {
        // The rpm type keeps the epoch apart.
        if let Some((epoch, rest)) = version.split_once(':') {
            if epoch != "0" {
                qualifiers.insert("epoch".to_owned(), epoch.to_owned());
            }
            version = rest;
        }
        if let Some(module) = &package.module {
            qualifiers.insert("rpmmod".to_owned(), format!("{}:{}", module.name, module.stream));
        }
    }
    if package.kind == PackageType::Conda
        && let Some(arch) = &package.arch
    {
        qualifiers.insert("subdir".to_owned(), arch.clone());
    }
    Purl {
        kind: kind(package.kind).to_owned(),
        namespace: namespace.filter(|namespace| !namespace.is_empty()),
        name,
        version: (!version.is_empty()).then(|| version.to_owned()),
        qualifiers,
        subpath: None,
    }
}

/// The kind's name in documents: the type of its package URL, or what it is.
#[must_use]
pub fn kind_name(kind: PackageType) -> &'static str {
    match kind {
        PackageType::Windows => "windows",
        PackageType::WindowsUpdate => "windows-update",
        kind => self::kind(kind),
    }
}

/// The type's name in a package URL.
fn kind(kind: PackageType) -> &'static str {
    KINDS.iter().find(|(each, _)| *each == kind).map_or("generic", |(_, name)| name)
}

const KINDS: &[(PackageType, &str)] = &[
    (PackageType::Deb, "deb"),
    (PackageType::Opkg, "opkg"),
    (PackageType::Apk, "apk"),
    (PackageType::Rpm, "rpm"),
    (PackageType::Alpm, "alpm"),
    (PackageType::Golang, "golang"),
    (PackageType::Cargo, "cargo"),
    (PackageType::Maven, "maven"),
    (PackageType::Npm, "npm"),
    (PackageType::Pypi, "pypi"),
    (PackageType::Gem, "gem"),
    (PackageType::Composer, "composer"),
    (PackageType::Pear, "pear"),
    (PackageType::Nuget, "nuget"),
    (PackageType::Conda, "conda"),
    (PackageType::Pub, "pub"),
    (PackageType::Hex, "hex"),
    (PackageType::Swift, "swift"),
    (PackageType::Cocoapods, "cocoapods"),
    (PackageType::Conan, "conan"),
    (PackageType::Cran, "cran"),
    (PackageType::Luarocks, "luarocks"),
    (PackageType::Hackage, "hackage"),
    (PackageType::Julia, "julia"),
    (PackageType::Wordpress, "wordpress"),
    (PackageType::Bitnami, "bitnami"),
    (PackageType::Generic, "generic"),
];

/// Takes a name apart as its type's definition says.
fn split_name(package: &Package, system: Option<Release<'_>>) -> (Option<String>, String) {
    let name = package.name.as_str();
    let at_slash = |name: &str| match name.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, name.to_owned()),
    };
    match package.kind {
        kind if is_system(kind) => (Some(vendor(kind, system).to_owned()), name.to_owned()),
        // These compare without case.
        PackageType::Golang | PackageType::Composer => at_slash(&name.to_lowercase()),
        PackageType::Npm | PackageType::Swift => at_slash(name),
        PackageType::Maven => match name.split_once(':') {
            Some((group, artifact)) => (Some(group.to_owned()), artifact.to_owned()),
            None => (None, name.to_owned()),
        },
        PackageType::Pypi => (None, normalize("pypi", name).into_owned()),
        PackageType::Hex | PackageType::Bitnami => (None, name.to_lowercase()),
        PackageType::Windows | PackageType::WindowsUpdate => (Some("microsoft".to_owned()), name.to_owned()),
        _ => (None, name.to_owned()),
    }
}

/// The namespace of system packages: the vendor, by the system's id.
pub(crate) fn vendor(kind: PackageType, system: Option<Release<'_>>) -> &str {
    match (system.map_or("", |system| system.id), kind) {
        ("", PackageType::Deb) => "debian",
        ("", PackageType::Apk) => "alpine",
        ("", PackageType::Alpm) => "arch",
        (id, _) => maker(id),
    }
}

/// Returns the namespace in which a system's maker puts its packages, by the system's `ID`.
pub(crate) fn maker(id: &str) -> &str {
    match id {
        "rhel" => "redhat",
        "amzn" => "amazon",
        "ol" => "oracle",
        "opensuse-leap" | "opensuse-tumbleweed" | "opensuse-leap-micro" | "opensuse" => "opensuse",
        "sles" | "sled" | "sles_sap" | "sle_hpc" | "sle-micro" | "sl-micro" | "suse" => "suse",
        id => id,
    }
}

/// Returns the kind and the name by which advisories know a package; `None`: the type is none of ours.
#[must_use]
pub fn package_of(purl: &Purl) -> Option<(PackageType, String)> {
    let (kind, _) = KINDS.iter().find(|(_, name)| *name == purl.kind)?;
    let namespace = purl.namespace.as_deref().unwrap_or_default();
    let name = match kind {
        PackageType::Golang | PackageType::Composer | PackageType::Npm | PackageType::Swift
            if !namespace.is_empty() =>
        {
            format!("{namespace}/{}", purl.name)
        }
        PackageType::Maven if !namespace.is_empty() => format!("{namespace}:{}", purl.name),
        PackageType::Pypi => normalize("pypi", &purl.name).into_owned(),
        _ => purl.name.clone(),
    };
    Some((*kind, name))
}

/// Returns a version with the epoch that the qualifiers give: the rpm type keeps it apart, and some write it there for
/// others too.
#[must_use]
pub fn full_version(purl: &Purl, version: &str) -> String {
    match purl.qualifiers.get("epoch") {
        Some(epoch) if !version.is_empty() && !version.contains(':') && epoch != "0" => format!("{epoch}:{version}"),
        _ => version.to_owned(),
    }
}

/// Reads the qualifier `upstream`: `name`, `name@version`, or the name of a source rpm. The version is empty where it is
/// not told.
#[must_use]
pub fn source_of(kind: PackageType, upstream: &str) -> SourcePackage {
    if let Some(bare) = upstream.strip_suffix(".src.rpm").filter(|_| kind == PackageType::Rpm) {
        // `name-version-release`: neither of the last two has a hyphen.
        let mut parts = bare.rsplitn(3, '-');
        if let (Some(release), Some(version), Some(name)) = (parts.next(), parts.next(), parts.next()) {
            return SourcePackage { name: name.to_owned(), version: format!("{version}-{release}") };
        }
    }
    let (name, version) = upstream.split_once('@').unwrap_or((upstream, ""));
    SourcePackage { name: name.to_owned(), version: version.to_owned() }
}
