//! JSON as Python writes it, for the configuration hash.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes `value` as `json.dumps` does with these separators: characters beyond ASCII escaped, keys sorted where asked.
pub(super) fn json(value: &Value, item: &str, key: &str, sorted: bool) -> String {
    let mut text = String::new();
    write(value, item, key, sorted, &mut text);
    text
}

fn write(value: &Value, item: &str, key: &str, sorted: bool, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(on) => text.push_str(if *on { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(string) => quoted(string, text),
        Value::Array(items) => {
            text.push('[');
            for (index, entry) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(item);
                }
                write(entry, item, key, sorted, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            if sorted {
                members.sort_by(|a, b| a.0.cmp(b.0));
            }
            text.push('{');
            for (index, (name, entry)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push_str(item);
                }
                quoted(name, text);
                text.push_str(key);
                write(entry, item, key, sorted, text);
            }
            text.push('}');
        }
    }
}

fn quoted(string: &str, text: &mut String) {
    text.push('"');
    if string.bytes().all(|byte| matches!(byte, 0x20..0x7f) && !matches!(byte, b'"' | b'\\')) {
        text.push_str(string);
        text.push('"');
        return;
    }
    for unit in string.encode_utf16() {
        match unit {
            0x22 => text.push_str("\\\""),
            0x5c => text.push_str("\\\\"),
            0x08 => text.push_str("\\b"),
            0x09 => text.push_str("\\t"),
            0x0a => text.push_str("\\n"),
            0x0c => text.push_str("\\f"),
            0x0d => text.push_str("\\r"),
            0x20..0x7f => text.push(char::from(unit.to_le_bytes()[0])),
            // Writing to a string cannot fail.
            _ => drop(write!(text, "\\u{unit:04x}")),
        }
    }
    text.push('"');
}
