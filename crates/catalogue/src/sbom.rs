//! Bills of materials: CycloneDX 1.6 and SPDX 2.3 out; CycloneDX, SPDX and Syft's own form in.
//!
//! What is written is a function of the [`Document`] alone: the same image at the same time gives the same bytes.

mod cyclonedx;
mod ids;
mod read;
mod read_spdx;
mod read_xml;
mod spdx;

use base::Timestamp;
use vuln::Package;

use crate::findings::OsRelease;

pub use cyclonedx::cyclonedx;
pub use read::read;
pub use spdx::spdx;

/// How one package stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationshipKind {
    /// The first needs the second.
    DependsOn,
    /// The second is part of the first.
    Contains,
}

/// Two packages, by their places in [`Document::packages`]; a place that is none is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relationship {
    /// The first.
    pub from: usize,
    /// How it stands to the second.
    pub kind: RelationshipKind,
    /// The second.
    pub to: usize,
}

/// What a bill of materials tells.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The image's name, as the user gave it.
    pub name: &'a str,
    /// The digest of its manifest (`sha256:…`), if it has one.
    pub digest: Option<&'a str>,
    /// When the document is made; written in whole seconds.
    pub created: Timestamp,
    /// The version of this program.
    pub tool_version: &'a str,
    /// The system.
    pub os: Option<&'a OsRelease>,
    /// What is in the image; sorted as it is to be written.
    pub packages: &'a [Package],
    /// How packages stand to each other.
    pub relationships: &'a [Relationship],
}
