//! Names that must exist: networks, volumes, secrets, configs and other services; and chains of services that come back.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::model::{Client, MountKind, Pairs, Position, Project, Service};
use crate::schema::nearest;
use crate::sink::Sink;
use crate::tree::Trail;

pub(super) fn check(project: &Project, service: &Service, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    let mut checker = Checker { project, service, client, path, sink };
    // The stack client finds out when it converts, not when it loads.
    if !matches!(client, Client::StackDeploy(_)) {
        checker.resources();
    }
    checker.services();
}

struct Checker<'a, 'p> {
    project: &'a Project,
    service: &'a Service,
    client: Client,
    path: &'a Trail<'p>,
    sink: &'a mut Sink,
}

impl Checker<'_, '_> {
    fn undefined<'n>(&mut self, what: &str, name: &str, key: &str, at: Position, known: impl Iterator<Item = &'n str>) {
        let error = Diagnostic::error("UNDEFINED_REFERENCE", format!("{what} `{name}` is not defined"));
        let error = match nearest(name, known) {
            Some(near) => error.suggestion(format!("did you mean `{near}`?")),
            None if what == "the service" => error,
            None => error.suggestion(format!("add it under the top-level `{key}`")),
        };
        self.sink.push(at, &self.path.key(key), error);
    }

    fn resources(&mut self) {
        let (project, service) = (self.project, self.service);
        for (name, attachment) in service.networks.iter().flat_map(Pairs::iter) {
            if name != "default" && !project.networks.contains_key(name) {
                let at = attachment.as_ref().map_or_else(|| service.key_at("networks"), |attachment| attachment.at);
                self.undefined("the network", name, "networks", at, project.networks.keys().map(String::as_str));
            }
        }
        for mount in
            service.volumes.iter().filter(|mount| mount.kind == MountKind::Volume && service.volume_driver.is_none())
        {
            let Some(source) = &mount.source else { continue };
            let is_version_1 = project.dialect == crate::model::Dialect::V1;
            if !is_version_1 && !project.volumes.contains_key(source) {
                self.undefined("the volume", source, "volumes", mount.at, project.volumes.keys().map(String::as_str));
            }
        }
        for secret in &service.secrets {
            let source = secret.source.as_deref().unwrap_or_default();
            if !project.secrets.contains_key(source) && self.client != Client::ComposeV1_29 {
                self.undefined("the secret", source, "secrets", secret.at, project.secrets.keys().map(String::as_str));
            }
        }
        for config in &service.configs {
            let source = config.source.as_deref().unwrap_or_default();
            if !project.configs.contains_key(source) && self.client != Client::ComposeV1_29 {
                self.undefined("the config", source, "configs", config.at, project.configs.keys().map(String::as_str));
            }
        }
        for name in service.models.keys() {
            if !project.models.contains_key(name) {
                let at = service.key_at("models");
                self.undefined("the model", name, "models", at, project.models.keys().map(String::as_str));
            }
        }
    }

    fn services(&mut self) {
        if matches!(self.client, Client::StackDeploy(_)) {
            return;
        }
        let (project, service) = (self.project, self.service);
        let is_known = |name: &str| project.services.contains_key(name) || project.disabled_services.contains_key(name);
        let names = || project.services.keys().map(String::as_str);
        for (name, dependency) in &service.depends_on {
            if !is_known(name) && dependency.required {
                self.undefined("the service", name, "depends_on", dependency.at, names());
            }
        }
        for link in service.links.iter().filter(|link| !is_known(&link.service)) {
            self.undefined("the service", &link.service, "links", service.key_at("links"), names());
        }
        for (key, mode) in [("network_mode", &service.network_mode), ("ipc", &service.ipc), ("pid", &service.pid)] {
            let target = mode.as_deref().and_then(|mode| mode.strip_prefix("service:"));
            if let Some(target) = target.filter(|target| !is_known(target)) {
                self.undefined("the service", target, key, service.key_at(key), names());
            }
        }
        if service.network_mode.is_some() && service.networks.as_ref().is_some_and(|networks| !networks.is_empty()) {
            let error = Diagnostic::error("CONFLICTING_KEYS", "`network_mode` and `networks` cannot be combined");
            self.sink.push(
                service.key_at("network_mode"),
                &self.path.key("network_mode"),
                error.suggestion("keep one of the two"),
            );
        }
    }
}

/// Finds services that wait for each other.
pub(super) fn cycles(project: &Project, client: Client, sink: &mut Sink) {
    if matches!(client, Client::StackDeploy(_)) {
        return;
    }
    let mut states: BTreeMap<&str, State> = BTreeMap::new();
    for name in project.services.keys() {
        visit(project, name, &mut states, sink);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

/// Walks in depth with a stack of its own: a chain may be as long as the file.
fn visit<'p>(project: &'p Project, start: &'p str, states: &mut BTreeMap<&'p str, State>, sink: &mut Sink) {
    let mut stack: Vec<(&'p str, Vec<&'p str>)> = Vec::new();
    if states.contains_key(start) {
        return;
    }
    states.insert(start, State::Open);
    stack.push((start, targets(project, start)));
    while let Some((name, rest)) = stack.last_mut() {
        let name = *name;
        let Some(next) = rest.pop() else {
            states.insert(name, State::Done);
            stack.pop();
            continue;
        };
        match states.get(next) {
            Some(State::Done) => {}
            Some(State::Open) => {
                let chain: Vec<&str> =
                    stack.iter().map(|(name, _)| *name).skip_while(|name| *name != next).chain([next]).collect();
                let error = Diagnostic::error(
                    "DEPENDENCY_CYCLE",
                    format!("the services wait for each other: {}", chain.join(" → ")),
                );
                let at = project.services.get(name).map(|service| service.key_at("depends_on")).unwrap_or_default();
                sink.push(at, &format!("services.{name}.depends_on"), error);
            }
            None => {
                states.insert(next, State::Open);
                stack.push((next, targets(project, next)));
            }
        }
    }
}

/// The services that one needs, last first.
fn targets<'p>(project: &'p Project, name: &str) -> Vec<&'p str> {
    let Some(service) = project.services.get(name) else { return Vec::new() };
    let modes = [&service.network_mode, &service.ipc, &service.pid];
    let from_modes = modes.into_iter().filter_map(|mode| mode.as_deref()?.strip_prefix("service:"));
    let links = service.links.iter().map(|link| link.service.as_str());
    let volumes = service.volumes_from.iter().filter(|from| !from.container).map(|from| from.source.as_str());
    let mut targets: Vec<&str> =
        service.depends_on.keys().map(String::as_str).chain(links).chain(volumes).chain(from_modes).collect();
    targets.sort_unstable();
    targets.dedup();
    targets.retain(|target| project.services.contains_key(*target));
    targets.reverse();
    targets
}
