//! What a user signs in with besides a password: sessions, access tokens, client bundles.

use base::{CertificateId, SessionId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// The session's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// The address that signed in.
    pub address: String,
    /// The client's own name (`User-Agent`).
    pub agent: String,
    /// When it was last used, coarsely.
    #[schema(value_type = String, format = DateTime)]
    pub used_at: Timestamp,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends unless used.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// The token's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TokenId,
    /// What its owner calls it.
    pub label: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends; absent: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, coarsely.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// Makes an access token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCreate {
    /// What to call it.
    pub label: String,
    /// How long it lives; absent: until revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_secs: Option<u64>,
}

/// A new access token; its text is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenCreated {
    /// What to use as password or as `Authorization: Bearer`.
    #[schema(format = Password)]
    pub secret: String,
    /// What stays.
    pub token: TokenView,
}

/// A client bundle that was handed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BundleView {
    /// The certificate's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: CertificateId,
    /// What its owner calls it.
    pub label: String,
    /// The certificate's SHA-256 fingerprint, hexadecimal.
    pub fingerprint: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the certificate expires.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was last used, coarsely.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// Makes a client bundle; the answer is the zip, this once.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundleCreate {
    /// What to call it.
    #[serde(default)]
    pub label: String,
}
