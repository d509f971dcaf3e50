//! A small YAML writer: block style, strings in quotes wherever a reader might take them for something else.

use serde_json::Value;

use crate::yaml::is_plain_safe;

pub(crate) fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(map, 0, &mut text),
        Value::Array(list) if !list.is_empty() => sequence(list, 0, &mut text),
        _ => {
            scalar(value, 0, &mut text);
            text.push('\n');
        }
    }
    text
}

/// Writes one entry of a mapping.
pub(crate) fn entry(key: &str, value: &Value, depth: usize) -> String {
    let mut text = String::new();
    indent(depth, &mut text);
    string(key, &mut text);
    text.push(':');
    nested(value, depth, &mut text);
    text
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn mapping(map: &serde_json::Map<String, Value>, depth: usize, text: &mut String) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || text.ends_with('\n') || text.is_empty() {
            indent(depth, text);
        }
        string(key, text);
        text.push(':');
        nested(value, depth, text);
    }
}

/// Writes a value after a key.
fn nested(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            mapping(map, depth + 1, text);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            sequence(list, depth + 1, text);
        }
        _ => {
            text.push(' ');
            scalar(value, depth + 1, text);
            text.push('\n');
        }
    }
}

fn sequence(list: &[Value], depth: usize, text: &mut String) {
    for item in list {
        indent(depth, text);
        text.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => mapping(map, depth + 1, text),
            Value::Array(inner) if !inner.is_empty() => {
                text.push('\n');
                sequence(inner, depth + 1, text);
            }
            _ => {
                scalar(item, depth + 1, text);
                text.push('\n');
            }
        }
    }
}

fn scalar(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::String(string_value) if is_block(string_value) => block(string_value, depth, text),
        Value::String(value) => string(value, text),
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        Value::Number(number) => text.push_str(&number_text(number)),
        other => text.push_str(&other.to_string()),
    }
}

/// A fraction or an exponent is written so that YAML 1.1 readers see a number too.
fn number_text(number: &serde_json::Number) -> String {
    let text = number.to_string();
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => text,
    }
}

/// Text of several lines that a literal block can hold without loss.
fn is_block(text: &str) -> bool {
    let has_lines = text.trim_end_matches('\n').contains('\n');
    let is_clean =
        |line: &str| !line.ends_with([' ', '\t', '\r']) && line.chars().all(|c| c == '\t' || !c.is_control());
    let starts_well = text.chars().next().is_some_and(|c| !c.is_whitespace());
    has_lines
        && starts_well
        && text.lines().all(is_clean)
        && !text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'])
}

fn block(value: &str, depth: usize, text: &mut String) {
    let body = value.trim_end_matches('\n');
    let newlines = value.len() - body.len();
    text.push_str(match newlines {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            indent(depth, text);
            text.push_str(line);
        }
    }
    text.extend(std::iter::repeat_n('\n', newlines.saturating_sub(1)));
}

fn string(value: &str, text: &mut String) {
    if is_plain_safe(value) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let code = u32::from(c);
                text.push_str(&if code <= 0xff { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") });
            }
            c => text.push(c),
        }
    }
    text.push('"');
}
