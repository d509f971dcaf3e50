//! Which file is read by what.

use serde::{Deserialize, Serialize};

use crate::apps::{self, AppAnalyser};
use crate::findings::{Findings, ParseError};
use crate::limits::Limits;
use crate::os::{self, OsAnalyser};

/// What reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// Tells what reads files of this name, as far as the name alone tells it. Programs and fragments of them have no such
/// names: they are told by their first bytes, under any name.
pub(crate) fn by_name(path: &str) -> Option<Analyser> {
    os::select(path, &[]).map(Analyser::Os).or_else(|| apps::by_name(path).map(Analyser::App))
}

/// Tells whether a name alone says that there is something to read, or that it is the journal of such a file.
pub(crate) fn is_telling(path: &str) -> bool {
    let is_journal = |database: &str| by_name(database).is_some_and(|analyser| companion(analyser, database).is_some());
    by_name(path).is_some() || path.strip_suffix("-wal").is_some_and(is_journal)
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
