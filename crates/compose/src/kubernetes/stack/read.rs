//! A project as a Stack.

mod constraint;

use std::collections::BTreeMap;

use crate::model::{
    ByteSize, CommandLine, FileReference, FileResource, Mount, MountKind, Position, Project, Resources, Service,
};
use crate::{Diagnostic, shell};

pub(crate) use constraint::{LABELS, NodeConstraint};

use super::super::sink::{Sink, Spot};
use super::{
    DeployConfig, ExternalRef, FileObject, FileUse, HealthCheckConfig, InternalPort, PlacementConfig, PortConfig,
    ResourceConfig, ResourcesConfig, RestartPolicyConfig, ServiceConfig, Stack, StackMeta, StackSpec, UpdateConfig,
    VolumeConfig,
};

/// Most ports that `expose` may name in one project: ranges are short to write and long to hold.
const EXPOSED_MAX: usize = 1 << 16;

/// How a project is read into a Stack.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reading {
    /// As the file's author means it.
    #[default]
    Meant,
    /// As docker 20.10 sends it: values of placement constraints end at the first character that is no letter, digit, `_` or `.`;
    /// user ids with a group and `disable` of health checks are dropped; limits outside `deploy` are not seen.
    Docker20_10,
}

/// A project on its way to objects: the Stack, and what a Stack has no room for.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// Services.
    pub(crate) services: Vec<DraftService>,
    /// Whether secrets and configs must be declared, as they must in files; in a Stack what is not declared exists already.
    pub(crate) must_declare: bool,
    /// Secrets by key.
    pub(crate) secrets: BTreeMap<String, DraftFile>,
    /// Configs by key.
    pub(crate) configs: BTreeMap<String, DraftFile>,
}

/// A service on its way.
#[derive(Debug, Default)]
pub(crate) struct DraftService {
    /// What a Stack says of it.
    pub(crate) config: ServiceConfig,
    /// What a Stack has no room for.
    pub(crate) extra: ServiceExtra,
}

impl DraftService {
    /// Returns the place of one of the service's keys.
    pub(crate) fn spot(&self, key: &str) -> Spot {
        let head = key.split(['.', '[']).next().unwrap_or(key);
        let at = self.extra.keys.get(head).copied().unwrap_or(self.extra.at);
        let dot = if key.is_empty() { "" } else { "." };
        Spot::new(format!("services.{}{dot}{key}", self.extra.key), at)
    }
}

/// What a Stack has no room for.
#[derive(Debug, Default)]
pub(crate) struct ServiceExtra {
    /// The key in the file.
    pub(crate) key: String,
    /// Its place.
    pub(crate) at: Position,
    /// Places of its keys.
    pub(crate) keys: BTreeMap<String, Position>,
    /// Group id that stood with the user id.
    pub(crate) group: Option<i64>,
    /// Time before the first failure counts, in nanoseconds.
    pub(crate) start_period: Option<i64>,
    /// All constraints.
    pub(crate) constraints: Vec<NodeConstraint>,
    /// For each mount, what a Stack has no room for.
    pub(crate) volumes: Vec<VolumeExtra>,
}

/// What a Stack has no room for in a mount.
#[derive(Debug, Default)]
pub(crate) struct VolumeExtra {
    /// Its place.
    pub(crate) at: Position,
    /// Size of a memory mount in bytes.
    pub(crate) size_bytes: Option<u64>,
    /// Path within a volume.
    pub(crate) subpath: Option<String>,
}

/// A secret or config on its way.
#[derive(Debug, Default)]
pub(crate) struct DraftFile {
    /// What a Stack says of it.
    pub(crate) object: FileObject,
    /// Its place.
    pub(crate) at: Position,
    /// Where its content comes from, where that is no file.
    pub(crate) source: DraftSource,
}

/// Where a content comes from, beside files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum DraftSource {
    /// A file of the client's machine, or nothing.
    #[default]
    File,
    /// The Compose file itself.
    Inline(String),
    /// A variable of the client's environment.
    Variable(String),
}

/// Reads a project into the Stack that docker 20.10 would send.
///
/// # Errors
/// What Kubernetes has no room for, all at once; warnings come with the Stack.
pub fn from_project(
    project: &Project,
    name: &str,
    reading: Reading,
) -> Result<(Stack, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut sink = Sink::of(project);
    let draft = draft(project, reading, &mut sink);
    let files = |files: BTreeMap<String, DraftFile>| files.into_iter().map(|(key, file)| (key, file.object)).collect();
    let spec = StackSpec {
        services: draft.services.into_iter().map(|service| service.config).collect(),
        secrets: files(draft.secrets),
        configs: files(draft.configs),
    };
    let metadata = StackMeta { name: name.to_owned(), namespace: None };
    sink.finish(Stack { api_version: super::api_version(), kind: super::kind(), metadata, spec })
}

/// Reads a project.
pub(crate) fn draft(project: &Project, reading: Reading, sink: &mut Sink<'_>) -> Draft {
    let mut room = EXPOSED_MAX;
    Draft {
        must_declare: true,
        services: project.services.values().map(|service| self::service(service, reading, &mut room, sink)).collect(),
        secrets: project.secrets.iter().map(|(key, secret)| (key.clone(), file(key, secret))).collect(),
        configs: project.configs.iter().map(|(key, config)| (key.clone(), file(key, config))).collect(),
    }
}

fn file(key: &str, resource: &FileResource) -> DraftFile {
    let source = match (&resource.content, &resource.environment) {
        (Some(content), _) => DraftSource::Inline(content.clone()),
        (None, Some(variable)) => DraftSource::Variable(variable.clone()),
        (None, None) => DraftSource::File,
    };
    let external = resource.external.is_yes();
    let object = FileObject {
        name: resource.name.clone().or_else(|| external.then(|| key.to_owned())).unwrap_or_default(),
        file: resource.file.clone().unwrap_or_default(),
        external: ExternalRef { name: String::new(), external },
        labels: resource.labels.clone(),
    };
    DraftFile { object, at: resource.at, source }
}

fn service(service: &Service, reading: Reading, room: &mut usize, sink: &mut Sink<'_>) -> DraftService {
    let mut made = DraftService {
        config: ServiceConfig { name: service.name.clone(), ..ServiceConfig::default() },
        extra: ServiceExtra {
            key: service.name.clone(),
            at: service.at,
            keys: service.keys.clone(),
            start_period: service.healthcheck.as_ref().and_then(|check| check.start_period).map(|time| time.0),
            volumes: service.volumes.iter().map(volume_extra).collect(),
            ..ServiceExtra::default()
        },
    };
    plain(service, reading, &mut made.config);
    commands(service, &mut made, sink);
    user(service, reading, &mut made, sink);
    made.config.ports = service.ports.iter().map(port).collect();
    exposed(service, &mut made, room, sink);
    kubernetes_keys(service, reading, &mut made, sink);
    made.config.deploy = deploy(service, reading);
    let constraints = service.deploy.as_ref().and_then(|deploy| deploy.placement.as_ref());
    let constraints = constraints.map(|placement| placement.constraints.as_slice()).unwrap_or_default();
    let (kept, all) = constraint::read(constraints, reading);
    made.config.deploy.placement = PlacementConfig { constraints: kept };
    made.extra.constraints = all;
    for text in constraints {
        if let Some((message, suggestion)) = constraint::lost(text) {
            sink.warning("NO_EQUIVALENT", &made.spot("deploy.placement.constraints"), message, suggestion);
        }
    }
    made
}

/// Takes what is taken as it is.
fn plain(service: &Service, reading: Reading, config: &mut ServiceConfig) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    config.cap_add.clone_from(&service.cap_add);
    config.cap_drop.clone_from(&service.cap_drop);
    config.environment.clone_from(&service.environment);
    config.labels.clone_from(&service.labels);
    config.tmpfs.clone_from(&service.tmpfs);
    config.configs = service.configs.iter().map(file_use).collect();
    config.secrets = service.secrets.iter().map(file_use).collect();
    config.volumes = service.volumes.iter().map(volume).collect();
    config.extra_hosts = service.extra_hosts.iter().map(|line| format!("{}:{}", line.host, line.address)).collect();
    config.hostname = text(&service.hostname);
    config.image = text(&service.image);
    config.ipc = text(&service.ipc);
    config.pid = text(&service.pid);
    config.working_dir = text(&service.working_dir);
    config.privileged = service.privileged.unwrap_or_default();
    config.read_only = service.read_only.unwrap_or_default();
    config.stdin_open = service.stdin_open.unwrap_or_default();
    config.tty = service.tty.unwrap_or_default();
    config.stop_grace_period = service.stop_grace_period.map(|time| time.0);
    config.health_check = service.healthcheck.as_ref().map(|check| HealthCheckConfig {
        test: if check.disable == Some(true) && reading == Reading::Meant {
            vec!["NONE".to_owned()]
        } else {
            check.test.as_ref().map(crate::model::HealthTest::words).unwrap_or_default()
        },
        timeout: check.timeout.map(|time| time.0),
        interval: check.interval.map(|time| time.0),
        retries: check.retries,
    });
}

fn commands(service: &Service, made: &mut DraftService, sink: &mut Sink<'_>) {
    for (key, line) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
        let Some(line) = line else { continue };
        let words = match line {
            CommandLine::Words(words) => Some(words.clone()),
            CommandLine::Text(text) => shell::split(text),
        };
        match words {
            Some(words) if key == "command" => made.config.command = words,
            Some(words) => made.config.entrypoint = words,
            None => sink.error(
                "INVALID_COMMAND",
                &made.spot(key),
                format!("`{key}` ends within quotes or after a backslash"),
                "write it as a list: [\"sh\", \"-c\", \"...\"]",
            ),
        }
    }
}

/// A user is taken where it is a number; a group with it is kept beside.
fn user(service: &Service, reading: Reading, made: &mut DraftService, sink: &mut Sink<'_>) {
    let Some(text) = service.user.as_deref() else { return };
    if let Ok(user) = text.parse() {
        made.config.user = Some(user);
    } else if reading == Reading::Meant
        && let Some((user, group)) = text.split_once(':')
        && let (Ok(user), Ok(group)) = (user.parse(), group.parse())
    {
        made.config.user = Some(user);
        made.extra.group = Some(group);
    } else {
        let message = format!("`{text}` is no number: the image's own user runs");
        sink.warning("NO_EQUIVALENT", &made.spot("user"), message, "write ids, such as `1000` or `1000:1000`");
    }
}

fn port(port: &crate::model::Port) -> PortConfig {
    PortConfig {
        mode: port.mode.clone().unwrap_or_default(),
        target: u32::from(port.target),
        // Any port of a range is as good as any other; the first is what people look for.
        published: port.published.map_or(0, |range| u32::from(range.start)),
        protocol: port.protocol.clone().unwrap_or_default(),
    }
}

/// Reads `expose`: ports and ranges with or without a protocol.
fn exposed(service: &Service, made: &mut DraftService, room: &mut usize, sink: &mut Sink<'_>) {
    for text in &service.expose {
        let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let protocol = protocol.to_ascii_uppercase();
        let (start, end) = range.split_once('-').unwrap_or((range, range));
        let known = matches!(protocol.as_str(), "TCP" | "UDP" | "SCTP");
        if let (Ok(start), Ok(end), true) = (start.trim().parse::<u16>(), end.trim().parse::<u16>(), known)
            && (1..=end).contains(&start)
        {
            let count = usize::from(end - start) + 1;
            let Some(rest) = room.checked_sub(count) else {
                let message = format!("`{text}` and what stands before are more than {EXPOSED_MAX} ports");
                sink.error("TOO_MANY_PORTS", &made.spot("expose"), message, "list the ports that are used");
                return;
            };
            *room = rest;
            let ports = (start..=end).map(|port| InternalPort { port: u32::from(port), protocol: protocol.clone() });
            made.config.internal_ports.extend(ports);
        } else {
            let message = format!("`{text}` is no port");
            sink.error("INVALID_PORT", &made.spot("expose"), message, "write `80`, `80/udp` or `8000-8010`");
        }
    }
}

/// Reads `x-kubernetes`, and the specification's `pull_policy` where that says nothing.
fn kubernetes_keys(service: &Service, reading: Reading, made: &mut DraftService, sink: &mut Sink<'_>) {
    if let Some(value) = service.extensions.get("x-kubernetes") {
        let spot = made.spot("x-kubernetes");
        let Some(keys) = value.as_object() else {
            sink.error("INVALID_TYPE", &spot, "`x-kubernetes` is no mapping", "");
            return;
        };
        for (key, value) in keys {
            let spot = made.spot(&format!("x-kubernetes.{key}"));
            let slot = match key.as_str() {
                "pull_secret" => &mut made.config.pull_secret,
                "pull_policy" => &mut made.config.pull_policy,
                "internal_service_type" => &mut made.config.internal_service_type,
                _ => {
                    let known = "known are pull_secret, pull_policy and internal_service_type";
                    sink.warning("UNKNOWN_KEY", &spot, format!("`x-kubernetes.{key}` has no meaning"), known);
                    continue;
                }
            };
            match value.as_str() {
                Some(text) => text.clone_into(slot),
                None => sink.error("INVALID_TYPE", &spot, format!("`x-kubernetes.{key}` is no text"), ""),
            }
        }
    }
    if reading == Reading::Meant && made.config.pull_policy.is_empty() {
        let policy = match service.pull_policy.as_deref() {
            Some("always") => "Always",
            Some("never") => "Never",
            Some("missing" | "if_not_present") => "IfNotPresent",
            _ => "",
        };
        policy.clone_into(&mut made.config.pull_policy);
    }
}

fn deploy(service: &Service, reading: Reading) -> DeployConfig {
    let mut made = DeployConfig::default();
    if let Some(deploy) = &service.deploy {
        made.mode = deploy.mode.clone().unwrap_or_default();
        made.replicas = deploy.replicas;
        made.labels.clone_from(&deploy.labels);
        made.update_config =
            deploy.update_config.as_ref().map(|update| UpdateConfig { parallelism: update.parallelism });
        made.resources = deploy.resources.as_ref().map(resources).unwrap_or_default();
        made.restart_policy = deploy
            .restart_policy
            .as_ref()
            .map(|policy| RestartPolicyConfig { condition: policy.condition.clone().unwrap_or_default() });
    }
    if reading == Reading::Meant {
        made.replicas = made.replicas.or(service.scale);
        outer_limits(service, &mut made.resources);
    }
    made
}

fn resources(resources: &Resources) -> ResourcesConfig {
    let side = |side: &crate::model::ResourcesLimit| ResourceConfig {
        cpus: side.cpus.clone().unwrap_or_default(),
        memory_bytes: side.memory.map_or(0, |memory| memory.0),
    };
    ResourcesConfig {
        limits: resources.limits.as_ref().map(side),
        reservations: resources.reservations.as_ref().map(side),
    }
}

/// Takes the limits that version 2 and the specification write beside `deploy`.
fn outer_limits(service: &Service, made: &mut ResourcesConfig) {
    let positive = |size: Option<ByteSize>| size.map(|size| size.0).filter(|bytes| *bytes > 0);
    if service.cpus.is_some_and(|cpus| cpus > 0.0) || positive(service.mem_limit).is_some() {
        let limits = made.limits.get_or_insert_default();
        if limits.cpus.is_empty() {
            limits.cpus = service.cpus.map(|cpus| cpus.to_string()).unwrap_or_default();
        }
        if limits.memory_bytes == 0 {
            limits.memory_bytes = positive(service.mem_limit).unwrap_or_default();
        }
    }
    if let Some(bytes) = positive(service.mem_reservation) {
        let requests = made.reservations.get_or_insert_default();
        if requests.memory_bytes == 0 {
            requests.memory_bytes = bytes;
        }
    }
}

fn file_use(reference: &FileReference) -> FileUse {
    FileUse {
        source: reference.source.clone().unwrap_or_default(),
        target: reference.target.clone().unwrap_or_default(),
        uid: reference.uid.clone().unwrap_or_default(),
        gid: String::new(),
        mode: reference.mode,
    }
}

fn volume(mount: &Mount) -> VolumeConfig {
    let kind = match mount.kind {
        MountKind::Volume => "volume",
        MountKind::Bind => "bind",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Npipe => "npipe",
        MountKind::Cluster => "cluster",
        MountKind::Image => "image",
    };
    VolumeConfig {
        kind: kind.to_owned(),
        source: mount.source.clone().unwrap_or_default(),
        target: mount.target.clone(),
        read_only: mount.read_only.unwrap_or_default(),
    }
}

fn volume_extra(mount: &Mount) -> VolumeExtra {
    let size = mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size);
    VolumeExtra {
        at: mount.at,
        size_bytes: size.and_then(|size| u64::try_from(size.0).ok()).filter(|bytes| *bytes > 0),
        subpath: mount.volume.as_ref().and_then(|volume| volume.subpath.clone()),
    }
}
