//! Failures of the registry.

use std::error::Error as StdError;

use base::{AccountName, ErrorKind, RepositoryName, RepositoryNamespace, TeamName, UploadId};
use oci::{Digest, ManifestError, Tag};
use opctx::Denied;
use state::registry::Reject;

/// Failures of registry operations.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not do this.
    #[error("{0}")]
    Denied(Denied),
    /// The token presented does not cover the request; one with the right scope would.
    #[error("the token does not cover `{action}` in `{repository}`")]
    ScopeMissing {
        /// The repository.
        repository: String,
        /// `pull`, `push`, `delete` or `*`.
        action: &'static str,
    },
    /// There is no such repository, or the caller may not know of it.
    #[error("repository `{repository}` does not exist, or you have no right in it")]
    RepositoryUnknown {
        /// Its name.
        repository: RepositoryName,
    },
    /// A repository of this name exists.
    #[error("repository `{repository}` exists already")]
    RepositoryExists {
        /// Its name.
        repository: RepositoryName,
    },
    /// No account has this name.
    #[error("there is no user or organization `{namespace}`")]
    NamespaceUnknown {
        /// The name.
        namespace: RepositoryNamespace,
    },
    /// The organization has no such team.
    #[error("organization `{organization}` has no team `{team}`")]
    TeamUnknown {
        /// The organization.
        organization: AccountName,
        /// The team.
        team: TeamName,
    },
    /// The repository has no such tag.
    #[error("`{repository}` has no tag `{tag}`")]
    TagUnknown {
        /// The repository.
        repository: RepositoryName,
        /// The tag.
        tag: Tag,
    },
    /// The repository has no such manifest.
    #[error("`{repository}` has no manifest `{reference}`")]
    ManifestUnknown {
        /// The repository.
        repository: RepositoryName,
        /// Tag or digest.
        reference: String,
    },
    /// The repository has no such blob.
    #[error("`{repository}` has no blob `{digest}`")]
    BlobUnknown {
        /// The repository.
        repository: RepositoryName,
        /// The blob.
        digest: Digest,
    },
    /// A manifest needs the blob.
    #[error("blob `{digest}` is part of manifest `{manifest}`; delete that first")]
    BlobInUse {
        /// The blob.
        digest: Digest,
        /// The manifest.
        manifest: Digest,
    },
    /// There is no such upload: it was finished, cancelled, given up, or begun before a restart.
    #[error("there is no upload `{upload}`; begin again")]
    UploadUnknown {
        /// The upload.
        upload: UploadId,
    },
    /// Another request is writing to the upload.
    #[error("another request is writing to upload `{upload}`")]
    UploadBusy {
        /// The upload.
        upload: UploadId,
    },
    /// Too many uploads are open.
    #[error("too many uploads are open; finish or cancel some")]
    UploadsTooMany,
    /// A chunk does not begin where the upload stands.
    #[error("the chunk begins at {start}, the upload stands at {offset}")]
    UploadOffset {
        /// Where the chunk begins.
        start: u64,
        /// Where the upload stands.
        offset: u64,
    },
    /// The client broke off.
    #[error("receiving the content of upload `{upload}`")]
    Receive {
        /// The upload.
        upload: UploadId,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The content is not what was announced.
    #[error("the content is `{found}`, `{expected}` was announced")]
    DigestMismatch {
        /// What was announced.
        expected: Digest,
        /// What was sent.
        found: Digest,
    },
    /// The manifest is malformed.
    #[error("{0}")]
    ManifestInvalid(ManifestError),
    /// The repository lacks what the manifest needs.
    #[error("`{repository}` lacks {} item(s) that the manifest needs, first `{}`", digests.len(), digests.first().map_or("?", Digest::as_str))]
    ManifestNeeds {
        /// The repository.
        repository: RepositoryName,
        /// What is absent.
        digests: Vec<Digest>,
    },
    /// A text is longer than it may be.
    #[error("the {what} may have {limit} characters")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// Blob storage failed.
    #[error("{operation}")]
    Blob {
        /// The operation.
        operation: &'static str,
        /// Why.
        #[source]
        source: blob::Error,
    },
    /// The store refused a command that was thought to fit.
    #[error("{operation}: {reject:?}")]
    Refused {
        /// The operation.
        operation: &'static str,
        /// The refusal.
        reject: Reject,
    },
    /// A write to the store failed.
    #[error("{operation}")]
    Write {
        /// The operation.
        operation: &'static str,
        /// Why.
        #[source]
        source: store::WriteError<Reject>,
    },
    /// A read from the store failed.
    #[error("{operation}")]
    Read {
        /// The operation.
        operation: &'static str,
        /// Why.
        #[source]
        source: store::ReadError<store::rusqlite::Error>,
    },
    /// Signing keys cannot be made, sealed or opened.
    #[error("preparing the token service: {reason}")]
    Keys {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::ScopeMissing { .. } => ErrorKind::Unauthenticated,
            Self::RepositoryUnknown { .. }
            | Self::NamespaceUnknown { .. }
            | Self::TeamUnknown { .. }
            | Self::TagUnknown { .. }
            | Self::ManifestUnknown { .. }
            | Self::BlobUnknown { .. }
            | Self::UploadUnknown { .. } => ErrorKind::NotFound,
            Self::RepositoryExists { .. } | Self::BlobInUse { .. } | Self::UploadBusy { .. } => ErrorKind::Conflict,
            Self::UploadsTooMany => ErrorKind::TooMany,
            Self::UploadOffset { .. } => ErrorKind::RangeNotSatisfiable,
            Self::ManifestInvalid(ManifestError::TooLarge { .. }) => ErrorKind::TooLarge,
            Self::Receive { .. }
            | Self::DigestMismatch { .. }
            | Self::ManifestInvalid(_)
            | Self::ManifestNeeds { .. }
            | Self::TooLong { .. } => ErrorKind::Invalid,
            Self::Blob { source, .. } => source.kind(),
            Self::Refused { .. } => ErrorKind::Conflict,
            Self::Write { source, .. } => source.kind(),
            Self::Read { source, .. } => source.kind(),
            Self::Keys { .. } => ErrorKind::Internal,
        }
    }

    /// Returns the stable code that users see; those of the OCI distribution specification where it has one.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => match denied.kind() {
                ErrorKind::Unauthenticated => "UNAUTHORIZED",
                ErrorKind::Forbidden => "DENIED",
                _ => denied.code(),
            },
            Self::ScopeMissing { .. } => "UNAUTHORIZED",
            Self::RepositoryUnknown { .. } | Self::NamespaceUnknown { .. } => "NAME_UNKNOWN",
            Self::RepositoryExists { .. } => "REPOSITORY_EXISTS",
            Self::TeamUnknown { .. } => "TEAM_UNKNOWN",
            Self::TagUnknown { .. } => "TAG_UNKNOWN",
            Self::ManifestUnknown { .. } => "MANIFEST_UNKNOWN",
            Self::BlobUnknown { .. } => "BLOB_UNKNOWN",
            Self::BlobInUse { .. } => "BLOB_IN_USE",
            Self::UploadUnknown { .. } => "BLOB_UPLOAD_UNKNOWN",
            Self::UploadBusy { .. } | Self::UploadOffset { .. } | Self::Receive { .. } => "BLOB_UPLOAD_INVALID",
            Self::UploadsTooMany => "TOOMANYREQUESTS",
            Self::DigestMismatch { .. } => "DIGEST_INVALID",
            Self::ManifestInvalid(_) => "MANIFEST_INVALID",
            Self::ManifestNeeds { .. } => "MANIFEST_BLOB_UNKNOWN",
            Self::TooLong { .. } => "INVALID",
            Self::Blob { source, .. } => storage_code(source.kind()),
            Self::Refused { .. } => "CONFLICT",
            Self::Write { source, .. } => storage_code(source.kind()),
            Self::Read { source, .. } => storage_code(source.kind()),
            Self::Keys { .. } => "INTERNAL",
        }
    }
}

fn storage_code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InsufficientStorage => "INSUFFICIENT_STORAGE",
        ErrorKind::Unavailable | ErrorKind::Timeout => "UNAVAILABLE",
        ErrorKind::TooLarge => "TOO_LARGE",
        ErrorKind::Conflict => "CONFLICT",
        _ => "INTERNAL",
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}
