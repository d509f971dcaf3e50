//! What handlers take: the caller's context, parts of the path and query, bounded bodies.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use base::{OperationId, PageLimit, PageToken};
use http::HeaderName;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use http::request::Parts;
use identity::BundleArchive;
use opctx::OpContext;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The largest body of a request to this API.
const MAX_BODY_BYTES: usize = 256 * 1024;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The caller's context, made by the authentication in front of all handlers.
#[derive(Debug)]
pub(crate) struct Ctx(pub(crate) OpContext);

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<OpContext>().cloned().map(Ctx).ok_or_else(|| {
            ApiError::new(base::ErrorKind::Internal, "INTERNAL", "a route stands outside the authentication")
        })
    }
}

/// Parts of the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|error| ApiError::invalid(error.body_text()))
    }
}

/// Parts of the query; unknown ones are refused.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|error| ApiError::invalid(error.body_text()))
    }
}

/// Returns the bounds of the page asked for.
pub(crate) fn page_of(limit: Option<usize>, token: Option<String>) -> (PageLimit, Option<PageToken>) {
    (PageLimit::clamped(limit), token.map(PageToken))
}

/// A JSON body, coming in or going out.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| {
            let message = format!("the body is larger than {MAX_BODY_BYTES} bytes or was cut off");
            ApiError::new(base::ErrorKind::TooLarge, "BODY_TOO_LARGE", message)
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| ApiError::invalid(format!("the body: {error}")))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The name and port under which the caller reached the server.
#[derive(Debug)]
pub(crate) struct Host(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Host {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let asked = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let header = || parts.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
        Ok(Self(asked.or_else(header)))
    }
}

/// A client bundle going out.
#[derive(Debug)]
pub(crate) struct Zip(pub(crate) BundleArchive);

impl IntoResponse for Zip {
    fn into_response(self) -> Response {
        // The name is made of an account's, which has no quotes.
        let disposition = format!("attachment; filename=\"{}\"", self.0.file_name);
        let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
        (headers, self.0.zip).into_response()
    }
}

/// The `Idempotency-Key` of a create: repeating the request with the same key creates once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdempotencyKey(pub(crate) Option<OperationId>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = given.next() else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|_| given.next().is_none()).and_then(|text| text.parse().ok());
        key.map(|key| Self(Some(key))).ok_or_else(|| ApiError::invalid("`Idempotency-Key` must be one UUID"))
    }
}

impl utoipa::IntoParams for IdempotencyKey {
    fn into_params(
        _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
    ) -> Vec<utoipa::openapi::path::Parameter> {
        use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
        use utoipa::openapi::{KnownFormat, ObjectBuilder, Required, SchemaFormat, Type};
        let uuid = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .build();
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("Repeating a request with the same key creates once."))
            .schema(Some(uuid))
            .build();
        vec![parameter]
    }
}
