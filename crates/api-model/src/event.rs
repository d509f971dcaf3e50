//! What the event stream says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which lists and pages are stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Services, their tasks.
    Services,
    /// Repositories, their tags and rights.
    Repositories,
    /// Roles, collections, grants: what the caller may do may have changed.
    Access,
    /// Users, organizations, teams, members, credentials.
    Accounts,
    /// Nodes and join tokens.
    Nodes,
    /// The audit trail has a new row.
    Audit,
    /// The stream lost some: everything may be stale.
    Resync,
}

/// One line of the event stream: that something of a kind changed, never what it holds now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Which lists and pages are stale.
    pub kind: EventKind,
    /// The object, if it is one and the caller may know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
