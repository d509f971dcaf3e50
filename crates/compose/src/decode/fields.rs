//! Typed access to a mapping of the tree.

use std::collections::BTreeMap;

use crate::model::{ByteSize, CommandLine, Duration, KeyPlaces, Scalar};
use crate::schema;
use crate::tree::{Key, Map, Node, Value};
use crate::units;

/// A mapping whose values are asked for by key and type.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    map: Option<&'a Map>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(node: &'a Node) -> Self {
        Self { map: node.as_map() }
    }

    pub(crate) fn get(self, key: &str) -> Option<&'a Node> {
        self.map.and_then(|map| map.get(key)).map(|entry| &entry.node).filter(|node| !node.is_null())
    }

    pub(crate) fn fields(self, key: &str) -> Option<Fields<'a>> {
        self.get(key).filter(|node| node.as_map().is_some()).map(Fields::new)
    }

    pub(crate) fn list(self, key: &str) -> &'a [Node] {
        self.get(key).and_then(Node::as_list).unwrap_or_default()
    }

    pub(crate) fn entries(self, key: &str) -> impl Iterator<Item = (&'a Key, &'a Node)> {
        self.get(key).and_then(Node::as_map).into_iter().flatten().map(|(key, entry)| (key, &entry.node))
    }

    pub(crate) fn text(self, key: &str) -> Option<String> {
        self.get(key).and_then(scalar_text)
    }

    pub(crate) fn boolean(self, key: &str) -> Option<bool> {
        match &self.get(key)?.value {
            Value::Bool(value) => Some(*value),
            Value::Text(text) => schema_boolean(text),
            _ => None,
        }
    }

    pub(crate) fn number(self, key: &str) -> Option<f64> {
        self.get(key).and_then(number)
    }

    pub(crate) fn integer(self, key: &str) -> Option<i64> {
        self.get(key).and_then(integer)
    }

    pub(crate) fn count(self, key: &str) -> Option<u64> {
        self.integer(key).and_then(|value| u64::try_from(value).ok())
    }

    /// Microseconds, or a duration.
    pub(crate) fn microseconds(self, key: &str) -> Option<i64> {
        let node = self.get(key)?;
        let duration = || node.as_text().and_then(units::duration).map(|nanoseconds| nanoseconds / 1_000);
        integer(node).or_else(duration)
    }

    pub(crate) fn size(self, key: &str) -> Option<ByteSize> {
        self.get(key).and_then(size)
    }

    pub(crate) fn duration(self, key: &str) -> Option<Duration> {
        match &self.get(key)?.value {
            Value::Text(text) => units::duration(text).map(Duration),
            Value::Integer(value) => Some(Duration(*value)),
            _ => None,
        }
    }

    pub(crate) fn strings(self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Node { value: Value::Text(text), .. }) => vec![text.clone()],
            _ => self.list(key).iter().filter_map(scalar_text).collect(),
        }
    }

    /// A mapping to strings; null is empty.
    pub(crate) fn dictionary(self, key: &str) -> BTreeMap<String, String> {
        self.entries(key).map(|(key, node)| (key.to_string(), scalar_text(node).unwrap_or_default())).collect()
    }

    /// A mapping to strings and null.
    pub(crate) fn nullable_dictionary<M: FromIterator<(String, Option<String>)>>(self, key: &str) -> M {
        self.entries(key).map(|(key, node)| (key.to_string(), scalar_text(node))).collect()
    }

    pub(crate) fn command(self, key: &str) -> Option<CommandLine> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(CommandLine::Text(text.clone())),
            Value::List(list) => Some(CommandLine::Words(list.iter().filter_map(scalar_text).collect())),
            _ => None,
        }
    }

    pub(crate) fn extensions(self) -> BTreeMap<String, serde_json::Value> {
        self.map.map(extensions).unwrap_or_default()
    }

    /// The place of each key.
    pub(crate) fn key_places(self) -> KeyPlaces {
        let own = self.map.into_iter().flatten().filter(|(key, _)| !key.starts_with('\0'));
        KeyPlaces::new(own.map(|(key, entry)| (key.clone(), entry.key_at)))
    }
}

/// The `x-` keys of a mapping as they stood.
pub(crate) fn extensions(map: &Map) -> BTreeMap<String, serde_json::Value> {
    map.iter()
        .filter(|(key, _)| key.starts_with("x-"))
        .map(|(key, entry)| (key.to_string(), entry.node.to_json()))
        .collect()
}

pub(crate) fn scalar_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

pub(crate) fn scalar(node: &Node) -> Option<Scalar> {
    Some(match &node.value {
        Value::Null => Scalar::Null,
        Value::Bool(value) => Scalar::Bool(*value),
        Value::Integer(value) => Scalar::Integer(*value),
        Value::Float(value) => Scalar::Float(*value),
        Value::Text(text) => Scalar::Text(text.clone()),
        Value::List(_) | Value::Map(_) => return None,
    })
}

fn schema_boolean(text: &str) -> Option<bool> {
    schema::boolean(text)
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Integer(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(text) => schema::number(text),
        _ => None,
    }
}

pub(crate) fn integer(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Integer(value) => Some(*value),
        Value::Text(text) if text.trim().parse::<i64>().is_ok() && !has_leading_zero(text) => text.trim().parse().ok(),
        Value::Float(_) | Value::Text(_) => number(node).and_then(units::whole_number),
        _ => None,
    }
}

/// `0440` in quotes is octal, for every client.
fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim().trim_start_matches('-');
    digits.len() > 1 && digits.starts_with('0')
}

pub(crate) fn size(node: &Node) -> Option<ByteSize> {
    match &node.value {
        // No text, where a reader takes it, is no limit.
        Value::Text(text) if text.is_empty() => Some(ByteSize(0)),
        Value::Text(text) => units::size(text).map(ByteSize),
        _ => integer(node).map(ByteSize),
    }
}
