//! Where a value stood.

/// A place in one of the files that were read. Line and column count from 1; a value made by a default has line 0.
///
/// Two positions are always equal, so that models compare by what they say and not by where they say it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Position {
    /// Index into the project's files.
    pub file: u16,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Tells whether the value stood in a file at all.
    pub fn is_known(self) -> bool {
        self.line > 0
    }
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Position {}

/// A file that was read.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    /// The path as it was asked for (`-` is standard input).
    pub name: String,
    /// The text, to show the line at fault.
    pub text: std::sync::Arc<str>,
}

/// Projects compare by what they say: the files' names and texts do not count.
impl PartialEq for SourceFile {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
