//! The `filters` parameter: `{"name": {"value": true}}` or `{"name": ["value"]}`, read into one form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::refuse;
use crate::body::canonical;
use crate::error::RouteError;
use crate::schema::Schema;

/// Filters by name, each with the values of which one must hold (all, for labels).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<String, BTreeSet<String>>);

impl Filters {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, RouteError> {
        let document =
            canonical(text.as_bytes(), Schema::Anything).map_err(|error| refuse(name, &base::chain(&error)))?;
        let filters = match document.value {
            Value::Null => return Ok(Self::default()),
            Value::Object(filters) => filters,
            _ => return Err(refuse(name, "it must be a JSON object")),
        };
        let mut read = BTreeMap::new();
        for (key, values) in filters {
            let values: BTreeSet<String> = match values {
                Value::Null => BTreeSet::new(),
                Value::Array(list) => list.into_iter().map(|value| text_of(name, value)).collect::<Result<_, _>>()?,
                Value::Object(map) => {
                    map.into_iter().map(|(value, on)| switched(name, value, &on)).collect::<Result<_, _>>()?
                }
                _ => return Err(refuse(name, "each filter must be a list or a map of values")),
            };
            read.insert(key, values);
        }
        Ok(Self(read))
    }

    /// Reports whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the values of a filter.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Returns the names of the filters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Adds a value.
    pub fn add(&mut self, name: &str, value: &str) {
        self.0.entry(name.to_owned()).or_default().insert(value.to_owned());
    }

    /// Takes a filter away with all its values.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Replaces one value by another: a name by the id that the caller may know.
    pub fn replace(&mut self, name: &str, value: &str, by: &str) {
        if let Some(values) = self.0.get_mut(name)
            && values.remove(value)
        {
            values.insert(by.to_owned());
        }
    }

    /// Writes the newer form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        for (name, values) in &self.0 {
            let values: Map<String, Value> = values.iter().map(|value| (value.clone(), Value::Bool(true))).collect();
            map.insert(name.clone(), Value::Object(values));
        }
        Value::Object(map)
    }
}

fn text_of(name: &str, value: Value) -> Result<String, RouteError> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(refuse(name, "each value must be a string")),
    }
}

fn switched(name: &str, value: String, on: &Value) -> Result<String, RouteError> {
    // A value that is switched off means different things to different filters of the engine.
    if *on == Value::Bool(true) { Ok(value) } else { Err(refuse(name, "each value of a map must be `true`")) }
}
