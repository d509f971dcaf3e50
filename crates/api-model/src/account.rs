//! Users.

use base::{AccountId, AccountName, CollectionPath, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserView {
    /// The user's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AccountId,
    /// The user's name.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    pub full_name: String,
    /// Administrators may do everything.
    pub is_admin: bool,
    /// An inactive user can do nothing; their sessions, tokens and certificates are refused.
    pub is_active: bool,
    /// Where objects go that name no collection, if the user has one of their own.
    #[schema(value_type = Option<String>)]
    pub default_collection: Option<CollectionPath>,
    /// When the user was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Creates a user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// The user's name: 2 to 64 of a-z, 0-9 and single . _ - between them.
    #[schema(value_type = String)]
    pub name: AccountName,
    /// The name shown to people.
    #[serde(default)]
    pub full_name: String,
    /// The first password.
    #[schema(format = Password)]
    pub password: String,
    /// Makes an administrator.
    #[serde(default)]
    pub is_admin: bool,
}

/// Changes a user; absent fields stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// The name shown to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Makes an administrator, or no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_admin: Option<bool>,
    /// Activates or deactivates; deactivating ends sessions, tokens, certificates and open streams within a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Where objects go that name no collection: a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub default_collection: Option<CollectionPath>,
}

/// Changes a password.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now; an administrator may leave it out for another user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Password)]
    pub old_password: Option<String>,
    /// The new password.
    #[schema(format = Password)]
    pub new_password: String,
}
