//! Which file is read by what.

use serde::{Deserialize, Serialize};

use crate::apps::{self, AppAnalyser};
use crate::findings::{Findings, ParseError};
use crate::limits::Limits;
use crate::os::{self, OsAnalyser};

/// What reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Analyser {
    /// A release file or a system's package database.
    Os(OsAnalyser),
    /// A file of a language's tools, an archive, a program or a bill of materials.
    App(AppAnalyser),
}

impl Analyser {
    /// Tells whether a file is to be searched for libraries and programs without a package, too
    /// ([`crate::embedded::find`]).
    #[must_use]
    pub fn is_searched(self) -> bool {
        matches!(
            self,
            Self::App(AppAnalyser::Executable | AppAnalyser::Objects | AppAnalyser::Named)
                | Self::Os(OsAnalyser::Busybox)
        )
    }
}

/// Chooses what reads a file; `None`: nobody is interested.
///
/// `path` is absolute and normalised; bytes that are no UTF-8 are written `\xNN`. `mode` is the tar entry's, `head`
/// the file's first bytes (64 are enough).
#[must_use]
pub fn select(path: &str, mode: u32, size: u64, head: &[u8]) -> Option<Analyser> {
    let _ = mode;
    os::select(path, head).map(Analyser::Os).or_else(|| apps::select(path, size, head).map(Analyser::App))
}

/// Reads a whole file.
///
/// # Errors
/// The file is unreadable as a whole; faults of parts are in [`Findings::faults`].
pub fn analyse(analyser: Analyser, path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    match analyser {
        Analyser::Os(analyser) => os::analyse(analyser, path, bytes, limits),
        Analyser::App(analyser) => apps::analyse(analyser, path, bytes, limits),
    }
}

/// Returns the file that must be read together with this one where it is there: the `-wal` journal of an SQLite
/// database. [`analyse_pair`] reads both.
#[must_use]
pub fn companion(analyser: Analyser, path: &str) -> Option<String> {
    match analyser {
        Analyser::Os(analyser) => os::companion(analyser, path),
        Analyser::App(_) => None,
    }
}

/// Reads a file and its [`companion`].
///
/// # Errors
/// As [`analyse`].
pub fn analyse_pair(
    analyser: Analyser,
    path: &str,
    bytes: &[u8],
    companion: &[u8],
    limits: &Limits,
) -> Result<Findings, ParseError> {
    match analyser {
        Analyser::Os(analyser) => os::analyse_pair(analyser, path, bytes, companion, limits),
        Analyser::App(analyser) => apps::analyse(analyser, path, bytes, limits),
    }
}
