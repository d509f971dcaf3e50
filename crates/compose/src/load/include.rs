//! `include`: other projects as parts of this one.

use super::source::{Loader, parent};
use super::{environment, merged, parse};
use crate::canonical;
use crate::diagnostic::Diagnostic;
use crate::env_file::Syntax;
use crate::merge;
use crate::model::Position;
use crate::tree::{Map, Node};

/// How deep files may include each other.
const MAX_DEPTH: usize = 16;

/// Resolves every `include` of a file.
pub(super) fn resolve(loader: &mut Loader<'_>, root: &mut Node, file: &str, directory: &str) {
    let Some(include) = root.as_map_mut().and_then(|map| map.shift_remove("include")) else { return };
    let Some(list) = include.node.as_list() else { return };
    loader.including.push(file.to_owned());
    for (index, item) in list.iter().enumerate() {
        let path = format!("include[{index}]");
        if let Some(included) = one(loader, item, &path, directory) {
            import(loader, root, included, item.at, &path);
        }
    }
    loader.including.pop();
}

fn texts(node: Option<&Node>) -> Vec<String> {
    match node {
        Some(node) if node.as_text().is_some() => node.as_text().map(str::to_owned).into_iter().collect(),
        Some(node) => {
            node.as_list().unwrap_or_default().iter().filter_map(|item| item.as_text().map(str::to_owned)).collect()
        }
        None => Vec::new(),
    }
}

fn one(loader: &mut Loader<'_>, item: &Node, path: &str, directory: &str) -> Option<Node> {
    let files = if item.as_text().is_some() { texts(Some(item)) } else { texts(item.get("path")) };
    let home = loader.environment.get("HOME").cloned();
    let files: Vec<String> = files.iter().map(|file| canonical::absolute(directory, file, home.as_deref())).collect();
    let first = files.first()?;
    if files.iter().any(|file| loader.including.contains(file)) || loader.including.len() >= MAX_DEPTH {
        let error = Diagnostic::error("INCLUDE_CYCLE", format!("`{first}` is being included already"));
        loader.sink.push(item.at, &path, error);
        return None;
    }
    let asked = item.get("project_directory").and_then(Node::as_text);
    let project = asked.map_or_else(|| parent(first), |asked| canonical::absolute(directory, asked, home.as_deref()));
    let mut env_files = texts(item.get("env_file"));
    let is_named = !env_files.is_empty();
    if !is_named {
        env_files.push(canonical::absolute(&project, ".env", None));
    }
    // What is set around wins over the included project's own files.
    let mut variables = std::collections::BTreeMap::new();
    for file in &env_files {
        let full = canonical::absolute(directory, file, home.as_deref());
        environment::read_into(
            &mut variables,
            loader.request,
            &full,
            Syntax::ComposeGo,
            is_named && file != "/dev/null",
            loader.sink,
        );
    }
    variables.extend(loader.environment.clone());
    let before = loader.sink.errors.len();
    let mut loader = loader.with_environment(&variables);
    let parsed = parse(&mut loader, &files);
    let root = merged(&mut loader, parsed, &project).map(|(root, _, _)| root);
    if root.is_none() && loader.sink.errors.len() > before {
        note_origin(loader.sink.errors.get_mut(before..).unwrap_or_default(), item.at, path);
    }
    root
}

/// Errors without a place, such as a missing file, get that of the `include`.
fn note_origin(errors: &mut [Diagnostic], at: Position, path: &str) {
    for error in errors.iter_mut().filter(|error| error.line == 0) {
        error.line = at.line;
        error.column = at.column;
        path.clone_into(&mut error.path);
    }
}

fn import(loader: &mut Loader<'_>, root: &mut Node, mut included: Node, at: Position, path: &str) {
    let (Some(target), Some(source)) = (root.as_map_mut(), included.as_map_mut()) else { return };
    for section in ["services", "networks", "volumes", "secrets", "configs", "models"] {
        let Some(entry) = source.shift_remove(section) else { continue };
        let Some(definitions) = entry.node.as_map() else { continue };
        if !target.contains_key(section) {
            let empty = Node::map(Map::new(), entry.node.at);
            target.insert(section, crate::tree::Entry { key_at: entry.key_at, node: empty });
        }
        let Some(existing) = target.get_mut(section).and_then(|entry| entry.node.as_map_mut()) else { continue };
        for (name, definition) in definitions {
            match existing.get(name) {
                Some(other) if !merge::is_same(&other.node, &definition.node) => {
                    let message =
                        format!("`{section}.{name}` of the included file is also defined here, in another way");
                    let error = Diagnostic::error("INCLUDE_CONFLICT", message);
                    loader.sink.push(at, &path, error.suggestion("rename one of the two"));
                }
                Some(_) => {}
                None => {
                    existing.insert(name.clone(), definition.clone());
                }
            }
        }
    }
}
