//! Blobs on disk: hashed while they stream to their place, durable before the answer.
//!
//! A [`BlobStore`] keeps files only; which blob exists, in which repository and for how long is
//! metadata, kept elsewhere. Each physical upload has a generation of its own, which names its file:
//! a late delete never hits a newer upload of the same content, and a file counts only once its
//! generation is recorded.

mod buffer;
pub mod conformance;
mod error;
mod fs;
mod pump;
mod read;
mod store;

pub use error::Error;
pub use fs::FsBlobStore;
pub use pump::{PumpError, pump};
pub use read::BlobFile;
pub use store::{BlobStore, Stored, Upload};
