//! A stand-in for an engine: answers from a table and remembers what it was asked. For what an engine does with a
//! request there are real ones.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use http_kit::{Body, Request, Response};
use serde_json::Value;
use workloads::{EngineAt, EngineError, Engines, Weight};

/// One request as the engine got it.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

type Table = Vec<(Method, String, StatusCode, Value)>;

/// The engine.
#[derive(Clone, Default)]
pub(crate) struct Stub {
    table: Arc<Mutex<Table>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Stub {
    /// Answers a method and path (without version and query); the newest entry wins.
    pub(crate) fn on(&self, method: Method, path: &str, status: u16, answer: Value) {
        let status = StatusCode::from_u16(status).unwrap();
        self.table.lock().unwrap().insert(0, (method, path.to_owned(), status, answer));
    }

    pub(crate) fn on_get(&self, path: &str, answer: Value) {
        self.on(Method::GET, path, 200, answer);
    }

    /// Returns the requests that were not questions of our own about versions.
    pub(crate) fn got(&self) -> Vec<Got> {
        let got = self.got.lock().unwrap();
        got.iter().filter(|got| !got.target.ends_with("/version") && !got.target.ends_with("/info")).cloned().collect()
    }

    /// Returns the last request of a method and path, if there was one.
    pub(crate) fn last(&self, method: &Method, path: &str) -> Option<Got> {
        self.got().into_iter().rev().find(|got| got.method == *method && bare(&got.target) == path)
    }
}

/// Takes version and query away.
fn bare(target: &str) -> &str {
    let path = target.split('?').next().unwrap();
    match path.strip_prefix("/v1.") {
        Some(rest) => &rest[rest.find('/').unwrap()..],
        None => path,
    }
}

impl Engines for Stub {
    fn request(&self, _: EngineAt, request: Request, _: Weight) -> BoxFuture<'_, Result<Response, EngineError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let bytes = http_kit::read(body, 1 << 20).await.unwrap();
            let target = parts.uri.path_and_query().unwrap().to_string();
            let found = {
                let table = self.table.lock().unwrap();
                let hit = table.iter().find(|(method, path, ..)| *method == parts.method && path == bare(&target));
                hit.map(|(_, _, status, answer)| (*status, answer.clone()))
            };
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            self.got.lock().unwrap().push(Got { method: parts.method, target, headers: parts.headers, body });
            let missing = || (StatusCode::NOT_FOUND, serde_json::json!({ "message": "the stub has no such thing" }));
            let (status, answer) = found.unwrap_or_else(missing);
            let mut response = Response::new(Body::from(answer.to_string()));
            *response.status_mut() = status;
            response.headers_mut().insert("content-type", "application/json".parse().unwrap());
            response.headers_mut().insert("x-engine-secret", "not for clients".parse().unwrap());
            Ok(response)
        })
    }
}
