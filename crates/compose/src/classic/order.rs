//! The order of services: what others need comes first.

use std::collections::BTreeSet;

use crate::model::{Dialect, Project, Service, VolumesFrom};
use crate::notes::Notes;

/// Returns the service whose namespace a mode joins. Version 1 writes `container:` for services too.
pub(super) fn joined_service<'m>(project: &Project, mode: &'m str) -> Option<&'m str> {
    mode.strip_prefix("service:").or_else(|| {
        let name = mode.strip_prefix("container:")?;
        (project.dialect == Dialect::V1 && project.services.contains_key(name)).then_some(name)
    })
}

/// Says whether mounts come from a service of the project. Version 1 does not say: what is no service is a container.
pub(super) fn is_service(project: &Project, from: &VolumesFrom) -> bool {
    !from.container && (project.dialect != Dialect::V1 || project.services.contains_key(&from.source))
}

/// Returns the services that `service` needs, by links, mounts, namespaces and `depends_on`.
pub(super) fn dependencies<'s>(project: &Project, service: &'s Service) -> BTreeSet<&'s str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    names.extend(service.links.iter().map(|link| link.service.as_str()));
    names.extend(service.volumes_from.iter().filter(|from| is_service(project, from)).map(|from| from.source.as_str()));
    for mode in [&service.network_mode, &service.pid, &service.ipc] {
        names.extend(mode.as_deref().and_then(|mode| joined_service(project, mode)));
    }
    names.extend(service.depends_on.keys().map(String::as_str));
    names
}

/// Returns the services, each after everything it needs, otherwise by name. A circle is an error.
pub(super) fn sorted<'p>(project: &'p Project, notes: &mut Notes<'_>) -> Vec<&'p Service> {
    let mut sorted: Vec<&Service> = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&Service> = project.services.values().map(|service| &**service).collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut still = Vec::new();
        for service in waiting {
            let ready = dependencies(project, service)
                .into_iter()
                .all(|name| done.contains(name) || !project.services.contains_key(name));
            if ready {
                done.insert(&service.name);
                sorted.push(service);
            } else {
                still.push(service);
            }
        }
        if still.len() == before {
            for service in &still {
                let message = "circular dependency: the service needs itself, directly or through others";
                notes.service_error(service, "depends_on", "CIRCULAR_DEPENDENCY", message);
            }
            return Vec::new();
        }
        waiting = still;
    }
    sorted
}
