//! Repositories, tags and rights.

use base::{AccountName, RepositoryId, RepositoryName, TeamName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who may pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone, also without an account.
    Public,
    /// Whoever has a right.
    Private,
}

/// What a team may do in a repository; each level holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightsLevel {
    /// Pull.
    Read,
    /// Push, delete tags.
    Write,
    /// Change the repository and its rights.
    Admin,
}

/// What the caller may do with a repository.
#[expect(clippy::struct_excessive_bools, reason = "independent flags on the wire")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepositoryPermissions {
    /// Pull images.
    pub pull: bool,
    /// Push images.
    pub push: bool,
    /// Delete tags.
    pub delete: bool,
    /// Change it and its rights.
    pub administer: bool,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepositoryView {
    /// The repository's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: RepositoryId,
    /// The whole name with the namespace.
    #[schema(value_type = String)]
    pub name: RepositoryName,
    /// The namespace: the account that owns it.
    pub namespace: String,
    /// Who may pull.
    pub visibility: Visibility,
    /// What it holds, in a sentence.
    pub description: String,
    /// How many tags it has.
    pub tag_count: u64,
    /// What to pull from, without a tag: `registry.example.com/acme/web`.
    pub reference: String,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When something was last pushed or changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What the caller may do with it.
    pub permissions: RepositoryPermissions,
}

/// Creates a repository.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepositoryCreate {
    /// The whole name with the namespace.
    #[schema(value_type = String)]
    pub name: RepositoryName,
    /// Who may pull; private unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// What it holds, in a sentence.
    #[serde(default)]
    pub description: String,
}

/// Changes a repository; absent fields stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepositoryUpdate {
    /// Who may pull.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// What it holds, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A platform an image runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformView {
    /// The operating system.
    pub os: String,
    /// The processor architecture.
    pub architecture: String,
    /// The architecture's variant.
    pub variant: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagView {
    /// The tag's name.
    pub name: String,
    /// What it points to.
    pub digest: String,
    /// The manifest's media type.
    pub media_type: String,
    /// Manifest, config and layers together; of an index its own body alone.
    pub size_bytes: u64,
    /// The platforms, if known.
    pub platforms: Vec<PlatformView>,
    /// When it was pushed.
    #[schema(value_type = String, format = DateTime)]
    pub pushed_at: Timestamp,
    /// Who pushed it, if known.
    pub pushed_by: Option<String>,
}

/// A team's right in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RightView {
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization: AccountName,
    /// The team's name.
    #[schema(value_type = String)]
    pub team: TeamName,
    /// What it may do.
    pub level: RightsLevel,
    /// Whether it comes from the whole namespace.
    pub is_namespace: bool,
}

/// Gives a team a right.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightPut {
    /// What it may do.
    pub level: RightsLevel,
}
