//! One file: read, told apart, interpolated, checked, in its long forms.

use std::collections::BTreeMap;

use super::dialect;
use super::request::{ReadError, Request};
use crate::canonical;
use crate::diagnostic::Diagnostic;
use crate::interpolate::{Interpolator, Syntax};
use crate::merge::VERSION_1_MARK;
use crate::model::{Client, Dialect, StackClient};
use crate::schema;
use crate::sink::Sink;
use crate::tree::{Entry, Map, Node, Trail, Value};
use crate::yaml::{self, Edits, Flavour};

/// How many files one project may be made of.
const MAX_FILES: usize = 256;
/// How many ports ranges may unfold to, in the whole project.
const MAX_PORTS: usize = 40_000;
/// How much all files may hold together, in bytes.
const MAX_TOTAL_BYTES: usize = 64 << 20;

pub(super) struct Loader<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) client: Client,
    pub(super) environment: &'a BTreeMap<String, String>,
    pub(super) sink: &'a mut Sink,
    /// Files that are being included, to find cycles.
    pub(super) including: Vec<String>,
    ports_left: usize,
    bytes_left: usize,
}

/// A file that is YAML, and not looked at any further.
pub(super) struct Parsed {
    name: String,
    pub(super) path: String,
    pub(super) root: Node,
}

/// A file after all that concerns it alone.
pub(super) struct Source {
    pub(super) root: Node,
    pub(super) dialect: Dialect,
    pub(super) version: Option<String>,
    pub(super) name: String,
}

impl<'a> Loader<'a> {
    pub(super) fn new(request: &'a Request<'a>, environment: &'a BTreeMap<String, String>, sink: &'a mut Sink) -> Self {
        Self {
            request,
            client: request.client,
            environment,
            sink,
            including: Vec::new(),
            ports_left: MAX_PORTS,
            bytes_left: MAX_TOTAL_BYTES,
        }
    }

    /// Borrows the loader with another environment, for `include`.
    pub(super) fn with_environment<'b>(&'b mut self, environment: &'b BTreeMap<String, String>) -> Loader<'b>
    where
        'a: 'b,
    {
        Loader {
            request: self.request,
            client: self.client,
            environment,
            sink: self.sink,
            including: self.including.clone(),
            ports_left: self.ports_left,
            bytes_left: self.bytes_left,
        }
    }

    pub(super) fn flavour(&self) -> Flavour {
        match self.client {
            Client::ComposeV1_29 => Flavour::Python,
            Client::StackDeploy(StackClient::V20_10) => Flavour::GoV2,
            Client::StackDeploy(StackClient::V28) | Client::Specification => Flavour::GoV3,
        }
    }

    /// Reads one file. `name` is what is shown, `directory` what its paths are relative to. `None` where nothing can be made of it.
    pub(super) fn read(&mut self, name: &str, path: &str, directory: &str) -> Option<Source> {
        let parsed = self.parse(name, path)?;
        self.finish(parsed, directory)
    }

    /// Reads one file as YAML.
    pub(super) fn parse(&mut self, name: &str, path: &str) -> Option<Parsed> {
        let text = self.text(name, path)?;
        let Some(file) = self.sink.add_file(name, &text).filter(|_| self.sink.files.len() <= MAX_FILES) else {
            self.sink.push_general(Diagnostic::error("TOO_LARGE", format!("more than {MAX_FILES} files")));
            return None;
        };
        let edits = if self.client == Client::Specification { Edits::Done } else { Edits::Unknown };
        let root = yaml::parse(&text, file, self.flavour(), edits, self.sink)?;
        Some(Parsed { name: name.to_owned(), path: path.to_owned(), root })
    }

    /// Interpolates a file, checks it, and brings it into the long forms.
    pub(super) fn finish(&mut self, parsed: Parsed, directory: &str) -> Option<Source> {
        let Parsed { name, mut root, .. } = parsed;
        let (dialect, reader) = dialect::find(&root, self.client, self.sink)?;
        let version = root.get("version").and_then(Node::as_text).filter(|text| !text.is_empty()).map(str::to_owned);
        if dialect == Dialect::V1 {
            put_under_services(&mut root);
        }
        if self.request.interpolate {
            self.interpolate(&mut root, dialect);
        }
        let shape = if dialect == Dialect::V1 { &schema::FILE_V1_SHAPE } else { &schema::FILE_SHAPE };
        dialect::forbidden(&root, self.client, self.sink);
        if dialect == Dialect::V1 {
            if let Some(services) = root.get("services") {
                schema::check(services, shape, reader, &Trail::ROOT, self.sink);
            }
            mark_version_1(&mut root);
        } else {
            schema::check(&root, shape, reader, &Trail::ROOT, self.sink);
        }
        canonical::file(&mut root, &mut self.context(directory));
        if !self.request.interpolate {
            // A variable that was left alone may become anything.
            let is_open = |error: &Diagnostic| error.code.starts_with("INVALID_") && error.message.contains('$');
            self.sink.errors.retain(|error| !is_open(error));
        }
        Some(Source { root, dialect, version, name })
    }

    fn text(&mut self, name: &str, path: &str) -> Option<String> {
        let bytes = match (self.request.reader)(path) {
            Ok(bytes) => bytes,
            Err(ReadError::NotFound) => {
                self.sink.push_general(Diagnostic::error("FILE_NOT_FOUND", format!("there is no file `{name}`")));
                return None;
            }
            Err(ReadError::Other(reason)) => {
                self.sink
                    .push_general(Diagnostic::error("FILE_NOT_READ", format!("`{name}` could not be read: {reason}")));
                return None;
            }
        };
        if bytes.len() > yaml::MAX_FILE_BYTES || bytes.len() > self.bytes_left {
            self.sink.push_general(Diagnostic::error("TOO_LARGE", format!("`{name}` is too large")));
            return None;
        }
        self.bytes_left -= bytes.len();
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let line =
                    error.as_bytes().get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() + 1;
                let message = format!("`{name}` is not UTF-8 at line {line}");
                self.sink.push_general(Diagnostic::error("NOT_UTF8", message).suggestion("save the file as UTF-8"));
                None
            }
        }
    }

    pub(super) fn context<'b>(&'b mut self, directory: &'b str) -> canonical::Context<'b> {
        canonical::Context {
            client: self.client,
            flavour: self.flavour(),
            sink: self.sink,
            directory,
            home: self.environment.get("HOME").map(String::as_str),
            ports_left: &mut self.ports_left,
        }
    }

    fn interpolate(&mut self, root: &mut Node, dialect: Dialect) {
        let syntax = match (self.client, dialect) {
            (Client::ComposeV1_29, Dialect::V1) => Syntax::Plain,
            (Client::ComposeV1_29, _) => Syntax::Defaults,
            (Client::StackDeploy(_), _) => Syntax::Stack,
            (Client::Specification, _) => Syntax::Nested,
        };
        let mut interpolator = Interpolator::new(syntax, self.client, self.environment);
        let Some(map) = root.as_map_mut() else { return };
        for (key, entry) in map.iter_mut() {
            let is_section = matches!(key.as_str(), "services" | "networks" | "volumes" | "secrets" | "configs");
            if is_section || self.client == Client::Specification {
                let path = if dialect == Dialect::V1 { Trail::ROOT } else { Trail::ROOT.key(key) };
                interpolator.node(&mut entry.node, &path, self.sink);
            }
        }
    }
}

/// Version 1 has its services at the top.
fn put_under_services(root: &mut Node) {
    let at = root.at;
    let services = std::mem::replace(&mut root.value, Value::Null);
    let entry = Entry { key_at: at, node: Node::new(services, at) };
    root.value = Map::from([("services".into(), entry)]).into();
}

/// Marks the services for the merge, which has a rule of its own for version 1.
fn mark_version_1(root: &mut Node) {
    let Some(services) =
        root.as_map_mut().and_then(|map| map.get_mut("services")).and_then(|entry| entry.node.as_map_mut())
    else {
        return;
    };
    for (_, entry) in services.iter_mut() {
        let at = entry.node.at;
        if let Some(service) = entry.node.as_map_mut() {
            let mark = Entry { key_at: at, node: Node::new(Value::Bool(true), at) };
            service.insert(VERSION_1_MARK, mark);
        }
    }
}

/// The directory that a file is in.
pub(super) fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((parent, _)) => parent.to_owned(),
        None => ".".to_owned(),
    }
}
