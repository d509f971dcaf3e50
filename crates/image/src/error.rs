//! Failures of reading images.

use base::ErrorKind;
use oci::Digest;

/// Failures of reading images.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be opened or read.
    #[error("opening `{path}`")]
    Open {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A layer's bytes stopped coming.
    #[error("reading a layer")]
    Read {
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no image in any form that is known.
    #[error("`{path}` is no image: {reason}")]
    NoImage {
        /// What was looked at.
        path: String,
        /// What is missing.
        reason: String,
    },
    /// There is no image of that name or platform.
    #[error("there is no image {wanted} in `{path}`; there are: {present}")]
    NoSuchImage {
        /// What was looked at.
        path: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        present: String,
    },
    /// An archive cannot be read.
    #[error("reading the archive `{path}`")]
    Archive {
        /// The archive.
        path: String,
        /// Why.
        #[source]
        source: crate::tar::TarError,
    },
    /// A document of the image is malformed.
    #[error("the {what} is malformed: {reason}")]
    Document {
        /// Which one.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// A manifest is refused.
    #[error("reading the manifest `{digest}`")]
    Manifest {
        /// Which one.
        digest: String,
        /// Why.
        #[source]
        source: oci::ManifestError,
    },
    /// Content is not what its digest says.
    #[error("the content of {what} is `{found}`, and should be `{expected}`")]
    Digest {
        /// What was read.
        what: String,
        /// What was expected.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// Content that the image needs is not there.
    #[error("`{digest}` is missing in `{path}`")]
    Missing {
        /// What was looked at.
        path: String,
        /// What is missing.
        digest: Digest,
    },
    /// The child that reads layers cannot be started.
    #[error("starting the process that reads layers")]
    Worker {
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The child cannot be sealed off, and so reads nothing.
    #[error("the process that reads layers cannot be sealed off: {reason}")]
    Unsealed {
        /// Why.
        reason: String,
    },
    /// A registry or engine cannot be reached.
    #[error("connecting to `{address}`")]
    Connect {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A registry or engine broke off.
    #[error("talking to `{address}`")]
    Talk {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: hyper::Error,
    },
    /// A registry or engine refused.
    #[error("`{address}` answered {status} to {what}: {message}")]
    Refused {
        /// Where.
        address: String,
        /// The status.
        status: u16,
        /// What was asked.
        what: String,
        /// What it said.
        message: String,
    },
    /// A reference, address or credential is unusable.
    #[error("{0}")]
    Unusable(String),
}

impl Error {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchImage { .. } | Self::Missing { .. } => ErrorKind::NotFound,
            Self::Connect { .. } | Self::Talk { .. } | Self::Read { .. } => ErrorKind::Unavailable,
            Self::Refused { status: 401, .. } => ErrorKind::Unauthenticated,
            Self::Refused { status: 403, .. } => ErrorKind::Forbidden,
            Self::Refused { status: 404, .. } => ErrorKind::NotFound,
            Self::Refused { .. } => ErrorKind::Unavailable,
            Self::Open { source, .. } if source.kind() == std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            Self::Open { .. } | Self::Worker { .. } | Self::Unsealed { .. } => ErrorKind::Internal,
            Self::NoImage { .. }
            | Self::Archive { .. }
            | Self::Document { .. }
            | Self::Manifest { .. }
            | Self::Digest { .. }
            | Self::Unusable(_) => ErrorKind::Invalid,
        }
    }
}
