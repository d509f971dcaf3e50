//! What docker-compose 1.29 makes of a project on one engine (or on a classic Swarm, which looks like one): networks, volumes and
//! containers, request for request.
//!
//! [`up`] plans against what the engine has, as `docker-compose up -d` does: containers whose configuration changed are made anew, others
//! are started, scaled or left alone.

mod container;
mod converge;
mod hash;
mod host_config;
mod networks;
mod order;
mod python;
mod state;
mod volumes;

use std::collections::BTreeMap;

use crate::Diagnostic;
use crate::model::{Dialect, MountKind, Project, Service};
use crate::notes::Notes;
use crate::plan::{Plan, Request};

pub use state::{ContainerState, ImageState, State};

/// The version that containers are labelled with.
pub const VERSION: &str = "1.29.2";

const LABEL_PROJECT: &str = "com.docker.compose.project";
const LABEL_SERVICE: &str = "com.docker.compose.service";
const LABEL_ONE_OFF: &str = "com.docker.compose.oneoff";
const LABEL_NUMBER: &str = "com.docker.compose.container-number";
const LABEL_HASH: &str = "com.docker.compose.config-hash";
const LABEL_VERSION: &str = "com.docker.compose.version";

/// When containers that exist are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recreate {
    /// When their configuration changed.
    #[default]
    Changed,
    /// Always (`--force-recreate`).
    Always,
    /// Never (`--no-recreate`).
    Never,
}

/// What a conversion needs besides the project.
pub struct Options<'a> {
    /// The project's name.
    pub project: &'a str,
    /// The directory of the first file, for a label.
    pub working_dir: &'a str,
    /// The files as they were asked for, for a label.
    pub config_files: &'a [String],
    /// When containers are made anew.
    pub recreate: Recreate,
    /// Services whose dependencies are made anew are too.
    pub always_recreate_deps: bool,
    /// Anonymous volumes are not taken over from containers that are replaced.
    pub renew_anonymous_volumes: bool,
    /// Containers of services that the project no longer has are removed.
    pub remove_orphans: bool,
    /// Numbers of containers asked for, by service.
    pub scale: &'a BTreeMap<String, u64>,
    /// Asks the engine for an image: its id and the volumes it declares.
    pub image: &'a dyn Fn(&str) -> Option<ImageState>,
    /// Reads a file that the project names: a seccomp profile.
    pub reader: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
}

/// Returns the requests that bring the project up on an engine that has `state`.
///
/// # Errors
/// Everything the client refuses, and external networks, volumes and containers that are not there.
pub fn up(project: &Project, options: &Options<'_>, state: &State) -> Result<Plan, Vec<Diagnostic>> {
    let mut notes = Notes::new(project);
    let mut requests = Vec::new();
    let services = order::sorted(project, &mut notes);
    networks::ensure(project, options, state, &mut requests, &mut notes);
    volumes::ensure(project, options, state, &mut requests, &mut notes);
    check(project, &mut notes);
    if !notes.errors.is_empty() {
        return Err(notes.errors);
    }
    let mut run = converge::Run::new(project, options, state, requests, notes);
    run.orphans(state);
    run.services(&services, state);
    let (requests, notes) = run.end();
    if notes.errors.is_empty() { Ok(Plan { requests, warnings: notes.warnings }) } else { Err(notes.errors) }
}

/// Returns the requests that take the project down: containers, networks and, where asked, volumes.
#[must_use]
pub fn down(project: &Project, options: &Options<'_>, remove_volumes: bool, state: &State) -> Plan {
    let mut requests = Vec::new();
    let own = |container: &&ContainerState| {
        container.label(LABEL_PROJECT) == options.project
            && project.services.contains_key(container.label(LABEL_SERVICE))
    };
    let mut containers: Vec<&ContainerState> = state.containers.iter().filter(own).collect();
    containers.sort_by(|a, b| a.name.cmp(&b.name));
    for container in containers.iter().filter(|container| container.running) {
        let service = project.services.get(container.label(LABEL_SERVICE)).map(|service| &**service);
        requests.push(converge::stop(&container.id, service));
    }
    requests.extend(containers.iter().map(|container| converge::delete(&container.id, remove_volumes, false)));
    if project.dialect != Dialect::V1 {
        networks::remove(project, options, state, &mut requests);
    }
    if remove_volumes {
        for (key, volume) in project.volumes.iter().filter(|(_, volume)| volume.external.is_no()) {
            let name = volumes::name_of(key, volume, options.project);
            if state.volumes.contains(&name) {
                requests.push(Request::delete(format!("/volumes/{name}")));
            }
        }
    }
    Plan { requests, warnings: Vec::new() }
}

/// Returns the image of a service: its own, or the name its build gets.
fn image_of(service: &Service, project: &str) -> String {
    service.image.clone().unwrap_or_else(|| format!("{}_{}", project.trim_start_matches(['_', '-']), service.name))
}

/// Says what one engine cannot do, and what is wrong before anything is made.
fn check(project: &Project, notes: &mut Notes<'_>) {
    for service in project.services.values() {
        if !service.configs.is_empty() {
            let message = "configs are for stacks: docker-compose ignores them; deploy to a swarm, or mount the file";
            notes.service_warning(service, "configs", "IGNORED_OPTION", message);
        }
        if let Some(deploy) = &service.deploy {
            let ignored = [
                ("endpoint_mode", deploy.endpoint_mode.is_some()),
                ("labels", !deploy.labels.is_empty()),
                ("update_config", deploy.update_config.is_some()),
                ("rollback_config", deploy.rollback_config.is_some()),
            ];
            for (key, _) in ignored.iter().filter(|(_, is_set)| *is_set) {
                let message = format!("`deploy.{key}` is for swarms; docker-compose ignores it");
                notes.service_warning(service, &format!("deploy.{key}"), "IGNORED_OPTION", message);
            }
        }
        for (index, mount) in service.volumes.iter().enumerate() {
            if mount.kind == MountKind::Tmpfs && mount.source.is_some() {
                let key = format!("volumes[{index}]");
                notes.service_error(service, &key, "MOUNT_SOURCE", "tmpfs mounts can not specify a source");
            }
        }
        for used in &service.secrets {
            let key = used.source.as_deref().unwrap_or_default();
            if !project.secrets.contains_key(key) {
                notes.service_error(
                    service,
                    "secrets",
                    "UNDEFINED_SECRET",
                    format!("uses an undefined secret {key:?}"),
                );
            }
            let resource = used.source.as_ref().and_then(|key| project.secrets.get(key));
            if resource.is_some_and(|resource| resource.external.is_yes()) {
                let message = "external secrets are not available to containers outside a swarm";
                notes.service_warning(service, "secrets", "IGNORED_OPTION", message);
            } else if used.uid.is_some() || used.gid.is_some() || used.mode.is_some() {
                let message = "uid, gid and mode of a secret need a swarm; docker-compose mounts the file as it is";
                notes.service_warning(service, "secrets", "IGNORED_OPTION", message);
            }
        }
    }
}
