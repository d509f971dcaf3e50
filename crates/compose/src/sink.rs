//! Where errors and warnings are gathered, so that all of a file are told at once.

use std::fmt;

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Position, SourceFile};

/// How many diagnostics are kept: a hostile file cannot fill the memory with them.
const LIMIT: usize = 1_000;

#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) files: Vec<SourceFile>,
    pub(crate) errors: Vec<Diagnostic>,
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Sink {
    /// Registers a file and returns the index that positions name.
    pub(crate) fn add_file(&mut self, name: &str, text: &str) -> Option<u16> {
        let index = u16::try_from(self.files.len()).ok()?;
        self.files.push(SourceFile { name: name.to_owned(), text: text.into() });
        Some(index)
    }

    pub(crate) fn push(&mut self, at: Position, path: &dyn fmt::Display, diagnostic: Diagnostic) {
        let list = match diagnostic.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < LIMIT {
            list.push(diagnostic.path(path.to_string()).at(at, &self.files));
        }
    }

    /// Puts what was said into the order of the files.
    pub(crate) fn sort(&mut self) {
        let names: Vec<String> = self.files.iter().map(|file| file.name.clone()).collect();
        let order = |one: &Diagnostic| {
            let file = one.file.as_ref().and_then(|file| names.iter().position(|name| name == file));
            (file, one.line, one.column)
        };
        self.errors.sort_by_key(order);
        self.warnings.sort_by_key(order);
    }

    /// Says an error or a warning without a place.
    pub(crate) fn push_general(&mut self, diagnostic: Diagnostic) {
        match diagnostic.severity {
            Severity::Error => self.errors.push(diagnostic),
            Severity::Warning => self.warnings.push(diagnostic),
        }
    }
}
