//! The state of the stand-in: what was created, by which name, and what was asked.

mod containers;
mod networks;
mod swarm;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::recording::Request;

/// A reply: status and body.
pub(crate) type Reply = (u16, Value);

/// One parsed request.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a BTreeMap<String, String>,
    pub(crate) body: &'a Value,
}

/// An engine that knows every image and does nothing.
#[derive(Debug, Default)]
pub struct Engine {
    pub(crate) networks: BTreeMap<String, Value>,
    pub(crate) volumes: BTreeMap<String, Value>,
    pub(crate) containers: Vec<Value>,
    pub(crate) secrets: BTreeMap<String, Value>,
    pub(crate) configs: BTreeMap<String, Value>,
    pub(crate) services: BTreeMap<String, Value>,
    /// Id to the label that stands for it in recordings.
    labels: BTreeMap<String, String>,
    counts: BTreeMap<String, u32>,
    requests: Vec<Request>,
    api: String,
    newest: String,
    manager: bool,
    /// Image id to name.
    images: BTreeMap<String, String>,
}

/// Returns the digest under which the stand-in's registry knows `image`.
#[must_use]
pub fn digest_of(image: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(format!("image/{image}"))))
}

impl Engine {
    /// Makes an engine whose newest API version is `newest`, a swarm manager or no member of a swarm.
    #[must_use]
    pub fn new(newest: &str, manager: bool) -> Self {
        let mut engine = Self { newest: newest.to_owned(), manager, ..Self::default() };
        for name in ["bridge", "host", "none"] {
            engine.network_put(name, "local", name, json!({}));
        }
        engine
    }

    /// Makes what a case expects to be there.
    pub fn seed(
        &mut self,
        networks: &[String],
        secrets: &[String],
        configs: &[String],
        volumes: &[String],
        containers: &[String],
    ) {
        for name in networks {
            self.network_put(name, "swarm", "overlay", json!({}));
        }
        for name in secrets {
            self.object_put("secrets", &json!({ "Name": name }));
        }
        for name in configs {
            self.object_put("configs", &json!({ "Name": name }));
        }
        for name in volumes {
            self.volumes.insert(
                name.clone(),
                json!({ "Name": name, "Driver": "local", "Labels": {}, "Options": null, "Scope": "local" }),
            );
        }
        for name in containers {
            let body = json!({ "Image": "seed", "Labels": {} });
            self.container_put(name, &body, true);
        }
    }

    /// Takes the requests recorded since the last call, ids replaced by labels, and the API version spoken.
    pub fn take(&mut self) -> (Vec<Request>, String) {
        let requests = std::mem::take(&mut self.requests);
        let mut text = serde_json::to_string(&requests).unwrap_or_default();
        for (id, label) in &self.labels {
            text = text.replace(id.as_str(), &format!("<{label}>"));
            if let Some(short) = id.get(..12) {
                text = text.replace(short, &format!("<{label} short>"));
            }
        }
        (serde_json::from_str(&text).unwrap_or_default(), self.api.clone())
    }

    /// Replaces ids in a client's output.
    #[must_use]
    pub fn relabel(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, label) in &self.labels {
            text = text.replace(id.as_str(), &format!("<{label}>"));
            if let Some(short) = id.get(..12) {
                text = text.replace(short, &format!("<{label} short>"));
            }
        }
        text
    }

    /// Reads without recording: the body of a reply to `GET path`.
    #[must_use]
    pub fn peek(&self, path: &str) -> Value {
        let all = |objects: &BTreeMap<String, Value>| json!(objects.values().collect::<Vec<_>>());
        match path {
            "/networks" => all(&self.networks),
            "/volumes" => json!({ "Volumes": all(&self.volumes) }),
            "/secrets" => all(&self.secrets),
            "/configs" => all(&self.configs),
            "/services" => all(&self.services),
            _ => Value::Null,
        }
    }

    /// Returns every container, the oldest first.
    #[must_use]
    pub fn containers(&self) -> &[Value] {
        &self.containers
    }

    /// Answers one request and records it when it may change something.
    pub fn answer(&mut self, method: &str, target: &str, body: &[u8]) -> (u16, String) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query: BTreeMap<String, String> =
            form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(_, value)| !value.is_empty()).collect();
        let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        let (version, rest) = split_version(&path);
        if let Some(version) = version {
            self.api = version.to_owned();
        }
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        if !matches!(method, "GET" | "HEAD") {
            self.requests.push(Request {
                method: method.to_owned(),
                path: rest.to_owned(),
                query: query.clone(),
                body: body.clone(),
            });
        }
        let segments: Vec<&str> = rest.split('/').filter(|segment| !segment.is_empty()).collect();
        let (status, reply) = self.route(&Asked { method, path: &segments, query: &query, body: &body });
        (status, if reply.is_null() { String::new() } else { reply.to_string() })
    }

    fn route(&mut self, asked: &Asked<'_>) -> Reply {
        match asked.path {
            ["_ping"] => (200, json!("OK")),
            ["version"] => (
                200,
                json!({ "Version": "20.10.24", "ApiVersion": self.newest, "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64" }),
            ),
            ["info"] => (200, info(self.manager)),
            ["networks", ..] => self.networks_route(asked),
            ["volumes", ..] => self.volumes_route(asked),
            ["containers", ..] => self.containers_route(asked),
            ["secrets" | "configs" | "services", ..] => self.swarm_route(asked),
            ["tasks" | "nodes"] => (200, json!([])),
            ["images", name @ .., "json"] if !name.is_empty() => {
                let name = name.join("/");
                let name = self.images.get(&name).cloned().unwrap_or(name);
                self.images.insert(digest_of(&name), name.clone());
                (200, image(&name))
            }
            ["distribution", name @ .., "json"] => distribution(&name.join("/")),
            _ => (404, json!({ "message": "page not found" })),
        }
    }

    /// Makes an id for the next object called `name`, and the label that replaces it in recordings.
    pub(crate) fn id(&mut self, kind: &str, name: &str, length: usize) -> String {
        let count = self.counts.entry(format!("{kind}/{name}")).or_default();
        *count += 1;
        let full = hex::encode(Sha256::digest(format!("{kind}/{name}#{count}")));
        let id = full.get(..length).unwrap_or(&full).to_owned();
        let label = if *count == 1 { name.to_owned() } else { format!("{name}#{count}") };
        self.labels.insert(id.clone(), label);
        id
    }
}

/// The newest API version a client of this stand-in may speak is told in each reply's header.
impl Engine {
    /// Returns the newest API version.
    #[must_use]
    pub fn newest(&self) -> &str {
        &self.newest
    }
}

fn split_version(path: &str) -> (Option<&str>, &str) {
    let Some(rest) = path.strip_prefix("/v") else { return (None, path) };
    match rest.split_once('/') {
        Some((version, _)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            (Some(version), rest.get(version.len()..).unwrap_or("/"))
        }
        _ => (None, path),
    }
}

fn info(manager: bool) -> Value {
    let swarm = if manager {
        json!({ "NodeID": "node1", "LocalNodeState": "active", "ControlAvailable": true, "Nodes": 1, "Managers": 1, "Cluster": { "ID": "cluster1" } })
    } else {
        json!({ "NodeID": "", "LocalNodeState": "inactive", "ControlAvailable": false })
    };
    json!({
        "ID": "STANDIN", "Name": "stand-in", "OSType": "linux", "Architecture": "x86_64", "ServerVersion": "20.10.24", "NCPU": 2,
        "MemTotal": 1_000_000_000, "Swarm": swarm,
    })
}

/// An image named `...-with-volume` declares one, as a database image does.
fn image(name: &str) -> Value {
    let volumes = if name.contains("-with-volume") { json!({ "/var/lib/data": {} }) } else { json!({}) };
    json!({
        "Id": digest_of(name), "RepoTags": [name], "RepoDigests": [], "Architecture": "amd64", "Os": "linux",
        "ContainerConfig": { "Volumes": volumes }, "Config": { "Volumes": volumes },
    })
}

/// The registry knows every image but those called `absent`.
fn distribution(name: &str) -> Reply {
    if name.contains("absent") {
        return (404, json!({ "message": "manifest unknown" }));
    }
    let descriptor = json!({ "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json", "digest": digest_of(name), "size": 1000 });
    (
        200,
        json!({ "Descriptor": descriptor, "Platforms": [{ "architecture": "amd64", "os": "linux" }, { "architecture": "arm64", "os": "linux", "variant": "v8" }] }),
    )
}

/// Says whether an object with these labels and this name passes the `filters` of a list request.
pub(crate) fn passes(query: &BTreeMap<String, String>, name: &str, labels: &Value) -> bool {
    let filters: Value = query.get("filters").and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let wanted = |key: &str| match filters.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Object(members)) => members.keys().cloned().collect(),
        _ => Vec::<String>::new(),
    };
    let label_passes = wanted("label").iter().all(|label| {
        let (key, value) = label.split_once('=').map_or((label.as_str(), None), |(key, value)| (key, Some(value)));
        labels.get(key).is_some_and(|found| value.is_none_or(|value| found.as_str() == Some(value)))
    });
    let names = wanted("name");
    label_passes && (names.is_empty() || names.iter().any(|wanted| name.starts_with(wanted.as_str())))
}
