//! Signing in, who one is, and how the server does.

use base::{AccountId, AccountName, ClusterId, CollectionPath, Index};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Signs in with a password; the answer sets the session cookie.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionCreate {
    /// The user's name.
    pub username: String,
    /// The password, or an access token.
    #[schema(format = Password)]
    pub password: String,
}

/// Who the caller is and what the console may offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeView {
    /// The account's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AccountId,
    /// The account's name.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    pub full_name: String,
    /// Administrators may do everything.
    pub is_admin: bool,
    /// How the caller signed in: `password`, `session`, `access_token`, `certificate`, `registry_token`.
    pub via: String,
    /// The organizations the caller is in.
    pub organizations: Vec<MembershipView>,
    /// Where objects go that name no collection.
    #[schema(value_type = String)]
    pub default_collection: CollectionPath,
    /// What the console may offer at all; each object says what may be done to it.
    pub permissions: Permissions,
    /// The cluster served.
    pub cluster: ClusterView,
}

/// An organization the caller is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipView {
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization: AccountName,
    /// Whether the caller administers it.
    pub is_admin: bool,
    /// The caller's teams in it, by name.
    pub teams: Vec<String>,
}

/// What a caller may do somewhere; `false` means that a page or action need not be offered.
#[expect(clippy::struct_excessive_bools, reason = "independent flags on the wire")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Permissions {
    /// See services in some collection.
    pub services_view: bool,
    /// Create services in some collection.
    pub services_create: bool,
    /// See nodes.
    pub nodes_view: bool,
    /// Make join tokens, remove nodes.
    pub nodes_manage: bool,
    /// Create repositories in some namespace.
    pub repositories_create: bool,
    /// See all users and organizations.
    pub accounts_view: bool,
    /// Create, change and deactivate users and organizations.
    pub accounts_manage: bool,
    /// See roles and collections, and ask who can do what.
    pub access_view: bool,
    /// Change roles, collections and grants.
    pub access_manage: bool,
    /// Read the audit trail.
    pub audit_view: bool,
}

/// The cluster served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterView {
    /// The cluster's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ClusterId,
    /// The name to show.
    pub name: String,
    /// The name images are pushed to and pulled from, with its port unless 443.
    pub registry: String,
    /// The server's version.
    pub version: String,
}

/// How the server does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// The cluster served.
    pub cluster: ClusterView,
    /// Whether this server takes requests.
    pub is_ready: bool,
    /// The stores this server is a member of.
    pub stores: Vec<StoreStatusView>,
    /// Nodes whose agent is connected.
    pub nodes_connected: u64,
    /// All nodes.
    pub nodes_total: u64,
    /// UCP's setting "all users may schedule on all nodes", managers included; on in a cluster of one node.
    #[serde(default)]
    pub schedule_on_all_nodes: bool,
    /// Things an administrator should know, in words.
    pub notices: Vec<String>,
}

/// How one store does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreStatusView {
    /// `control` or `registry`.
    pub name: String,
    /// This server's member id.
    pub member: u64,
    /// The leader's member id, if one is known.
    pub leader: Option<u64>,
    /// Whether this member has caught up.
    pub is_ready: bool,
    /// The last entry applied here.
    #[schema(value_type = u64)]
    pub applied: Index,
}

/// UCP's sign-in, `POST /auth/login`; fields of other UCP versions are ignored as UCP did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UcpLogin {
    /// The user's name.
    #[serde(default)]
    pub username: String,
    /// The password.
    #[serde(default)]
    #[schema(format = Password)]
    pub password: String,
}

/// The answer to UCP's sign-in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UcpLoginAnswer {
    /// What to send as `Authorization: Bearer`.
    pub auth_token: String,
}

/// UCP's account, `GET /id/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UcpIdentity {
    /// The account's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AccountId,
    /// The account's name.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    pub full_name: String,
    /// Whether it is an organization.
    pub is_org: bool,
    /// Whether it administers the cluster.
    pub is_admin: bool,
    /// Whether it may sign in.
    pub is_active: bool,
}
