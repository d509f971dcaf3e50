//! What is said about a file: errors and warnings, each with its place.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The stock client warns, or the reader should know.
    Warning,
}

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code, such as `UNKNOWN_KEY`.
    pub code: &'static str,
    /// The file, as it was asked for; absent where no file is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1; 0 where unknown.
    pub line: u32,
    /// The column in characters, from 1; 0 where unknown.
    pub column: u32,
    /// The path of keys, such as `services.web.ports[0]`; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What to do, such as the nearest known key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// Makes an error that has no place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// Makes a warning that has no place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Self {
        Self {
            severity,
            code,
            file: None,
            line: 0,
            column: 0,
            path: String::new(),
            message,
            expected: None,
            suggestion: None,
        }
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn suggestion(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// Says at which path of keys.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Says where, in the files of a project.
    #[must_use]
    pub fn at(mut self, position: crate::model::Position, files: &[crate::model::SourceFile]) -> Self {
        self.file = files.get(usize::from(position.file)).map(|file| file.name.clone());
        self.line = position.line;
        self.column = position.column;
        self
    }
}
