//! Organizations, their members and teams.

use base::{AccountId, AccountName, TeamId, TeamName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganizationView {
    /// The organization's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AccountId,
    /// The organization's name.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    pub full_name: String,
    /// Whether the caller may change it, its members and teams.
    pub can_manage: bool,
    /// How many members it has; absent in lists.
    pub member_count: Option<u64>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Creates an organization.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationCreate {
    /// The organization's name; also its namespace in the registry.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    #[serde(default)]
    pub full_name: String,
}

/// Changes an organization; absent fields stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationUpdate {
    /// The name shown to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// The user's id.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: AccountId,
    /// The user's name.
    #[schema(value_type = String)]
    pub user: AccountName,
    /// The name shown to people.
    pub full_name: String,
    /// Whether they administer the organization.
    pub is_admin: bool,
}

/// Makes a user a member, or changes how they are one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPut {
    /// Lets them administer the organization.
    #[serde(default)]
    pub is_admin: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamView {
    /// The team's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TeamId,
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization: AccountName,
    /// The team's name.
    #[schema(value_type = String)]
    pub name: TeamName,
    /// What it is for.
    pub description: String,
    /// How many members it has.
    pub member_count: u64,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Creates a team.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamCreate {
    /// The team's name.
    #[schema(value_type = String)]
    pub name: TeamName,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// Changes a team; absent fields stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamUpdate {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamMemberView {
    /// The user's id.
    #[schema(value_type = String, format = Uuid)]
    pub user_id: AccountId,
    /// The user's name.
    #[schema(value_type = String)]
    pub user: AccountName,
    /// The name shown to people.
    pub full_name: String,
}
