//! Asking engines: the seam behind which tunnels are, and bounded JSON answers.

use base::{ErrorKind, NodeId};
pub use engine_client::Weight;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, StatusCode};
use http_kit::{Body, Request, Response};
use serde_json::Value;

use crate::error::Error;

/// Which engine is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EngineAt {
    /// One beside a manager: Swarm objects, and everything while there is one engine.
    Manager,
    /// The one on this node.
    Node(NodeId),
}

/// An engine did not answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No tunnel is up.
    #[error("no engine is connected")]
    NotConnected,
    /// The request failed on its way.
    #[error("the request to the engine failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl EngineError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotConnected => ErrorKind::Unavailable,
            Self::Failed(_) => ErrorKind::BadGateway,
        }
    }
}

/// The engines that can be asked. A 101 leaves `hyper::upgrade::OnUpgrade` in the response's extensions.
pub trait Engines: Send + Sync + 'static {
    /// Sends a request.
    fn request(&self, at: EngineAt, request: Request, weight: Weight) -> BoxFuture<'_, Result<Response, EngineError>>;
}

impl Engines for fleet::Fleet {
    fn request(&self, at: EngineAt, request: Request, weight: Weight) -> BoxFuture<'_, Result<Response, EngineError>> {
        Box::pin(async move {
            let link = match at {
                EngineAt::Manager => self.manager_engine(),
                EngineAt::Node(node) => self.engine(node),
            };
            let link = link.map_err(|_| EngineError::NotConnected)?;
            link.request(request, weight).await.map_err(|source| EngineError::Failed(Box::new(source)))
        })
    }
}

/// The version of the API that our own questions use: the oldest engine served is 20.10.
pub(crate) const VERSION: &str = "/v1.41";
/// The longest answer that is read whole: lists of tens of thousands of objects.
const MAX_ANSWER_BYTES: usize = 128 * 1024 * 1024;

/// Builds a request; the path is ours.
pub(crate) fn build(method: Method, path: &str, body: Body) -> Result<Request, Error> {
    http::Request::builder()
        .method(method)
        .uri(format!("{VERSION}{path}"))
        .header(HOST, "docker")
        .body(body)
        .map_err(|source| Error::Build { source })
}

/// Builds a request with a JSON body.
pub(crate) fn post(path: &str, body: &Value) -> Result<Request, Error> {
    let mut request = build(Method::POST, path, Body::from(body.to_string()))?;
    request.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Ok(request)
}

/// Asks for JSON. An engine's refusal keeps its status and text.
pub(crate) async fn json(engines: &dyn Engines, at: EngineAt, path: &str) -> Result<Value, Error> {
    answer(send(engines, at, build(Method::GET, path, Body::empty())?, Weight::Short).await?).await
}

/// Sends a request.
pub(crate) async fn send(
    engines: &dyn Engines,
    at: EngineAt,
    request: Request,
    weight: Weight,
) -> Result<Response, Error> {
    engines.request(at, request, weight).await.map_err(|source| Error::Engine { source })
}

/// Reads an answer; an empty one is null.
pub(crate) async fn answer(response: Response) -> Result<Value, Error> {
    let status = response.status();
    let bytes = http_kit::read(response.into_body(), MAX_ANSWER_BYTES).await.map_err(|_| Error::AnswerTooLarge)?;
    if !status.is_success() {
        return Err(refusal(status, &bytes));
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|source| Error::Answer { source })
}

/// Reads the engine's own words.
fn refusal(status: StatusCode, bytes: &[u8]) -> Error {
    let message = serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| value.get("message")?.as_str().map(str::to_owned))
        .unwrap_or_else(|| format!("the engine answered {status}"));
    Error::Refused { status: status.as_u16(), message }
}
