//! A service's `volumes`: `[source:]target[:options]`.

use super::paths::{absolute, clean, is_windows_absolute};
use super::{Context, entry};
use crate::diagnostic::Diagnostic;
use crate::model::Position;
use crate::tree::{Map, Node, Trail, Value};

/// The parts of a short form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Short {
    pub(crate) source: Option<String>,
    pub(crate) target: String,
    pub(crate) options: Option<String>,
}

/// Splits a short form as the Go clients do: a letter alone before a colon is a Windows drive.
pub(crate) fn parse_short(text: &str) -> Result<Short, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.chars().count() <= 2 {
        return Ok(Short { target: text.to_owned(), ..Short::default() });
    }
    let mut sections: Vec<String> = Vec::new();
    let mut section = String::new();
    for c in text.chars() {
        let mut letters = section.chars();
        let is_drive = c == ':' && letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
        if c == ':' && !is_drive {
            sections.push(std::mem::take(&mut section));
        } else {
            section.push(c);
        }
    }
    sections.push(section);
    if sections.iter().any(String::is_empty) {
        return Err("there is nothing between two colons".to_owned());
    }
    let mut sections = sections.into_iter();
    let (first, second, third) = (sections.next(), sections.next(), sections.next());
    if sections.next().is_some() {
        return Err("it has too many colons".to_owned());
    }
    Ok(match (first, second) {
        (Some(source), Some(target)) => Short { source: Some(source), target, options: third },
        (first, _) => Short { source: None, target: first.unwrap_or_default(), options: None },
    })
}

/// Splits a short form as docker-compose 1.29 does on Linux.
fn parse_classic(text: &str) -> Result<Short, String> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [target] => Ok(Short { source: None, target: clean(target), options: None }),
        [source, target] => Ok(Short { source: Some((*source).to_owned()), target: clean(target), options: None }),
        [source, target, options] => Ok(Short {
            source: Some((*source).to_owned()),
            target: clean(target),
            options: Some((*options).to_owned()),
        }),
        _ => Err("it has too many colons".to_owned()),
    }
}

pub(super) fn to_long(node: &mut Node, path: &Trail<'_>, context: &mut Context<'_>) {
    let Value::List(list) = &mut node.value else { return };
    list.iter_mut().enumerate().for_each(|(index, item)| {
        let path = path.index(index);
        let Value::Text(text) = &item.value else { return long_form(item, context) };
        let short = if context.is_classic() { parse_classic(text) } else { parse_short(text) };
        match short {
            Ok(short) => item.value = long(short, item.at, context).into(),
            Err(reason) => {
                let error = Diagnostic::error("INVALID_VOLUME", format!("`{text}` cannot be read: {reason}"));
                context.sink.push(item.at, &path, error.expected("[source:]target[:options], such as ./data:/data:ro"));
            }
        }
    });
}

fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~']) || is_windows_absolute(source) || source.as_bytes().get(1) == Some(&b':')
}

fn long(short: Short, at: Position, context: &Context<'_>) -> Map {
    let mut map = Map::new();
    let mut put = |key: &'static str, value: Value| map.extend([entry(key, Node::new(value, at))]);
    let is_bind = short.source.as_deref().is_some_and(is_path);
    put("type", Value::Text(if is_bind { "bind" } else { "volume" }.to_owned()));
    if let Some(source) = &short.source {
        let source = if is_bind { absolute(context.directory, source, context.home) } else { source.clone() };
        put("source", Value::Text(if context.is_classic() { clean(&source) } else { source }));
    }
    put("target", Value::Text(short.target.clone()));
    if context.is_classic() {
        // The mode goes to the engine as it is.
        let default = if short.source.is_some() { "rw" } else { "" };
        put(SHORT_MODE, Value::Text(short.options.clone().unwrap_or_else(|| default.to_owned())));
    }
    options(&short, is_bind, at, context, &mut map);
    map
}

/// The key under which the tree keeps docker-compose 1.29's access mode; no file can have it, since YAML refuses the character.
pub(crate) const SHORT_MODE: &str = "\0mode";

fn options(short: &Short, is_bind: bool, at: Position, context: &Context<'_>, map: &mut Map) {
    let mut bind = Map::new();
    let mut volume = Map::new();
    let is_true = |value: bool| Node::new(Value::Bool(value), at);
    for option in short.options.as_deref().unwrap_or_default().split(',') {
        match option {
            "ro" => map.extend([entry("read_only", is_true(true))]),
            "rw" => {
                map.shift_remove("read_only");
            }
            "nocopy" => volume.extend([entry("nocopy", is_true(true))]),
            "private" | "rprivate" | "shared" | "rshared" | "slave" | "rslave" => {
                bind.extend([entry("propagation", Node::text(option, at))]);
            }
            "z" | "Z" if !context.is_stack() => bind.extend([entry("selinux", Node::text(option, at))]),
            _ => {}
        }
    }
    if is_bind && context.client == crate::model::Client::Specification {
        bind.extend([entry("create_host_path", is_true(true))]);
    }
    for (key, options) in [("bind", bind), ("volume", volume)] {
        if !options.is_empty() {
            map.extend([entry(key, Node::map(options, at))]);
        }
    }
}

/// A long form: only its paths and labels change.
fn long_form(node: &mut Node, context: &mut Context<'_>) {
    let is_bind = node.get("type").and_then(Node::as_text) == Some("bind");
    super::key_of(node, "volume", |node| {
        super::key_of(node, "labels", |node| super::dictionary::to_map(node, true, context.flavour));
    });
    if is_bind {
        super::key_of(node, "source", |node| {
            if let Value::Text(source) = &mut node.value {
                // docker-compose 1.29 resolves what begins with a dot or a tilde, and tidies all.
                let is_relative = !context.is_classic() || source.starts_with(['.', '~']);
                let path = if is_relative { absolute(context.directory, source, context.home) } else { source.clone() };
                *source = if context.is_classic() { clean(&path) } else { path };
            }
        });
    }
}
