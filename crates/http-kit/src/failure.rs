//! Failures and their six wire forms; nothing else makes an error body.

mod forms;

use base::{ErrorKind, RequestId};
use http::HeaderValue;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use serde_json::Value;

use crate::{Body, Response};

/// The protocol that the caller speaks, which decides the form of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Our own API: `{"error":{"code","message","detail","request_id"}}`.
    Holdfast,
    /// The registry: `{"errors":[{"code","message","detail"}]}` (OCI distribution 1.1, "Error Codes").
    Oci,
    /// The Docker Engine: `{"message"}`.
    Docker,
    /// Kubernetes: a `Status` object.
    Kubernetes,
    /// UCP's account service: `{"errors":[{"code","message","detail"}]}`.
    Ucp,
    /// DTR's API: `{"errors":[{"code","message","detail"}]}`, with DTR's own words for the common classes.
    Dtr,
}

/// A failure as a surface answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The class; decides the status code.
    pub kind: ErrorKind,
    /// The stable code, such as `NODE_NOT_FOUND`.
    pub code: &'static str,
    /// What the user reads.
    pub message: String,
    /// More for programs.
    pub detail: Option<Value>,
}

impl Failure {
    /// Makes a failure without details.
    #[must_use]
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), detail: None }
    }

    /// Adds details for programs.
    #[must_use]
    pub fn with_detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Makes a failure from an error. An internal one is logged here with all its sources, since the
    /// caller is told the request id alone.
    #[must_use]
    pub fn from_error(
        kind: ErrorKind,
        code: &'static str,
        error: &(dyn std::error::Error + 'static),
        request: &RequestId,
    ) -> Self {
        if kind == ErrorKind::Internal {
            tracing::error!(request.id = %request, "request failed: {}", base::chain(error));
        }
        Self::new(kind, code, error.to_string())
    }
}

/// Renders a failure in the caller's dialect.
#[must_use]
pub fn render(failure: &Failure, dialect: Dialect, request: &RequestId) -> Response {
    let hidden;
    let shown = if failure.kind == ErrorKind::Internal {
        hidden = Failure::new(ErrorKind::Internal, "INTERNAL", format!("internal error; request id {request}"));
        &hidden
    } else {
        failure
    };
    let body = forms::body(shown, dialect, request);
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(failure.kind, ErrorKind::TooMany | ErrorKind::Unavailable) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
