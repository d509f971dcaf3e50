//! What goes into matching, and what comes out.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use super::System;
use crate::advisory::{Epss, Kev, Severity};
use crate::package::{Evidence, Module, Package, PackageType, SourcePackage};
use crate::severity::Rating;

/// A package of an image, with what squashing the layers told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The package.
    pub package: Package,
    /// The layer that brought it (a diffID), passed through.
    pub introduced_in: Option<String>,
    /// The system package that owns all files of its evidence: its place in [`Image::packages`].
    pub owner: Option<usize>,
}

/// An image's catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The operating system, if there is one.
    pub system: Option<System>,
    /// What is in it.
    pub packages: Vec<Installed>,
}

/// What to do with packages that a system package owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// Only the system's vendor speaks of them, as long as it does.
    #[default]
    Precise,
    /// Their ecosystem's advisories count as well.
    Comprehensive,
}

/// Choices of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What to do with packages that a system package owns.
    pub ownership: Ownership,
    /// The time now, for ends of life.
    pub now: Timestamp,
}

/// By whose word a finding was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// The vendor of the operating system, for its own package.
    Vendor,
    /// The advisories of the package's own ecosystem.
    Ecosystem,
    /// Upstream's advisories, because the vendor is silent (a stranger's package, a release past its end of life).
    Upstream,
    /// A CPE name of NVD.
    Cpe,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingClass {
    /// What runs.
    #[default]
    Usual,
    /// Headers of a kernel that is not in the image: hidden unless asked for.
    Headers,
}

/// Whether there is a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixState {
    /// A later version mends it.
    Fixed,
    /// There is none yet.
    NotFixed,
    /// The vendor will not mend it.
    WontFix,
    /// The release is past its end of life.
    EndOfLife,
    /// The vendor has put it off.
    Deferred,
    /// The vendor has not decided whether it is affected.
    UnderInvestigation,
}

/// One vulnerability of one package of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The vulnerability: its CVE number where it has exactly one, else its id at its source.
    pub id: String,
    /// Its other ids, sorted.
    pub aliases: Vec<String>,
    /// The advisories (source, id) that say so, sorted.
    pub advisories: Vec<(String, String)>,
    /// One line.
    pub title: String,
    /// The kind of the package.
    pub kind: PackageType,
    /// Its name.
    pub name: String,
    /// Its installed version.
    pub version: String,
    /// What it was built of, where the system's packages have sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// The module and stream that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<Module>,
    /// The architectures in which it is installed, sorted.
    pub arches: Vec<String>,
    /// Where it was found: all copies.
    pub evidence: Vec<Evidence>,
    /// The layers that brought the copies, in the order of the packages.
    pub introduced_in: Vec<String>,
    /// By whose word.
    pub match_kind: MatchKind,
    /// What it is about.
    pub class: FindingClass,
    /// Whether there is a fix.
    pub state: FixState,
    /// The version that mends it.
    pub fixed_version: Option<String>,
    /// The channel that the fix comes through and that this image does not get (`esm-apps`).
    pub fix_channel: Option<String>,
    /// Why the match is not certain, if it is not.
    pub doubt: Option<String>,
    /// Every opinion on how bad it is, sorted.
    pub severities: Vec<Severity>,
    /// The chosen one.
    pub rating: Rating,
    /// Known to be exploited.
    pub kev: Option<Kev>,
    /// How likely it is to be exploited.
    pub epss: Option<Epss>,
    /// When it was first published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

/// Why nothing can be said of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The database has no feed for the system or the ecosystem.
    NoFeed,
    /// Nobody who feeds the database builds this package: its maker is a stranger to the system's vendor.
    ForeignPackage,
    /// No feed speaks of packages of this kind.
    NoFeedForKind,
    /// Its version is not known.
    NoVersion,
    /// Its version could not be compared with an advisory's.
    VersionNotComparable,
}

/// A package of which nothing can be said: that is not the same as clean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The kind of the package.
    pub kind: PackageType,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Why.
    pub reason: GapReason,
}

/// How much of the image the database speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Packages in the image, copies counted once.
    pub packages: usize,
    /// Packages that a feed speaks of.
    pub matched_feed: usize,
    /// Packages that none speaks of, sorted.
    pub no_feed: Vec<Gap>,
    /// Packages whose version is unknown or could not be compared, sorted.
    pub unknown_version: Vec<Gap>,
}

/// What is wrong with an image; sorted, so that equal inputs give equal bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub coverage: Coverage,
    /// The system's vendor has stopped sending fixes.
    pub past_end_of_life: bool,
}
