//! What is wrong with what is installed: packages, the orders of their versions, advisories, and the rules by which
//! one is matched with the other.
//!
//! Pure: parsers over bytes and decisions over values; nothing here reads a file, a socket or a clock.

mod advisory;
pub mod feed;
pub mod matching;
mod package;
pub mod purl;
pub mod rematch;
mod scheme;
pub mod severity;
pub mod verdict;
mod version;
pub mod vex;

pub use advisory::{
    Advisory, Affect, AffectState, Epss, Kev, Namespace, Qualifiers, Range, RangeEnd, Severity, SeverityKind,
};
pub use matching::{AdvisorySource, System, match_image};
pub use package::{Confidence, Evidence, Module, Package, PackageType, SourcePackage};
pub use scheme::Scheme;
pub use version::VersionError;
