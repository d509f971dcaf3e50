//! Lists whose elements are known by a part of them.

use super::Places;
use crate::tree::{Node, Value};

/// The part that makes an element unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// All of it.
    Whole,
    /// The value of one key.
    Key(&'static str),
    /// Where a secret or a config is mounted.
    Mounted(&'static str),
    /// Address, published, target, protocol.
    Port,
    /// What a port is published as, none being 0: the rest follows the later one.
    Published,
    /// The container's path of a device.
    Device,
    /// The alias of a link.
    Alias,
    /// The name before the last equals sign.
    BeforeEquals,
    /// The kind of a generic resource.
    Generic,
}

/// Puts one list over another; what has the same key as something before takes its place.
pub(super) fn merge(base: Vec<Node>, over: Vec<Node>, kind: Kind) -> Vec<Node> {
    let mut places = Places::new();
    let mut merged: Vec<Node> = Vec::with_capacity(base.len() + over.len());
    for item in base.into_iter().chain(over) {
        let key = key(&item, kind);
        match places.get(&key).and_then(|place| merged.get_mut(*place)) {
            Some(existing) => *existing = item,
            None => {
                places.insert(key, merged.len());
                merged.push(item);
            }
        }
    }
    if kind == Kind::Published {
        merged.sort_by_key(published);
    }
    merged
}

/// What a port is published as, 0 where the engine chooses.
fn published(item: &Node) -> u64 {
    item.get("published").map(scalar).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The path in the container of a mount or a device.
pub(super) fn container_path(item: &Node) -> String {
    match item.as_text() {
        Some(text) => text.split(':').nth(1).unwrap_or(text).to_owned(),
        None => item.get("target").map(scalar).unwrap_or_default(),
    }
}

fn key(item: &Node, kind: Kind) -> String {
    let part = |key: &str| item.get(key).map(scalar).unwrap_or_default();
    match kind {
        Kind::Whole => item.as_text().map_or_else(|| item.to_json().to_string(), str::to_owned),
        Kind::Key(key) => part(key),
        Kind::Mounted(directory) => match item.get("target").map(scalar) {
            Some(target) if target.starts_with('/') => target,
            Some(target) => format!("{directory}{target}"),
            None => format!("{directory}{}", part("source")),
        },
        Kind::Port => {
            let protocol = item.get("protocol").map_or_else(|| "tcp".to_owned(), scalar);
            format!("{}|{}|{}|{protocol}", part("host_ip"), part("published"), part("target"))
        }
        Kind::Published => published(item).to_string(),
        Kind::Device => match item.as_text() {
            Some(text) => text.split(':').nth(1).unwrap_or(text).to_owned(),
            None => item.get("target").map_or_else(|| part("source"), scalar),
        },
        Kind::Alias => {
            let text = item.as_text().unwrap_or_default();
            text.split_once(':').map_or(text, |(_, alias)| alias).to_owned()
        }
        Kind::BeforeEquals => {
            let text = item.as_text().unwrap_or_default();
            text.rsplit_once('=').map_or(text, |(name, _)| name).to_owned()
        }
        Kind::Generic => {
            item.get("discrete_resource_spec").and_then(|node| node.get("kind")).map(scalar).unwrap_or_default()
        }
    }
}

fn scalar(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        _ => node.to_json().to_string(),
    }
}
