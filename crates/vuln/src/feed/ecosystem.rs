//! Whose packages an ecosystem's name speaks of.

use crate::advisory::Namespace;
use crate::scheme::Scheme;

/// What an OSV ecosystem means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ecosystem {
    /// The namespace.
    pub namespace: Namespace,
    /// How its versions are compared.
    pub scheme: Scheme,
    /// The channel that fixes come through, if it is not the usual one.
    pub channel: Option<String>,
    /// The repository's CPE, where the ecosystem names one (Red Hat).
    pub cpe: Option<String>,
}

/// Languages and other ecosystems without releases: OSV's name in lower case, and the order of versions.
const PLAIN: &[(&str, &str, Scheme)] = &[
    ("pypi", "pypi", Scheme::Pep440),
    ("npm", "npm", Scheme::Semver),
    ("crates.io", "crates.io", Scheme::Semver),
    ("go", "go", Scheme::Go),
    ("maven", "maven", Scheme::Maven),
    ("rubygems", "rubygems", Scheme::Gem),
    ("packagist", "packagist", Scheme::Composer),
    ("nuget", "nuget", Scheme::Nuget),
    ("hex", "hex", Scheme::Semver),
    ("pub", "pub", Scheme::Semver),
    ("swifturl", "swifturl", Scheme::Semver),
    ("conancenter", "conancenter", Scheme::Generic),
    ("cran", "cran", Scheme::Generic),
    ("bioconductor", "bioconductor", Scheme::Generic),
    ("hackage", "hackage", Scheme::Generic),
    ("ghc", "ghc", Scheme::Generic),
    ("julia", "julia", Scheme::Semver),
    ("github actions", "github-actions", Scheme::Semver),
    ("bitnami", "bitnami", Scheme::Semver),
    ("oss-fuzz", "oss-fuzz", Scheme::Generic),
    ("linux", "linux", Scheme::Generic),
    ("wolfi", "wolfi", Scheme::Apk),
    ("chainguard", "chainguard", Scheme::Apk),
    ("minimos", "minimos", Scheme::Apk),
    ("arch", "arch", Scheme::Alpm),
];

/// Systems with releases: OSV's name in lower case, the namespace, and the order of versions.
const RELEASED: &[(&str, &str, Scheme)] = &[
    ("debian", "debian", Scheme::Deb),
    ("echo", "echo", Scheme::Deb),
    ("almalinux", "almalinux", Scheme::Rpm),
    ("rocky linux", "rocky", Scheme::Rpm),
    ("fedora", "fedora", Scheme::Rpm),
    ("oracle linux", "oracle", Scheme::Rpm),
    ("amazon linux", "amazon", Scheme::Rpm),
    ("mageia", "mageia", Scheme::Rpm),
    ("openeuler", "openeuler", Scheme::Rpm),
    ("photon os", "photon", Scheme::Rpm),
];

/// Reads an OSV ecosystem (schema 1.7, "defined ecosystems"), with its release if it has one.
#[must_use]
pub fn ecosystem(text: &str) -> Ecosystem {
    let lower = text.trim().to_ascii_lowercase();
    let (name, release) = lower.split_once(':').unwrap_or((&lower, ""));
    let plain =
        |namespace: String, scheme| Ecosystem { namespace: Namespace(namespace), scheme, channel: None, cpe: None };
    if let Some((_, namespace, scheme)) = PLAIN.iter().find(|(osv, ..)| *osv == name) {
        return plain((*namespace).to_owned(), *scheme);
    }
    if let Some((_, namespace, scheme)) = RELEASED.iter().find(|(osv, ..)| *osv == name) {
        let release = if release.is_empty() { String::new() } else { format!(":{release}") };
        return plain(format!("{namespace}{release}"), *scheme);
    }
    match name {
        "ubuntu" => ubuntu(release),
        "alpine" if release.is_empty() => plain("alpine".to_owned(), Scheme::Apk),
        "alpine" => plain(format!("alpine:{}", release.trim_start_matches('v')), Scheme::Apk),
        "azure linux" | "cbl-mariner" => plain(azure_linux(release), Scheme::Rpm),
        "red hat" => red_hat(release),
        "suse" | "opensuse" => plain(suse(name, release), Scheme::Rpm),
        _ => plain(lower.replace(' ', "-"), Scheme::Generic),
    }
}

/// `22.04:lts`, `24.10`, `pro:18.04:lts`, `pro:fips-updates:20.04:lts`.
fn ubuntu(release: &str) -> Ecosystem {
    let mut version = "";
    let mut channel: Option<String> = None;
    for part in release.split(':') {
        match part {
            "pro" => channel = Some("esm".to_owned()),
            "lts" | "" => {}
            part if part.starts_with(|c: char| c.is_ascii_digit()) => version = part,
            part => channel = Some(part.to_owned()),
        }
    }
    Ecosystem { namespace: Namespace(format!("ubuntu:{version}")), scheme: Scheme::Deb, channel, cpe: None }
}

/// `enterprise_linux:9::appstream`, `rhel_eus:9.2::baseos`: the middle of a CPE.
fn red_hat(release: &str) -> Ecosystem {
    let cpe = format!("cpe:/a:redhat:{release}");
    Ecosystem {
        namespace: red_hat_namespace(&cpe).unwrap_or_else(|| Namespace("rhel".to_owned())),
        scheme: Scheme::Rpm,
        channel: None,
        cpe: (!release.is_empty()).then_some(cpe),
    }
}

/// Returns the release that a CPE of one of Red Hat Enterprise Linux's repositories belongs to.
#[must_use]
pub fn red_hat_namespace(cpe: &str) -> Option<Namespace> {
    let mut parts = cpe.trim_start_matches("cpe:/").split(':');
    let (_, vendor, product, version) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_linux = matches!(product, "enterprise_linux" | "rhel")
        || ["rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "rhel_els", "rhel_extras"]
            .iter()
            .any(|known| product.starts_with(known));
    let major = version.split('.').next()?;
    let is_number = !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit());
    (vendor == "redhat" && is_linux && is_number).then(|| Namespace(format!("rhel:{major}")))
}

/// `2`, `3.0`: before its third release it was called CBL-Mariner.
fn azure_linux(release: &str) -> String {
    match release.split('.').next().unwrap_or_default() {
        "" => "azurelinux".to_owned(),
        major @ ("1" | "2") => format!("mariner:{major}"),
        major => format!("azurelinux:{major}"),
    }
}

/// `linux enterprise server 15 sp5` → `sles:15.5`; `leap 15.5` → `opensuse-leap:15.5`; `tumbleweed`;
/// `linux enterprise micro 5.3`, `linux micro 6.0` → `sle-micro:6.0`; `leap micro 5.5` → `opensuse-leap-micro:5.5`.
fn suse(name: &str, release: &str) -> String {
    let release = release.trim();
    if release.contains("tumbleweed") {
        return "opensuse-tumbleweed".to_owned();
    }
    let mut words = release.split([' ', '-']).filter(|word| !word.is_empty());
    let version = words.by_ref().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or_default();
    let pack = words.next().and_then(|word| word.strip_prefix("sp")).unwrap_or_default();
    let version = if pack.is_empty() { version.to_owned() } else { format!("{version}.{pack}") };
    let is_open = name == "opensuse" || release.contains("leap");
    let system = match (is_open, release.contains("micro")) {
        (true, true) => "opensuse-leap-micro",
        (true, false) => "opensuse-leap",
        (false, true) => "sle-micro",
        (false, false) => "sles",
    };
    if version.is_empty() { system.to_owned() } else { format!("{system}:{version}") }
}

/// Returns the source that an advisory's id belongs to, or nothing if the id does not tell.
#[must_use]
pub fn source_of_id(id: &str) -> Option<&'static str> {
    const PREFIXES: &[(&str, &str)] = &[
        ("GHSA-", "ghsa"),
        ("RUSTSEC-", "rustsec"),
        ("PYSEC-", "osv:pypi"),
        ("GO-", "golang"),
        ("ALSA-", "almalinux"),
        ("ALBA-", "almalinux"),
        ("ALEA-", "almalinux"),
        ("RLSA-", "rocky"),
        ("RXSA-", "rocky"),
        ("RHSA-", "redhat"),
        ("RHBA-", "redhat"),
        ("RHEA-", "redhat"),
        ("ELSA-", "oracle"),
        ("FEDORA-", "fedora"),
        ("ALAS", "amazon"),
        ("DSA-", "debian"),
        ("DLA-", "debian"),
        ("DTSA-", "debian"),
        ("DEBIAN-", "debian"),
        ("USN-", "ubuntu"),
        ("UBUNTU-", "ubuntu"),
        ("LSN-", "ubuntu"),
        ("SUSE-", "suse"),
        ("openSUSE-", "suse"),
        ("ALPINE-", "alpine"),
        ("CGA-", "chainguard"),
        ("MGASA-", "mageia"),
        ("AZL-", "azurelinux"),
        ("OESA-", "openeuler"),
        ("BIT-", "bitnami"),
        ("OSV-", "oss-fuzz"),
        ("MAL-", "osv:malicious"),
        ("HSEC-", "osv:hackage"),
        ("RSEC-", "osv:cran"),
        ("JLSEC-", "osv:julia"),
        ("EEF-", "osv:hex"),
    ];
    PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix)).map(|(_, source)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecosystems_become_namespaces() {
        for (text, namespace, channel) in [
            ("PyPI", "pypi", None),
            ("crates.io", "crates.io", None),
            ("AlmaLinux:9", "almalinux:9", None),
            ("Rocky Linux:8", "rocky:8", None),
            ("Debian:12", "debian:12", None),
            ("Ubuntu:22.04:LTS", "ubuntu:22.04", None),
            ("Ubuntu:Pro:18.04:LTS", "ubuntu:18.04", Some("esm")),
            ("Ubuntu:Pro:FIPS-updates:20.04:LTS", "ubuntu:20.04", Some("fips-updates")),
            ("Alpine:v3.19", "alpine:3.19", None),
            ("Red Hat:enterprise_linux:9::appstream", "rhel:9", None),
            ("Red Hat:rhel_eus:8.6::baseos", "rhel:8", None),
            ("SUSE:Linux Enterprise Server 15 SP5", "sles:15.5", None),
            ("SUSE:Linux Enterprise Server 12 SP5-LTSS", "sles:12.5", None),
            ("openSUSE:Leap 15.5", "opensuse-leap:15.5", None),
            ("openSUSE:Tumbleweed", "opensuse-tumbleweed", None),
            ("openSUSE:Leap Micro 5.5", "opensuse-leap-micro:5.5", None),
            ("SUSE:Linux Enterprise Micro 5.3", "sle-micro:5.3", None),
            ("SUSE:Linux Micro 6.0", "sle-micro:6.0", None),
            ("openEuler:22.03-LTS-SP3", "openeuler:22.03-lts-sp3", None),
            ("Azure Linux:2", "mariner:2", None),
            ("CBL-Mariner:2.0", "mariner:2", None),
            ("Azure Linux:3", "azurelinux:3", None),
            ("OSS-Fuzz", "oss-fuzz", None),
            ("GitHub Actions", "github-actions", None),
            ("Something New", "something-new", None),
        ] {
            let read = ecosystem(text);
            assert_eq!((read.namespace.0.as_str(), read.channel.as_deref()), (namespace, channel), "{text}");
        }
    }
}
