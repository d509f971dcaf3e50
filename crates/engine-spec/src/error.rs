//! Why a request line is refused.

use base::ErrorKind;

use crate::version::ApiVersion;

/// A request line that names nothing we serve; the texts are the engine's own where it has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The path is in no table.
    #[error("page not found")]
    NotFound,
    /// The path exists with another method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The version is not written as `v1.NN`.
    #[error("API version `{text}` is not canonical: write v1.NN")]
    VersionMalformed {
        /// What was written.
        text: String,
    },
    /// The version is below 1.24.
    #[error(
        "client version 1.{minor} is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"
    )]
    VersionTooOld {
        /// The minor number asked.
        minor: u8,
    },
    /// The version is above the one advertised.
    #[error("client version {asked} is too new. Maximum supported API version is {advertised}")]
    VersionTooNew {
        /// The version asked.
        asked: ApiVersion,
        /// The newest one offered.
        advertised: ApiVersion,
    },
    /// The path holds what a clean path does not.
    #[error("the path is not clean: {why}")]
    Path {
        /// What is wrong.
        why: &'static str,
    },
    /// A parameter of the query cannot be read in one way only.
    #[error("query parameter `{name}`: {why}")]
    Query {
        /// The parameter.
        name: String,
        /// What is wrong.
        why: String,
    },
}

impl RouteError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::MethodNotAllowed => ErrorKind::MethodNotAllowed,
            Self::VersionMalformed { .. }
            | Self::VersionTooOld { .. }
            | Self::VersionTooNew { .. }
            | Self::Path { .. }
            | Self::Query { .. } => ErrorKind::Invalid,
        }
    }
}
