//! What one layer holds, kept for ever under its diffID: built while the layer streams by, never changed afterwards.
//!
//! Parsing order, whiteouts and links follow the OCI image specification 1.1, "Image Layer Filesystem Changeset".

mod answer;
mod builder;
pub(crate) mod path;
mod record;
pub(crate) mod tree;

pub use answer::{Answer, Asked, NOT_READ, answers};
pub use builder::{LayerBuilder, Refused};
pub use path::{escape, normalise};
pub use record::{INDEXER_VERSION, LayerDir, LayerFile, LayerLink, LayerRecord, Unreadable};
