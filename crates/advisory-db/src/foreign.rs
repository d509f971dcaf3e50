//! What the readers of other scanners' databases share.

use vuln::{Namespace, Scheme};

use crate::constraint::Constraint;

/// Whose packages, and how their versions are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) namespace: Namespace,
    pub(crate) scheme: Scheme,
    /// The channel that fixes come through, if it is not the usual one.
    pub(crate) channel: Option<String>,
}

/// A system's name in lower case as other scanners write it, our namespace, and the order of its versions.
const SYSTEMS: &[(&str, &str, Scheme)] = &[
    ("alpine", "alpine", Scheme::Apk),
    ("debian", "debian", Scheme::Deb),
    ("ubuntu", "ubuntu", Scheme::Deb),
    ("alma", "almalinux", Scheme::Rpm),
    ("almalinux", "almalinux", Scheme::Rpm),
    ("rocky", "rocky", Scheme::Rpm),
    ("rockylinux", "rocky", Scheme::Rpm),
    ("rhel", "rhel", Scheme::Rpm),
    ("redhat", "rhel", Scheme::Rpm),
    ("oracle linux", "oracle", Scheme::Rpm),
    ("ol", "oracle", Scheme::Rpm),
    ("oraclelinux", "oracle", Scheme::Rpm),
    ("amazon linux", "amazon", Scheme::Rpm),
    ("amazonlinux", "amazon", Scheme::Rpm),
    ("amzn", "amazon", Scheme::Rpm),
    ("fedora", "fedora", Scheme::Rpm),
    ("suse linux enterprise", "sles", Scheme::Rpm),
    ("sles", "sles", Scheme::Rpm),
    ("suse linux enterprise micro", "sle-micro", Scheme::Rpm),
    ("suse linux micro", "sle-micro", Scheme::Rpm),
    ("opensuse leap micro", "opensuse-leap-micro", Scheme::Rpm),
    ("opensuse leap", "opensuse-leap", Scheme::Rpm),
    ("opensuse.leap", "opensuse-leap", Scheme::Rpm),
    ("opensuse tumbleweed", "opensuse-tumbleweed", Scheme::Rpm),
    ("photon os", "photon", Scheme::Rpm),
    ("photon", "photon", Scheme::Rpm),
    ("cbl-mariner", "mariner", Scheme::Rpm),
    ("mariner", "mariner", Scheme::Rpm),
    ("azurelinux", "azurelinux", Scheme::Rpm),
    ("azure linux", "azurelinux", Scheme::Rpm),
    ("openeuler", "openeuler", Scheme::Rpm),
    ("wolfi", "wolfi", Scheme::Apk),
    ("chainguard", "chainguard", Scheme::Apk),
    ("minimos", "minimos", Scheme::Apk),
    ("echo", "echo", Scheme::Deb),
    ("arch", "arch", Scheme::Alpm),
    ("archlinux", "arch", Scheme::Alpm),
];

/// Returns the place of a system; its release may be empty.
pub(crate) fn system(name: &str, release: &str) -> Option<Place> {
    let lower = name.to_ascii_lowercase();
    let (_, namespace, scheme) = SYSTEMS.iter().find(|(known, ..)| *known == lower)?;
    let release = match *namespace {
        // Releases of these are compared by their first number.
        "rhel" | "almalinux" | "rocky" | "oracle" | "mariner" | "azurelinux" => {
            release.split('.').next().unwrap_or_default()
        }
        "amazon" if release.starts_with("201") => "1",
        "wolfi" | "chainguard" | "minimos" | "arch" | "opensuse-tumbleweed" => "",
        "alpine" => release.trim_start_matches('v'),
        _ => release,
    };
    let release = release.to_ascii_lowercase();
    let text = if release.is_empty() { (*namespace).to_owned() } else { format!("{namespace}:{release}") };
    Some(Place { namespace: Namespace(text), scheme: *scheme, channel: None })
}

/// Returns the place of a language's packages, by what other scanners call it.
pub(crate) fn language(name: &str) -> Option<Place> {
    let osv = match name.to_ascii_lowercase().as_str() {
        "pip" | "python" | "pypi" => "PyPI",
        "npm" | "javascript" => "npm",
        "rubygems" | "gem" | "ruby" => "RubyGems",
        "composer" | "php-composer" | "php" | "packagist" => "Packagist",
        "maven" | "java" | "java-archive" => "Maven",
        "go" | "go-module" | "golang" => "Go",
        "cargo" | "rust" | "rust-crate" | "crates.io" => "crates.io",
        "nuget" | "dotnet" => "NuGet",
        "pub" | "dart" | "dart-pub" => "Pub",
        "hex" | "erlang" | "elixir" => "Hex",
        "swift" => "SwiftURL",
        "conan" => "ConanCenter",
        "bitnami" => "Bitnami",
        "github-action" | "github-actions" => "GitHub Actions",
        _ => return None,
    };
    let read = vuln::feed::ecosystem(osv);
    Some(Place { namespace: read.namespace, scheme: read.scheme, channel: None })
}

/// Returns the order of versions that a constraint's type names, where the place does not tell.
pub(crate) fn scheme(name: &str) -> Scheme {
    match name.to_ascii_lowercase().as_str() {
        "deb" | "dpkg" => Scheme::Deb,
        "rpm" => Scheme::Rpm,
        "apk" => Scheme::Apk,
        "python" | "pep440" => Scheme::Pep440,
        "maven" => Scheme::Maven,
        "gem" => Scheme::Gem,
        "golang" | "go" => Scheme::Go,
        "semantic" | "semver" | "npm" => Scheme::Semver,
        "pacman" => Scheme::Alpm,
        _ => Scheme::Generic,
    }
}

/// Returns our name of another scanner's source.
pub(crate) fn source(name: &str) -> String {
    match name {
        "alma" => "almalinux",
        "redhat-oval" | "redhat-csaf-vex" | "rhel" => "redhat",
        "github" => "ghsa",
        "ruby-advisory-db" => "osv:rubygems",
        "php-security-advisories" => "osv:packagist",
        "govulndb" => "golang",
        "nvd" | "debian" | "ubuntu" | "alpine" | "wolfi" => name,
        other => other,
    }
    .to_owned()
}

/// Puts constraints together.
pub(crate) fn union(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Option<Constraint> {
    let mut all = Constraint::default();
    for text in texts {
        let one = Constraint::parse(text.as_ref())?;
        all.ranges.extend(one.ranges);
        all.versions.extend(one.versions);
    }
    Some(all)
}
