//! Roles, collections, grants, and why something is allowed.

use std::collections::BTreeMap;

use base::{CollectionId, CollectionPath, RoleId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role: a set of operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleView {
    /// The role's id; built-in roles have UCP's (`viewonly`, `restrictedcontrol`, …).
    #[schema(value_type = String)]
    pub id: RoleId,
    /// The name shown to people.
    pub name: String,
    /// Built-in roles cannot be deleted.
    pub is_system: bool,
    /// Category → operation → parameters allowed with it, as UCP writes roles.
    pub operations: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Creates a role; roles never change afterwards.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleCreate {
    /// The name shown to people.
    pub name: String,
    /// Category → operation → parameters allowed with it, as UCP writes roles.
    pub operations: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A category of operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationCategoryView {
    /// The category, such as `Container`.
    pub category: String,
    /// Its operations.
    pub operations: Vec<OperationView>,
}

/// An operation that a role may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationView {
    /// The name, such as `Container Create`.
    pub name: String,
    /// The parameters that must be allowed one by one, such as `Privileged`.
    pub parameters: Vec<String>,
}

/// A collection: where objects are, and what a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollectionView {
    /// The collection's id; the root is `swarm`.
    #[schema(value_type = String)]
    pub id: CollectionId,
    /// The path, such as `/prod/shop`.
    #[schema(value_type = String)]
    pub path: CollectionPath,
    /// The parent's id; absent for the root.
    #[schema(value_type = Option<String>)]
    pub parent: Option<CollectionId>,
    /// Built-in collections cannot be deleted.
    pub is_system: bool,
    /// When it was created, if it is not built in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
}

/// Creates a collection under one that exists.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionCreate {
    /// The whole path; the parent must exist.
    #[schema(value_type = String)]
    pub path: CollectionPath,
}

/// The kind of a grant's subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantSubjectKind {
    /// One user.
    User,
    /// A team.
    Team,
    /// Every member of an organization.
    Organization,
    /// Everyone who is signed in.
    Authenticated,
}

impl GrantSubjectKind {
    /// Returns the word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Team => "team",
            Self::Organization => "organization",
            Self::Authenticated => "authenticated",
        }
    }
}

/// The subject of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantSubjectView {
    /// Its kind.
    pub kind: GrantSubjectKind,
    /// Its id; `all` for everyone signed in.
    pub id: String,
    /// Its name; a team is `organization/team`.
    pub name: String,
}

/// A grant: subject, role, collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantView {
    /// Who.
    pub subject: GrantSubjectView,
    /// The role's id.
    #[schema(value_type = String)]
    pub role: RoleId,
    /// The role's name.
    pub role_name: String,
    /// The collection's id.
    #[schema(value_type = String)]
    pub collection: CollectionId,
    /// The collection's path.
    #[schema(value_type = String)]
    pub collection_path: CollectionPath,
    /// When it was made; absent in explanations.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
}

/// Asks whether and why a subject may do something.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainRequest {
    /// The user; absent: the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The operation, such as `Service Create`.
    #[schema(example = "Service Create")]
    pub operation: String,
    /// The parameters asked with it, such as `Host Bind Mounts`.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// The collection's path or id.
    #[schema(example = "/prod")]
    pub collection: String,
}

/// Why something is allowed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplanationView {
    /// Whether it is allowed.
    pub is_allowed: bool,
    /// The same in a sentence.
    pub reason: String,
    /// The subject is an administrator; no grant is needed.
    pub by_admin: bool,
    /// The operation asked.
    pub operation: String,
    /// The collection asked.
    #[schema(value_type = String)]
    pub collection_path: CollectionPath,
    /// The grants that reach the collection and hold the operation.
    pub grants: Vec<GrantView>,
    /// The parameters that no grant gives.
    pub missing_parameters: Vec<String>,
    /// Whether a grant of the operation itself is missing.
    pub is_operation_missing: bool,
    /// The user asked about.
    pub user: String,
    /// Whether that user may sign in.
    pub is_active: bool,
    /// Other collections in which it would be allowed, the nearest first.
    #[schema(value_type = Vec<String>)]
    pub nearby: Vec<CollectionPath>,
}

/// Who can do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhoCanView {
    /// The operation asked.
    pub operation: String,
    /// The collection asked.
    #[schema(value_type = String)]
    pub collection_path: CollectionPath,
    /// The grants that give it.
    pub grants: Vec<GrantView>,
    /// Administrators can do everything; their names.
    pub administrators: Vec<String>,
}
