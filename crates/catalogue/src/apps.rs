//! Packages of languages: what compilers, package managers and archives say about themselves.
//!
//! Each format has a module of its own that turns one file into [`Findings`]. Names are written as their ecosystem
//! writes them, so that advisories are found by them.

mod beam;
mod conan;
mod dart;
mod dotnet;
pub(crate) mod draft;
mod executable;
mod go;
mod haskell;
mod headers;
mod installed;
mod java;
pub(crate) mod json;
mod julia;
mod lua;
mod node;
mod php;
mod program;
mod python;
mod r;
mod ruby;
mod rust;
mod select;
mod swift;
mod wordpress;
pub(crate) mod xml;
mod yaml;
mod zip;

use crate::findings::{Findings, ParseError};
use crate::limits::Limits;

pub use installed::prefer_installed;
pub use select::AppAnalyser;
pub(crate) use select::{analyse, of_name as by_name, select};

/// What a parser answers.
type Read = Result<Findings, ParseError>;

/// One file and the bounds that hold for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'a> {
    /// Its path from the root.
    pub(crate) path: &'a str,
    /// All of it.
    pub(crate) bytes: &'a [u8],
    /// How much of it is read.
    pub(crate) limits: &'a Limits,
}

impl<'a> File<'a> {
    /// The file's text; bytes that are no UTF-8 become U+FFFD, a byte order mark is dropped.
    pub(crate) fn text(&self) -> std::borrow::Cow<'a, str> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.bytes);
        String::from_utf8_lossy(bytes)
    }

    /// The last part of the path.
    fn name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The path of the folder, without its last `/`.
    fn folder(&self) -> &'a str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The same bounds for other bytes.
    fn at<'b>(&self, path: &'b str, bytes: &'b [u8]) -> File<'b>
    where
        'a: 'b,
    {
        File { path, bytes, limits: self.limits }
    }
}
