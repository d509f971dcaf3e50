//! Answers: what of a list, an inspection or an event a caller may see. Pure functions over JSON trees, so that fields that
//! we do not know survive.

mod event;
mod strip;

use serde_json::{Map, Value};

use crate::route::Route;

pub use event::{Event, EventKind, event_read, event_strip};
pub use strip::{Member, image_strip, info_strip, network_strip, service_strip, volume_strip};

/// The kind of the items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
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
    /// A task.
    Task,
    /// A node.
    Node,
    /// A secret.
    Secret,
    /// A config.
    Config,
}

impl ItemKind {
    /// Returns the kind of a route's items, for lists and inspections.
    #[must_use]
    pub const fn of(route: &Route) -> Option<Self> {
        Some(match route {
            Route::ContainerList | Route::ContainerInspect(_) => Self::Container,
            Route::ImageList | Route::ImageInspect(_) => Self::Image,
            Route::NetworkList | Route::NetworkListSlash | Route::NetworkInspect(_) => Self::Network,
            Route::VolumeList | Route::VolumeInspect(_) => Self::Volume,
            Route::ServiceList | Route::ServiceInspect(_) => Self::Service,
            Route::TaskList | Route::TaskInspect(_) => Self::Task,
            Route::NodeList | Route::NodeInspect(_) => Self::Node,
            Route::SecretList | Route::SecretInspect(_) => Self::Secret,
            Route::ConfigList | Route::ConfigInspect(_) => Self::Config,
            _ => return None,
        })
    }

    /// Returns an item's id; a volume's is its name.
    #[must_use]
    pub fn id(self, item: &Value) -> Option<&str> {
        let name = match self {
            Self::Container | Self::Image | Self::Network => "Id",
            Self::Volume => "Name",
            Self::Service | Self::Task | Self::Node | Self::Secret | Self::Config => "ID",
        };
        item.get(name).and_then(Value::as_str)
    }

    /// Returns an item's name; a container's without its slash.
    #[must_use]
    pub fn name(self, item: &Value) -> Option<&str> {
        let name = match self {
            Self::Container => item.get("Name").or_else(|| item.pointer("/Names/0")),
            Self::Network | Self::Volume => item.get("Name"),
            Self::Service | Self::Secret | Self::Config => item.pointer("/Spec/Name"),
            Self::Node => item.pointer("/Description/Hostname"),
            Self::Image => item.pointer("/RepoTags/0"),
            Self::Task => item.get("Name"),
        };
        name.and_then(Value::as_str).map(|name| name.strip_prefix('/').unwrap_or(name))
    }

    /// Returns an item's labels, of a list or of an inspection.
    #[must_use]
    pub fn labels(self, item: &Value) -> Option<&Map<String, Value>> {
        let labels = match self {
            Self::Container | Self::Image => item.get("Labels").or_else(|| item.pointer("/Config/Labels")),
            Self::Network | Self::Volume => item.get("Labels"),
            Self::Service | Self::Node | Self::Secret | Self::Config => item.pointer("/Spec/Labels"),
            Self::Task => item.pointer("/Spec/ContainerSpec/Labels"),
        };
        labels.and_then(Value::as_object)
    }

    /// Returns one label.
    #[must_use]
    pub fn label<'v>(self, item: &'v Value, name: &str) -> Option<&'v str> {
        self.labels(item)?.get(name)?.as_str()
    }

    /// Returns the image that an item runs.
    #[must_use]
    pub fn image(self, item: &Value) -> Option<&str> {
        let image = match self {
            // An inspection has the name in the configuration and the id beside it.
            Self::Container => item.pointer("/Config/Image").or_else(|| item.get("Image")),
            Self::Service => item.pointer("/Spec/TaskTemplate/ContainerSpec/Image"),
            Self::Task => item.pointer("/Spec/ContainerSpec/Image"),
            _ => None,
        };
        image.and_then(Value::as_str)
    }

    /// Returns the service that an item belongs to: a task's, and that of a container that is a task.
    #[must_use]
    pub fn owner_service(self, item: &Value) -> Option<&str> {
        match self {
            Self::Task => item.get("ServiceID").and_then(Value::as_str).filter(|id| !id.is_empty()),
            Self::Container => self.label(item, "com.docker.swarm.service.id").filter(|id| !id.is_empty()),
            _ => None,
        }
    }

    /// Returns the container of a task; for attachments, which belong to no service.
    #[must_use]
    pub fn owner_container(self, item: &Value) -> Option<&str> {
        match self {
            Self::Task => {
                let status = item.pointer("/Status/ContainerStatus/ContainerID");
                status.or_else(|| item.pointer("/Spec/NetworkAttachmentSpec/ContainerID")).and_then(Value::as_str)
            }
            _ => None,
        }
    }

    /// Returns the items of a list's answer; volumes come in an object.
    #[must_use]
    pub fn items_mut(self, answer: &mut Value) -> Option<&mut Vec<Value>> {
        match (self, answer) {
            (Self::Volume, Value::Object(map)) => map.get_mut("Volumes")?.as_array_mut(),
            (_, Value::Array(items)) => Some(items),
            _ => None,
        }
    }

    /// Keeps the items that a caller may see, at most `limit`. An answer that is no list becomes an empty one.
    pub fn retain(self, answer: &mut Value, limit: Option<usize>, keep: impl FnMut(&mut Value) -> bool) {
        match self.items_mut(answer) {
            Some(items) => {
                items.retain_mut(keep);
                if let Some(limit) = limit {
                    items.truncate(limit);
                }
            }
            None if self == Self::Volume => *answer = serde_json::json!({ "Volumes": [] }),
            None => *answer = Value::Array(Vec::new()),
        }
        if self == Self::Volume
            && let Some(map) = answer.as_object_mut()
        {
            // Warnings name volumes and drivers of everybody.
            map.insert("Warnings".to_owned(), Value::Null);
        }
    }
}
