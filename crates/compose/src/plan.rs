//! What is asked of an engine: requests in order, ready to be serialised.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::Diagnostic;

/// One request of the Engine API.
///
/// An id in angle brackets (`<shop_db>`) stands for the id that the engine answers when the object of that name is created by an earlier
/// request of the same plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// HTTP method.
    pub method: &'static str,
    /// Path without the API version.
    pub path: String,
    /// Query.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Body; null where there is none.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

impl Request {
    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: "POST", path: path.into(), query: BTreeMap::new(), body }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE", path: path.into(), query: BTreeMap::new(), body: Value::Null }
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.query.insert(key.to_owned(), value.into());
        self
    }
}

/// Requests in the order in which the stock client sends them, and what it warns of.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// What is asked.
    pub requests: Vec<Request>,
    /// What is ignored or doubtful.
    pub warnings: Vec<Diagnostic>,
}

/// Returns what stands for the id of an object that does not exist yet.
pub(crate) fn id_of(name: &str) -> String {
    format!("<{name}>")
}
