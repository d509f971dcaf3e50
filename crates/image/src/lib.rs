//! Images as they lie on disk, at an engine or in a registry: archives, layouts and layers, streamed once and read in a
//! sealed-off child.
//!
//! [`open`] brings every [`Source`] to one form; [`Worker::read`] reads a layer of it in a child process, and
//! [`read_layer`] in this one.

mod compress;
mod config;
mod error;
mod hash;
mod http;
mod layer;
mod limits;
mod registry;
mod sandbox;
mod source;
mod spill;
pub mod tar;

pub use compress::{Compression, uncompressed};
pub use config::ImageConfig;
pub use error::Error;
pub use layer::{LayerJob, read_layer};
pub use limits::LayerLimits;
pub use registry::Access;
pub use sandbox::{Feed, SealError, WORKER_COMMAND, Worker, probe, seal, worker_main};
pub use source::{Image, LayerSource, OpenOptions, PlatformChoice, Source, open};
pub use spill::Spill;
