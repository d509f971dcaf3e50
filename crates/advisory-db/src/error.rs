//! What can go wrong with a database, a delta or a bundle.

use std::io;
use std::path::PathBuf;

use base::{ErrorKind, Timestamp};

/// The newest format of database, delta and bundle that this program reads.
pub const FORMAT: u32 = 2;

/// Failures of the advisory database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("reading `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("writing `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// It is no database, delta or bundle at all.
    #[error("it is no {what}")]
    Foreign {
        /// What was expected.
        what: &'static str,
    },
    /// It was made by a newer program.
    #[error("it has format {found}, and this program reads up to {FORMAT}: update Holdfast")]
    NewerFormat {
        /// Its format.
        found: u32,
    },
    /// Its bytes are not what was written.
    #[error("it is damaged: {what}")]
    Damaged {
        /// Where.
        what: String,
    },
    /// A bundle is not what was signed.
    #[error("the bundle was altered: {what}")]
    Altered {
        /// Where.
        what: String,
    },
    /// Nobody who is trusted signed it.
    #[error("the bundle is signed by a stranger: key `{key}` is not among the {trusted} trusted ones")]
    Stranger {
        /// The key's id.
        key: String,
        /// How many keys are trusted.
        trusted: usize,
    },
    /// Its time is over.
    #[error("the bundle expired at {not_after}")]
    Expired {
        /// When.
        not_after: Timestamp,
    },
    /// Its time has not come.
    #[error("the bundle is not valid before {not_before}")]
    NotYetValid {
        /// When.
        not_before: Timestamp,
    },
    /// What is there is as new, or newer.
    #[error("the bundle has version {offered}, which is not newer than the installed version {installed}")]
    Older {
        /// The bundle's version.
        offered: u64,
        /// The installed one.
        installed: u64,
    },
    /// A delta belongs to another database.
    #[error("the delta continues database {base}, and {found} is installed")]
    DeltaBase {
        /// The content that it continues.
        base: String,
        /// The content that is there.
        found: String,
    },
    /// A key cannot be used.
    #[error("it is no Ed25519 {what} in PEM")]
    Key {
        /// `private key` or `public key`.
        what: &'static str,
    },
    /// Something cannot be made.
    #[error("making {what}")]
    Make {
        /// What.
        what: &'static str,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Another scanner's database cannot be read.
    #[error("reading {what}")]
    Sqlite {
        /// What was read.
        what: &'static str,
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
}

impl Error {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::Make { .. } => ErrorKind::Internal,
            Self::Older { .. } | Self::DeltaBase { .. } => ErrorKind::Conflict,
            Self::Stranger { .. } => ErrorKind::Forbidden,
            Self::Foreign { .. }
            | Self::NewerFormat { .. }
            | Self::Damaged { .. }
            | Self::Altered { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::Key { .. }
            | Self::Sqlite { .. } => ErrorKind::Invalid,
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(crate) fn altered(what: impl Into<String>) -> Self {
        Self::Altered { what: what.into() }
    }
}
