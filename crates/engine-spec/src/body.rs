//! Bodies: one strict reading, one canonical tree.

use access::Parameter;
use base::ErrorKind;
use serde_json::Value;

use crate::json;
use crate::route::BodyKind;
use crate::schema::Schema;

/// The largest JSON body that is read.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// A body that cannot be read in one way only.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Larger than [`MAX_BODY_BYTES`].
    #[error("the body is larger than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// Nothing where a document is needed; the engine's own words.
    #[error("got EOF while reading request body")]
    Empty,
    /// Not one JSON document.
    #[error("reading the body as JSON")]
    Syntax(#[source] serde_json::Error),
    /// Deeper than [`MAX_DEPTH`].
    #[error("the body is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// The same field twice, in whatever spelling.
    #[error("the field `{field}` is given twice")]
    Duplicate {
        /// Where.
        field: String,
    },
    /// A value of another type than the field's.
    #[error("the field `{field}` must be {expected}")]
    Mistyped {
        /// Where.
        field: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A form, which the engine would merge into the query, or another type where JSON is needed.
    #[error("Content-Type specified ({given}) must be 'application/json'")]
    ContentType {
        /// What was given.
        given: String,
    },
}

impl BodyError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge => ErrorKind::TooLarge,
            Self::Empty
            | Self::Syntax(_)
            | Self::TooDeep
            | Self::Duplicate { .. }
            | Self::Mistyped { .. }
            | Self::ContentType { .. } => ErrorKind::Invalid,
        }
    }
}

/// A field that is set and whose setting takes more than the operation itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gated {
    /// Where: `HostConfig.Devices`.
    pub field: String,
    /// The parameter of the operation; none means an administrator.
    pub parameter: Option<Parameter>,
}

/// A body in its one form: canonical names, no duplicates, lists where the engine takes a bare text; `null`, `[]` and absent
/// stay apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Canonical {
    /// What it was read as.
    pub schema: Schema,
    /// The tree that is judged, changed and sent.
    pub value: Value,
    /// Paths of fields that no table knows: refused by name unless the caller is an administrator.
    pub unknown: Vec<String>,
    /// Fields that are set and gated by the tables alone.
    pub gated: Vec<Gated>,
}

/// Reads a body.
///
/// # Errors
/// If the bytes are not exactly one JSON document of this form that any reader would understand in the same way.
pub fn canonical(body: &[u8], schema: Schema) -> Result<Canonical, BodyError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(BodyError::TooLarge);
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(BodyError::Empty);
    }
    json::read(body, schema)
}

/// Reads a tree that did not come from the client (a previous spec of the engine's) as if it had.
///
/// # Errors
/// As for [`canonical`].
pub fn canonical_value(value: &Value, schema: Schema) -> Result<Canonical, BodyError> {
    let body = serde_json::to_vec(value).map_err(BodyError::Syntax)?;
    canonical(&body, schema)
}

impl BodyKind {
    /// Reports whether a body is read into memory as JSON.
    #[must_use]
    pub const fn schema(self) -> Option<Schema> {
        match self {
            Self::Json(schema) | Self::OptionalJson(schema) => Some(schema),
            Self::None | Self::Stream => None,
        }
    }

    /// Judges the `Content-Type` of a request: forms never, JSON where a document is read.
    ///
    /// # Errors
    /// [`BodyError::ContentType`].
    pub fn content_type(self, given: Option<&str>, has_body: bool) -> Result<(), BodyError> {
        let media = given.map(|given| given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let refuse = |given: &str| Err(BodyError::ContentType { given: given.chars().take(80).collect() });
        match (self, media.as_deref()) {
            (_, Some(form)) if form.contains("form") => refuse(form),
            (Self::Json(_) | Self::OptionalJson(_), media) if has_body && media != Some("application/json") => {
                refuse(media.unwrap_or_default())
            }
            _ => Ok(()),
        }
    }
}
