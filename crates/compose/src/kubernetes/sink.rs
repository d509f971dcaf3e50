//! Gathers what is said about a project while it is converted.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{Position, Project, SourceFile};
use crate::{Diagnostic, Severity};

/// Most warnings about one project; errors have as much room again.
const LIMIT: usize = 10_000;
const NO_EQUIVALENT: &str = "NO_EQUIVALENT";

/// Gathers errors and warnings, each with its place.
#[derive(Debug, Default)]
pub(crate) struct Sink<'a> {
    files: &'a [SourceFile],
    found: Vec<Diagnostic>,
    /// Which of those found the hash of code, path and message leads to.
    seen: HashMap<u64, u32>,
}

impl<'a> Sink<'a> {
    /// Makes an empty one for a project's files.
    pub(crate) fn of(project: &'a Project) -> Self {
        Self { files: &project.files, ..Self::default() }
    }

    /// Takes an error. The conversion goes on, so that all errors are found at once, but gives nothing in the end.
    pub(crate) fn error(&mut self, code: &'static str, spot: &Spot, message: impl Into<String>, suggestion: &str) {
        self.take(Diagnostic::error(code, message), spot, suggestion);
    }

    /// Takes a warning.
    pub(crate) fn warning(&mut self, code: &'static str, spot: &Spot, message: impl Into<String>, suggestion: &str) {
        self.take(Diagnostic::warning(code, message), spot, suggestion);
    }

    fn take(&mut self, diagnostic: Diagnostic, spot: &Spot, suggestion: &str) {
        let mut diagnostic = diagnostic.path(spot.path.clone()).at(spot.at, self.files);
        if !suggestion.is_empty() {
            diagnostic = diagnostic.suggestion(suggestion);
        }
        // What the table has refused is not refused again for the same thing.
        let refused = diagnostic.severity == Severity::Error
            && diagnostic.code == NO_EQUIVALENT
            && self.found.iter().any(|found| {
                found.severity == Severity::Error
                    && found.code == NO_EQUIVALENT
                    && found.path.starts_with(&diagnostic.path)
            });
        if !refused && self.has_room(diagnostic.severity) && self.is_new(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Tells whether something was not said before, and notes that it is now.
    fn is_new(&mut self, diagnostic: &Diagnostic) -> bool {
        let mut hasher = DefaultHasher::new();
        what(diagnostic).hash(&mut hasher);
        let next = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
        let known = *self.seen.entry(hasher.finish()).or_insert(next);
        let known = usize::try_from(known).ok().and_then(|index| self.found.get(index));
        // Another one of the same hash is new too, and is merely not remembered.
        known.is_none_or(|known| what(known) != what(diagnostic))
    }

    /// An error is never lost behind warnings, since it decides whether anything is made.
    fn has_room(&self, severity: Severity) -> bool {
        self.found.len() < LIMIT || (severity == Severity::Error && self.found.len() < 2 * LIMIT)
    }

    /// Gives the value and the warnings, or all that was found where there is an error.
    pub(crate) fn finish<T>(self, value: T) -> Result<(T, Vec<Diagnostic>), Vec<Diagnostic>> {
        if self.found.iter().any(|found| found.severity == Severity::Error) {
            Err(self.found)
        } else {
            Ok((value, self.found))
        }
    }
}

/// What a diagnostic says, of what.
fn what(one: &Diagnostic) -> (&'static str, &str, &str) {
    (one.code, &one.path, &one.message)
}

/// A place in the file and its path of keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spot {
    /// Path of keys, such as `services.web.ports[0]`.
    pub(crate) path: String,
    /// Place in the file.
    pub(crate) at: Position,
}

impl Spot {
    /// Makes one.
    pub(crate) fn new(path: impl Into<String>, at: Position) -> Self {
        Self { path: path.into(), at }
    }
}
