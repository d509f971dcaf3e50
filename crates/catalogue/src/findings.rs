//! What one file says, and how it can fail to.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vuln::Package;

/// The system that an image is built on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsRelease {
    /// Its id in lower case, as `os-release` writes `ID`: `debian`, `rhel`, `amzn`, `opensuse-leap`, `windows`.
    pub id: String,
    /// Its version, as `VERSION_ID`: `12`, `3.19.1`, `10.0.20348.2461`; empty for a rolling release. openEuler's is
    /// `22.03-LTS-SP3`: its service packs are releases of their own, and its `VERSION_ID` leaves them out.
    pub version: String,
    /// The release's code name (`bookworm`).
    pub codename: Option<String>,
    /// Ids of the systems it is derived from, nearest first.
    pub like: Vec<String>,
    /// Its name for people.
    pub name: String,
    /// The variant (`VARIANT_ID`), or the installation type of Windows (`Server Core`).
    pub variant: Option<String>,
    /// Its CPE, as written.
    pub cpe: Option<String>,
    /// It has no fixed releases, or this is the one under development (Alpine edge, Debian sid).
    pub rolling: bool,
    /// The file that says so.
    pub path: String,
    /// How late this source is asked; of several, the lowest is believed.
    pub rank: u16,
}

/// The name, and the architecture where its database gives one, that tell a package from its siblings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// The package's name.
    pub name: String,
    /// Its architecture.
    pub arch: Option<String>,
}

/// Files that a package manager put there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// Whose they are.
    pub owner: Owner,
    /// Absolute paths as the database writes them; `/lib` and `/usr/lib` are not yet made one.
    pub paths: Vec<String>,
}

/// Licences of a package, told by another file than the one that names the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageLicense {
    /// The package's name.
    pub package: String,
    /// SPDX expressions where possible, else the words of the file.
    pub licenses: Vec<String>,
}

/// What one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The system, from a release file, a hive or an image's configuration.
    pub os: Option<OsRelease>,
    /// Installed packages.
    pub packages: Vec<Package>,
    /// Files of packages.
    pub owned: Vec<Owned>,
    /// Licences of packages that another file names.
    pub licenses: Vec<PackageLicense>,
    /// Red Hat's content sets (`rhel-8-for-x86_64-baseos-rpms`), or the ids of repositories that dnf took packages from.
    pub content_sets: Vec<String>,
    /// CPEs of repositories or products.
    pub cpes: Vec<String>,
    /// Channels that packages come through: lines of `/etc/apk/repositories`, enabled Ubuntu Pro services (`esm-infra`).
    pub channels: Vec<String>,
    /// Parts of the file that could not be read, where the rest could.
    pub faults: Vec<ParseError>,
}

impl Findings {
    /// Tells whether the file says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a file, or a part of one, is unreadable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParseError {
    /// The file ends too early.
    #[error("{format} ends early, at byte {offset}")]
    Truncated {
        /// What was read.
        format: Cow<'static, str>,
        /// Where more was expected.
        offset: u64,
    },
    /// The file breaks the rules of its format.
    #[error("{format} is malformed at byte {offset}: {detail}")]
    Malformed {
        /// What was read.
        format: Cow<'static, str>,
        /// Where.
        offset: u64,
        /// Which rule.
        detail: Cow<'static, str>,
    },
    /// The file is larger than a bound.
    #[error("{format} holds more than {limit} {what}")]
    TooLarge {
        /// What was read.
        format: Cow<'static, str>,
        /// What there is too much of.
        what: Cow<'static, str>,
        /// The bound.
        limit: u64,
    },
    /// The file uses a part of the format that is not read.
    #[error("{format} uses {feature}, which is not supported")]
    Unsupported {
        /// What was read.
        format: Cow<'static, str>,
        /// The part.
        feature: Cow<'static, str>,
    },
}

impl ParseError {
    /// Makes a [`ParseError::Truncated`].
    pub(crate) fn truncated(format: &'static str, offset: usize) -> Self {
        Self::Truncated { format: format.into(), offset: offset as u64 }
    }

    /// Makes a [`ParseError::Malformed`].
    pub(crate) fn malformed(format: &'static str, offset: usize, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed { format: format.into(), offset: offset as u64, detail: detail.into() }
    }

    /// Makes a [`ParseError::TooLarge`].
    pub(crate) fn too_large(format: &'static str, what: &'static str, limit: usize) -> Self {
        Self::TooLarge { format: format.into(), what: what.into(), limit: limit as u64 }
    }

    /// Makes a [`ParseError::Unsupported`].
    pub(crate) fn unsupported(format: &'static str, feature: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported { format: format.into(), feature: feature.into() }
    }
}
