//! Where a value stood.

use crate::tree::Key;

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

/// Where keys of a mapping stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPlaces(Box<[(Key, Position)]>);

impl KeyPlaces {
    pub(crate) fn new(places: impl Iterator<Item = (Key, Position)>) -> Self {
        let mut places: Vec<_> = places.collect();
        places.sort_unstable_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Self(places.into())
    }

    /// Returns where a key stood.
    pub fn get(&self, key: &str) -> Option<Position> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, at)| *at)
    }

    /// Tells whether the file has a key, be it with an empty value.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

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
