//! Secrets, configs and services.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Asked, Engine, Reply, passes};

impl Engine {
    fn objects(&mut self, kind: &str) -> &mut BTreeMap<String, Value> {
        match kind {
            "secrets" => &mut self.secrets,
            "configs" => &mut self.configs,
            _ => &mut self.services,
        }
    }

    pub(crate) fn object_put(&mut self, kind: &str, spec: &Value) -> String {
        let name = spec["Name"].as_str().unwrap_or_default().to_owned();
        let id = self.id(kind, &name, 25);
        let stamp = "2026-01-01T00:00:00Z";
        let object =
            json!({ "ID": id, "Version": { "Index": 10 }, "CreatedAt": stamp, "UpdatedAt": stamp, "Spec": spec });
        self.objects(kind).insert(name, object);
        id
    }

    pub(crate) fn swarm_route(&mut self, asked: &Asked<'_>) -> Reply {
        let Some((&kind, rest)) = asked.path.split_first() else { return (404, Value::Null) };
        match (asked.method, rest) {
            ("GET", []) => {
                let found: Vec<Value> = self
                    .objects(kind)
                    .iter()
                    .filter(|(name, object)| passes(asked.query, name, &object["Spec"]["Labels"]))
                    .map(|(_, object)| object.clone())
                    .collect();
                (200, json!(found))
            }
            ("POST", ["create"]) => {
                let name = asked.body["Name"].as_str().unwrap_or_default();
                if self.objects(kind).contains_key(name) {
                    return (
                        409,
                        json!({ "message": format!("rpc error: code = AlreadyExists desc = {name} already exists") }),
                    );
                }
                let id = self.object_put(kind, asked.body);
                (201, json!({ "ID": id }))
            }
            (method, [reference, rest @ ..]) => {
                let found =
                    self.objects(kind).iter().find(|(name, object)| *name == reference || object["ID"] == *reference);
                let Some(name) = found.map(|(name, _)| name.clone()) else {
                    return (
                        404,
                        json!({ "message": format!("{} {reference} not found", kind.trim_end_matches('s')) }),
                    );
                };
                self.one(kind, &name, method, rest, asked.body)
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }

    fn one(&mut self, kind: &str, name: &str, method: &str, rest: &[&str], body: &Value) -> Reply {
        match (method, rest) {
            ("GET", []) => (200, self.objects(kind).get(name).cloned().unwrap_or_default()),
            ("DELETE", []) => {
                self.objects(kind).remove(name);
                (204, Value::Null)
            }
            ("POST", ["update"]) => {
                if let Some(object) = self.objects(kind).get_mut(name) {
                    object["PreviousSpec"] = object["Spec"].take();
                    object["Spec"] = body.clone();
                    let index = object["Version"]["Index"].as_u64().unwrap_or_default();
                    object["Version"]["Index"] = json!(index + 1);
                }
                (200, if kind == "services" { json!({ "Warnings": null }) } else { Value::Null })
            }
            _ => (404, json!({ "message": "page not found" })),
        }
    }
}
