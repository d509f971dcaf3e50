//! Routes: every path of the engine, 1.24 and newer, as one enum with one total parser.

mod path;
mod table;

use std::fmt::Write as _;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) use table::Parameters;
pub use table::Route;

use crate::error::RouteError;
use crate::query::Query;
use crate::reference::{ObjectRef, ReferenceError};
use crate::schema::Schema;
use crate::version::ApiVersion;

/// Whether a route is served yet; what is not answers 501 in docker's dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Openness {
    /// Served.
    Open,
    /// Known, decided, not yet served.
    NotYet,
}

/// What a route takes as a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Nothing: whatever a client sends is dropped, never forwarded.
    None,
    /// One JSON document of this form.
    Json(Schema),
    /// One JSON document of this form, or nothing.
    OptionalJson(Schema),
    /// Bytes of any length, streamed (archives).
    Stream,
}

/// What happens after the head of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A bounded answer.
    Short,
    /// An answer that may run for days (logs, events, wait, stats, progress).
    Stream,
    /// An upgraded connection.
    Upgrade,
}

/// One request line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The version in the path; none for a bare path, which is served at the advertised one.
    pub version: Option<ApiVersion>,
    /// The route with its decoded names.
    pub route: Route,
    /// The query, each known parameter once and in its one form.
    pub query: Query,
}

/// The longest request target that is read.
const MAX_TARGET_BYTES: usize = 64 * 1024;

/// Reads a request line. Total; what is in no table is refused.
///
/// Percent-escapes are decoded once and repeated slashes are one, as at the engine, so a path in disguise gets the decision
/// of its clean form; `.` and `..`, control characters and versions that are not written canonically are refused.
///
/// # Errors
/// Each reason is a variant of [`RouteError`].
pub fn parse(method: &Method, path_and_query: &str) -> Result<Call, RouteError> {
    if path_and_query.len() > MAX_TARGET_BYTES {
        return Err(RouteError::Path { why: "it is longer than 64 KiB" });
    }
    let (path, query) = path_and_query.split_once('?').map_or((path_and_query, ""), |(path, query)| (path, query));
    let clean = path::Clean::new(path)?;
    let route = if method == Method::OPTIONS { Route::Options } else { table::find(method, &clean.path)? };
    let query = Query::parse(query, route.parameters())?;
    Ok(Call { version: clean.version, route, query })
}

/// What a segment of a path may show unescaped; everything else is percent-encoded.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b':').remove(b'@');

impl Route {
    /// Builds the path and query of a fresh request: never the client's bytes.
    #[must_use]
    pub fn path_and_query(&self, version: Option<ApiVersion>, query: &Query) -> String {
        let mut text = String::with_capacity(128);
        if let Some(version) = version {
            // Writing to a String cannot fail.
            let _ = write!(text, "/v{version}");
        }
        text.extend(utf8_percent_encode(&self.path(), PATH));
        let query = query.encode();
        if !query.is_empty() {
            text.push('?');
            text.push_str(&query);
        }
        text
    }

    /// Builds method, path and query of a fresh request.
    #[must_use]
    pub fn method_and_path(&self, version: Option<ApiVersion>, query: &Query) -> (Method, String) {
        (self.method(), self.path_and_query(version, query))
    }

    /// Returns the same route for another object: the full id that the decision found.
    ///
    /// # Errors
    /// If the id is no valid reference, or would turn the path into another route's.
    pub fn with_object(&self, id: &str) -> Result<Self, ReferenceError> {
        let mut route = self.clone();
        if let Some(object) = route.object_mut() {
            *object = ObjectRef::new(id)?;
            if table::find(&route.method(), &route.path()).as_ref() != Ok(&route) {
                return Err(ReferenceError::new(id, "it reads as another route"));
            }
        }
        Ok(route)
    }
}
