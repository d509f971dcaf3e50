//! Failures of workloads.

use base::ErrorKind;
use opctx::Denied;

use crate::engine::EngineError;
use crate::object::Kind;

/// Failures of workloads.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such object, or none that the caller may know of. The words are the engine's.
    #[error("{}", kind.not_found(reference))]
    NotFound {
        /// What was looked for.
        kind: Kind,
        /// The name or id as given.
        reference: String,
    },
    /// The caller may not do this.
    #[error(transparent)]
    Denied(Denied),
    /// The collection named by a label does not exist, or the caller may not place anything there.
    #[error("collection `{path}` does not exist or you may not create a {category} there")]
    Collection {
        /// The path as given.
        path: String,
        /// The category of what should be placed.
        category: access::Category,
    },
    /// Nothing says where the object should lie.
    #[error("you have no default collection; name one with the label `com.docker.ucp.access.label`")]
    NoHome,
    /// Only replicated services have a number of replicas.
    #[error("service `{service}` is not replicated")]
    NotReplicated {
        /// The service.
        service: String,
    },
    /// The engine refused.
    #[error("{message}")]
    Refused {
        /// Its status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// The engine did not answer.
    #[error("asking the engine")]
    Engine {
        /// Why.
        #[source]
        source: EngineError,
    },
    /// The engine's answer was not JSON.
    #[error("reading the engine's answer")]
    Answer {
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The engine's answer was beyond every bound.
    #[error("the engine's answer is too large")]
    AnswerTooLarge,
    /// The engine's answer broke off.
    #[error("the engine's answer broke off")]
    Stream,
    /// The engine's log was malformed.
    #[error("reading the engine's log")]
    Log {
        /// Why.
        #[source]
        source: crate::logs::FrameError,
    },
    /// A request could not be built.
    #[error("building a request to the engine")]
    Build {
        /// Why.
        #[source]
        source: http::Error,
    },
    /// The system gave no random bytes.
    #[error("no random bytes")]
    Random,
    /// The store did not give a setting or an account.
    #[error("reading where a new object lies")]
    Place {
        /// Why.
        #[source]
        source: store::ReadError<store::rusqlite::Error>,
    },
    /// The store did not take a pull credential.
    #[error("recording the pull credential of service `{service}`")]
    Credential {
        /// The service.
        service: String,
        /// Why.
        #[source]
        source: store::WriteError<state::control::Reject>,
    },
    /// The store did not give pull credentials.
    #[error("reading pull credentials")]
    CredentialRead {
        /// Why.
        #[source]
        source: store::ReadError<store::rusqlite::Error>,
    },
}

impl Error {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Denied(denied) => denied.kind(),
            Self::Collection { .. } | Self::NoHome => ErrorKind::Forbidden,
            Self::NotReplicated { .. } => ErrorKind::Conflict,
            Self::Refused { status, .. } => refused(*status),
            Self::Engine { source } => source.kind(),
            Self::Answer { .. } | Self::AnswerTooLarge | Self::Stream | Self::Log { .. } => ErrorKind::BadGateway,
            Self::Build { .. } | Self::Random => ErrorKind::Internal,
            Self::Place { source } => source.kind(),
            Self::Credential { source, .. } => source.kind(),
            Self::CredentialRead { source } => source.kind(),
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { kind, .. } => kind.not_found_code(),
            Self::Denied(_) => "ACCESS_DENIED",
            Self::Collection { .. } => "COLLECTION_NOT_FOUND",
            Self::NoHome => "NO_DEFAULT_COLLECTION",
            Self::NotReplicated { .. } => "SERVICE_NOT_REPLICATED",
            Self::Refused { .. } => "ENGINE_REFUSED",
            Self::Engine { .. } => "ENGINE_UNAVAILABLE",
            Self::Answer { .. } | Self::AnswerTooLarge | Self::Stream | Self::Log { .. } => "ENGINE_ANSWER",
            Self::Build { .. } | Self::Random => "INTERNAL",
            Self::Credential { .. } | Self::CredentialRead { .. } | Self::Place { .. } => "UNAVAILABLE",
        }
    }
}

fn refused(status: u16) -> ErrorKind {
    match status {
        400 => ErrorKind::Invalid,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        501 => ErrorKind::NotImplemented,
        503 => ErrorKind::Unavailable,
        _ => ErrorKind::BadGateway,
    }
}
