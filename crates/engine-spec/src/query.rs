//! Queries: each known parameter once, in its one form; what a route does not know is dropped.

mod filters;
mod references;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

pub use filters::Filters;
pub use references::{QueryReference, ReferenceKind};

use crate::body::canonical;
use crate::error::RouteError;
use crate::route::Parameters;
use crate::schema::Schema;

/// How a parameter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    /// Go's truth: everything but an empty text, `0`, `no`, `false` and `none`.
    Bool,
    /// The same, but an empty text counts as absent.
    BoolUnset,
    /// A whole number; an empty text counts as absent.
    Int,
    /// A text.
    Text,
    /// May be repeated.
    List,
    /// A JSON map of filters.
    Filters,
    /// A JSON document of its own.
    Json(Schema),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Argument {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<String>),
    Json(Value),
}

/// The most parameters that are read.
const MAX_PARAMETERS: usize = 1024;

/// A query, parsed; changed by the gateway where it must, and written anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    arguments: Vec<(&'static str, Argument)>,
    filters: Option<Filters>,
}

/// What a value of a query may show unescaped.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Query {
    /// Reads the part after `?`.
    pub(crate) fn parse(raw: &str, known: Parameters) -> Result<Self, RouteError> {
        let mut query = Self::default();
        for (count, pair) in raw.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if count >= MAX_PARAMETERS {
                return Err(refuse("", "there are more than 1024 parameters"));
            }
            if pair.contains(';') {
                // Older engines separate parameters here, newer ones do not.
                return Err(refuse("", "an unescaped `;` is ambiguous"));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if let Some((name, kind)) = known.iter().find(|(known, _)| *known == name) {
                query.add(name, *kind, &value)?;
            }
        }
        Ok(query)
    }

    fn add(&mut self, name: &'static str, kind: ParameterKind, value: &str) -> Result<(), RouteError> {
        let argument = match kind {
            ParameterKind::BoolUnset | ParameterKind::Int | ParameterKind::Filters | ParameterKind::Json(_)
                if value.trim().is_empty() =>
            {
                return Ok(());
            }
            ParameterKind::Bool | ParameterKind::BoolUnset => Argument::Bool(truth(value)),
            ParameterKind::Int => {
                Argument::Int(value.trim().parse().map_err(|_| refuse(name, "it must be a whole number"))?)
            }
            ParameterKind::Text => Argument::Text(value.to_owned()),
            ParameterKind::List => Argument::List(vec![value.to_owned()]),
            ParameterKind::Filters => return self.add_filters(name, value),
            ParameterKind::Json(schema) => {
                let document =
                    canonical(value.as_bytes(), schema).map_err(|error| refuse(name, &base::chain(&error)))?;
                if let Some(field) = document.unknown.first() {
                    return Err(refuse(name, &format!("the field `{field}` is not known")));
                }
                if document.value.is_null() {
                    return Ok(());
                }
                Argument::Json(document.value)
            }
        };
        match (self.arguments.iter_mut().find(|(known, _)| *known == name), argument) {
            (None, argument) => self.arguments.push((name, argument)),
            (Some((_, Argument::List(old))), Argument::List(new)) => old.extend(new),
            (Some((_, old)), new) if *old == new => {}
            // The engine would take the first, or for a form body the body's: one request, one meaning.
            (Some(_), _) => return Err(refuse(name, "it is given twice with different values")),
        }
        Ok(())
    }

    fn add_filters(&mut self, name: &'static str, value: &str) -> Result<(), RouteError> {
        let filters = Filters::parse(name, value)?;
        if self.filters.as_ref().is_some_and(|old| *old != filters) {
            return Err(refuse(name, "it is given twice with different values"));
        }
        self.filters = Some(filters);
        Ok(())
    }

    fn find(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// Returns a text parameter; none if absent, empty texts count.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Argument::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a text parameter that is given and not empty.
    #[must_use]
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// Returns a truth value; false if absent.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.flag_or(name, false)
    }

    /// Returns a truth value, or what holds if it is absent.
    #[must_use]
    pub fn flag_or(&self, name: &str, absent: bool) -> bool {
        match self.find(name) {
            Some(Argument::Bool(value)) => *value,
            _ => absent,
        }
    }

    /// Returns a whole number.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.find(name)? {
            Argument::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a parameter that may be repeated.
    #[must_use]
    pub fn list(&self, name: &str) -> &[String] {
        match self.find(name) {
            Some(Argument::List(list)) => list,
            _ => &[],
        }
    }

    /// Returns a JSON parameter.
    #[must_use]
    pub fn json(&self, name: &str) -> Option<&Value> {
        match self.find(name)? {
            Argument::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the filters.
    #[must_use]
    pub fn filters(&self) -> Option<&Filters> {
        self.filters.as_ref()
    }

    /// Returns the filters, to be changed; adds an empty set if there is none.
    pub fn filters_mut(&mut self) -> &mut Filters {
        self.filters.get_or_insert_default()
    }

    /// Sets a text parameter.
    pub fn set_text(&mut self, name: &'static str, value: impl Into<String>) {
        self.remove(name);
        self.arguments.push((name, Argument::Text(value.into())));
    }

    /// Sets a truth value.
    pub fn set_flag(&mut self, name: &'static str, value: bool) {
        self.remove(name);
        self.arguments.push((name, Argument::Bool(value)));
    }

    /// Sets a JSON parameter.
    pub fn set_json(&mut self, name: &'static str, value: Value) {
        self.remove(name);
        self.arguments.push((name, Argument::Json(value)));
    }

    /// Takes a parameter away.
    pub fn remove(&mut self, name: &str) {
        if name == "filters" {
            self.filters = None;
        }
        self.arguments.retain(|(known, _)| *known != name);
    }

    /// Takes `limit` away, which is applied after filtering; negative ones and 0 mean none.
    pub fn take_limit(&mut self) -> Option<usize> {
        let limit = self.int("limit");
        self.remove("limit");
        limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0)
    }

    /// Writes the query anew, without `?`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: &str| {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            text.extend(utf8_percent_encode(value, VALUE));
        };
        for (name, argument) in &self.arguments {
            let mut put = |value: &str| add(name, value);
            match argument {
                Argument::Bool(value) => put(if *value { "1" } else { "0" }),
                Argument::Int(value) => put(&value.to_string()),
                Argument::Text(value) => put(value),
                Argument::List(values) => values.iter().for_each(|value| put(value)),
                Argument::Json(value) => put(&value.to_string()),
            }
        }
        if let Some(filters) = self.filters.as_ref().filter(|filters| !filters.is_empty()) {
            add("filters", &filters.to_json().to_string());
        }
        text
    }
}

fn refuse(name: &str, why: &str) -> RouteError {
    RouteError::Query { name: name.to_owned(), why: why.to_owned() }
}

/// Decodes as Go's `url.ParseQuery` does; what it would refuse is refused.
fn decode(text: &str) -> Result<Cow<'_, str>, RouteError> {
    let escapes = text.split('%').skip(1);
    if escapes.map(str::as_bytes).any(|rest| rest.len() < 2 || !rest[..2].iter().all(u8::is_ascii_hexdigit)) {
        return Err(refuse("", "an escape is malformed"));
    }
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned);
        return decoded.map(Cow::Owned).map_err(|_| refuse("", "it is not UTF-8 when decoded"));
    }
    percent_decode_str(text).decode_utf8().map_err(|_| refuse("", "it is not UTF-8 when decoded"))
}

/// Go's reading of a truth value in the engine.
fn truth(value: &str) -> bool {
    !matches!(value.trim().to_lowercase().as_str(), "" | "0" | "no" | "false" | "none")
}
