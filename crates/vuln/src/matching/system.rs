//! The operating system of an image, and whose advisories speak of its packages.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advisory::Namespace;
use crate::feed::debian_release;

/// The operating system of an image, as its `os-release` and its neighbours tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// `ID` of os-release, in lower case: `debian`, `rhel`, `ol`, `amzn`, `sles`, …
    pub id: String,
    /// `VERSION_ID`; empty where there is none (Debian's testing, rolling releases). openEuler's with its service pack:
    /// `22.03-LTS-SP3`.
    pub version: String,
    /// `VERSION_CODENAME`.
    pub codename: Option<String>,
    /// CPEs of products and repositories that the image's labels name, beside those of the release.
    pub cpes: Vec<String>,
    /// Red Hat's content sets (`rhel-9-for-x86_64-baseos-rpms`) that the image's manifest names.
    #[serde(default)]
    pub content_sets: Vec<String>,
    /// The CPEs name every repository of the release that the image has; matching finds it out by the content sets.
    #[serde(default)]
    pub all_repositories_told: bool,
    /// Channels beyond the usual one whose fixes this image can get: `esm-apps`, `esm-infra`, `extras`, …
    pub channels: Vec<String>,
    /// When the vendor stops sending fixes.
    pub end_of_life: Option<Timestamp>,
}

impl System {
    /// Returns the namespace of the vendor's advisories, or nothing if there is no system.
    ///
    /// | `ID` | namespace |
    /// |---|---|
    /// | `debian`, `raspbian` | `debian:12`, `debian:sid` |
    /// | `ubuntu` | `ubuntu:22.04` |
    /// | `alpine` | `alpine:3.19`, `alpine:edge` |
    /// | `wolfi`, `chainguard`, `arch` | `wolfi`, `chainguard`, `arch` |
    /// | `rhel`, `centos` | `rhel:9` |
    /// | `almalinux`, `rocky`, `fedora` | `almalinux:9`, `rocky:9`, `fedora:40` |
    /// | `ol` | `oracle:9` |
    /// | `amzn` | `amazon:1`, `amazon:2`, `amazon:2023` |
    /// | `sles`, `sled`, `sles_sap`, `sle_hpc` | `sles:15.5` |
    /// | `sle-micro`, `sl-micro` | `sle-micro:5.5` |
    /// | `opensuse-leap`, `opensuse-tumbleweed` | `opensuse-leap:15.5`, `opensuse-tumbleweed` |
    /// | `mariner`, `azurelinux`, `photon` | `mariner:2`, `azurelinux:3`, `photon:4.0` |
    /// | `openeuler` | `openeuler:22.03-lts-sp3` |
    /// | any other | `id:version`, or `id` without a version |
    #[must_use]
    pub fn namespace(&self) -> Option<Namespace> {
        let major = || self.version.split('.').next().unwrap_or_default();
        let text = match self.id.as_str() {
            "" => return None,
            "debian" | "raspbian" => format!("debian:{}", self.debian_release()),
            "alpine" => format!("alpine:{}", self.alpine_release()),
            "wolfi" | "chainguard" | "arch" | "opensuse-tumbleweed" => self.id.clone(),
            "rhel" | "centos" => format!("rhel:{}", major()),
            "almalinux" | "rocky" | "mariner" | "azurelinux" => format!("{}:{}", self.id, major()),
            "ol" => format!("oracle:{}", major()),
            "amzn" if self.version.starts_with("2018.") || self.version.starts_with("2017.") => "amazon:1".to_owned(),
            "amzn" => format!("amazon:{}", major()),
            "sled" | "sles_sap" | "sle_hpc" => format!("sles:{}", self.version),
            "sl-micro" => format!("sle-micro:{}", self.version),
            "openeuler" => format!("openeuler:{}", self.version.to_ascii_lowercase()),
            _ if self.version.is_empty() => self.id.clone(),
            _ => format!("{}:{}", self.id, self.version),
        };
        Some(Namespace(text))
    }

    fn debian_release(&self) -> &str {
        let major = self.version.split('.').next().unwrap_or_default();
        if !major.is_empty() {
            return major;
        }
        let release = debian_release(self.codename.as_deref().unwrap_or("sid"));
        if release.starts_with(|first: char| first.is_ascii_digit()) { release } else { "sid" }
    }

    /// Takes `3.19` of `3.19.1`; a version between two releases (`3.20_alpha20240329`) is edge.
    fn alpine_release(&self) -> String {
        let mut parts = self.version.split('.');
        match (parts.next(), parts.next()) {
            (Some(major), Some(minor)) if !self.version.contains('_') && !major.is_empty() => {
                format!("{major}.{minor}")
            }
            _ => "edge".to_owned(),
        }
    }

    /// Returns whether the vendor has stopped sending fixes.
    #[must_use]
    pub fn is_past_end_of_life(&self, now: Timestamp) -> bool {
        self.end_of_life.is_some_and(|end| end < now)
    }
}
