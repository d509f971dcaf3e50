//! The store's failures.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use base::{ClusterId, ErrorKind, Index, MemberId};

/// Failures of opening a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory holds no store and none was to be made.
    #[error("`{}` holds no store; create a cluster or join one", dir.display())]
    Empty {
        /// The directory.
        dir: PathBuf,
    },
    /// A member joins a cluster that was not named.
    #[error("joining needs the cluster's id")]
    NoCluster,
    /// Another process uses the directory.
    #[error("`{}` is in use by another process", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory was written by a newer version of the program.
    #[error("`{}` was written by a newer version ({what} {found}, this program knows {known})", dir.display())]
    Newer {
        /// The directory.
        dir: PathBuf,
        /// What is newer.
        what: &'static str,
        /// The version found.
        found: u32,
        /// The newest version known.
        known: u32,
    },
    /// The directory belongs to another store, cluster or member.
    #[error("`{}` belongs to {what} `{found}`, not `{expected}`", dir.display())]
    Foreign {
        /// The directory.
        dir: PathBuf,
        /// What differs.
        what: &'static str,
        /// What is recorded.
        found: String,
        /// What was asked.
        expected: String,
    },
    /// The disk has no space left.
    #[error("no space is left for `{}`", dir.display())]
    DiskFull {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory cannot be written.
    #[error("`{}` cannot be written", dir.display())]
    ReadOnly {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of the directory is damaged.
    #[error("`{}` is damaged: {message}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// An operation on the directory failed.
    #[error("{operation} in `{}`", dir.display())]
    Io {
        /// The directory.
        dir: PathBuf,
        /// The operation.
        operation: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database failed.
    #[error("{operation}")]
    Sql {
        /// The operation.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The migrations are not numbered 1, 2, 3 ….
    #[error("migrations of `{machine}` are not numbered 1, 2, 3 …")]
    Migrations {
        /// The machine.
        machine: &'static str,
    },
    /// The engine did not start.
    #[error("starting the engine: {message}")]
    Engine {
        /// What it said.
        message: String,
    },
    /// A lone member did not become ready.
    #[error("the store did not become ready within {} ms", within.as_millis())]
    NotReady {
        /// How long was waited.
        within: Duration,
    },
}

impl OpenError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty { .. } => ErrorKind::NotFound,
            Self::NoCluster => ErrorKind::Invalid,
            Self::InUse { .. } | Self::Newer { .. } | Self::Foreign { .. } => ErrorKind::Conflict,
            Self::DiskFull { .. } => ErrorKind::InsufficientStorage,
            Self::NotReady { .. } => ErrorKind::Unavailable,
            Self::ReadOnly { .. }
            | Self::Damaged { .. }
            | Self::Io { .. }
            | Self::Sql { .. }
            | Self::Migrations { .. }
            | Self::Engine { .. } => ErrorKind::Internal,
        }
    }
}

/// Why a write is certain not to have been applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotApplied {
    /// No leader took it before the deadline.
    #[error("no leader took the write in time")]
    NoLeader,
    /// The command is larger than a log entry may be.
    #[error("the command has {bytes} bytes, at most {limit} are taken")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// The cluster does not hold the command's version yet.
    #[error("the command needs version {needed}, the cluster holds {current}")]
    Version {
        /// What the command needs.
        needed: u32,
        /// What holds.
        current: u32,
    },
    /// The disk is nearly full.
    #[error("the disk is nearly full")]
    DiskFull,
    /// The store is shutting down.
    #[error("the store is shutting down")]
    ShuttingDown,
    /// The command cannot be encoded.
    #[error("the command cannot be encoded: {0}")]
    Encode(String),
}

/// Failures of a write. What is not known to be refused is repeated by the store until its deadline.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<R> {
    /// The command was applied and refused.
    #[error("the command was refused: {0:?}")]
    Rejected(R),
    /// The command was certainly not applied.
    #[error("the command was not applied")]
    NotApplied(#[source] NotApplied),
    /// The outcome is not known; repeating with the same operation id is safe.
    #[error("the outcome of the write is not known")]
    Unknown,
}

impl<R> WriteError<R> {
    /// Returns the class of the failure; a caller that knows the refusal maps it itself.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Rejected(_) => ErrorKind::Conflict,
            Self::NotApplied(NotApplied::TooLarge { .. }) => ErrorKind::TooLarge,
            Self::NotApplied(NotApplied::DiskFull) => ErrorKind::InsufficientStorage,
            Self::NotApplied(NotApplied::Encode(_)) => ErrorKind::Internal,
            Self::NotApplied(NotApplied::NoLeader | NotApplied::Version { .. } | NotApplied::ShuttingDown)
            | Self::Unknown => ErrorKind::Unavailable,
        }
    }

    /// Converts the refusal.
    pub fn map_rejected<S>(self, f: impl FnOnce(R) -> S) -> WriteError<S> {
        match self {
            Self::Rejected(reject) => WriteError::Rejected(f(reject)),
            Self::NotApplied(reason) => WriteError::NotApplied(reason),
            Self::Unknown => WriteError::Unknown,
        }
    }
}

/// Failures of a read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The member has not caught up since its start.
    #[error("the store is not ready")]
    NotReady,
    /// The member did not reach the index in time.
    #[error("the member has applied {applied}, {wanted} was waited for")]
    Behind {
        /// What was asked for.
        wanted: Index,
        /// How far the member is.
        applied: Index,
    },
    /// No leader confirmed that the read is current.
    #[error("no leader confirms the read")]
    NoLeader,
    /// The store is shut down.
    #[error("the store is shut down")]
    Closed,
    /// The query failed.
    #[error("the query failed")]
    Query(#[source] E),
}

impl<E> ReadError<E> {
    /// Returns the class of the failure; a caller that knows the query's failures maps them itself.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotReady | Self::NoLeader | Self::Closed => ErrorKind::Unavailable,
            Self::Behind { .. } => ErrorKind::Timeout,
            Self::Query(_) => ErrorKind::Internal,
        }
    }

    /// Converts the query's failure.
    pub fn map_query<F>(self, f: impl FnOnce(E) -> F) -> ReadError<F> {
        match self {
            Self::NotReady => ReadError::NotReady,
            Self::Behind { wanted, applied } => ReadError::Behind { wanted, applied },
            Self::NoLeader => ReadError::NoLeader,
            Self::Closed => ReadError::Closed,
            Self::Query(error) => ReadError::Query(f(error)),
        }
    }
}

/// No leader could be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no leader answers")]
pub struct NotLeader {
    /// The leader, as far as this member knows.
    pub leader: Option<MemberId>,
}

impl NotLeader {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Unavailable
    }
}

/// Failures of a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target exists.
    #[error("`{}` exists already", path.display())]
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// The copy failed.
    #[error("copying the database to `{}`", path.display())]
    Copy {
        /// The target.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Making the copy durable failed.
    #[error("making `{}` durable", path.display())]
    Sync {
        /// The target.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The store is shut down.
    #[error("the store is shut down")]
    Closed,
}

impl BackupError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Exists { .. } => ErrorKind::Conflict,
            Self::Copy { .. } | Self::Sync { .. } => ErrorKind::Internal,
            Self::Closed => ErrorKind::Unavailable,
        }
    }
}

/// Failures of a change of membership.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// This member does not lead.
    #[error("this member does not lead")]
    NotLeader(#[source] NotLeader),
    /// The member belongs to another cluster.
    #[error("the member belongs to cluster `{found}`")]
    Foreign {
        /// The other cluster.
        found: ClusterId,
    },
    /// The engine refused the change.
    #[error("changing the membership: {message}")]
    Engine {
        /// What it said.
        message: String,
    },
}

impl MemberError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotLeader(_) => ErrorKind::Unavailable,
            Self::Foreign { .. } => ErrorKind::Conflict,
            Self::Engine { .. } => ErrorKind::Internal,
        }
    }
}
