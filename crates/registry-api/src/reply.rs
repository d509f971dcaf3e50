//! Making answers.

use std::fmt::Display;

use base::{ErrorKind, RequestId};
use http::header::{CONTENT_SECURITY_POLICY, ETAG, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, StatusCode};
use http_kit::{Body, Dialect, Failure, Response, render};
use registry::Error;
use serde_json::json;

use crate::query::QueryError;
use crate::route::RouteError;

pub(crate) const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
pub(crate) const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");
pub(crate) const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
pub(crate) const OCI_FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");
const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// Why a request gets no content.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The domain says no.
    Domain(Error),
    /// The protocol says no.
    Protocol(Failure),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Protocol(failure)
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        Self::Protocol(Failure::new(ErrorKind::Invalid, "UNSUPPORTED", error.to_string()))
    }
}

impl From<RouteError> for Refusal {
    fn from(error: RouteError) -> Self {
        let (kind, code) = match &error {
            RouteError::Unknown => (ErrorKind::NotFound, "NOT_FOUND"),
            RouteError::Name(_) => (ErrorKind::Invalid, "NAME_INVALID"),
            RouteError::Digest(_) => (ErrorKind::Invalid, "DIGEST_INVALID"),
            // A reference that cannot exist does not exist.
            RouteError::Reference(_) => (ErrorKind::NotFound, "MANIFEST_UNKNOWN"),
            RouteError::Upload => (ErrorKind::NotFound, "BLOB_UPLOAD_UNKNOWN"),
        };
        Self::Protocol(Failure::new(kind, code, error.to_string()))
    }
}

impl Refusal {
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Protocol(Failure::new(ErrorKind::Invalid, code, message))
    }

    pub(crate) fn not_allowed() -> Self {
        Self::Protocol(Failure::new(ErrorKind::MethodNotAllowed, "UNSUPPORTED", "this method is not served here"))
    }

    /// Turns the refusal into its wire form.
    pub(crate) fn render(&self, request: &RequestId) -> Response {
        let failure = match self {
            Self::Protocol(failure) => failure.clone(),
            Self::Domain(error) => {
                let failure = Failure::from_error(error.kind(), error.code(), error, request);
                match error {
                    Error::ManifestNeeds { digests, .. } => failure.with_detail(json!({ "digests": digests })),
                    _ => failure,
                }
            }
        };
        render(&failure, Dialect::Oci, request)
    }
}

/// Builds an answer.
pub(crate) struct Reply(Response);

impl Reply {
    pub(crate) fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response)
    }

    pub(crate) fn json(status: StatusCode, media_type: &str, value: &serde_json::Value) -> Self {
        let body = value.to_string();
        Self::new(status)
            .header(http::header::CONTENT_TYPE, media_type)
            .header(http::header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
    }

    /// Sets a header; values here have passed parsers, and one that is no header value is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: impl Display) -> Self {
        if let Ok(value) = HeaderValue::try_from(value.to_string()) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        *self.0.body_mut() = body;
        self
    }

    /// Marks content that users uploaded: a browser must neither guess its type nor run it.
    pub(crate) fn uploaded(self, digest: &oci::Digest) -> Self {
        self.header(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'")
            .header(DIGEST, digest)
            .header(ETAG, format!("\"{digest}\""))
    }

    pub(crate) fn done(self) -> Response {
        self.0
    }
}

/// Sets what each answer under `/v2/` has.
pub(crate) fn finish(mut response: Response) -> Response {
    response.headers_mut().insert(API_VERSION, HeaderValue::from_static("registry/2.0"));
    response
}
