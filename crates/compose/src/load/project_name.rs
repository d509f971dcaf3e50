//! The name of a project.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::request::Request;
use super::source::Parsed;
use crate::diagnostic::Diagnostic;
use crate::interpolate::{Interpolator, Syntax};
use crate::model::{Client, Position};
use crate::sink::Sink;
use crate::tree::{Entry, Map, Node, Trail};

/// Finds the name: asked for, `COMPOSE_PROJECT_NAME`, `name` in the file, the directory.
pub(super) fn find(
    request: &Request<'_>,
    root: &Node,
    directory: &str,
    environment: &BTreeMap<String, String>,
    sink: &mut Sink,
) -> String {
    let asked = request.project_name.clone();
    if matches!(request.client, Client::StackDeploy(_)) {
        return asked.unwrap_or_default();
    }
    let is_classic = request.client == Client::ComposeV1_29;
    let explicit = asked.or_else(|| environment.get("COMPOSE_PROJECT_NAME").filter(|name| !name.is_empty()).cloned());
    let node = root.get("name").filter(|_| !is_classic);
    if let Some(name) = explicit {
        check(&name, node.filter(|_| false), sink, is_classic);
        return if is_classic { normalize(&name, true) } else { name };
    }
    if let Some(name) = node.and_then(Node::as_text).filter(|name| !name.is_empty()) {
        check(name, node, sink, is_classic);
        return name.to_owned();
    }
    let last = directory.rsplit('/').next().unwrap_or_default();
    let name = normalize(last, is_classic);
    if name.is_empty() && is_classic { "default".to_owned() } else { name }
}

/// Returns the variables with the project's name among them, which the specification's client sets before it reads on.
pub(super) fn with_name<'e>(
    request: &Request<'_>,
    files: &[Option<Parsed>],
    directory: &str,
    environment: &'e BTreeMap<String, String>,
) -> Cow<'e, BTreeMap<String, String>> {
    if request.client != Client::Specification {
        return Cow::Borrowed(environment);
    }
    let mut quiet = Sink::default();
    let mut interpolator = Interpolator::new(Syntax::Nested, request.client, environment);
    let mut named = Node::map(Map::new(), Position::default());
    for node in files.iter().flatten().filter_map(|file| file.root.get("name")) {
        let mut node = node.clone();
        if request.interpolate {
            interpolator.node(&mut node, &Trail::ROOT, &mut quiet);
        }
        if let Some(map) = named.as_map_mut() {
            map.insert("name", Entry { key_at: node.at, node });
        }
    }
    let name = find(request, &named, directory, environment, &mut quiet);
    let mut environment = environment.clone();
    environment.insert("COMPOSE_PROJECT_NAME".to_owned(), name);
    Cow::Owned(environment)
}

/// Lower case, and only what a name may hold.
fn normalize(name: &str, is_classic: bool) -> String {
    let lower = name.to_lowercase();
    let kept: String =
        lower.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')).collect();
    if is_classic { kept } else { kept.trim_start_matches(['_', '-']).to_owned() }
}

fn check(name: &str, node: Option<&Node>, sink: &mut Sink, is_classic: bool) {
    if is_classic || normalize(name, false) == name && !name.is_empty() {
        return;
    }
    let suggestion = normalize(name, false);
    let error = Diagnostic::error("INVALID_PROJECT_NAME", format!("`{name}` is not a valid name of a project"))
        .expected("lower-case letters, digits, `-` and `_`, beginning with a letter or a digit");
    let error = if suggestion.is_empty() { error } else { error.suggestion(format!("write `{suggestion}`")) };
    match node {
        Some(node) => sink.push(node.at, &Trail::ROOT.key("name"), error),
        None => sink.push_general(error),
    }
}
