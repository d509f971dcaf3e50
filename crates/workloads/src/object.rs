//! Objects of engines: found by name or id, with the collection that they lie in.

use access::{Category, Policy};
use base::AccountId;
use opctx::ObjectRef;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::engine::EngineAt;
use crate::labels::{self, Home};

/// What kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A container.
    Container,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A Swarm service.
    Service,
    /// A task of a service.
    Task,
    /// A Swarm node.
    Node,
    /// A secret.
    Secret,
    /// A config.
    Config,
}

/// An object as the engine knows it, with our reading of its labels.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Its full id; a volume's is its name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub home: Home,
    /// Who made it.
    pub owner: Option<AccountId>,
    /// The engine that has it.
    pub at: EngineAt,
    /// What the engine answered.
    pub view: Value,
}

impl Object {
    /// Names the object for decisions and the audit log.
    #[must_use]
    pub fn target(&self) -> ObjectRef {
        ObjectRef::new(self.kind.word(), self.name.as_str())
    }
}

/// What a segment of a path shows unescaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Escapes a name for one segment of a path.
pub(crate) fn segment(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, SEGMENT)
}

impl Kind {
    /// Returns the category whose operations apply.
    #[must_use]
    pub const fn category(self) -> Category {
        match self {
            Self::Container => Category::Container,
            Self::Network => Category::Network,
            Self::Volume => Category::Volume,
            Self::Service | Self::Task => Category::Service,
            Self::Node => Category::Node,
            Self::Secret => Category::Secret,
            Self::Config => Category::Config,
        }
    }

    /// Returns the word in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Service => "service",
            Self::Task => "task",
            Self::Node => "node",
            Self::Secret => "secret",
            Self::Config => "config",
        }
    }

    /// Returns what the engine says of an object that does not exist.
    #[must_use]
    pub fn not_found(self, reference: &str) -> String {
        match self {
            Self::Container => format!("No such container: {reference}"),
            Self::Network => format!("network {reference} not found"),
            Self::Volume => format!("get {reference}: no such volume"),
            Self::Service | Self::Task | Self::Node | Self::Secret | Self::Config => {
                format!("{} {reference} not found", self.word())
            }
        }
    }

    /// Returns the stable code for an object that does not exist.
    #[must_use]
    pub const fn not_found_code(self) -> &'static str {
        match self {
            Self::Container => "CONTAINER_NOT_FOUND",
            Self::Network => "NETWORK_NOT_FOUND",
            Self::Volume => "VOLUME_NOT_FOUND",
            Self::Service => "SERVICE_NOT_FOUND",
            Self::Task => "TASK_NOT_FOUND",
            Self::Node => "NODE_NOT_FOUND",
            Self::Secret => "SECRET_NOT_FOUND",
            Self::Config => "CONFIG_NOT_FOUND",
        }
    }

    /// Returns the path at which the engine shows one.
    pub(crate) fn path(self, reference: &str) -> String {
        let name = segment(reference);
        match self {
            Self::Container => format!("/containers/{name}/json"),
            Self::Network => format!("/networks/{name}"),
            Self::Volume => format!("/volumes/{name}"),
            Self::Service => format!("/services/{name}"),
            Self::Task => format!("/tasks/{name}"),
            Self::Node => format!("/nodes/{name}"),
            Self::Secret => format!("/secrets/{name}"),
            Self::Config => format!("/configs/{name}"),
        }
    }

    /// Returns the id in a view or list item.
    #[must_use]
    pub fn id_of(self, view: &Value) -> Option<&str> {
        let field = match self {
            Self::Container | Self::Network => "Id",
            Self::Volume => "Name",
            Self::Service | Self::Task | Self::Node | Self::Secret | Self::Config => "ID",
        };
        view.get(field)?.as_str()
    }

    fn name_of(self, view: &Value) -> Option<&str> {
        match self {
            Self::Container => view.get("Name")?.as_str().map(|name| name.trim_start_matches('/')),
            Self::Network | Self::Volume => view.get("Name")?.as_str(),
            Self::Service | Self::Secret | Self::Config => view.pointer("/Spec/Name")?.as_str(),
            Self::Node => view.pointer("/Description/Hostname")?.as_str(),
            Self::Task => view.get("ID")?.as_str(),
        }
    }

    /// Returns the labels in an inspected view.
    #[must_use]
    pub fn labels_of(self, view: &Value) -> Option<&Value> {
        match self {
            Self::Container => view.pointer("/Config/Labels"),
            Self::Network | Self::Volume => view.get("Labels"),
            Self::Service | Self::Secret | Self::Config | Self::Node => view.pointer("/Spec/Labels"),
            Self::Task => None,
        }
    }

    /// Returns the labels in an item of a list, which shows containers in another form.
    #[must_use]
    pub fn labels_in_list(self, item: &Value) -> Option<&Value> {
        match self {
            Self::Container => item.get("Labels"),
            _ => self.labels_of(item),
        }
    }

    /// Reads where an object lies. A node without our label is in `/System` as a manager, else in `/Shared`.
    #[must_use]
    pub fn home(self, policy: &Policy, view: &Value, labels: Option<&Value>) -> Home {
        if self == Self::Node && labels::text(labels, labels::ACCESS_LABEL).is_none() {
            let manager = view.pointer("/Spec/Role").and_then(Value::as_str) != Some("worker");
            let id = if manager { access::builtin::system() } else { access::builtin::shared() };
            return policy
                .collection(&id)
                .map_or(Home::AdminOnly, |collection| Home::Collection(collection.id.clone()));
        }
        labels::home(policy, labels)
    }
}

/// Reads an inspected view; none if it has no id.
pub(crate) fn object(kind: Kind, policy: &Policy, at: EngineAt, view: Value) -> Option<Object> {
    let id = kind.id_of(&view)?.to_owned();
    let name = kind.name_of(&view).unwrap_or_default().to_owned();
    let labels = kind.labels_of(&view);
    let (home, owner) = (kind.home(policy, &view, labels), labels::owner(labels));
    Some(Object { kind, id, name, home, owner, at, view })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_cannot_leave_their_segment() {
        assert_eq!(Kind::Container.path("../x?y#z"), "/containers/..%2Fx%3Fy%23z/json");
        assert_eq!(Kind::Volume.path("a_b-c.d"), "/volumes/a_b-c.d");
    }

    #[test]
    fn a_node_lies_where_its_label_or_its_role_says() {
        let policy = Policy::default();
        let home = |view: Value| object(Kind::Node, &policy, EngineAt::Manager, view).unwrap().home;
        let node = |role: &str, labels: Value| json!({"ID": "n", "Spec": {"Role": role, "Labels": labels}});
        let at = |id: &str| Home::Collection(id.parse().unwrap());
        assert_eq!(home(node("manager", json!({}))), at("system"));
        assert_eq!(home(node("worker", json!({}))), at("shared"));
        assert_eq!(home(node("worker", json!({labels::ACCESS_LABEL: "/"}))), at("swarm"));
        assert_eq!(home(node("worker", json!({labels::ACCESS_LABEL: "/gone"}))), Home::AdminOnly);
        assert_eq!(home(json!({"ID": "n"})), at("system"));
    }

    #[test]
    fn a_view_gives_id_name_and_home() {
        let view = json!({"Id": "c1", "Name": "/web", "Config": {"Labels": {labels::ACCESS_LABEL: "/Shared"}}});
        let read = object(Kind::Container, &Policy::default(), EngineAt::Manager, view).unwrap();
        assert_eq!((read.id.as_str(), read.name.as_str()), ("c1", "web"));
        assert_eq!(read.home, Home::Collection("shared".parse().unwrap()));
        assert!(object(Kind::Container, &Policy::default(), EngineAt::Manager, json!({})).is_none());
    }
}
