//! The strict reader: JSON text to a tree with canonical names, led by a schema.

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::body::{BodyError, Canonical, Gated, MAX_DEPTH};
use crate::schema::{self, Field, Gate, Schema, Shape};

/// Reads one document and nothing after it.
pub(crate) fn read(body: &[u8], schema: Schema) -> Result<Canonical, BodyError> {
    let mut state = State::default();
    let mut source = serde_json::Deserializer::from_slice(body);
    let value = Seed { shape: schema.shape(), state: &mut state }.deserialize(&mut source);
    let value = match (value, state.failure.take()) {
        (_, Some(failure)) => return Err(failure),
        (value, None) => value.map_err(BodyError::Syntax)?,
    };
    source.end().map_err(BodyError::Syntax)?;
    Ok(Canonical { schema, value, unknown: state.unknown, gated: state.gated })
}

#[derive(Default)]
struct State {
    path: String,
    depth: usize,
    unknown: Vec<String>,
    gated: Vec<Gated>,
    failure: Option<BodyError>,
}

impl State {
    /// Runs a step below a part of the path.
    fn below<T>(&mut self, part: fmt::Arguments<'_>, step: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        // Writing to a String cannot fail.
        let _ = self.path.write_fmt(part);
        let result = step(self);
        self.path.truncate(length);
        result
    }

    fn fail<E: serde::de::Error>(&mut self, failure: BodyError) -> E {
        let error = E::custom(&failure);
        self.failure.get_or_insert(failure);
        error
    }

    fn mistyped<E: serde::de::Error>(&mut self, shape: &Shape) -> E {
        let field = if self.path.is_empty() { "(the body)".to_owned() } else { self.path.clone() };
        self.fail(BodyError::Mistyped { field, expected: expected(shape) })
    }

    fn gate(&mut self, field: &Field, value: &Value) {
        let (applies, parameter) = match field.gate {
            Gate::Free | Gate::Code => return,
            Gate::Set(parameter) => (is_set(value), Some(parameter)),
            Gate::Present(parameter) => (!value.is_null(), Some(parameter)),
            Gate::Admin => (is_set(value), None),
            Gate::AdminPresent => (!value.is_null(), None),
        };
        if applies {
            self.gated.push(Gated { field: self.path.clone(), parameter });
        }
    }
}

/// Reports whether a value differs from Go's zero value, looking through objects.
pub(crate) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => map.values().any(is_set),
    }
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "a JSON value",
        Shape::Bool => "true or false",
        Shape::Int => "a whole number",
        Shape::Number => "a number",
        Shape::Text => "a string",
        Shape::Words => "a string or a list of strings",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Object(_) => "an object",
    }
}

struct Seed<'a> {
    shape: &'static Shape,
    state: &'a mut State,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        if self.state.depth >= MAX_DEPTH {
            return Err(self.state.fail(BodyError::TooDeep));
        }
        self.state.depth += 1;
        let result = source.deserialize_any(Reader { shape: self.shape, state: &mut *self.state });
        self.state.depth -= 1;
        result
    }
}

struct Reader<'a> {
    shape: &'static Shape,
    state: &'a mut State,
}

impl Reader<'_> {
    fn scalar<E: serde::de::Error>(self, fits: bool, value: Value) -> Result<Value, E> {
        if fits { Ok(value) } else { Err(self.state.mistyped(self.shape)) }
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(self.shape))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        let fits = matches!(self.shape, Shape::Any | Shape::Bool);
        self.scalar(fits, Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        let fits = matches!(self.shape, Shape::Any | Shape::Int | Shape::Number);
        self.scalar(fits, value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        let fits = matches!(self.shape, Shape::Any | Shape::Int | Shape::Number);
        self.scalar(fits, value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        let fits = number.is_some() && matches!(self.shape, Shape::Any | Shape::Number);
        self.scalar(fits, number.map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        match self.shape {
            Shape::Any | Shape::Text => Ok(Value::String(value)),
            Shape::Words => Ok(Value::Array(vec![Value::String(value)])),
            _ => Err(self.state.mistyped(self.shape)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let shape: &'static Shape = match self.shape {
            Shape::Any => &Shape::Any,
            Shape::List(shape) => shape,
            Shape::Words => &Shape::Text,
            _ => return Err(self.state.mistyped(self.shape)),
        };
        let mut list = Vec::new();
        loop {
            let index = list.len();
            let item =
                self.state.below(format_args!("{index}"), |state| items.next_element_seed(Seed { shape, state }))?;
            match item {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
        match self.shape {
            Shape::Any => verbatim(self.state, &Shape::Any, entries),
            Shape::Map(shape) => verbatim(self.state, shape, entries),
            Shape::Object(groups) => folded(self.state, groups, entries),
            _ => Err(self.state.mistyped(self.shape)),
        }
    }
}

/// Reads a map whose keys are the client's own; exact duplicates are refused.
fn verbatim<'de, A: MapAccess<'de>>(
    state: &mut State,
    shape: &'static Shape,
    mut entries: A,
) -> Result<Value, A::Error> {
    let mut map = Map::new();
    while let Some(key) = entries.next_key::<String>()? {
        let value = state.below(format_args!("{key}"), |state| {
            if map.contains_key(&key) {
                let field = state.path.clone();
                return Err(state.fail(BodyError::Duplicate { field }));
            }
            entries.next_value_seed(Seed { shape, state })
        })?;
        map.insert(key, value);
    }
    Ok(Value::Object(map))
}

/// Reads an object whose names are the engine's; duplicates in any spelling are refused.
fn folded<'de, A: MapAccess<'de>>(
    state: &mut State,
    groups: &'static [&'static [Field]],
    mut entries: A,
) -> Result<Value, A::Error> {
    let mut map = Map::new();
    let mut strangers = HashSet::new();
    while let Some(key) = entries.next_key::<String>()? {
        let field = schema::find(groups, &key);
        let name = field.map_or(key.as_str(), |field| field.name);
        let (shape, known) = field.map_or((&Shape::Any, false), |field| (&field.shape, true));
        let value = state.below(format_args!("{name}"), |state| {
            if map.contains_key(name) || !known && !strangers.insert(schema::fold(name)) {
                let field = state.path.clone();
                return Err(state.fail(BodyError::Duplicate { field }));
            }
            let value = entries.next_value_seed(Seed { shape, state })?;
            match field {
                Some(field) => state.gate(field, &value),
                // Clients send `null` for what they do not use; the engine reads that as absent.
                None if value.is_null() => {}
                None => state.unknown.push(state.path.clone()),
            }
            Ok(value)
        })?;
        if known || !value.is_null() {
            map.insert(name.to_owned(), value);
        }
    }
    Ok(Value::Object(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_values_are_not_set() {
        for zero in ["null", "false", "0", "0.0", "\"\"", "[]", "{}", "{\"a\":null,\"b\":{\"c\":0}}"] {
            assert!(!is_set(&serde_json::from_str(zero).unwrap()), "{zero}");
        }
        for set in ["true", "1", "-1", "\"x\"", "[null]", "{\"a\":1}"] {
            assert!(is_set(&serde_json::from_str(set).unwrap()), "{set}");
        }
    }
}
