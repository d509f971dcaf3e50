//! Archives as layers carry them, read as a stream: ustar, GNU and PAX.
//!
//! Where the formats leave room, entries are read as Go's `archive/tar` reads them, since that is what unpacks layers: what
//! the scanner sees must be what the engine sees. Total and bounded: a malformed header ends the archive with an error.

mod header;
mod pax;
mod reader;
mod sparse;

pub(crate) use header::BLOCK;
pub(crate) use reader::UNREADABLE_FLAG;
pub use reader::{Entry, EntryKind, TarReader};

/// Why an archive cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The stream under it failed.
    #[error("reading the archive")]
    Read(#[source] std::io::Error),
    /// The archive ends within an entry.
    #[error("the archive ends early, at byte {offset}")]
    Truncated {
        /// Where.
        offset: u64,
    },
    /// A header breaks the format.
    #[error("the archive is malformed at byte {offset}: {detail}")]
    Malformed {
        /// Where.
        offset: u64,
        /// Which rule.
        detail: &'static str,
    },
    /// A bound was passed.
    #[error("the archive has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
}
