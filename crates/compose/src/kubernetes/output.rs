//! The objects as YAML and JSON.

use serde::Serialize;

use super::Objects;
use crate::print;

impl Objects {
    /// Writes the objects as one JSON `List`, which `kubectl apply -f` takes. What is secret is written too.
    #[must_use]
    pub fn to_json(&self) -> String {
        let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": self.items });
        let mut text = format!("{list:#}");
        text.push('\n');
        text
    }

    /// Writes the objects as YAML documents, which `kubectl apply -f` takes. What is secret is written too.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        for (index, object) in self.items.iter().enumerate() {
            if index > 0 {
                text.push_str("---\n");
            }
            text.push_str(&yaml(object));
        }
        text
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
