//! Failures of node operations.

use base::{ErrorKind, NodeId};
use opctx::Denied;
use state::control::Reject;
use store::{ReadError, WriteError};

/// Failures of node operations.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not, or may not know of it.
    #[error(transparent)]
    Denied(Denied),
    /// No such node, for this caller.
    #[error("node `{node}` does not exist")]
    NotFound {
        /// As it was asked for.
        node: String,
    },
    /// No such join token.
    #[error("join token `{token}` does not exist")]
    TokenNotFound {
        /// As it was asked for.
        token: String,
    },
    /// The node's agent is not connected.
    #[error("node `{node}` is not connected")]
    NotConnected {
        /// The node.
        node: NodeId,
    },
    /// No engine beside a manager is connected.
    #[error("no engine beside a manager is connected")]
    NoManager,
    /// The host name is no node name.
    #[error("the host name is not usable as a node's name")]
    Name(#[source] base::NameError),
    /// The token was used, is over, or never was.
    #[error("the join token is not valid")]
    Token,
    /// The certificate request is not usable.
    #[error("issuing the node's certificate")]
    Certificate(#[source] pki::Error),
    /// The connection's certificate is not that of a node.
    #[error("the certificate is not that of a node of this cluster: {0}")]
    Foreign(&'static str),
    /// The tunnel failed.
    #[error("taking the tunnel")]
    Tunnel(#[source] engine_client::Error),
    /// The store refused the change.
    #[error(transparent)]
    Refused(Reject),
    /// The change could not be recorded.
    #[error("recording the change")]
    Write(#[source] WriteError<Reject>),
    /// The store could not be read.
    #[error("reading nodes")]
    Read(#[source] ReadError<rusqlite::Error>),
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound { .. } | Self::TokenNotFound { .. } => ErrorKind::NotFound,
            Self::NotConnected { .. } | Self::NoManager => ErrorKind::Unavailable,
            Self::Name(_) => ErrorKind::Invalid,
            Self::Token => ErrorKind::Unauthenticated,
            Self::Foreign(_) => ErrorKind::Forbidden,
            Self::Certificate(source) => source.kind(),
            Self::Tunnel(source) => source.kind(),
            Self::Refused(reject) => reject.kind(),
            Self::Write(source) => source.kind(),
            Self::Read(source) => source.kind(),
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound { .. } => "NODE_NOT_FOUND",
            Self::TokenNotFound { .. } => "TOKEN_NOT_FOUND",
            Self::NotConnected { .. } => "NODE_NOT_CONNECTED",
            Self::NoManager => "ENGINE_NOT_CONNECTED",
            Self::Name(_) => "NODE_NAME_INVALID",
            Self::Token => "JOIN_TOKEN_REFUSED",
            Self::Certificate(_) => "CERTIFICATE_REQUEST_INVALID",
            Self::Foreign(_) => "NODE_CERTIFICATE_REFUSED",
            Self::Tunnel(_) => "TUNNEL_BROKEN",
            Self::Refused(reject) => reject.code(),
            Self::Write(_) | Self::Read(_) => "UNAVAILABLE",
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<WriteError<Reject>> for Error {
    fn from(error: WriteError<Reject>) -> Self {
        match error {
            WriteError::Rejected(Reject::JoinTokenInvalid) => Self::Token,
            WriteError::Rejected(reject) => Self::Refused(reject),
            WriteError::NotApplied(_) | WriteError::Unknown => Self::Write(error),
        }
    }
}
