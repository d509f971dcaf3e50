//! Failures of the gateway, in the engine's words where it has some.

use base::{ErrorKind, RequestId};
use engine_spec::{AuthError, BodyError, RouteError};
use http_kit::{Dialect, Failure, Response, render};

/// A request that is not passed on, or whose answer cannot be given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Route(RouteError),
    #[error(transparent)]
    Presented(http_kit::PresentedError),
    #[error(transparent)]
    Origin(http_kit::CsrfError),
    #[error(transparent)]
    SignIn(identity::AuthError),
    #[error("sign in first: use a client bundle, or a token in the Authorization header")]
    Anonymous,
    #[error("{} {} is not open in Holdfast yet", route.method(), route.pattern())]
    NotYet { route: Box<engine_spec::Route> },
    #[error(transparent)]
    Body(BodyError),
    #[error("reading the request's body")]
    Read(#[source] http_kit::BodyError),
    #[error("{header}: {source}")]
    Credentials { header: &'static str, source: AuthError },
    #[error(transparent)]
    Dockerfile(engine_spec::dockerfile::Error),
    #[error(transparent)]
    Work(workloads::Error),
    #[error(transparent)]
    Denied(opctx::Denied),
    #[error("{0}")]
    Forbidden(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    Unauthenticated(String),
    #[error("{}", .0.message)]
    Upgrade(Failure),
    #[error("building a request to the engine")]
    Build(#[source] http::Error),
}

impl Error {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Route(source) => source.kind(),
            Self::Presented(source) => source.kind(),
            Self::Origin(source) => source.kind(),
            Self::SignIn(source) => source.kind(),
            Self::Anonymous | Self::Unauthenticated(_) => ErrorKind::Unauthenticated,
            Self::NotYet { .. } => ErrorKind::NotImplemented,
            Self::Body(source) => source.kind(),
            Self::Read(source) => source.kind(),
            Self::Credentials { source, .. } => source.kind(),
            Self::Dockerfile(source) => source.kind(),
            Self::Work(source) => source.kind(),
            Self::Denied(source) => source.kind(),
            Self::Forbidden(_) => ErrorKind::Forbidden,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Upgrade(failure) => failure.kind,
            Self::Build(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Work(source) => source.code(),
            Self::Denied(source) => source.code(),
            Self::SignIn(source) => source.code(),
            Self::Upgrade(failure) => failure.code,
            Self::NotYet { .. } => "NOT_OPEN_YET",
            _ => "ENGINE_REQUEST",
        }
    }

    /// Renders the failure as the engine would.
    pub(crate) fn response(&self, request: &RequestId) -> Response {
        let failure = Failure::from_error(self.kind(), self.code(), self, request);
        render(&failure, Dialect::Docker, request)
    }
}

impl From<workloads::Error> for Error {
    fn from(error: workloads::Error) -> Self {
        Self::Work(error)
    }
}

impl From<RouteError> for Error {
    fn from(error: RouteError) -> Self {
        Self::Route(error)
    }
}
