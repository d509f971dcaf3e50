//! What is in an image: packages, programs and libraries, read from bytes; layers folded into one image; bills of materials.
//!
//! Pure and total: every parser is bounded, takes hostile bytes, and answers with what it read or with one error.

pub mod apps;
pub mod embedded;
mod findings;
mod join;
mod layer;
pub mod licence;
mod limits;
mod named;
pub mod os;
pub mod purl;
pub mod sbom;
mod select;
mod squash;

pub use findings::{Findings, OsRelease, Owned, Owner, PackageLicense, ParseError};
pub use join::{Installed, Ownership, join, merged_usr};
pub use layer::{
    Answer, Asked, INDEXER_VERSION, LayerBuilder, LayerDir, LayerFile, LayerLink, LayerRecord, NOT_READ, Refused,
    Unreadable, answers, escape, normalise,
};
pub use limits::Limits;
pub use select::{Analyser, analyse, analyse_pair, companion, select};
pub use squash::{
    DeletedPackage, Folded, ImageCatalogue, ImageLayer, ImagePackage, UnreadableFile, is_of_system, squash,
};
