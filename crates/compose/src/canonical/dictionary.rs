//! `KEY=value` lists and mappings.

use crate::tree::{Entry, Key, Map, Node, Value};
use crate::yaml::{Flavour, float_text};

/// Makes a mapping to strings. A key without a value becomes an empty string, or null where that means something.
pub(super) fn to_map(node: &mut Node, is_null_empty: bool, flavour: Flavour) {
    match &mut node.value {
        Value::List(list) => {
            let mut map = Map::with_capacity(list.len());
            for item in list.iter() {
                let Some(text) = item.as_text() else { continue };
                let (key, value) = match text.split_once('=') {
                    Some((key, value)) => (key, Value::Text(value.to_owned())),
                    None if is_null_empty => (text, Value::Text(String::new())),
                    None => (text, Value::Null),
                };
                map.insert(Key::new(key), Entry { key_at: item.at, node: Node::new(value, item.at) });
            }
            node.value = map.into();
        }
        Value::Map(map) => {
            for (_, entry) in map.iter_mut() {
                to_text(&mut entry.node, flavour);
                if is_null_empty && entry.node.is_null() && entry.node.tag == crate::tree::Tag::None {
                    entry.node.value = Value::Text(String::new());
                }
            }
        }
        _ => {}
    }
}

/// Writes a scalar as the client's language does. Null stays.
pub(super) fn to_text(node: &mut Node, flavour: Flavour) {
    let text = match &node.value {
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => float_text(*value, flavour),
        Value::Bool(value) if flavour == Flavour::Python => if *value { "True" } else { "False" }.to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Map(_) => return,
    };
    node.value = Value::Text(text);
}

/// Makes a list of `host=address` lines. Mappings are sorted, as every client does.
pub(super) fn hosts(node: &mut Node, flavour: Flavour) {
    match &mut node.value {
        Value::List(list) => {
            for item in list.iter_mut() {
                if let Value::Text(text) = &mut item.value {
                    *text = host_line(text, flavour);
                }
            }
        }
        Value::Map(map) => {
            let mut lines = Vec::new();
            for (host, entry) in map.iter_mut() {
                let at = entry.node.at;
                let addresses = match &mut entry.node.value {
                    Value::List(list) => std::mem::take(list),
                    value => vec![Node::new(value.clone(), at)],
                };
                for mut address in addresses {
                    to_text(&mut address, flavour);
                    let address = address.as_text().unwrap_or_default();
                    lines.push((format!("{host}={}", bare(address, flavour)), at));
                }
            }
            lines.sort_by(|left, right| left.0.cmp(&right.0));
            node.value = Value::List(lines.into_iter().map(|(line, at)| Node::text(line, at)).collect());
        }
        _ => {}
    }
}

fn host_line(text: &str, flavour: Flavour) -> String {
    // Only the specification and docker 28 know `host=address`; a colon is in every IPv6 address. For the others an equals sign is part
    // of the host, so that the last one in the line is ours.
    let parts = if flavour == Flavour::GoV3 { text.split_once('=') } else { None };
    match parts.or_else(|| text.split_once(':')) {
        Some((host, address)) => format!("{}={}", host.trim(), bare(address.trim(), flavour)),
        None => format!("{text}="),
    }
}

/// An IPv6 address without the brackets that the specification and docker 28 take off.
fn bare(address: &str, flavour: Flavour) -> &str {
    let inner = address.strip_prefix('[').and_then(|address| address.strip_suffix(']'));
    inner.filter(|_| flavour == Flavour::GoV3).unwrap_or(address)
}
