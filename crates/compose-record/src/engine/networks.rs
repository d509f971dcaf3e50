//! Networks and volumes.

use serde_json::{Value, json};

use super::{Asked, Engine, Reply, passes};

impl Engine {
    pub(crate) fn network_put(&mut self, name: &str, scope: &str, driver: &str, body: Value) -> String {
        let id = self.id("network", name, 64);
        let mut network = body;
        network["Name"] = json!(name);
        network["Id"] = json!(id);
        network["Scope"] = json!(scope);
        network["Driver"] = json!(driver);
        self.networks.insert(name.to_owned(), network);
        id
    }

    fn network_name(&self, reference: &str) -> Option<String> {
        self.networks
            .iter()
            .find(|(name, network)| *name == reference || network["Id"] == reference)
            .map(|(name, _)| name.clone())
    }

    pub(crate) fn networks_route(&mut self, asked: &Asked<'_>) -> Reply {
        match (asked.method, asked.path.get(1..).unwrap_or_default()) {
            ("GET", []) => {
                let found: Vec<&Value> = self
                    .networks
                    .iter()
                    .filter(|(name, network)| passes(asked.query, name, &network["Labels"]))
                    .map(|(_, network)| network)
                    .collect();
                (200, json!(found))
            }
            ("POST", ["create"]) => {
                let name = asked.body["Name"].as_str().unwrap_or_default().to_owned();
                let driver = asked.body["Driver"].as_str().unwrap_or("bridge").to_owned();
                let scope = if driver == "overlay" { "swarm" } else { "local" };
                let id = self.network_put(&name, scope, &driver, asked.body.clone());
                (201, json!({ "Id": id, "Warning": "" }))
            }
            ("GET", [reference]) => match self.network_name(reference) {
                Some(name) => (200, self.networks.get(&name).cloned().unwrap_or_default()),
                None => (404, json!({ "message": format!("network {reference} not found") })),
            },
            ("DELETE", [reference]) => match self.network_name(reference) {
                Some(name) => {
                    self.networks.remove(&name);
                    (204, Value::Null)
                }
                None => (404, json!({ "message": format!("network {reference} not found") })),
            },
            ("POST", [reference, "connect"]) => {
                let name = self.network_name(reference).unwrap_or_else(|| (*reference).to_owned());
                self.connect(
                    asked.body["Container"].as_str().unwrap_or_default(),
                    &name,
                    &asked.body["EndpointConfig"],
                );
                (200, Value::Null)
            }
            ("POST", [reference, "disconnect"]) => {
                let name = self.network_name(reference).unwrap_or_else(|| (*reference).to_owned());
                if let Some(container) = self.container_mut(asked.body["Container"].as_str().unwrap_or_default())
                    && let Some(joined) =
                        container.pointer_mut("/NetworkSettings/Networks").and_then(Value::as_object_mut)
                {
                    joined.remove(&name);
                }
                (200, Value::Null)
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }

    pub(crate) fn volumes_route(&mut self, asked: &Asked<'_>) -> Reply {
        match (asked.method, asked.path.get(1..).unwrap_or_default()) {
            ("GET", []) => {
                let found: Vec<&Value> = self
                    .volumes
                    .iter()
                    .filter(|(name, volume)| passes(asked.query, name, &volume["Labels"]))
                    .map(|(_, volume)| volume)
                    .collect();
                (200, json!({ "Volumes": found, "Warnings": null }))
            }
            ("POST", ["create"]) => {
                let name = asked.body["Name"].as_str().unwrap_or_default().to_owned();
                let volume = json!({
                    "Name": name, "Driver": asked.body["Driver"].as_str().unwrap_or("local"), "Labels": asked.body["Labels"],
                    "Options": asked.body["DriverOpts"], "Scope": "local", "Mountpoint": format!("/volumes/{name}"),
                });
                self.volumes.insert(name, volume.clone());
                (201, volume)
            }
            ("GET", [name]) => match self.volumes.get(*name) {
                Some(volume) => (200, volume.clone()),
                None => (404, json!({ "message": format!("get {name}: no such volume") })),
            },
            ("DELETE", [name]) => {
                self.volumes.remove(*name);
                (204, Value::Null)
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }
}
