//! Failures of handlers; rendered once, in the caller's dialect, on the way out.

use std::error::Error;

use axum::response::{IntoResponse, Response};
use base::{ErrorKind, RequestId};
use http::StatusCode;
use http_kit::Failure;
use opctx::Denied;
use serde_json::json;

/// What a handler returns instead of a view.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    /// What the caller is told.
    failure: Box<Failure>,
    /// The error with all its sources, for the log.
    cause: Option<String>,
}

impl ApiError {
    /// Makes an error of a class.
    pub(crate) fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Failure::new(kind, code, message).into()
    }

    /// Makes the error of input that does not have its form.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, "INVALID", message)
    }

    /// Makes the error of an object that is not there, or may not be known.
    pub(crate) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, code, message)
    }

    /// Makes the error that a domain error stands for.
    pub(crate) fn of(kind: ErrorKind, code: &'static str, error: &(dyn Error + 'static)) -> Self {
        let (message, cause) = match kind {
            // What failed inside is for the log alone.
            ErrorKind::Internal | ErrorKind::InsufficientStorage => (error.to_string(), Some(base::chain(error))),
            _ => (base::chain(error), None),
        };
        Self { failure: Box::new(Failure::new(kind, code, message)), cause }
    }

    /// Notes what is our fault in the log and returns what the caller is told.
    pub(crate) fn noted(self, request: &RequestId) -> Failure {
        if let Some(cause) = self.cause {
            tracing::error!(request.id = %request, "request failed: {cause}");
        }
        *self.failure
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self { failure: Box::new(failure), cause: None }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        let failure = Failure::new(denied.kind(), denied.code(), denied.message.clone());
        let Some(operation) = denied.operation else { return failure.into() };
        let parameters: Vec<&str> = denied.parameters.iter().map(|parameter| parameter.name()).collect();
        let collection = denied.collection.as_ref().map(base::CollectionPath::as_str);
        failure
            .with_detail(json!({"operation": operation.name(), "parameters": parameters, "collection": collection}))
            .into()
    }
}

impl From<workloads::Error> for ApiError {
    fn from(error: workloads::Error) -> Self {
        match error {
            workloads::Error::Denied(denied) => denied.into(),
            error => Self::of(error.kind(), error.code(), &error),
        }
    }
}

impl From<identity::Error> for ApiError {
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::Denied(denied) => denied.into(),
            error => Self::of(error.kind(), error.code(), &error),
        }
    }
}

impl From<identity::AuthError> for ApiError {
    fn from(error: identity::AuthError) -> Self {
        Self::of(error.kind(), error.code(), &error)
    }
}

impl From<fleet::Error> for ApiError {
    fn from(error: fleet::Error) -> Self {
        match error {
            fleet::Error::Denied(denied) => denied.into(),
            error => Self::of(error.kind(), error.code(), &error),
        }
    }
}

impl From<registry::Error> for ApiError {
    fn from(error: registry::Error) -> Self {
        match error {
            registry::Error::Denied(denied) => denied.into(),
            error => Self::of(error.kind(), error.code(), &error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::from_u16(self.failure.kind.status()).unwrap_or_default();
        // It waits here until the dialect and the request are known.
        response.extensions_mut().insert(self);
        response
    }
}
