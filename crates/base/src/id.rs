//! Ids: UUID newtypes for what we create, short strings where UCP's clients know fixed ids.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An id that does not have its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {what}")]
pub struct IdError {
    text: String,
    what: &'static str,
}

impl IdError {
    fn new(text: &str, what: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), what }
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new id, ordered by creation time (UUID version 7, RFC 9562 §5.7).
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::now_v7())
            }

            /// Wraps an existing UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID inside.
            #[must_use]
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// Returns the 16 bytes, as stored in SQLite blobs.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the 16 bytes back.
            ///
            /// # Errors
            /// If the slice is not 16 bytes long.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| IdError::new("(bytes)", $what))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::new(text, $what))
            }
        }
    };
}

uuid_id!(
    /// A cluster: one Swarm with its engines. One value today; every workload key carries it.
    ClusterId, "cluster id");
uuid_id!(
    /// An account: a user or an organization.
    AccountId, "account id");
uuid_id!(
    /// A team of an organization.
    TeamId, "team id");
uuid_id!(
    /// A signed-in session.
    SessionId, "session id");
uuid_id!(
    /// An access token, a join token or a pull credential.
    TokenId, "token id");
uuid_id!(
    /// A client bundle's certificate.
    CertificateId, "certificate id");
uuid_id!(
    /// A node: a machine with an engine and an agent.
    NodeId, "node id");
uuid_id!(
    /// A repository of the registry.
    RepositoryId, "repository id");
uuid_id!(
    /// A blob upload session.
    UploadId, "upload id");
uuid_id!(
    /// One write to a store; repeating it gives the stored reply.
    OperationId, "operation id");
uuid_id!(
    /// One request; goes in and out as `X-Request-Id`.
    RequestId, "request id");

macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// Makes a new random id (32 hexadecimal characters).
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::now_v7().simple().to_string())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = (1..=64).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
                if fits { Ok(Self(text.to_owned())) } else { Err(IdError::new(text, $what)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

string_id!(
    /// A role: one of UCP's built-in names (`viewonly`, …) or 32 hexadecimal characters.
    RoleId, "role id");
string_id!(
    /// A collection: one of UCP's built-in names (`swarm` is the root, `system`, `shared`, …) or 32 hexadecimal characters.
    CollectionId, "collection id");

/// A position in a store's log; 0 is before the first entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Index(pub u64);

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A member of a store; never used again once its disk was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberId(pub u64);

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
