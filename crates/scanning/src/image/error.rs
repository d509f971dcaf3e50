//! Failures of scanning images.

use base::ErrorKind;
use oci::Digest;

/// Failures of scanning images.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A layer cannot be read.
    #[error("reading layer {number} of `{image}`")]
    Layer {
        /// The image.
        image: String,
        /// The layer, counted from 1, the lowest.
        number: usize,
        /// Why.
        #[source]
        source: image::Error,
    },
    /// A layer is not what the image says.
    #[error("layer {number} of `{image}` is `{found}`, and the image names `{expected}`")]
    Altered {
        /// The image.
        image: String,
        /// The layer, counted from 1, the lowest.
        number: usize,
        /// What the image names.
        expected: Digest,
        /// What was read.
        found: Digest,
    },
    /// The threads that read layers failed.
    #[error("reading the layers of `{image}`: a thread failed")]
    Thread {
        /// The image.
        image: String,
    },
    /// The database cannot be asked.
    #[error("asking the database of advisories")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Layer { source, .. } => source.kind(),
            Self::Altered { .. } => ErrorKind::Invalid,
            Self::Thread { .. } | Self::Database(_) => ErrorKind::Internal,
        }
    }
}
