//! The audit trail.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was allowed.
    Allowed,
    /// It was refused.
    Refused,
    /// It was allowed and failed.
    Failed,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditActorView {
    /// `account`, `anonymous`, `workload` or `system`.
    pub kind: String,
    /// The account's id.
    pub id: Option<String>,
    /// The name at that time.
    pub name: String,
    /// How they signed in.
    pub via: Option<String>,
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditObjectView {
    /// The kind, such as `service`.
    pub kind: String,
    /// The id, if it has one.
    pub id: Option<String>,
    /// The name at that time.
    pub name: Option<String>,
    /// The collection's path at that time.
    pub collection_path: Option<String>,
}

/// One row of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// The row's id; later rows have larger ones.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub actor: AuditActorView,
    /// From which address.
    pub address: String,
    /// Through which surface: `api`, `engine`, `registry`, …
    pub surface: String,
    /// What, such as `Service Create` or `user_create`.
    pub action: String,
    /// On what.
    pub object: Option<AuditObjectView>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// Why it was refused or failed, or the right that allowed it.
    pub reason: Option<String>,
    /// The request's id.
    pub request_id: String,
}
