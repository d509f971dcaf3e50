//! Keys of the tree: the names that Compose knows are kept once, all others by themselves.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use crate::schema;

/// A key of a mapping.
#[derive(Clone)]
pub(crate) enum Key {
    /// A name of the schema, or of this program.
    Known(&'static str),
    /// Any other.
    Own(Box<str>),
}

impl Key {
    /// Makes a key from text that a file has.
    pub(crate) fn new(text: &str) -> Self {
        schema::known_name(text).map_or_else(|| Self::Own(text.into()), Self::Known)
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Own(text) => text,
        }
    }
}

impl From<&'static str> for Key {
    fn from(text: &'static str) -> Self {
        Self::Known(text)
    }
}

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Key {}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
