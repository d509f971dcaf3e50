//! Recordings, and the form in which two of them are compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request that changes something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path without the API version.
    pub path: String,
    /// Query, without members that are empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Body, null where there is none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// What one command did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecording {
    /// The command as a user types it.
    pub command: String,
    /// Its exit status.
    pub exit: i32,
    /// What it printed on its error stream, without lines that only show progress.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// What it asked the engine to change.
    pub requests: Vec<Request>,
}

/// What one client did with one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The client's own words about its version.
    pub client: String,
    /// API version it spoke.
    pub api: String,
    /// Its commands in order.
    pub steps: Vec<StepRecording>,
}

/// Objects whose members stay although they are empty: there the key is the statement.
const KEEP: &[&str] = &[
    "Volumes",
    "ExposedPorts",
    "PortBindings",
    "Tmpfs",
    "Labels",
    "Options",
    "Sysctls",
    "EndpointsConfig",
    "DriverOpts",
    "Mode",
    "StorageOpt",
];

/// Empty values that say something by being there.
const STATEMENTS: &[&str] = &["Runtime"];

/// Lists whose order has no meaning to the engine.
const SORTED: &[&str] = &[
    "Aliases",
    "Links",
    "Binds",
    "Env",
    "Mounts",
    "Ulimits",
    "CapAdd",
    "CapDrop",
    "CapabilityAdd",
    "CapabilityDrop",
    "ExtraHosts",
    "Secrets",
    "Configs",
];

/// Returns `value` without what is absent, null or empty, and with lists sorted where order has no meaning.
#[must_use]
pub fn canonical(value: &Value) -> Value {
    tidy(value, "")
}

fn tidy(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(members) => {
            let keep = KEEP.contains(&key);
            let mut entries: Vec<(String, Value)> = members
                .iter()
                .map(|(name, member)| (name.clone(), tidy(member, name)))
                .map(|(name, member)| {
                    (name, if keep && member.is_null() { Value::String(String::new()) } else { member })
                })
                .filter(|(name, member)| keep || STATEMENTS.contains(&name.as_str()) || !is_empty(member))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| tidy(item, "")).collect();
            if SORTED.contains(&key) {
                items.sort_by_cached_key(Value::to_string);
            }
            Value::Array(items)
        }
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the requests in an order that does not depend on a client's threads and hash tables: the kinds of objects as they came, within
/// one kind by the object's name. What is asked of one object stays in the order in which it was asked.
#[must_use]
pub fn ordered(requests: &[Request]) -> Vec<Request> {
    let mut requests = requests.to_vec();
    // The order of kinds is the clients' own: a removal runs services, secrets, configs, networks; a deployment the other way.
    let mut kinds: Vec<String> = Vec::new();
    for request in &requests {
        let kind = kind(request);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    requests.sort_by_cached_key(|request| (kinds.iter().position(|known| *known == kind(request)), subject(request)));
    requests
}

fn kind(request: &Request) -> String {
    let collection = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    // Creations, updates and removals of one collection stand in phases of their own for a swarm; containers live through theirs together.
    match collection {
        "containers" => collection.to_owned(),
        "networks" if request.path.ends_with("connect") => "containers".to_owned(),
        _ => format!("{} {collection}", if request.method == "DELETE" { "DELETE" } else { "POST" }),
    }
}

/// Returns the name of the object that the request is about; the recorder put names where clients put ids.
fn subject(request: &Request) -> String {
    let name = name(request);
    let name = name.trim_start_matches('<').trim_end_matches('>');
    // A container that replaces another of its name belongs to the same life.
    name.split('#').next().unwrap_or(name).to_owned()
}

fn name(request: &Request) -> String {
    let text = |pointer: &str| request.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    if request.path.starts_with("/networks/") && request.path.ends_with("connect") {
        return text("/Container").unwrap_or_default();
    }
    if request.path.ends_with("/create") {
        return request.query.get("name").cloned().or_else(|| text("/Name")).unwrap_or_default();
    }
    if request.path.ends_with("/update") {
        return text("/Name").unwrap_or_default();
    }
    request.path.split('/').nth(2).unwrap_or_default().to_owned()
}
