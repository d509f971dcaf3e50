//! Checks a tree against the tables.

use std::collections::HashSet;

use super::scalar::{is_exposed, scalar, suits};
use super::shape::{Field, Object, Shape, When};
use super::{nearest, wrong_type};
use crate::diagnostic::Diagnostic;
use crate::model::Position;
use crate::sink::Sink;
use crate::tree::{Map, Node, Trail, Value};

/// Whose rules a file is checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// docker-compose 1.29 with a version 1 file.
    Version1,
    /// docker-compose 1.29 with any other file.
    Classic,
    /// `docker stack deploy` with version 3 and this minor; whether text is cast though no variable made it, as 20.10 does.
    Stack(u8, bool),
    Specification,
}

impl When {
    fn includes(self, reader: Reader) -> bool {
        match reader {
            Reader::Version1 => self.version_1,
            Reader::Classic => self.classic,
            Reader::Stack(minor, _) => self.stack.is_some_and(|since| since <= minor),
            Reader::Specification => self.specification,
        }
    }
}

/// Checks a whole tree and says everything that is wrong with it.
pub(crate) fn check(node: &Node, shape: &Shape, reader: Reader, path: &Trail<'_>, sink: &mut Sink) {
    Checker { reader, sink }.node(node, shape, path);
}

struct Checker<'a> {
    reader: Reader,
    sink: &'a mut Sink,
}

impl Checker<'_> {
    fn error(&mut self, at: Position, path: &Trail<'_>, error: Diagnostic) {
        self.sink.push(at, path, error);
    }

    fn node(&mut self, node: &Node, shape: &Shape, path: &Trail<'_>) {
        if node.tag == crate::tree::Tag::Reset {
            return;
        }
        match shape {
            Shape::OrNull(inner) => {
                if !node.is_null() {
                    self.node(node, inner, path);
                }
            }
            Shape::OrNullInSpecification(inner) => {
                if !(node.is_null() && self.reader == Reader::Specification) {
                    self.node(node, inner, path);
                }
            }
            Shape::Either(shapes) => match shapes.iter().find(|shape| suits(node, shape)) {
                Some(shape) => self.node(node, shape, path),
                None => self.error(node.at, path, wrong_type(node.kind(), &shape.words())),
            },
            Shape::List(inner) => match node.as_list() {
                Some(list) => self.list(list, inner, path),
                None => self.error(node.at, path, wrong_type(node.kind(), &shape.words())),
            },
            Shape::Keyed(inner) | Shape::Named(inner) => match node.as_map() {
                Some(map) => self.keyed(map, inner, matches!(shape, Shape::Named(_)), path),
                None => self.error(node.at, path, wrong_type(node.kind(), &shape.words())),
            },
            Shape::Object(object) => match node.as_map() {
                Some(map) => self.object(map, object, node.at, path),
                None => self.error(node.at, path, wrong_type(node.kind(), &shape.words())),
            },
            _ => self.leaf(node, shape, path),
        }
    }

    fn list(&mut self, list: &[Node], inner: &Shape, path: &Trail<'_>) {
        // Elements of mixed shape, such as ports and volumes, must differ.
        let is_unique = matches!(inner, Shape::Either(_)) && self.reader != Reader::Specification;
        let mut seen = HashSet::new();
        for (index, item) in list.iter().enumerate() {
            let path = path.index(index);
            self.node(item, inner, &path);
            let is_scalar = !matches!(item.value, Value::Map(_) | Value::List(_));
            if is_unique && is_scalar && !seen.insert(item.to_json().to_string()) {
                let error = Diagnostic::error("NOT_UNIQUE", "the same is in the list twice");
                self.error(item.at, &path, error.suggestion("remove one of the two"));
            }
        }
    }

    fn keyed(&mut self, map: &Map, inner: &Shape, is_named: bool, path: &Trail<'_>) {
        for (key, entry) in map {
            let is_name =
                !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
            if is_named && !is_name {
                let error = Diagnostic::error("INVALID_NAME", format!("`{key}` is not a valid name"));
                let expected = "letters, digits, `.`, `_` and `-`";
                self.error(entry.key_at, &path.key(key), error.expected(expected));
                continue;
            }
            self.node(&entry.node, inner, &path.key(key));
        }
    }

    fn object(&mut self, map: &Map, object: &Object, at: Position, path: &Trail<'_>) {
        for (key, entry) in map {
            let path = path.key(key);
            if key.starts_with("x-") && self.takes_extensions(object) {
                continue;
            }
            match object.fields.iter().find(|field| *key == field.name) {
                Some(field) if field.when.includes(self.reader) => self.node(&entry.node, field.shape, &path),
                Some(_) | None if self.is_open(object) => {}
                Some(field) => self.error(entry.key_at, &path, self.not_here(field)),
                None => self.error(entry.key_at, &path, self.unknown(key, object)),
            }
        }
        for required in object.required {
            if !map.contains_key(required) {
                let error = Diagnostic::error("MISSING_KEY", format!("the key `{required}` is missing"));
                self.error(at, path, error);
            }
        }
    }

    fn takes_extensions(&self, object: &Object) -> bool {
        match self.reader {
            Reader::Version1 => false,
            Reader::Classic => object.extensions,
            Reader::Stack(minor, _) => object.stack_extensions.is_some_and(|since| since <= minor),
            Reader::Specification => true,
        }
    }

    fn is_open(&self, object: &Object) -> bool {
        matches!((self.reader, object.open), (Reader::Stack(minor, _), Some(since)) if since <= minor)
    }

    fn unknown(&self, key: &str, object: &Object) -> Diagnostic {
        let known = || object.fields.iter().filter(|field| field.when.includes(self.reader)).map(|field| field.name);
        let error = Diagnostic::error("UNKNOWN_KEY", format!("`{key}` is not a key that belongs here"));
        // A hostile file must not make us compare thousands of words.
        if self.sink.errors.len() > 200 {
            return error;
        }
        match hint(key).filter(|hint| known().any(|name| name == *hint)).or_else(|| nearest(key, known())) {
            Some(name) => error.suggestion(format!("did you mean `{name}`?")),
            None if object.fields.len() <= 12 => {
                error.expected(known().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            }
            None => error,
        }
    }

    /// A key that exists, for another reader.
    fn not_here(&self, field: &Field) -> Diagnostic {
        let name = field.name;
        match (self.reader, field.when.stack) {
            (Reader::Stack(..), Some(since)) => {
                Diagnostic::error("KEY_NOT_IN_VERSION", format!("`{name}` is not a key of this version of the file"))
                    .suggestion(format!("write `version: \"3.{since}\"` or higher"))
            }
            (Reader::Stack(..), None) => Diagnostic::error(
                "KEY_NOT_IN_VERSION",
                format!("`{name}` is not a key that `docker stack deploy` knows"),
            ),
            (Reader::Version1, _) => {
                Diagnostic::error("KEY_NOT_IN_VERSION", format!("`{name}` is not a key of version 1 files"))
                    .suggestion("put the services under `services:`")
            }
            (Reader::Classic | Reader::Specification, _) => {
                let error = Diagnostic::error("KEY_NOT_IN_VERSION", format!("`{name}` is not a key of this dialect"));
                match name {
                    "net" => error.suggestion("write `network_mode`"),
                    "log_driver" => error.suggestion("write `logging.driver`"),
                    "log_opt" => error.suggestion("write `logging.options`"),
                    "dockerfile" => error.suggestion("write `build.dockerfile`"),
                    "volume_driver" => error.suggestion("set `driver` on the volume, under the top-level `volumes`"),
                    _ if field.when.specification => error.suggestion("the Compose specification has it"),
                    _ => error,
                }
            }
        }
    }

    fn leaf(&mut self, node: &Node, shape: &Shape, path: &Trail<'_>) {
        match shape {
            Shape::TextOrStrings if node.as_text().is_some() => {}
            Shape::Strings | Shape::TextOrStrings => self.strings(node, shape, true, path),
            Shape::Words => self.strings(node, shape, false, path),
            Shape::StringsOrNumbers => {
                self.strings(node, shape, true, path);
                self.exposed(node, path);
            }
            Shape::Dictionary | Shape::Hosts if node.as_list().is_some() => {
                self.strings(node, shape, true, path);
                self.names(node, path);
            }
            Shape::Dictionary | Shape::Hosts | Shape::NullableOptions | Shape::Options => {
                self.dictionary(node, shape, path)
            }
            _ => {
                if let Err(error) = scalar(node, shape, self.reader) {
                    self.error(node.at, path, *error);
                }
            }
        }
    }

    /// docker-compose 1.29 reads `expose` as ports, the other clients as they stand.
    fn exposed(&mut self, node: &Node, path: &Trail<'_>) {
        if !matches!(self.reader, Reader::Classic | Reader::Version1) || !path.ends_with("expose") {
            return;
        }
        for (index, item) in node.as_list().unwrap_or_default().iter().enumerate() {
            if let Some(text) = item.as_text().filter(|text| !is_exposed(text)) {
                let error = Diagnostic::error("INVALID_PORT", format!("`{text}` cannot be exposed"));
                self.error(item.at, &path.index(index), error.expected("a port or a range, such as 80 or 53/udp"));
            }
        }
    }

    /// Variables whose name has a blank: docker-compose 1.29 refuses all, the specification one at the end.
    fn names(&mut self, node: &Node, path: &Trail<'_>) {
        if matches!(self.reader, Reader::Stack(..)) || !path.ends_with("environment") {
            return;
        }
        for (index, item) in node.as_list().unwrap_or_default().iter().enumerate() {
            let name = item.as_text().map(|text| text.split_once('=').map_or(text, |(name, _)| name));
            let is_wrong = |name: &&str| match self.reader {
                Reader::Specification => name.ends_with(char::is_whitespace),
                _ => name.contains(char::is_whitespace),
            };
            if let Some(name) = name.filter(is_wrong) {
                let error = Diagnostic::error("INVALID_NAME", format!("the variable `{name}` has a blank in its name"));
                self.error(item.at, &path.index(index), error.suggestion("remove the blanks around `=`"));
            }
        }
    }

    /// Tells whether docker-compose 1.29 turns a boolean there into text.
    fn is_converted(&self, path: &Trail<'_>) -> bool {
        self.reader == Reader::Classic && path.ends_with("labels")
    }

    fn strings(&mut self, node: &Node, shape: &Shape, is_unique: bool, path: &Trail<'_>) {
        let Some(list) = node.as_list() else {
            return self.error(node.at, path, wrong_type(node.kind(), &shape.words()));
        };
        let mut seen = HashSet::new();
        let mut numbers = HashSet::new();
        for (index, item) in list.iter().enumerate() {
            let path = path.index(index);
            let is_number = matches!(item.value, Value::Integer(_) | Value::Float(_));
            match item.as_text() {
                Some(text) if is_unique && !seen.insert(text) => {
                    let error = Diagnostic::error("NOT_UNIQUE", format!("`{text}` is in the list twice"));
                    self.error(item.at, &path, error.suggestion("remove one of the two"));
                }
                Some(_) => {}
                None if is_number && matches!(shape, Shape::StringsOrNumbers) => {
                    if !numbers.insert(item.to_json().to_string()) {
                        let error = Diagnostic::error("NOT_UNIQUE", "the same is in the list twice");
                        self.error(item.at, &path, error.suggestion("remove one of the two"));
                    }
                }
                None if item.tag == crate::tree::Tag::Reset => {}
                None => self.error(item.at, &path, wrong_type(item.kind(), "a string").suggestion("put it in quotes")),
            }
        }
    }

    fn dictionary(&mut self, node: &Node, shape: &Shape, path: &Trail<'_>) {
        let Some(map) = node.as_map() else {
            return self.error(node.at, path, wrong_type(node.kind(), &shape.words()));
        };
        for (key, entry) in map {
            let is_fine = match entry.node.value {
                Value::Text(_) | Value::Integer(_) | Value::Float(_) => true,
                Value::Null => !matches!(shape, Shape::Options | Shape::Hosts),
                // docker-compose 1.29 turns booleans into text for labels only; the specification takes them everywhere.
                Value::Bool(_) => self.reader == Reader::Specification || self.is_converted(path),
                Value::List(_) => matches!(shape, Shape::Hosts) && self.reader == Reader::Specification,
                Value::Map(_) => false,
            };
            if !is_fine {
                let error = wrong_type(entry.node.kind(), "a string, a number or null");
                self.error(entry.node.at, &path.key(key), error.suggestion("put it in quotes"));
            }
        }
    }
}

/// Words that people write for a key.
fn hint(key: &str) -> Option<&'static str> {
    Some(match key {
        "add_host" | "hosts" | "extra_host" => "extra_hosts",
        "memory_swap" => "memswap_limit",
        "memory" | "mem" => "mem_limit",
        "cpu" => "cpus",
        "env" | "envs" | "variables" => "environment",
        "workdir" => "working_dir",
        "privilege" | "priviliged" | "privilige" => "privileged",
        "cmd" => "command",
        "network" => "networks",
        "port" => "ports",
        "expose_ports" => "expose",
        "name" => "container_name",
        _ => return None,
    })
}
