//! A project as a Stack.

mod constraint;
mod parts;

use std::collections::BTreeMap;

use crate::model::{CommandLine, FileResource, Project, Service};
use crate::{Diagnostic, shell};

pub(crate) use constraint::{LABELS, NodeConstraint};

use parts::{deploy, file_use, volume, volume_extra};

use super::super::sink::Sink;
use super::{
    Draft, DraftFile, DraftService, DraftSource, ExternalRef, FileObject, HealthCheckConfig, InternalPort,
    PlacementConfig, PortConfig, ServiceConfig, ServiceExtra, Stack, StackMeta, StackSpec,
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
        services: project
            .services
            .values()
            .map(|service| Box::new(self::service(service, reading, &mut room, sink)))
            .collect(),
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
    let restart_policy = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref());
    let mut made = DraftService {
        config: ServiceConfig { name: service.name.clone(), ..ServiceConfig::default() },
        extra: ServiceExtra {
            key: service.name.clone(),
            at: service.at,
            keys: service.keys.clone(),
            restart: service.restart.clone(),
            max_attempts: restart_policy.and_then(|policy| policy.max_attempts),
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
    config.environment = service.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
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
