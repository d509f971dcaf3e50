//! The closed set of commands with their replies, refusals and events.

use std::sync::Arc;

use base::{Index, RepositoryId, RepositoryName, TeamId, UploadId};
use oci::{Digest, Tag};
use serde::{Deserialize, Serialize};

use super::blobs::BlobRecord;
use super::keys::TokenKey;
use super::manifests::ManifestPut;
use super::repositories::{RepositoryCreate, RepositoryUpdate};
use super::rights::{Level, RightScope};
use super::settings::Settings;
use crate::control::audit::AuditRow;
use crate::feed::FeedBatch;

/// What can be written to the registry's store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Brings the copy of accounts further.
    FeedApply(FeedBatch),
    /// Creates a repository in an account's namespace.
    RepositoryCreate(RepositoryCreate),
    /// Changes a repository.
    RepositoryUpdate(RepositoryUpdate),
    /// Deletes a repository with its tags, manifests and rights.
    RepositoryDelete {
        /// The repository.
        repository: RepositoryId,
    },
    /// Gives a team a right, or takes it.
    RightSet {
        /// Where.
        scope: RightScope,
        /// The team.
        team: TeamId,
        /// The level; none takes the right.
        level: Option<Level>,
    },
    /// Records a blob that is durable at its place.
    BlobRecord(BlobRecord),
    /// Lets a repository use a blob of another one.
    BlobMount {
        /// The repository that gets it.
        repository: RepositoryId,
        /// The repository that has it.
        from: RepositoryId,
        /// The blob.
        digest: Digest,
        /// For how long no garbage collection may free it.
        lease_secs: i64,
    },
    /// Renews leases, each of a blob in a repository that has it.
    LeasesRenew {
        /// Which.
        leases: Vec<(RepositoryId, Digest)>,
        /// For how long from now.
        lease_secs: i64,
    },
    /// Takes a blob from a repository.
    BlobUnlink {
        /// The repository.
        repository: RepositoryId,
        /// The blob.
        digest: Digest,
    },
    /// Records a manifest and, if asked, its tag.
    ManifestPut(Box<ManifestPut>),
    /// Deletes a manifest and the tags that point to it.
    ManifestDelete {
        /// The repository.
        repository: RepositoryId,
        /// The manifest.
        digest: Digest,
    },
    /// Deletes a tag.
    TagDelete {
        /// The repository.
        repository: RepositoryId,
        /// The tag.
        tag: Tag,
    },
    /// Adds a signing key and drops those older than the newest few.
    TokenKeyAdd(TokenKey),
    /// Changes the settings.
    SettingsSet(Settings),
    /// Appends to the audit log.
    AuditAppend(Vec<AuditRow>),
}

impl Command {
    /// Returns the schema version that this command needs.
    #[must_use]
    pub fn version(&self) -> u32 {
        match self {
            Self::FeedApply(_)
            | Self::RepositoryCreate(_)
            | Self::RepositoryUpdate(_)
            | Self::RepositoryDelete { .. }
            | Self::RightSet { .. }
            | Self::BlobRecord(_)
            | Self::BlobMount { .. }
            | Self::LeasesRenew { .. }
            | Self::BlobUnlink { .. }
            | Self::ManifestPut(_)
            | Self::ManifestDelete { .. }
            | Self::TagDelete { .. }
            | Self::TokenKeyAdd(_)
            | Self::SettingsSet(_)
            | Self::AuditAppend(_) => 1,
        }
    }
}

/// What a writer gets back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done.
    Done,
    /// A blob is recorded; the generation that counts may be that of an earlier upload.
    Blob {
        /// The file that counts on this member.
        generation: UploadId,
    },
    /// A manifest is recorded.
    Manifest {
        /// Whether the repository did not have it before.
        is_new: bool,
    },
    /// A manifest is deleted.
    ManifestDeleted {
        /// The tags that pointed to it and went with it.
        tags: Vec<Tag>,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reject {
    /// The feed batch does not begin where the copy stands.
    FeedGap {
        /// Where the copy stands.
        position: Index,
    },
    /// No account of this name and id owns the namespace.
    NamespaceUnknown,
    /// A repository of this name exists.
    RepositoryExists {
        /// Its id.
        repository: RepositoryId,
    },
    /// The repository does not exist.
    RepositoryUnknown,
    /// The team does not exist, or is of another organization.
    TeamUnknown,
    /// The repository does not have the blob.
    BlobUnknown,
    /// A manifest of the repository needs the blob.
    BlobInUse {
        /// The manifest.
        manifest: Digest,
    },
    /// The repository does not have what the manifest needs.
    ManifestNeeds {
        /// What is absent.
        digests: Vec<Digest>,
    },
    /// The repository does not have the manifest.
    ManifestUnknown,
    /// The repository does not have the tag.
    TagUnknown,
}

/// What watchers are told.
#[derive(Debug, Clone)]
pub enum Event {
    /// The copy of accounts went further.
    Fed(Arc<FeedBatch>),
    /// A repository is new or changed.
    Repository {
        /// Its id.
        id: RepositoryId,
        /// Its name.
        name: RepositoryName,
    },
    /// A repository is gone.
    RepositoryRemoved {
        /// Its id.
        id: RepositoryId,
        /// Its name.
        name: RepositoryName,
    },
    /// Rights of teams changed.
    Rights,
    /// A blob came to a repository, or left it.
    Blob {
        /// The repository.
        repository: RepositoryId,
        /// The blob.
        digest: Digest,
    },
    /// A manifest came to a repository, or left it.
    Manifest {
        /// The repository.
        repository: RepositoryId,
        /// The repository's name.
        name: RepositoryName,
        /// The manifest.
        digest: Digest,
        /// Whether it is there now.
        is_present: bool,
    },
    /// A tag was set or deleted.
    Tag {
        /// The repository.
        repository: RepositoryId,
        /// The repository's name.
        name: RepositoryName,
        /// The tag.
        tag: Tag,
        /// What it points to now.
        digest: Option<Digest>,
    },
    /// The signing keys changed.
    TokenKeys,
    /// The settings changed.
    Settings,
    /// The audit log grew.
    Audit,
}
