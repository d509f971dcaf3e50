//! What the gateway adds to a body: labels that place an object, constraints, ids for names.

use serde_json::{Map, Value};

use crate::needs::{ACCESS_LABEL, COLLECTION_LABEL_PREFIX, OWNER_LABEL, Pin, is_reserved};
use crate::schema::Schema;

/// Where a new or changed object lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The labels that say so: access label, owner, collections.
    pub labels: Vec<(String, String)>,
    /// Constraints added to a service's placement: the nodes on which its owner may schedule.
    pub constraints: Vec<String>,
}

impl Placement {
    /// Makes the labels of a collection with its ancestors, and of an owner.
    #[must_use]
    pub fn new<'a>(path: &str, owner: &str, collection_ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut labels = vec![(ACCESS_LABEL.to_owned(), path.to_owned()), (OWNER_LABEL.to_owned(), owner.to_owned())];
        labels
            .extend(collection_ids.into_iter().map(|id| (format!("{COLLECTION_LABEL_PREFIX}{id}"), "true".to_owned())));
        Self { labels, constraints: Vec::new() }
    }

    /// Blanks the labels of ours and of orchestrators that an image would bring into its containers; takes the image's inspection.
    pub fn override_image(&mut self, image: &Value) {
        let labels = image.pointer("/Config/Labels").and_then(Value::as_object);
        for name in labels.into_iter().flat_map(Map::keys).filter(|name| is_reserved(name)) {
            if !self.labels.iter().any(|(known, _)| known == name) {
                self.labels.push((name.clone(), String::new()));
            }
        }
    }

    /// Writes the placement into a canonical body, over whatever of ours stands there or comes with an image.
    pub fn apply(&self, schema: Schema, body: &mut Value) {
        match schema {
            Schema::ContainerCreate => {
                self.label(body);
                let mounts = body.pointer_mut("/HostConfig/Mounts").and_then(Value::as_array_mut);
                mounts.into_iter().flatten().for_each(|mount| self.label_mount(mount));
            }
            Schema::ServiceSpec => {
                self.label(body);
                self.constrain(body);
                let container = body.pointer_mut("/TaskTemplate/ContainerSpec").filter(|spec| spec.is_object());
                if let Some(container) = container {
                    self.label(container);
                    let mounts = container.get_mut("Mounts").and_then(Value::as_array_mut);
                    mounts.into_iter().flatten().for_each(|mount| self.label_mount(mount));
                }
            }
            Schema::NetworkCreate
            | Schema::VolumeCreate
            | Schema::SecretSpec
            | Schema::ConfigSpec
            | Schema::NodeSpec => {
                self.label(body);
            }
            _ => {}
        }
    }

    /// Writes the labels into an object's `Labels`.
    fn label(&self, object: &mut Value) {
        let Some(labels) = member(object, "Labels") else { return };
        labels_strip(labels);
        for (name, value) in &self.labels {
            labels.insert(name.clone(), Value::String(value.clone()));
        }
    }

    /// Labels the volume that a mount may make.
    fn label_mount(&self, mount: &mut Value) {
        if mount.get("Type").and_then(Value::as_str) == Some("volume")
            && let Some(options) = member(mount, "VolumeOptions")
        {
            let labels = options.entry("Labels").or_insert(Value::Null);
            if labels.is_null() {
                *labels = Value::Object(Map::new());
            }
            if let Some(labels) = labels.as_object_mut() {
                labels_strip(labels);
                for (name, value) in &self.labels {
                    labels.insert(name.clone(), Value::String(value.clone()));
                }
            }
        }
    }

    /// Adds the constraints; the client's own stay and can only narrow. Those of an earlier placement go.
    fn constrain(&self, body: &mut Value) {
        let Some(task) = member(body, "TaskTemplate") else { return };
        let placement = task.entry("Placement").or_insert(Value::Null);
        if placement.is_null() {
            *placement = Value::Object(Map::new());
        }
        let Some(placement) = placement.as_object_mut() else { return };
        let constraints = placement.entry("Constraints").or_insert(Value::Null);
        if constraints.is_null() {
            *constraints = Value::Array(Vec::new());
        }
        let Some(constraints) = constraints.as_array_mut() else { return };
        constraints.retain(|constraint| !constraint.as_str().is_some_and(is_ours));
        constraints.extend(self.constraints.iter().cloned().map(Value::String));
    }
}

/// Recognises a constraint that a placement wrote.
fn is_ours(constraint: &str) -> bool {
    constraint.trim_start().strip_prefix("node.labels.").is_some_and(|label| label.starts_with(COLLECTION_LABEL_PREFIX))
}

/// Returns an object member, made if it is absent or `null`.
fn member<'v>(object: &'v mut Value, name: &str) -> Option<&'v mut Map<String, Value>> {
    let member = object.as_object_mut()?.entry(name).or_insert(Value::Null);
    if member.is_null() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut()
}

/// Takes away the labels that the gateway alone writes.
pub fn labels_strip(labels: &mut Map<String, Value>) {
    labels.retain(|name, _| name != ACCESS_LABEL && name != OWNER_LABEL && !name.starts_with(COLLECTION_LABEL_PREFIX));
}

/// Puts the id that a decision found where the reference stood.
///
/// Pins of one string must be applied from its end; no string of the engine's bodies holds two.
pub fn pin(body: &mut Value, pin: &Pin, id: &str) {
    if let Some(Value::String(text)) = body.pointer_mut(&pin.pointer)
        && text.get(pin.start..pin.end).is_some()
    {
        text.replace_range(pin.start..pin.end, id);
    }
}

/// Sets the image of a container or service: the digest that was decided on.
pub fn image_set(schema: Schema, body: &mut Value, image: &str) {
    let object = match schema {
        Schema::ServiceSpec => body.pointer_mut("/TaskTemplate/ContainerSpec"),
        _ => Some(body),
    };
    if let Some(object) = object.and_then(Value::as_object_mut) {
        object.insert("Image".to_owned(), Value::String(image.to_owned()));
    }
}
