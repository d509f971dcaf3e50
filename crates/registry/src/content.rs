//! What the registry hands out.

use std::fmt;
use std::str::FromStr;

use base::UploadId;
use blob::BlobFile;
use bytes::Bytes;
use oci::{Digest, MediaType, Tag};

/// How a manifest is named within its repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ManifestReference {
    /// By a tag, which may move.
    Tag(Tag),
    /// By its digest.
    Digest(Digest),
}

impl fmt::Display for ManifestReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// Neither a tag nor a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a tag nor a digest")]
pub struct ManifestReferenceError(String);

impl FromStr for ManifestReference {
    type Err = ManifestReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed =
            if text.contains(':') { text.parse().map(Self::Digest).ok() } else { text.parse().map(Self::Tag).ok() };
        parsed.ok_or_else(|| ManifestReferenceError(text.chars().take(150).collect()))
    }
}

/// A manifest as it was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: MediaType,
    /// Its bytes.
    pub body: Bytes,
}

/// A blob of a repository.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Its digest.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// The file on this member.
    pub generation: Option<UploadId>,
    /// The open file; absent where only the head was asked.
    pub file: Option<BlobFile>,
}

/// A page of the manifests that are about another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrers {
    /// The manifests.
    pub items: Vec<state::registry::Referrer>,
    /// After which the next page begins.
    pub next: Option<Digest>,
}
