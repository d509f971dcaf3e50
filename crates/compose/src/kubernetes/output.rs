//! The objects as YAML and JSON.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Objects;
use crate::print;

impl<T: Serialize> Objects<T> {
    /// Writes the objects as one JSON `List`, which `kubectl apply -f` takes. What is secret is written too.
    #[must_use]
    pub fn to_json(&self) -> String {
        print::text(|out| self.write_json(out))
    }

    /// Writes the objects as YAML documents, which `kubectl apply -f` takes. What is secret is written too.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        print::text(|out| self.write_yaml(out))
    }

    /// As [`Self::to_json`], one object after the other.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        print::json(&List(&self.items), out)
    }

    /// As [`Self::to_yaml`], one object after the other.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_yaml(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, object) in self.items.iter().enumerate() {
            if index > 0 {
                out.write_all(b"---\n")?;
            }
            out.write_all(yaml(object).as_bytes())?;
        }
        Ok(())
    }
}

struct List<'o, T>(&'o [T]);

impl<T: Serialize> Serialize for List<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("apiVersion", "v1")?;
        map.serialize_entry("kind", "List")?;
        map.serialize_entry("items", &print::Each(self.0))?;
        map.end()
    }
}

/// Writes a value as a YAML document.
fn yaml(value: &impl Serialize) -> String {
    serde_json::to_value(value).map(|value| print::yaml::write(&value)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::tree::{self, Node};
    use crate::yaml::Flavour;

    /// Reads YAML back with one of the readers that the crate has.
    fn read(text: &str, flavour: Flavour) -> Value {
        let mut sink = crate::sink::Sink::default();
        let node = crate::yaml::parse(text, 0, flavour, crate::yaml::Edits::Done, &mut sink);
        assert!(sink.errors.is_empty(), "{text}\n{:?}", sink.errors);
        value_of(&node.unwrap())
    }

    fn value_of(node: &Node) -> Value {
        match &node.value {
            tree::Value::Null => Value::Null,
            tree::Value::Bool(value) => (*value).into(),
            tree::Value::Integer(value) => (*value).into(),
            tree::Value::Float(value) => (*value).into(),
            tree::Value::Text(text) => text.as_str().into(),
            tree::Value::List(list) => list.iter().map(value_of).collect(),
            tree::Value::Map(map) => map.iter().map(|(key, entry)| (key.to_string(), value_of(&entry.node))).collect(),
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text =
            || prop_oneof![any::<String>(), "[a-zA-Z0-9:# \n'\"-]{0,9}", "(yes|No|0[0-7]{3}|1e3|~|null|=|- a|a: b)"];
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            text().prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((text(), inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_by_every_reader(inner in any_value()) {
            let value = serde_json::json!({ "inner": inner });
            let text = yaml(&value);
            for flavour in [Flavour::Python, Flavour::GoV2, Flavour::GoV3] {
                prop_assert_eq!(&read(&text, flavour), &value, "{}", text);
            }
        }
    }
}
