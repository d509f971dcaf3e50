//! Failures of blob storage.

use std::io;
use std::path::PathBuf;

use base::ErrorKind;
use oci::Digest;

/// Failures of blob storage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file operation failed.
    #[error("{operation} `{}`", path.display())]
    Io {
        /// The operation, such as `writing`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file of a recorded blob is not there.
    #[error("the file `{}` is gone", path.display())]
    Gone {
        /// Where it should be.
        path: PathBuf,
    },
    /// The bytes are not those that were announced.
    #[error("the content is `{found}`, `{expected}` was announced")]
    DigestMismatch {
        /// What was announced.
        expected: Digest,
        /// What was sent.
        found: Digest,
    },
    /// The upload is finished or cancelled.
    #[error("the upload is closed")]
    Closed,
    /// The process is shutting down.
    #[error("blob storage is shutting down")]
    ShuttingDown,
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    ErrorKind::InsufficientStorage
                }
                io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Unavailable,
                _ => ErrorKind::Internal,
            },
            Self::Gone { .. } => ErrorKind::Internal,
            Self::DigestMismatch { .. } => ErrorKind::Invalid,
            Self::Closed => ErrorKind::NotFound,
            Self::ShuttingDown => ErrorKind::Unavailable,
        }
    }

    pub(crate) fn io(operation: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { operation, path: path.into(), source }
    }
}
