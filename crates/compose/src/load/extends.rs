//! `extends`: a service that begins with another one, of this file or of another.

use std::collections::HashMap;

use super::source::{Loader, parent};
use crate::canonical;
use crate::diagnostic::Diagnostic;
use crate::merge;
use crate::model::{Client, Position};
use crate::tree::{Entry, Map, Node, Value};

/// How long a chain may be.
const MAX_CHAIN: usize = 64;

/// Resolves every `extends` of a file.
pub(super) fn resolve(loader: &mut Loader<'_>, root: &mut Node, file: &str, directory: &str) {
    let Some(services) =
        root.as_map_mut().and_then(|map| map.get_mut("services")).and_then(|entry| entry.node.as_map_mut())
    else {
        return;
    };
    let is_used = services.values().any(|entry| entry.node.get("extends").is_some());
    if !is_used {
        return;
    }
    let before = services.clone();
    let mut resolver = Resolver { loader, files: HashMap::new(), chain: Vec::new() };
    for (name, entry) in services.iter_mut() {
        if entry.node.get("extends").is_some() {
            let source = File { path: file, directory, services: &before };
            if let Some(node) = resolver.service(&source, name) {
                entry.node = node;
            }
        }
    }
}

/// A file whose services are extended.
struct File<'f> {
    path: &'f str,
    directory: &'f str,
    services: &'f Map,
}

struct Resolver<'l, 'a> {
    loader: &'l mut Loader<'a>,
    /// Other files by path; `None` is one that could not be read.
    files: HashMap<String, Option<Map>>,
    chain: Vec<(String, String)>,
}

impl Resolver<'_, '_> {
    /// Returns a service with everything it extends; `None` after an error.
    fn service(&mut self, file: &File<'_>, name: &str) -> Option<Node> {
        let own = file.services.get(name)?;
        let Some(extends) = own.node.as_map().and_then(|map| map.get("extends")) else { return Some(own.node.clone()) };
        let at = extends.key_at;
        let path = format!("services.{name}.extends");
        let me = (file.path.to_owned(), name.to_owned());
        if self.chain.contains(&me) || self.chain.len() >= MAX_CHAIN {
            let names: Vec<&str> = self.chain.iter().map(|(_, name)| name.as_str()).chain([name]).collect();
            let error =
                Diagnostic::error("EXTENDS_CYCLE", format!("the services extend each other: {}", names.join(" → ")));
            self.loader.sink.push(at, &path, error);
            return None;
        }
        let target = extends.node.get("service").and_then(Node::as_text)?.to_owned();
        let other = extends.node.get("file").and_then(Node::as_text).map(str::to_owned);
        self.chain.push(me);
        let base = self.base(file, other.as_deref(), &target, at, &path);
        self.chain.pop();
        let mut base = base?;
        self.check_extensible(&base, &target, at, &path);
        let mut over = own.node.clone();
        for node in [&mut base, &mut over] {
            if let Some(map) = node.as_map_mut() {
                map.shift_remove("extends");
            }
        }
        merge::extend(&mut base, over, self.loader.client);
        Some(base)
    }

    fn base(&mut self, file: &File<'_>, other: Option<&str>, target: &str, at: Position, path: &str) -> Option<Node> {
        let Some(other) = other else {
            if !file.services.contains_key(target) {
                self.not_found(file.services, target, file.path, at, path);
                return None;
            }
            return self.service(file, target);
        };
        let full = canonical::absolute(file.directory, other, self.loader.environment.get("HOME").map(String::as_str));
        let directory = parent(&full);
        if full == file.path {
            return self.base(file, None, target, at, path);
        }
        if !self.files.contains_key(&full) {
            let services = self.read(other, &full, &directory);
            self.files.insert(full.clone(), services);
        }
        let services = self.files.get(&full)?.clone()?;
        if !services.contains_key(target) {
            self.not_found(&services, target, other, at, path);
            return None;
        }
        self.service(&File { path: &full, directory: &directory, services: &services }, target)
    }

    fn read(&mut self, shown: &str, path: &str, directory: &str) -> Option<Map> {
        let mut source = self.loader.read(shown, path, directory)?;
        let map = source.root.as_map_mut()?;
        match map.shift_remove("services")? {
            Entry { node: Node { value: Value::Map(services), .. }, .. } => Some(*services),
            _ => None,
        }
    }

    fn not_found(&mut self, services: &Map, target: &str, file: &str, at: Position, path: &str) {
        let error = Diagnostic::error("SERVICE_NOT_FOUND", format!("there is no service `{target}` in `{file}`"));
        let error = match crate::schema::nearest(target, services.keys()) {
            Some(name) => error.suggestion(format!("did you mean `{name}`?")),
            None => error,
        };
        self.loader.sink.push(at, &path, error);
    }

    /// docker-compose 1.29 refuses to extend what is tied to other services.
    fn check_extensible(&mut self, base: &Node, target: &str, at: Position, path: &str) {
        if self.loader.client != Client::ComposeV1_29 {
            return;
        }
        for key in ["links", "volumes_from", "depends_on"] {
            if base.get(key).is_some() {
                let error =
                    Diagnostic::error("NOT_EXTENSIBLE", format!("`{target}` has `{key}` and cannot be extended"));
                self.loader.sink.push(at, &path, error);
            }
        }
        let mode = base.get("network_mode").and_then(Node::as_text).unwrap_or_default();
        // Only version 1, where the key is `net`, minds a container of another project.
        let is_version_1 = base.get(merge::VERSION_1_MARK).is_some();
        if mode.starts_with("service:") || mode.starts_with("container:") && is_version_1 {
            let error = Diagnostic::error(
                "NOT_EXTENSIBLE",
                format!("`{target}` uses the network of another service and cannot be extended"),
            );
            self.loader.sink.push(at, &path, error);
        }
    }
}
