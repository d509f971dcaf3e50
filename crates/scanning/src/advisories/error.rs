//! What can go wrong on the way from a source to a database in force.

use std::io;
use std::path::{Path, PathBuf};

use base::ErrorKind;

/// Failures of fetching, building and installing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("reading `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("writing `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A database, delta or bundle is refused.
    #[error("using `{}`", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        source: advisory_db::Error,
    },
    /// The database cannot be made.
    #[error("building the database")]
    Build {
        /// The cause.
        #[source]
        source: advisory_db::Error,
    },
    /// Nothing that was given holds an advisory.
    #[error("nothing in what was given is a feed that can be read")]
    Empty,
    /// There is no database yet.
    #[error("no advisory database is installed in `{}`", folder.display())]
    NoDatabase {
        /// The data folder.
        folder: PathBuf,
    },
    /// Another program puts a database in force at the moment.
    #[error("another program is putting a database in force in `{}`: try again once it is done", folder.display())]
    Busy {
        /// The data folder.
        folder: PathBuf,
    },
    /// The database in force cannot be read, so nothing tells whether what is offered is newer.
    #[error(
        "the database in force, `{}`, cannot be read, so nothing tells whether what is offered is newer; a whole \
         database replaces it, whatever its version, if the import is forced (--force)",
        path.display()
    )]
    Unreadable {
        /// The database in force.
        path: PathBuf,
        /// Why it cannot be read.
        #[source]
        source: advisory_db::Error,
    },
    /// Nobody is trusted to sign bundles.
    #[error("no key is trusted to sign bundles")]
    NoTrust,
    /// There is no such source.
    #[error("there is no source `{name}`; there are: {known}")]
    UnknownSource {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An address cannot be used.
    #[error("`{url}` is no address that can be fetched: {reason}")]
    Address {
        /// The address.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// A host cannot be reached or breaks off.
    #[error("fetching `{url}`")]
    Transfer {
        /// The address.
        url: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A host answers with something else than the file.
    #[error("fetching `{url}`: the answer is {status}")]
    Answer {
        /// The address.
        url: String,
        /// The status code.
        status: u16,
    },
    /// A file is larger than allowed.
    #[error("fetching `{url}`: it is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// A host's answer is not what its feed should be.
    #[error("fetching `{url}`: {reason}")]
    Content {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("setting up TLS: {reason}")]
    Tls {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { .. } | Self::Write { .. } => ErrorKind::Internal,
            Self::Busy { .. } => ErrorKind::Conflict,
            Self::Database { source, .. } | Self::Unreadable { source, .. } | Self::Build { source } => source.kind(),
            Self::Empty | Self::Address { .. } | Self::Tls { .. } | Self::NoTrust => ErrorKind::Invalid,
            Self::NoDatabase { .. } | Self::UnknownSource { .. } => ErrorKind::NotFound,
            Self::Transfer { .. } | Self::Answer { .. } | Self::TooLarge { .. } | Self::Content { .. } => {
                ErrorKind::Unavailable
            }
        }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn database(path: &Path) -> impl FnOnce(advisory_db::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Database { path, source }
    }
}
