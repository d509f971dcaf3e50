//! The checked tree in its long forms to the typed model. Types have been checked: what does not fit is left out.

mod build;
mod deploy;
mod fields;
mod resources;
mod runtime;
mod service;

use crate::model::Project;
use crate::sink::Sink;
use crate::tree::{Map, Node, Trail};

pub(crate) use fields::Fields;

/// Decodes the sections of a project.
pub(crate) fn project(root: &Node, project: &mut Project, sink: &mut Sink) {
    let Some(map) = root.as_map() else { return };
    let root = Trail::ROOT;
    if let Some(services) = section(map, "services") {
        let path = root.key("services");
        for (name, entry) in services {
            let service = service::service(name, entry, &path.key(name), sink);
            project.services.insert(name.clone(), service);
        }
    }
    for (name, entry) in section(map, "networks").into_iter().flatten() {
        project.networks.insert(name.clone(), resources::network(entry));
    }
    for (name, entry) in section(map, "volumes").into_iter().flatten() {
        project.volumes.insert(name.clone(), resources::volume(entry));
    }
    for (name, entry) in section(map, "secrets").into_iter().flatten() {
        project.secrets.insert(name.clone(), resources::file_resource(entry));
    }
    for (name, entry) in section(map, "configs").into_iter().flatten() {
        project.configs.insert(name.clone(), resources::file_resource(entry));
    }
    for (name, entry) in section(map, "models").into_iter().flatten() {
        project.models.insert(name.clone(), resources::model(entry));
    }
    project.extensions = fields::extensions(map);
}

fn section<'a>(map: &'a Map, key: &str) -> Option<&'a Map> {
    map.get(key).and_then(|entry| entry.node.as_map())
}
