//! The record of a layer.

use oci::Digest;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use crate::findings::Findings;
use crate::select::Analyser;

/// The version of what reads layers: a record of another version is made anew. Raise it when any parser learns more.
pub const INDEXER_VERSION: u32 = 4;

/// What one layer holds. Paths are absolute, without `.` and `..`, bytes that are no UTF-8 written `\xNN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerRecord {
    /// The [`INDEXER_VERSION`] that made it.
    pub indexer: u32,
    /// The digest of the uncompressed layer.
    pub diff_id: Digest,
    /// Its size, uncompressed.
    pub size_bytes: u64,
    /// Entries of its archive.
    pub entries: u64,
    /// Folders with the names of the files in them that say nothing but hide what lies below.
    pub dirs: Vec<LayerDir>,
    /// Files and trees of lower layers that are taken away.
    pub whiteouts: Vec<String>,
    /// Folders whose content in lower layers is taken away.
    pub opaque: Vec<String>,
    /// Symbolic links.
    pub links: Vec<LayerLink>,
    /// Hard links to files of lower layers.
    pub hard_links: Vec<LayerLink>,
    /// Hard links within the layer whose names tell what they are, where the name of the data tells nothing and the data
    /// was not read; they hide what lies below as [`LayerDir::names`] do.
    pub linked: Vec<LayerLink>,
    /// Files that say something.
    pub files: Vec<LayerFile>,
    /// Files that somebody wanted to read and could not, and parts of the layer that are lost.
    pub unreadable: Vec<Unreadable>,
    /// Some of that is this machine's fault (a full disk, a process that was killed): the record is not to be kept.
    pub had_accident: bool,
    /// What was asked of this layer's data under names that links give it.
    pub answers: Vec<Answer>,
}

/// A folder of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerDir {
    /// Its path.
    pub path: String,
    /// It is an entry of its own, and so replaces a file or link of a lower layer.
    pub is_explicit: bool,
    /// Names of files in it that say nothing.
    pub names: Vec<String>,
}

/// A link of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerLink {
    /// Its path.
    pub path: String,
    /// Where it points to; of a symbolic link as written, of a hard link normalised.
    pub target: String,
}

/// A file that says something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFile {
    /// The name that its findings' evidence gives it: its own in this layer, or its entry's before links of folders are
    /// followed.
    pub read_as: String,
    /// Its paths in the layer: its own and those of its hard links, sorted; none below a link of this layer.
    pub paths: Vec<String>,
    /// Its size.
    pub size_bytes: u64,
    /// Its mode.
    pub mode: u32,
    /// What read it.
    pub analyser: Analyser,
    /// What it says.
    pub findings: Findings,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unreadable {
    /// The file, or `/` for the layer itself.
    pub path: String,
    /// Why, for people.
    pub reason: String,
}

/// Answers that a kept record may hold.
const MAX_ANSWERS: usize = 10_000;

impl LayerRecord {
    /// Tells whether the layer was read to its end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.unreadable.iter().any(|file| file.path == "/")
    }

    /// Tells whether the same bytes will always give this record, and whether it is of a size to be kept: what other images
    /// ask of a layer that they share must not make it grow for ever.
    #[must_use]
    pub fn may_be_kept(&self) -> bool {
        self.is_whole() && !self.had_accident && self.answers.len() <= MAX_ANSWERS
    }
}
