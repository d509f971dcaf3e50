//! What is asked of an engine: requests in order, ready to be sent.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::{Diagnostic, Json, print};

/// One request of the Engine API.
///
/// An id in angle brackets (`<shop_db>`) stands for the id that the engine answers when the object of that name is created by an earlier
/// request of the same plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// HTTP method.
    pub method: &'static str,
    /// Path without the API version.
    pub path: Cow<'static, str>,
    /// Query.
    #[serde(skip_serializing_if = "Query::is_empty")]
    pub query: Query,
    /// Body; null where there is none.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub body: Json,
}

impl Request {
    pub(crate) fn post(path: impl Into<Cow<'static, str>>, body: impl Into<Json>) -> Self {
        Self { method: "POST", path: path.into(), query: Query::default(), body: body.into() }
    }

    pub(crate) fn delete(path: impl Into<Cow<'static, str>>) -> Self {
        Self { method: "DELETE", path: path.into(), query: Query::default(), body: Json::default() }
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.insert(key, value.into());
        self
    }
}

/// The query of a request, sorted by key. Most have one pair, for which a map would take ten times the memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Tells whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == key).map(|(_, value)| value)
    }

    /// Returns the pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(key, value)| (*key, value.as_str()))
    }

    fn insert(&mut self, key: &'static str, value: String) {
        let at = self.0.partition_point(|(own, _)| *own < key);
        self.0.reserve_exact(1);
        self.0.insert(at, (key, value));
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Requests in the order in which the stock client sends them, and what it warns of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// What is asked.
    pub requests: Vec<Request>,
    /// What is ignored or doubtful.
    pub warnings: Vec<Diagnostic>,
}

impl Plan {
    /// Writes the requests as JSON, one after the other.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        print::json(&print::Each(&self.requests), out)
    }

    /// Writes the requests as YAML, one after the other.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_yaml(&self, out: &mut dyn Write) -> io::Result<()> {
        print::Each(&self.requests).write_yaml(out)
    }
}

/// Returns what stands for the id of an object that does not exist yet.
pub(crate) fn id_of(name: &str) -> String {
    format!("<{name}>")
}
