//! Containers: enough of their life for docker-compose to create, connect, start, recreate, scale and remove them.

use serde_json::{Map, Value, json};

use super::{Asked, Engine, Reply, digest_of, image, passes};

impl Engine {
    pub(crate) fn container_mut(&mut self, reference: &str) -> Option<&mut Value> {
        self.containers.iter_mut().find(|container| {
            let id = container["Id"].as_str().unwrap_or_default();
            let name = container["Name"].as_str().unwrap_or_default().trim_start_matches('/');
            !reference.is_empty()
                && (id == reference || name == reference || (reference.len() >= 12 && id.starts_with(reference)))
        })
    }

    pub(crate) fn connect(&mut self, reference: &str, network: &str, endpoint: &Value) {
        let Some(container) = self.container_mut(reference) else { return };
        let short = container["Id"].as_str().and_then(|id| id.get(..12)).unwrap_or_default().to_owned();
        let mut endpoint = if endpoint.is_object() { endpoint.clone() } else { json!({}) };
        let mut aliases = endpoint["Aliases"].as_array().cloned().unwrap_or_default();
        // Engines add the short id themselves.
        if !aliases.contains(&json!(short)) {
            aliases.push(json!(short));
        }
        endpoint["Aliases"] = json!(aliases);
        container["NetworkSettings"]["Networks"][network] = endpoint;
    }

    pub(crate) fn container_put(&mut self, name: &str, body: &Value, running: bool) -> String {
        let id = self.id("container", name, 64);
        let image = body["Image"].as_str().unwrap_or_default();
        let container = json!({
            "Id": id, "Name": format!("/{name}"), "Created": format!("2026-01-01T00:00:{:02}Z", self.containers.len() % 60), "Image": digest_of(image),
            "Config": body, "HostConfig": body["HostConfig"], "Mounts": mounts(name, body),
            "State": { "Running": running, "Paused": false, "Restarting": false, "Status": if running { "running" } else { "created" }, "ExitCode": 0 },
            "NetworkSettings": { "Networks": {}, "Ports": {} },
        });
        self.containers.push(container);
        let endpoints =
            body.pointer("/NetworkingConfig/EndpointsConfig").and_then(Value::as_object).cloned().unwrap_or_default();
        for (network, endpoint) in &endpoints {
            self.connect(&id, network, endpoint);
        }
        let mode = body.pointer("/HostConfig/NetworkMode").and_then(Value::as_str).unwrap_or("default");
        if endpoints.is_empty() && matches!(mode, "default" | "bridge") {
            self.connect(&id, "bridge", &Value::Null);
        }
        id
    }

    pub(crate) fn containers_route(&mut self, asked: &Asked<'_>) -> Reply {
        match (asked.method, asked.path.get(1..).unwrap_or_default()) {
            ("GET", ["json"]) => self.list(asked),
            ("POST", ["create"]) => {
                let name = asked.query.get("name").cloned().unwrap_or_default();
                if self.container_mut(&name).is_some() {
                    return (
                        409,
                        json!({ "message": format!("Conflict. The container name \"/{name}\" is already in use") }),
                    );
                }
                let id = self.container_put(&name, asked.body, false);
                (201, json!({ "Id": id, "Warnings": [] }))
            }
            (method, [reference, rest @ ..]) => {
                if self.container_mut(reference).is_none() {
                    return (404, json!({ "message": format!("No such container: {reference}") }));
                }
                self.act(method, reference, rest, asked)
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }

    fn list(&self, asked: &Asked<'_>) -> Reply {
        let all = asked.query.get("all").is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"));
        let filters: Value =
            asked.query.get("filters").and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
        let statuses: Vec<&str> =
            filters["status"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let found: Vec<Value> = self
            .containers
            .iter()
            .rev()
            .filter(|container| all || container["State"]["Running"] == true)
            .filter(|container| statuses.is_empty() || statuses.iter().any(|status| container["State"]["Status"] == *status))
            .filter(|container| passes(asked.query, container["Name"].as_str().unwrap_or_default(), &container["Config"]["Labels"]))
            .map(|container| {
                json!({
                    "Id": container["Id"], "Names": [container["Name"]], "Image": container["Config"]["Image"], "ImageID": container["Image"],
                    "Labels": container["Config"]["Labels"], "State": container["State"]["Status"], "Status": "Up", "Created": 0, "Mounts": [], "Ports": [],
                })
            })
            .collect();
        (200, json!(found))
    }

    fn act(&mut self, method: &str, reference: &str, rest: &[&str], asked: &Asked<'_>) -> Reply {
        if method == "DELETE" && rest.is_empty() {
            let id = self.container_mut(reference).map(|container| container["Id"].clone());
            self.containers.retain(|container| Some(&container["Id"]) != id.as_ref());
            return (204, Value::Null);
        }
        let Some(container) = self.container_mut(reference) else { return (404, Value::Null) };
        match (method, rest) {
            ("GET", ["json"]) => (200, container.clone()),
            ("POST", ["start" | "restart"]) => {
                // An image called `once` ends at once, and well.
                let once = container["Config"]["Image"].as_str().is_some_and(|image| image.contains("once"));
                container["State"]["Running"] = json!(!once);
                container["State"]["Status"] = json!(if once { "exited" } else { "running" });
                if container["Config"]["Healthcheck"]["Test"].is_array() {
                    container["State"]["Health"] = json!({ "Status": "healthy" });
                }
                (204, Value::Null)
            }
            ("POST", ["stop" | "kill"]) => {
                container["State"]["Running"] = json!(false);
                container["State"]["Status"] = json!("exited");
                (204, Value::Null)
            }
            ("POST", ["wait"]) => (200, json!({ "StatusCode": 0 })),
            ("POST", ["rename"]) => {
                container["Name"] = json!(format!("/{}", asked.query.get("name").map_or("", String::as_str)));
                (204, Value::Null)
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }
}

/// Returns what an engine would report as mounted: named binds, declared volumes, and those of the image.
fn mounts(name: &str, body: &Value) -> Value {
    let mut mounts = Map::new();
    let anonymous = |target: &str| json!({ "Type": "volume", "Name": hex::encode(format!("{name}{target}")), "Destination": target, "Driver": "local", "Mode": "", "RW": true });
    let declared = body["Volumes"].as_object().cloned().unwrap_or_default();
    let of_image =
        image(body["Image"].as_str().unwrap_or_default())["Config"]["Volumes"].as_object().cloned().unwrap_or_default();
    for target in declared.keys().chain(of_image.keys()) {
        mounts.insert(target.clone(), anonymous(target));
    }
    for bind in body["HostConfig"]["Binds"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let mut parts = bind.split(':');
        if let (Some(source), Some(target)) = (parts.next(), parts.next()) {
            let mount = if source.starts_with('/') {
                json!({ "Type": "bind", "Source": source, "Destination": target })
            } else {
                json!({ "Type": "volume", "Name": source, "Destination": target })
            };
            mounts.insert(target.to_owned(), mount);
        }
    }
    for mount in body["HostConfig"]["Mounts"].as_array().into_iter().flatten() {
        let target = mount["Target"].as_str().unwrap_or_default();
        let entry = match (mount["Type"].as_str(), mount["Source"].as_str()) {
            (Some("volume"), None) => anonymous(target),
            (Some("volume"), Some(source)) => json!({ "Type": "volume", "Name": source, "Destination": target }),
            _ => json!({ "Type": mount["Type"], "Source": mount["Source"], "Destination": target }),
        };
        mounts.insert(target.to_owned(), entry);
    }
    Value::Array(mounts.into_iter().map(|(_, mount)| mount).collect())
}
