//! Failures of tunnels and requests through them.

use base::ErrorKind;

/// A tunnel or a request through it failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A connection broke.
    #[error("{doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it broke.
        #[source]
        source: std::io::Error,
    },
    /// The other end does not keep to the protocol.
    #[error("the other end of the tunnel breaks the protocol: {0}")]
    Protocol(String),
    /// The manager refused the tunnel.
    #[error("the manager refused the tunnel: {0}")]
    Refused(String),
    /// The tunnel is gone.
    #[error("the tunnel to the node is closed")]
    Closed,
    /// The agent brings no connection in time.
    #[error("the node gave no connection in time")]
    NoStream,
    /// The engine does not answer, or not in HTTP.
    #[error("asking the engine")]
    Engine(#[source] hyper::Error),
    /// The agent could not do what it was told.
    #[error("the agent could not {doing}: {reason}")]
    Agent {
        /// What it was told.
        doing: &'static str,
        /// Its answer.
        reason: String,
    },
    /// The answer is not what the engine's API promises.
    #[error("the engine's answer to `{path}` is not readable: {reason}")]
    Answer {
        /// What was asked.
        path: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Closed | Self::NoStream => ErrorKind::Unavailable,
            Self::Io { .. } | Self::Protocol(_) | Self::Engine(_) | Self::Agent { .. } | Self::Answer { .. } => {
                ErrorKind::BadGateway
            }
            Self::Refused(_) => ErrorKind::Forbidden,
        }
    }

    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
