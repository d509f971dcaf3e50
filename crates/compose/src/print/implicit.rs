//! What a client makes up where the file says nothing.

use crate::model::{Client, CommandLine, Dependency, Dialect, HealthTest, MountKind, Pairs, Project, Service};
use crate::shell;

const DEFAULT: &str = "default";

/// Returns a project without its services and files. For a client's `config` it has what the client makes up: names of what is external;
/// for the specification also `<project>_<key>` and the network `default`.
pub(super) fn beside(project: &Project, config: Option<Client>) -> Project {
    let mut made = Project {
        dialect: project.dialect,
        version: project.version.clone(),
        name: project.name.clone(),
        networks: project.networks.clone(),
        volumes: project.volumes.clone(),
        secrets: project.secrets.clone(),
        configs: project.configs.clone(),
        models: project.models.clone(),
        extensions: project.extensions.clone(),
        ..Project::default()
    };
    let Some(client) = config else { return made };
    let prefix = (client == Client::Specification).then_some(&project.name);
    let is_default = |service: &Service| {
        gets_default(service) || service.networks.as_ref().is_some_and(|networks| networks.contains_key(DEFAULT))
    };
    if prefix.is_some() && project.services.values().any(|service| is_default(service)) {
        made.networks.entry(DEFAULT.to_owned()).or_default();
    }
    if let (Client::StackDeploy(_), Dialect::V3(minor)) = (client, project.dialect) {
        made.version = Some(format!("3.{minor}"));
    }
    let fill = |name: &mut Option<String>, key: &str, is_external: bool| {
        if is_external {
            name.get_or_insert_with(|| key.to_owned());
        } else if let Some(prefix) = prefix {
            name.get_or_insert_with(|| format!("{prefix}_{key}"));
        }
    };
    made.networks.iter_mut().for_each(|(key, network)| fill(&mut network.name, key, network.external.is_yes()));
    made.volumes.iter_mut().for_each(|(key, volume)| fill(&mut volume.name, key, volume.external.is_yes()));
    made.secrets.iter_mut().for_each(|(key, secret)| fill(&mut secret.name, key, secret.external.is_yes()));
    made.configs.iter_mut().for_each(|(key, config)| fill(&mut config.name, key, config.external.is_yes()));
    made
}

/// Returns a service as a client's `config` has it; for version 1 with the network mode `bridge`.
pub(super) fn service(service: &Service, client: Client, is_version_1: bool) -> Service {
    let mut made = service.clone();
    match client {
        Client::Specification => defaults(&mut made),
        Client::StackDeploy(_) => as_the_stack_client_holds_it(&mut made),
        Client::ComposeV1_29 => {}
    }
    if is_version_1 {
        made.network_mode.get_or_insert_with(|| "bridge".to_owned());
    }
    made
}

/// The stack client's own model splits command lines, and has no place for some of what it reads.
fn as_the_stack_client_holds_it(service: &mut Service) {
    for line in [&mut service.command, &mut service.entrypoint] {
        if let Some(CommandLine::Text(text)) = line
            && let Some(words) = shell::split(text)
        {
            *line = Some(CommandLine::Words(words));
        }
    }
    service.ports.iter_mut().for_each(|port| port.host_ip = None);
    if let Some(check) = &mut service.healthcheck
        && let Some(test @ HealthTest::Shell(_)) = &mut check.test
    {
        *test = HealthTest::Words(test.words());
    }
    if let Some(build) = &mut service.build {
        build.parts.shm_size = None;
    }
}

/// Says whether a service is attached to the network `default` because the file attaches it to none.
fn gets_default(service: &Service) -> bool {
    service.networks.as_ref().is_none_or(Pairs::is_empty)
        && service.network_mode.is_none()
        && service.provider.is_none()
}

/// What a service names in another way comes before it, as the specification's client has it (compose-go, `Normalize`).
fn depend(service: &mut Service) {
    let spaces = [&service.network_mode, &service.ipc, &service.pid, &service.uts, &service.cgroup];
    let shared = spaces.into_iter().flatten().filter_map(|space| space.strip_prefix("service:"));
    let linked = service.links.iter().map(|link| link.service.as_str());
    let from = service.volumes_from.iter().filter(|from| !from.container).map(|from| from.source.as_str());
    let needed = linked.chain(shared).map(|name| (name, true)).chain(from.map(|name| (name, false)));
    let needed: Vec<(String, Dependency)> =
        needed.map(|(name, restart)| (name.to_owned(), Dependency { restart, ..Dependency::default() })).collect();
    for (name, dependency) in needed {
        service.depends_on.entry(name).or_insert(dependency);
    }
}

fn defaults(service: &mut Service) {
    depend(service);
    if gets_default(service) {
        service.networks = Some([(DEFAULT.to_owned(), None)].into());
    }
    if let Some(build) = &mut service.build
        && build.dockerfile.is_none()
        && build.dockerfile_inline.is_none()
    {
        build.dockerfile = Some("Dockerfile".to_owned());
    }
    for mount in &mut service.volumes {
        if mount.kind == MountKind::Volume && mount.source.is_some() {
            mount.volume.get_or_insert_default();
        }
    }
}
