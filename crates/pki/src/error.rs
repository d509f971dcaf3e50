//! Failures of keys, certificates and seals.

use base::ErrorKind;

/// A key, certificate, token or seal that could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine gives no random numbers.
    #[error("no random numbers are to be had")]
    Random,
    /// A certificate or key could not be made.
    #[error("making a {what}")]
    Make {
        /// What was to be made.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: rcgen::Error,
    },
    /// A certificate, key, request or token is malformed.
    #[error("the {what} is not readable: {reason}")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A sealed value was changed, belongs elsewhere, or was sealed with another key.
    #[error("the sealed value cannot be opened with this key")]
    Sealed,
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } => ErrorKind::Invalid,
            Self::Random | Self::Make { .. } | Self::Sealed => ErrorKind::Internal,
        }
    }

    pub(crate) fn unreadable(what: &'static str, reason: impl ToString) -> Self {
        Self::Unreadable { what, reason: reason.to_string() }
    }
}
