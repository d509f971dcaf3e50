//! Which dialect a file is written in, as the client that reads it tells them apart.

use super::source::{Loader, Source};
use crate::diagnostic::Diagnostic;
use crate::model::{Client, Dialect, StackClient};
use crate::schema::{FORBIDDEN, Reader};
use crate::sink::Sink;
use crate::tree::{Node, Trail, Value};
use crate::yaml::{self, Edits, Flavour};

/// The highest minor of version 3 that each stack client knows.
const fn highest_minor(client: StackClient) -> u8 {
    match client {
        StackClient::V20_10 => 9,
        StackClient::V28 => 13,
    }
}

pub(super) fn find(root: &Node, client: Client, sink: &mut Sink) -> Option<(Dialect, Reader)> {
    if root.as_map().is_none() {
        let what = if root.is_null() { "the file is empty".to_owned() } else { format!("the file is {}", root.kind()) };
        sink.push(
            root.at,
            &Trail::ROOT,
            Diagnostic::error("NOT_A_MAPPING", what).expected("a mapping with `services`"),
        );
        return None;
    }
    match client {
        Client::StackDeploy(client) => stack(root, client, sink),
        Client::ComposeV1_29 => classic(root, sink),
        Client::Specification => Some((specification(root, sink), Reader::Specification)),
    }
}

fn version(root: &Node) -> Option<&Node> {
    root.get("version").filter(|node| !node.is_null())
}

/// Reads `3` or `3.7` into its two numbers.
fn numbers(text: &str) -> Option<(u8, Option<u8>)> {
    match text.split_once('.') {
        Some((major, minor)) => Some((major.parse().ok()?, Some(minor.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

fn not_a_string(node: &Node, sink: &mut Sink) {
    let error = Diagnostic::error("WRONG_TYPE", format!("this is {}", node.kind())).expected("a string");
    let text = match &node.value {
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        _ => "3.8".to_owned(),
    };
    sink.push(node.at, &Trail::ROOT.key("version"), error.suggestion(format!("write `version: \"{text}\"` in quotes")));
}

fn stack(root: &Node, client: StackClient, sink: &mut Sink) -> Option<(Dialect, Reader)> {
    let highest = highest_minor(client);
    let casts = client == StackClient::V20_10;
    let Some(node) = version(root) else {
        // 20.10 takes a file without a version for one of version 1, which it does not read.
        if client == StackClient::V20_10 {
            let error = Diagnostic::error("UNSUPPORTED_VERSION", "docker 20.10 reads no file without a `version`");
            sink.push(root.at, &Trail::ROOT, error.suggestion(format!("write `version: \"3.{highest}\"`")));
            return None;
        }
        return Some((Dialect::V3(highest), Reader::Stack(highest, casts)));
    };
    let Some(text) = node.as_text() else {
        not_a_string(node, sink);
        return None;
    };
    let minor = match numbers(text) {
        Some((3, None)) => Some(highest),
        Some((3, Some(minor))) if minor <= highest => Some(minor),
        _ if text.is_empty() && client == StackClient::V28 => Some(highest),
        _ => None,
    };
    let Some(minor) = minor else {
        let message = format!("`docker stack deploy` does not read version `{text}`");
        let error = Diagnostic::error("UNSUPPORTED_VERSION", message).expected(format!("\"3.0\" to \"3.{highest}\""));
        sink.push(node.at, &Trail::ROOT.key("version"), error);
        return None;
    };
    Some((Dialect::V3(minor), Reader::Stack(minor, casts)))
}

fn classic(root: &Node, sink: &mut Sink) -> Option<(Dialect, Reader)> {
    let Some(node) = version(root).filter(|node| node.as_map().is_none()) else {
        let has = |key: &str| root.get(key).is_some_and(|node| !node.is_null());
        let is_sectioned = has("services") || has("networks") || has("volumes");
        return Some(if is_sectioned && version(root).is_none() {
            (Dialect::Specification, Reader::Classic)
        } else {
            (Dialect::V1, Reader::Version1)
        });
    };
    let Some(text) = node.as_text() else {
        not_a_string(node, sink);
        return None;
    };
    if text.is_empty() {
        return Some((Dialect::Specification, Reader::Classic));
    }
    let error = match numbers(text) {
        Some((2, minor)) => return Some((Dialect::V2(minor.unwrap_or_default()), Reader::Classic)),
        Some((3, minor)) => return Some((Dialect::V3(minor.unwrap_or_default()), Reader::Classic)),
        Some((1, _)) => Diagnostic::error("UNSUPPORTED_VERSION", "version 1 is written without `version`")
            .suggestion("remove `version`, or write \"2.4\" or \"3.8\""),
        _ => Diagnostic::error("UNSUPPORTED_VERSION", format!("`{text}` is not a version"))
            .expected("\"2.0\" to \"3.9\""),
    };
    sink.push(node.at, &Trail::ROOT.key("version"), error);
    None
}

fn specification(root: &Node, sink: &mut Sink) -> Dialect {
    let Some(node) = version(root) else { return Dialect::Specification };
    let warning = Diagnostic::warning("VERSION_IGNORED", "`version` is obsolete and is ignored");
    sink.push(node.at, &Trail::ROOT.key("version"), warning.suggestion("remove it"));
    Dialect::Specification
}

/// Says which keys `docker stack deploy` refuses.
pub(super) fn forbidden(root: &Node, client: Client, sink: &mut Sink) {
    let Some(services) = super::services(root).filter(|_| matches!(client, Client::StackDeploy(_))) else { return };
    let root = Trail::ROOT;
    let path = root.key("services");
    for (name, entry) in services {
        for (key, advice) in FORBIDDEN {
            if let Some(entry) = entry.node.as_map().and_then(|map| map.get(key)) {
                let error = Diagnostic::error("FORBIDDEN_KEY", format!("`docker stack deploy` refuses `{key}`"));
                sink.push(entry.key_at, &path.key(name).key(key), error.suggestion(*advice));
            }
        }
    }
}

/// Files of one project have one version.
pub(super) fn check_same(dialect: Dialect, version: Option<&str>, other: &Source, loader: &mut Loader<'_>) {
    let is_same = match loader.client {
        Client::Specification => true,
        Client::StackDeploy(_) => dialect == other.dialect,
        // docker-compose 1.29 has two kinds only: version 1 and all others.
        Client::ComposeV1_29 => (dialect == Dialect::V1) == (other.dialect == Dialect::V1),
    };
    if !is_same {
        let name = |version: Option<&str>| version.map_or_else(|| "none".to_owned(), |version| format!("`{version}`"));
        let message = format!(
            "the versions differ: the first file has {}, `{}` has {}",
            name(version),
            other.name,
            name(other.version.as_deref())
        );
        loader.sink.push(other.root.at, &Trail::ROOT.key("version"), Diagnostic::error("VERSION_MISMATCH", message));
    }
}

/// Suggests whose file a text is: version 1 and 2 files are docker-compose 1.29's, everything else the specification's.
pub fn suggest_client(text: &str) -> Client {
    let mut sink = Sink::default();
    let Some(root) = yaml::parse(text, 0, Flavour::GoV3, Edits::Done, &mut sink) else {
        return Client::Specification;
    };
    let major = version(&root).and_then(Node::as_text).and_then(numbers).map(|(major, _)| major);
    let is_sectioned =
        ["services", "networks", "volumes", "secrets", "configs", "include", "name", "models", "version"]
            .iter()
            .any(|key| root.get(key).is_some());
    let has_services = root.as_map().is_some_and(|map| {
        map.values().any(|entry| entry.node.get("image").is_some() || entry.node.get("build").is_some())
    });
    if major == Some(2) || !is_sectioned && has_services { Client::ComposeV1_29 } else { Client::Specification }
}
