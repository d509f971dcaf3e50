//! Failures of calls.

use api_model::ErrorView;
use base::ErrorKind;

/// Why a call gave no answer, or a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be read.
    #[error("`{url}` is not an address of the form https://host:port")]
    Url {
        /// What was given.
        url: String,
    },
    /// Without TLS a credential would be readable on its way.
    #[error("`{url}` is refused: without TLS only a loopback address is called")]
    Plain {
        /// What was given.
        url: String,
    },
    /// The server's CA is not trusted yet, so nothing but the CA is asked for.
    #[error("the CA of `{address}` is not trusted yet")]
    Untrusted {
        /// The server's address.
        address: String,
    },
    /// The server cannot be reached.
    #[error("connecting to `{address}`")]
    Connect {
        /// The server's address.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Certificates cannot be used.
    #[error(transparent)]
    Trust(#[from] crate::trust::TrustError),
    /// The connection broke.
    #[error("talking to `{address}`")]
    Talk {
        /// The server's address.
        address: String,
        /// Why.
        #[source]
        source: hyper::Error,
    },
    /// The server refused or failed.
    #[error("{}", view.message)]
    Refused {
        /// The status code.
        status: u16,
        /// What the server said.
        view: Box<ErrorView>,
    },
    /// The server answered what this client does not understand.
    #[error("the server's answer to `{operation}` is not understood: {message}")]
    Answer {
        /// The operation.
        operation: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// An input cannot be put into a request.
    #[error("the request `{operation}` cannot be made: {message}")]
    Request {
        /// The operation.
        operation: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

impl Error {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Url { .. } | Self::Plain { .. } | Self::Untrusted { .. } | Self::Request { .. } => ErrorKind::Invalid,
            Self::Connect { .. } | Self::Talk { .. } => ErrorKind::Unavailable,
            Self::Trust(error) => error.kind(),
            Self::Answer { .. } => ErrorKind::BadGateway,
            Self::Refused { status, .. } => match status {
                400 | 422 => ErrorKind::Invalid,
                401 => ErrorKind::Unauthenticated,
                403 => ErrorKind::Forbidden,
                404 => ErrorKind::NotFound,
                409 => ErrorKind::Conflict,
                412 => ErrorKind::PreconditionFailed,
                413 => ErrorKind::TooLarge,
                429 => ErrorKind::TooMany,
                501 => ErrorKind::NotImplemented,
                502..=504 => ErrorKind::Unavailable,
                _ => ErrorKind::Internal,
            },
        }
    }

    /// Returns the stable code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { view, .. } => Some(&view.code),
            _ => None,
        }
    }
}
