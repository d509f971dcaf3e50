//! What is known to be wrong.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::scheme::Scheme;

/// Whose packages an [`Affect`] speaks of: `debian:12`, `ubuntu:22.04`, `alpine:3.19`, `rhel:9`, `almalinux:9`,
/// `wolfi`, or a language's ecosystem as OSV writes it in lower case (`pypi`, `npm`, `crates.io`, `go`, `maven`),
/// `generic` for upstream feeds of libraries, `cpe` for NVD's names, `windows` for Microsoft's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Namespace(pub String);

/// What a severity is given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeverityKind {
    /// A CVSS 2.0 vector.
    CvssV2,
    /// A CVSS 3.0 or 3.1 vector.
    CvssV3,
    /// A CVSS 4.0 vector.
    CvssV4,
    /// A vendor's word, as it writes it.
    Word,
}

/// One opinion on how bad it is; all are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Severity {
    /// Whose opinion: `debian`, `ubuntu`, `redhat`, `nvd`, `ghsa`, `cna`, …
    pub source: String,
    /// What `value` is.
    pub kind: SeverityKind,
    /// The vector, or the word.
    pub value: String,
}

/// Known to be exploited (CISA's catalogue).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kev {
    /// The day it was added, `YYYY-MM-DD`.
    pub added: String,
    /// The day by which federal agencies must have acted, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// Used by ransomware.
    pub ransomware: bool,
}

/// How likely it is to be exploited within 30 days (FIRST's EPSS), in millionths, so that no float is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epss {
    /// The probability in millionths.
    pub probability_ppm: u32,
    /// The percentile in millionths.
    pub percentile_ppm: u32,
}

/// What one source says of one vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Advisory {
    /// Its id at its source: a CVE, GHSA, RUSTSEC, PYSEC, ALSA, DSA number.
    pub id: String,
    /// The source: `debian`, `alpine`, `osv:pypi`, `ghsa`, `nvd`, `rustsec`, `almalinux`, …
    pub source: String,
    /// Other ids of the same thing, sorted.
    pub aliases: Vec<String>,
    /// One line.
    pub title: String,
    /// More of it, at most 4 KiB.
    pub description: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// When it was taken back; a withdrawn one matches nothing.
    pub withdrawn: Option<Timestamp>,
    /// Every opinion on how bad it is.
    pub severities: Vec<Severity>,
    /// Where to read on, at most 20.
    pub references: Vec<String>,
    /// Weaknesses (`CWE-79`).
    pub cwes: Vec<String>,
    /// Known to be exploited.
    pub kev: Option<Kev>,
    /// How likely it is to be exploited.
    pub epss: Option<Epss>,
}

impl Advisory {
    /// Returns an advisory that says no more than whose it is.
    #[must_use]
    pub fn new(source: &str, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            source: source.to_owned(),
            aliases: Vec::new(),
            title: String::new(),
            description: String::new(),
            published: None,
            modified: None,
            withdrawn: None,
            severities: Vec::new(),
            references: Vec::new(),
            cwes: Vec::new(),
            kev: None,
            epss: None,
        }
    }
}

/// Where a range of affected versions ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeEnd {
    /// Before this version.
    Fixed(String),
    /// With this version.
    LastAffected(String),
    /// Before this version, which mends nothing: the source speaks of no more.
    Limit(String),
    /// Not known yet.
    Open,
}

/// A range of affected versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Range {
    /// The first affected version; absent: from the beginning.
    pub introduced: Option<String>,
    /// Where it ends.
    pub end: RangeEnd,
}

/// What the source says of the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AffectState {
    /// Versions in the ranges are affected.
    Affected,
    /// It is not affected, whatever the version.
    NotAffected,
    /// Affected, and the vendor will not mend it.
    WontFix,
    /// Affected, and the release is past its end of life.
    EndOfLife,
    /// Affected, and the vendor has put it off.
    Deferred,
    /// Not known yet.
    UnderInvestigation,
}

/// What else must hold for an [`Affect`] to apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Qualifiers {
    /// Only packages of this module and stream (`name:stream`).
    pub module: Option<String>,
    /// Only these architectures; empty: all. `src` alone: the source package of that name (see
    /// [`Affect::is_of_source`]).
    pub arches: Vec<String>,
    /// Only images with one of these CPEs (Red Hat's repositories); empty: all.
    pub cpes: Vec<String>,
    /// Only programs that hold one of these symbols or packages (Go); empty: not known.
    pub symbols: Vec<String>,
    /// The channel that the fix comes through, if it is not the usual one (`esm-apps`, `extras`).
    pub channel: Option<String>,
}

/// What an advisory says of one package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Affect {
    /// The advisory's source and id.
    pub advisory: (String, String),
    /// Whose package.
    pub namespace: Namespace,
    /// The package, as the namespace names it: the source package for `debian`, `ubuntu`, `alpine` and `wolfi`, the
    /// binary one for rpm systems.
    pub name: String,
    /// How versions are compared.
    pub scheme: Scheme,
    /// Affected ranges; a version is affected if one holds it, or if `versions` names it.
    pub ranges: Vec<Range>,
    /// Affected versions by name.
    pub versions: Vec<String>,
    /// What the source says.
    pub state: AffectState,
    /// The vendor's word for this package in this release, where it has one.
    pub severity: Option<String>,
    /// What else must hold.
    pub qualifiers: Qualifiers,
}

impl Affect {
    /// Returns whether this speaks of all that is built from the source package of that name, and not of the binary
    /// package of that name: so Red Hat states what it has not mended.
    #[must_use]
    pub fn is_of_source(&self) -> bool {
        let is_open = |range: &Range| range.introduced.is_none() && range.end == RangeEnd::Open;
        matches!(self.qualifiers.arches.as_slice(), [arch] if arch == "src")
            && self.versions.is_empty()
            && self.ranges.iter().all(is_open)
    }
}
