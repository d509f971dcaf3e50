//! The checked tree in its long forms to the typed model. Types have been checked: what does not fit is left out.

mod build;
mod deploy;
mod fields;
mod resources;
mod runtime;
mod service;

use crate::model::Project;
use crate::sink::Sink;
use crate::tree::{Map, Node, Trail, Value};

pub(crate) use fields::Fields;

/// Decodes the sections of a project.
///
/// The services are taken out of the tree, one by one, so that a large file is not held twice.
pub(crate) fn project(root: &mut Node, project: &mut Project, sink: &mut Sink) {
    let Some(map) = root.as_map_mut() else { return };
    let services = map.shift_remove("services");
    if let Some(Value::Map(services)) = services.map(|entry| entry.node.value) {
        let root = Trail::ROOT;
        let path = root.key("services");
        for (name, entry) in *services {
            let service = Box::new(service::service(&name, &entry, &path.key(&name), sink));
            project.services.insert(name.to_string(), service);
        }
    }
    let map = &*map;
    for (name, entry) in section(map, "networks").into_iter().flatten() {
        project.networks.insert(name.to_string(), resources::network(entry));
    }
    for (name, entry) in section(map, "volumes").into_iter().flatten() {
        project.volumes.insert(name.to_string(), resources::volume(entry));
    }
    for (name, entry) in section(map, "secrets").into_iter().flatten() {
        project.secrets.insert(name.to_string(), resources::file_resource(entry));
    }
    for (name, entry) in section(map, "configs").into_iter().flatten() {
        project.configs.insert(name.to_string(), resources::file_resource(entry));
    }
    for (name, entry) in section(map, "models").into_iter().flatten() {
        project.models.insert(name.to_string(), resources::model(entry));
    }
    project.extensions = fields::extensions(map);
}

fn section<'a>(map: &'a Map, key: &str) -> Option<&'a Map> {
    map.get(key).and_then(|entry| entry.node.as_map())
}
