//! The untyped tree of a file: every value and every key knows where it stood.

mod key;
mod map;

use std::fmt;

use crate::model::Position;

pub(crate) use key::Key;
pub(crate) use map::Map;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) at: Position,
    pub(crate) tag: Tag,
}

/// What the specification's tags ask for when files are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    None,
    /// `!reset`: the key goes away.
    Reset,
    /// `!override`: the value replaces, and is not merged.
    Override,
    /// No tag of the file: the text was changed by interpolation, after which the stack client casts it.
    Interpolated,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Box<Map>),
}

/// A value under a key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key_at: Position,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn new(value: Value, at: Position) -> Self {
        Self { value, at, tag: Tag::None }
    }

    pub(crate) fn text(text: impl Into<String>, at: Position) -> Self {
        Self::new(Value::Text(text.into()), at)
    }

    pub(crate) fn map(map: Map, at: Position) -> Self {
        Self::new(Value::Map(Box::new(map)), at)
    }

    pub(crate) fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    pub(crate) fn as_map_mut(&mut self) -> Option<&mut Map> {
        if let Value::Map(map) = &mut self.value { Some(map) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&[Node]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.as_map().and_then(|map| map.get(key)).map(|entry| &entry.node)
    }

    /// The name of the type, as the messages say it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Turns into JSON, for `x-` keys, which are kept as they stood.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => serde_json::Number::from_f64(*value)
                .map_or_else(|| serde_json::Value::String(value.to_string()), serde_json::Value::Number),
            Value::Text(text) => text.clone().into(),
            Value::List(list) => list.iter().map(Self::to_json).collect(),
            Value::Map(map) => map.iter().map(|(key, entry)| (key.to_string(), entry.node.to_json())).collect(),
        }
    }
}

/// A path of keys that costs nothing until it is written: each step points at the one before.
#[derive(Clone, Copy)]
pub(crate) struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    pub(crate) const ROOT: Trail<'static> = Trail { parent: None, step: Step::Root };

    pub(crate) fn key(&'a self, key: &'a str) -> Trail<'a> {
        Trail { parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Trail<'a> {
        Trail { parent: Some(self), step: Step::Index(index) }
    }

    /// Tells whether the last step is this key.
    pub(crate) fn ends_with(&self, name: &str) -> bool {
        matches!(self.step, Step::Key(key) if key == name)
    }
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
            match self.step {
                Step::Root => {}
                Step::Key(key) if matches!(parent.step, Step::Root) => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
