//! A Stack as a project, for those who have the Stack and want the file.

use std::collections::BTreeMap;

use super::{Constraints, FileObject, FileUse, HealthCheckConfig, ResourceConfig, ServiceConfig, Stack, VolumeConfig};
use crate::model::{
    ByteSize, CommandLine, Deploy, Dialect, Duration, External, ExtraHost, FileReference, FileResource, HealthCheck,
    HealthTest, Mount, MountKind, Placement, Port, PortRange, Project, Resources, ResourcesLimit, RestartPolicy,
    Service, UpdateConfig, Volume,
};

/// Reads a Stack into the project that it was made of, as far as a Stack tells.
#[must_use]
pub fn to_project(stack: &Stack) -> Project {
    let services: BTreeMap<String, Box<Service>> =
        stack.spec.services.iter().map(|config| (config.name.clone(), Box::new(service(config)))).collect();
    let mounts = services.values().flat_map(|service| &service.volumes);
    let named = mounts.filter(|mount| mount.kind == MountKind::Volume).filter_map(|mount| mount.source.clone());
    let volumes = named.map(|name| (name, Volume::default())).collect();
    let files =
        |files: &BTreeMap<String, FileObject>| files.iter().map(|(key, file)| (key.clone(), resource(file))).collect();
    Project {
        dialect: Dialect::V3(8),
        version: Some("3.8".to_owned()),
        name: stack.metadata.name.clone(),
        services,
        volumes,
        secrets: files(&stack.spec.secrets),
        configs: files(&stack.spec.configs),
        ..Project::default()
    }
}

fn resource(file: &FileObject) -> FileResource {
    let external = file.external.external || !file.external.name.is_empty();
    let name = [&file.name, &file.external.name].into_iter().find(|name| !name.is_empty());
    FileResource {
        name: name.cloned(),
        file: some(&file.file),
        external: if external { External::Yes } else { External::No },
        labels: file.labels.clone(),
        ..FileResource::default()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn yes(value: bool) -> Option<bool> {
    value.then_some(true)
}

fn words(words: &[String]) -> Option<CommandLine> {
    (!words.is_empty()).then(|| CommandLine::Words(words.to_vec()))
}

fn service(config: &ServiceConfig) -> Service {
    let mut extensions = BTreeMap::new();
    let keys = [
        ("pull_secret", &config.pull_secret),
        ("pull_policy", &config.pull_policy),
        ("internal_service_type", &config.internal_service_type),
    ];
    let keys: serde_json::Map<String, serde_json::Value> = keys
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| (key.to_owned(), text.as_str().into()))
        .collect();
    if !keys.is_empty() {
        extensions.insert("x-kubernetes".to_owned(), keys.into());
    }
    let exposed = |port: &super::InternalPort| match port.protocol.as_str() {
        "TCP" | "" => port.port.to_string(),
        protocol => format!("{}/{}", port.port, protocol.to_ascii_lowercase()),
    };
    Service {
        name: config.name.clone(),
        cap_add: config.cap_add.clone(),
        cap_drop: config.cap_drop.clone(),
        command: words(&config.command),
        configs: config.configs.iter().map(reference).collect(),
        deploy: Some(deploy(config)).filter(|deploy| *deploy != Deploy::default()).map(Box::new),
        entrypoint: words(&config.entrypoint),
        environment: config.environment.clone().into_iter().collect(),
        expose: config.internal_ports.iter().map(exposed).collect(),
        extra_hosts: config.extra_hosts.iter().map(|line| extra_host(line)).collect(),
        healthcheck: config.health_check.as_ref().map(health_check).map(Box::new),
        hostname: some(&config.hostname),
        image: some(&config.image),
        ipc: some(&config.ipc),
        labels: config.labels.clone(),
        pid: some(&config.pid),
        ports: config.ports.iter().filter_map(port).collect(),
        privileged: yes(config.privileged),
        read_only: yes(config.read_only),
        secrets: config.secrets.iter().map(reference).collect(),
        stdin_open: yes(config.stdin_open),
        stop_grace_period: config.stop_grace_period.map(Duration),
        tmpfs: config.tmpfs.clone(),
        tty: yes(config.tty),
        user: config.user.map(|user| user.to_string()),
        volumes: config.volumes.iter().map(mount).collect(),
        working_dir: some(&config.working_dir),
        extensions,
        ..Service::default()
    }
}

fn extra_host(line: &str) -> ExtraHost {
    let (host, address) = line.split_once(':').unwrap_or((line, ""));
    ExtraHost { host: host.to_owned(), address: address.to_owned() }
}

fn reference(file: &FileUse) -> FileReference {
    FileReference {
        source: some(&file.source),
        target: some(&file.target),
        uid: some(&file.uid),
        gid: some(&file.gid),
        mode: file.mode,
        ..FileReference::default()
    }
}

fn health_check(check: &HealthCheckConfig) -> HealthCheck {
    HealthCheck {
        test: (!check.test.is_empty()).then(|| HealthTest::Words(check.test.clone())),
        interval: check.interval.map(Duration),
        timeout: check.timeout.map(Duration),
        retries: check.retries,
        ..HealthCheck::default()
    }
}

/// Ports that are none are left out, as no file could have them.
fn port(port: &super::PortConfig) -> Option<Port> {
    let published = u16::try_from(port.published).ok()?;
    Some(Port {
        name: None,
        mode: some(&port.mode),
        host_ip: None,
        target: u16::try_from(port.target).ok()?,
        published: (published > 0).then_some(PortRange { start: published, end: published }),
        protocol: some(&port.protocol),
        app_protocol: None,
        extensions: BTreeMap::new(),
        at: crate::model::Position::default(),
    })
}

fn mount(volume: &VolumeConfig) -> Mount {
    let kind = match volume.kind.as_str() {
        "bind" => MountKind::Bind,
        "tmpfs" => MountKind::Tmpfs,
        "npipe" => MountKind::Npipe,
        "cluster" => MountKind::Cluster,
        "image" => MountKind::Image,
        _ => MountKind::Volume,
    };
    Mount {
        kind,
        source: some(&volume.source),
        target: volume.target.clone(),
        read_only: yes(volume.read_only),
        ..Mount::default()
    }
}

fn deploy(config: &ServiceConfig) -> Deploy {
    let deploy = &config.deploy;
    let side = |side: &ResourceConfig| ResourcesLimit {
        cpus: some(&side.cpus),
        memory: (side.memory_bytes != 0).then_some(ByteSize(side.memory_bytes)),
        ..ResourcesLimit::default()
    };
    let resources = Resources {
        limits: deploy.resources.limits.as_ref().map(side).map(Box::new),
        reservations: deploy.resources.reservations.as_ref().map(side).map(Box::new),
    };
    let placement = deploy.placement.constraints.as_ref();
    Deploy {
        mode: some(&deploy.mode),
        replicas: deploy.replicas,
        labels: deploy.labels.clone(),
        update_config: deploy
            .update_config
            .as_ref()
            .map(|update| UpdateConfig { parallelism: update.parallelism, ..UpdateConfig::default() })
            .map(Box::new),
        resources: Some(resources).filter(|resources| *resources != Resources::default()).map(Box::new),
        restart_policy: deploy
            .restart_policy
            .as_ref()
            .map(|policy| RestartPolicy { condition: some(&policy.condition), ..RestartPolicy::default() })
            .map(Box::new),
        placement: placement
            .map(|one| Placement { constraints: constraints(one), ..Placement::default() })
            .map(Box::new),
        ..Deploy::default()
    }
}

fn constraints(constraints: &Constraints) -> Vec<String> {
    let named = [
        ("node.platform.os", &constraints.operating_system),
        ("node.platform.arch", &constraints.architecture),
        ("node.hostname", &constraints.hostname),
    ];
    let named = named.into_iter().filter_map(|(key, one)| one.as_ref().map(|one| (key.to_owned(), one)));
    let labels = constraints.match_labels.iter().map(|(label, one)| (format!("node.labels.{label}"), one));
    named.chain(labels).map(|(key, one)| format!("{key}{}{}", one.operator, one.value)).collect()
}
