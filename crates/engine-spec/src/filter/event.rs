//! Events: whose they are, and what in them names something else.

use serde_json::{Map, Value};

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A service.
    Service,
    /// A node.
    Node,
    /// A secret.
    Secret,
    /// A config.
    Config,
    /// The engine, plugins, builders, and what we do not know: for administrators.
    Other,
}

/// One event, read.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What it is about.
    pub kind: EventKind,
    /// What happened: `start`, `exec_create: sh`.
    pub action: &'a str,
    /// The object: an id, or a volume's or image's name.
    pub id: &'a str,
    /// Labels of containers, names, and what took part.
    pub attributes: Option<&'a Map<String, Value>>,
    /// `local` or `swarm`.
    pub scope: &'a str,
}

/// Reads an event; none if it is nothing that could be judged.
#[must_use]
pub fn event_read(event: &Value) -> Option<Event<'_>> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let kind = match text("/Type")? {
        "container" => EventKind::Container,
        "image" => EventKind::Image,
        "network" => EventKind::Network,
        "volume" => EventKind::Volume,
        "service" => EventKind::Service,
        "node" => EventKind::Node,
        "secret" => EventKind::Secret,
        "config" => EventKind::Config,
        _ => EventKind::Other,
    };
    Some(Event {
        kind,
        action: text("/Action").unwrap_or_default(),
        id: text("/Actor/ID").or_else(|| text("/id"))?,
        attributes: event.pointer("/Actor/Attributes").and_then(Value::as_object),
        scope: text("/scope").unwrap_or("local"),
    })
}

impl Event<'_> {
    /// Returns an attribute: a label of a container's event, or `name`, `image`, `container`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes?.get(name)?.as_str()
    }

    /// Returns the container that took part in an event of a network or volume.
    #[must_use]
    pub fn container(&self) -> Option<&str> {
        match self.kind {
            EventKind::Network | EventKind::Volume => self.attribute("container"),
            _ => None,
        }
    }

    /// Returns the service that a container's event belongs to.
    #[must_use]
    pub fn owner_service(&self) -> Option<&str> {
        match self.kind {
            EventKind::Container => self.attribute("com.docker.swarm.service.id").filter(|id| !id.is_empty()),
            _ => None,
        }
    }
}

/// Takes another object's attributes out of an event that the caller may see: the container of a network's or volume's event.
pub fn event_strip(event: &mut Value, container_visible: bool) {
    if container_visible {
        return;
    }
    let about_others = matches!(event.get("Type").and_then(Value::as_str), Some("network" | "volume"));
    if about_others && let Some(attributes) = event.pointer_mut("/Actor/Attributes").and_then(Value::as_object_mut) {
        attributes.remove("container");
        attributes.remove("destination");
    }
}
