//! Identity's failures.

use base::ErrorKind;
use opctx::Denied;
use state::control::Reject;
use store::rusqlite;
use store::{ReadError, WriteError};

use crate::password::PasswordError;

/// Failures of identity's functions.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It does not exist, or the caller may not know of it.
    #[error("no such {what}: {name}")]
    NotFound {
        /// What was asked for.
        what: &'static str,
        /// Under which name.
        name: String,
    },
    /// The input is not valid.
    #[error("{message}")]
    Invalid {
        /// What is wrong with it.
        message: String,
    },
    /// What must always hold would not.
    #[error(transparent)]
    Rejected(#[from] Reject),
    /// Who the caller is was to be proved again.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A write did not happen, or it is not known whether it did.
    #[error("recording `{operation}`")]
    Record {
        /// The function.
        operation: &'static str,
        /// What the store said.
        #[source]
        source: WriteError<Reject>,
    },
    /// A read failed.
    #[error("reading for `{operation}`")]
    Read {
        /// The function.
        operation: &'static str,
        /// What the store said.
        #[source]
        source: ReadError<rusqlite::Error>,
    },
    /// A certificate or a random secret could not be made.
    #[error("making a certificate or secret for `{operation}`")]
    Issue {
        /// The function.
        operation: &'static str,
        /// What failed.
        #[source]
        source: pki::Error,
    },
    /// A client bundle could not be packed.
    #[error("packing the client bundle")]
    Pack(#[source] zip::result::ZipError),
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Rejected(reject) => reject.kind(),
            Self::Auth(error) => error.kind(),
            Self::Password(error) => error.kind(),
            Self::Record { source, .. } => source.kind(),
            Self::Read { source, .. } => source.kind(),
            Self::Issue { source, .. } => source.kind(),
            Self::Pack(_) => ErrorKind::Internal,
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound { what, .. } => match *what {
                "user" | "account" => "ACCOUNT_NOT_FOUND",
                "organization" => "ORGANIZATION_NOT_FOUND",
                "team" => "TEAM_NOT_FOUND",
                "member" => "MEMBER_NOT_FOUND",
                "session" => "SESSION_NOT_FOUND",
                "access token" => "TOKEN_NOT_FOUND",
                "client bundle" => "BUNDLE_NOT_FOUND",
                "role" => "ROLE_NOT_FOUND",
                "collection" => "COLLECTION_NOT_FOUND",
                "grant" => "GRANT_NOT_FOUND",
                "setting" => "SETTING_NOT_FOUND",
                _ => "NOT_FOUND",
            },
            Self::Invalid { .. } => "INVALID",
            Self::Rejected(reject) => reject.code(),
            Self::Auth(error) => error.code(),
            Self::Password(error) => error.code(),
            Self::Record { .. } | Self::Read { .. } => {
                if self.kind().is_retryable() {
                    "UNAVAILABLE"
                } else {
                    "INTERNAL"
                }
            }
            Self::Issue { .. } | Self::Pack(_) => "INTERNAL",
        }
    }

    pub(crate) fn not_found(what: &'static str, name: impl ToString) -> Self {
        Self::NotFound { what, name: name.to_string().chars().take(200).collect() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into() }
    }
}

/// Why no caller could be established. Says the same for an unknown user as for a wrong password.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Name or password are wrong, or the account may not sign in.
    #[error("user name or password is wrong")]
    WrongPassword,
    /// The session or token is unknown, over, or its account may not sign in.
    #[error("the token is not valid any more; sign in again")]
    BadToken,
    /// The certificate is not one of a client bundle, was revoked, or its account may not sign in.
    #[error("the client certificate is not valid any more; fetch a new client bundle")]
    BadCertificate,
    /// The certificate's time is over.
    #[error("the client certificate has expired; fetch a new client bundle")]
    ExpiredCertificate,
    /// The certificate was not issued by our client authority.
    #[error("the client certificate was not issued here")]
    ForeignCertificate,
    /// Too many attempts failed.
    #[error("too many failed attempts; try again in {retry_after_secs} s")]
    Throttled {
        /// When to try again.
        retry_after_secs: u64,
    },
    /// Too many passwords are being checked.
    #[error(transparent)]
    Busy(PasswordError),
    /// No leader is known, so nothing can be decided.
    #[error("nobody can sign in now: this member is out of touch with its leader")]
    OutOfTouch,
    /// The accounts could not be read.
    #[error("reading accounts to sign in")]
    Read(#[source] ReadError<rusqlite::Error>),
}

impl AuthError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongPassword
            | Self::BadToken
            | Self::BadCertificate
            | Self::ExpiredCertificate
            | Self::ForeignCertificate => ErrorKind::Unauthenticated,
            Self::Throttled { .. } => ErrorKind::TooMany,
            Self::Busy(error) => error.kind(),
            Self::OutOfTouch => ErrorKind::Unavailable,
            Self::Read(source) => source.kind(),
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPassword => "WRONG_PASSWORD",
            Self::BadToken => "TOKEN_INVALID",
            Self::BadCertificate | Self::ForeignCertificate => "CERTIFICATE_INVALID",
            Self::ExpiredCertificate => "CERTIFICATE_EXPIRED",
            Self::Throttled { .. } => "TOO_MANY_ATTEMPTS",
            Self::Busy(error) => error.code(),
            Self::OutOfTouch | Self::Read(_) => "UNAVAILABLE",
        }
    }
}
