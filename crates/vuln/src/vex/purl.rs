//! Package URLs (the purl specification), as far as statements about packages need them.

use crate::matching::Finding;
use crate::package::PackageType;

/// A package URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    kind: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: Vec<(String, String)>,
}

impl Purl {
    /// Reads `pkg:type/namespace/name@version?qualifiers`; nothing if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (path, version) = match path.rsplit_once('@') {
            // `pkg:npm/@scope/name` has no version.
            Some((before, version)) if !version.contains('/') && !before.is_empty() => (before, Some(decode(version))),
            _ => (path, None),
        };
        let (kind, path) = path.split_once('/')?;
        let path = path.trim_matches('/');
        let (namespace, name) = match path.rsplit_once('/') {
            Some((namespace, name)) => (Some(decode(namespace)), decode(name)),
            None => (None, decode(path)),
        };
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let qualifiers = pairs.map(|(key, value)| (key.to_ascii_lowercase(), decode(value))).collect();
        (!name.is_empty()).then(|| Self { kind: kind.to_ascii_lowercase(), namespace, name, version, qualifiers })
    }

    /// Returns the purl of a finding's package; `system` is the image's `ID` of os-release.
    #[must_use]
    pub fn of(finding: &Finding, system: Option<&str>) -> Self {
        let kind = purl_type(finding.kind);
        let separator = if kind == "maven" { ':' } else { '/' };
        let (namespace, name) = match finding.name.rsplit_once(separator) {
            Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
            None => (None, finding.name.clone()),
        };
        let is_system = matches!(kind, "deb" | "rpm" | "apk" | "alpm");
        Self {
            kind: kind.to_owned(),
            namespace: if is_system { system.map(str::to_owned) } else { namespace },
            name,
            version: Some(finding.version.clone()).filter(|version| !version.is_empty()),
            qualifiers: finding.arches.iter().map(|arch| ("arch".to_owned(), arch.clone())).collect(),
        }
    }

    /// Returns whether a stated purl speaks of a package: what it leaves open is any.
    #[must_use]
    pub fn covers(&self, package: &Self) -> bool {
        let same_version = |stated: &String| {
            // An rpm's epoch may stand beside the version.
            let epoch = self.qualifier("epoch").map(|epoch| format!("{epoch}:{stated}"));
            let bare = |version: &str| version.strip_prefix("0:").unwrap_or(version).to_owned();
            package
                .version
                .as_ref()
                .is_some_and(|own| own == stated || Some(own) == epoch.as_ref() || bare(own) == bare(stated))
        };
        let same_arch = |stated: &str| {
            stated == "noarch"
                || !package.qualifiers.iter().any(|(key, _)| key == "arch")
                || package.qualifiers.iter().any(|(key, arch)| key == "arch" && arch == stated)
        };
        let same_namespace = match (&self.namespace, &package.namespace) {
            (Some(stated), Some(own)) => stated.eq_ignore_ascii_case(own),
            (Some(_), None) => matches!(self.kind.as_str(), "deb" | "rpm" | "apk" | "alpm"),
            (None, own) => own.is_none() || matches!(self.kind.as_str(), "deb" | "rpm" | "apk" | "alpm"),
        };
        self.kind == package.kind
            && self.name.eq_ignore_ascii_case(&package.name)
            && same_namespace
            && self.version.as_ref().is_none_or(same_version)
            && self.qualifier("arch").is_none_or(same_arch)
    }

    /// Returns whether this names the image with a digest (`pkg:oci/name@sha256:…`).
    #[must_use]
    pub fn is_image(&self, id: &str) -> bool {
        matches!(self.kind.as_str(), "oci" | "docker") && self.version.as_deref() == Some(id)
    }

    fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Display for Purl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        if let Some(namespace) = &self.namespace {
            let parts: Vec<String> = namespace.split('/').map(encode).collect();
            write!(f, "{}/", parts.join("/"))?;
        }
        write!(f, "{}", encode(&self.name))?;
        if let Some(version) = &self.version {
            write!(f, "@{}", encode(version))?;
        }
        // Several architectures are no one purl's.
        match self.qualifiers.as_slice() {
            [(key, value)] => write!(f, "?{key}={}", encode(value)),
            _ => Ok(()),
        }
    }
}

const fn purl_type(kind: PackageType) -> &'static str {
    match kind {
        PackageType::Deb => "deb",
        PackageType::Opkg => "opkg",
        PackageType::Apk => "apk",
        PackageType::Rpm => "rpm",
        PackageType::Alpm => "alpm",
        PackageType::Golang => "golang",
        PackageType::Cargo => "cargo",
        PackageType::Maven => "maven",
        PackageType::Npm => "npm",
        PackageType::Pypi => "pypi",
        PackageType::Gem => "gem",
        PackageType::Composer => "composer",
        PackageType::Pear => "pear",
        PackageType::Nuget => "nuget",
        PackageType::Conda => "conda",
        PackageType::Pub => "pub",
        PackageType::Hex => "hex",
        PackageType::Swift => "swift",
        PackageType::Cocoapods => "cocoapods",
        PackageType::Conan => "conan",
        PackageType::Cran => "cran",
        PackageType::Luarocks => "luarocks",
        PackageType::Hackage => "hackage",
        PackageType::Julia => "julia",
        PackageType::Bitnami => "bitnami",
        PackageType::Wordpress
        | PackageType::Generic
        | PackageType::Windows
        | PackageType::WindowsUpdate
        | PackageType::Portage
        | PackageType::Nix
        | PackageType::Snap
        | PackageType::Flatpak
        | PackageType::Homebrew => "generic",
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
