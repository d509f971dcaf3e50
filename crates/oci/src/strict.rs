//! JSON read so that no two readers can disagree: bounded, no key twice, no key that differs from
//! another by case alone.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

const MAX_DEPTH: usize = 32;
const MAX_VALUES: usize = 400_000;

/// JSON that is malformed, too deep, too large, or readable in two ways.
#[derive(Debug, thiserror::Error)]
#[error("reading the document as strict JSON")]
pub struct StrictError(#[source] serde_json::Error);

/// Folds a key as Go's `encoding/json` does when it looks for a field: ASCII case, and the two
/// other characters whose simple folding is an ASCII letter.
pub(crate) fn fold(key: &str) -> String {
    key.chars()
        .map(|c| match c {
            'ſ' => 's',
            '\u{212A}' => 'k',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}

/// Parses a whole document.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, StrictError> {
    let mut left = MAX_VALUES;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Node { depth: 0, folds: true, left: &mut left }.deserialize(&mut deserializer).map_err(StrictError)?;
    deserializer.end().map_err(StrictError)?;
    Ok(value)
}

struct Node<'a> {
    depth: usize,
    /// Whether keys of an object here are field names (folded by Go) or keys of a map (taken as they are).
    folds: bool,
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(serde::de::Error::custom("nested too deeply"));
        }
        *self.left = self.left.checked_sub(1).ok_or_else(|| serde::de::Error::custom("too many values"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Node { depth: self.depth + 1, folds: true, left: self.left })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let unique = if self.folds { fold(&key) } else { key.clone() };
            if !seen.insert(unique) {
                return Err(serde::de::Error::custom("the same key stands twice in an object (case apart)"));
            }
            let folds = key != "annotations";
            let value = entries.next_value_seed(Node { depth: self.depth + 1, folds, left: self.left })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_with_two_readings_are_refused() {
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"layers":[],"Layers":[]}"#,
            r#"{"layers":[],"layerſ":[]}"#,
            r#"{"x":{"y":1,"Y":2}}"#,
            r#"{"annotations":{"a":"1","a":"2"}}"#,
            r#"{} {}"#,
            r#"{"a":1"#,
            "",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(br#"{"annotations":{"a":"1","A":"2"}}"#).is_ok());
        assert!(parse(format!("{}{}", "[".repeat(40), "]".repeat(40)).as_bytes()).is_err());
        assert!(parse(format!("[{}1]", "1,".repeat(MAX_VALUES)).as_bytes()).is_err());
    }
}
