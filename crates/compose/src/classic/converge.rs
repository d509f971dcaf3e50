//! What happens to the containers of each service.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::host_config::{self, Joined};
use super::state::Container;
use super::{
    ContainerState, LABEL_HASH, LABEL_NUMBER, LABEL_PROJECT, LABEL_SERVICE, Options, Recreate, State, container, hash,
    networks, order, state, volumes,
};
use crate::Json;
use crate::model::{Attachment, Dialect, Project, Service};
use crate::notes::Notes;
use crate::plan::{Request, id_of};

/// What is done with a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Create,
    Recreate,
    Start,
    Nothing,
}

/// One `up`: the engine's state as it will be after the requests so far.
pub(super) struct Run<'a> {
    project: &'a Project,
    options: &'a Options<'a>,
    /// The project's own containers by service, the newest first.
    own: BTreeMap<String, Vec<Container<'a>>>,
    /// The others.
    foreign: Vec<Container<'a>>,
    requests: Vec<Request>,
    notes: Notes<'a>,
    actions: BTreeMap<&'a str, Action>,
}

pub(super) fn stop(id: &str, service: Option<&Service>) -> Request {
    let period =
        service.and_then(|service| service.stop_grace_period).map_or_else(|| json!(10), |period| seconds(period.0));
    Request::post(format!("/containers/{id}/stop"), Json::default()).with("t", period.to_string())
}

pub(super) fn delete(id: &str, volumes: bool, force: bool) -> Request {
    let word = |on: bool| if on { "True" } else { "False" };
    Request::delete(format!("/containers/{id}"))
        .with("v", word(volumes))
        .with("link", "False")
        .with("force", word(force))
}

/// Returns nanoseconds as seconds, whole where they are.
pub(super) fn seconds(nanoseconds: i64) -> Value {
    if nanoseconds % 1_000_000_000 == 0 { json!(nanoseconds / 1_000_000_000) } else { json!(nanoseconds as f64 / 1e9) }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        project: &'a Project,
        options: &'a Options<'a>,
        state: &'a State,
        requests: Vec<Request>,
        notes: Notes<'a>,
    ) -> Self {
        let mut own: BTreeMap<String, Vec<Container<'a>>> = BTreeMap::new();
        let mut foreign = Vec::new();
        for container in &state.containers {
            if container.label(LABEL_PROJECT) == options.project {
                own.entry(container.label(LABEL_SERVICE).to_owned()).or_default().push(Container::of(container));
            } else {
                foreign.push(Container::of(container));
            }
        }
        Self { project, options, own, foreign, requests, notes, actions: BTreeMap::new() }
    }

    pub(super) fn end(self) -> (Vec<Request>, Notes<'a>) {
        (self.requests, self.notes)
    }

    /// Containers of services that are gone.
    pub(super) fn orphans(&mut self, state: &State) {
        let known =
            |name: &str| self.project.services.contains_key(name) || self.project.disabled_services.contains_key(name);
        let order = |id: &str| state.containers.iter().position(|container| container.id == id);
        let gone = self.own.iter().filter(|(service, _)| !known(service)).flat_map(|(_, containers)| containers);
        let mut orphans: Vec<&ContainerState> = gone.filter_map(|container| container.found).collect();
        orphans.sort_by_key(|orphan| order(&orphan.id));
        for orphan in orphans {
            if self.options.remove_orphans {
                self.requests.push(Request::post(format!("/containers/{}/kill", orphan.id), Json::default()));
                self.requests.push(delete(&orphan.id, false, true));
                self.forget(orphan.label(LABEL_SERVICE), &orphan.id);
            } else {
                let message = format!("container {} belongs to a service that the project no longer has", orphan.name);
                self.notes.warnings.push(
                    crate::Diagnostic::warning("ORPHAN_CONTAINER", message)
                        .suggestion("remove it with --remove-orphans"),
                );
            }
        }
    }

    pub(super) fn services(&mut self, services: &[&'a Service], state: &State) {
        let mut hashes = Vec::with_capacity(services.len());
        for service in services {
            let hash = hash::of_service(self.project, service, self.options, state);
            let action = self.action(service, &hash);
            self.actions.insert(&service.name, action);
            hashes.push(hash);
        }
        for (service, hash) in services.iter().zip(hashes) {
            self.execute(service, &hash);
        }
    }

    /// Returns a service's containers, the newest first.
    fn containers(&self, service: &str) -> &[Container<'a>] {
        self.own.get(service).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns a container of a service by its id.
    fn container_mut(&mut self, service: &str, id: &str) -> Option<&mut Container<'a>> {
        self.own.get_mut(service)?.iter_mut().find(|container| container.id == id)
    }

    /// Finds any container by its name or id.
    fn any(&self, reference: &str) -> Option<&Container<'a>> {
        let all = self.own.values().flatten().chain(&self.foreign);
        all.into_iter().find(|container| container.name == reference || container.id == reference)
    }

    /// A container is gone.
    fn forget(&mut self, service: &str, id: &str) {
        if let Some(containers) = self.own.get_mut(service) {
            containers.retain(|container| container.id != id);
        }
    }

    fn action(&self, service: &Service, hash: &str) -> Action {
        let containers = self.containers(&service.name);
        let changed = order::dependencies(self.project, service)
            .into_iter()
            .any(|name| matches!(self.actions.get(name), Some(Action::Create | Action::Recreate)));
        let mut recreate = self.options.recreate;
        if changed && recreate != Recreate::Never {
            let found = || containers.iter().filter_map(|container| container.found);
            let stopped = found().any(|container| container.stopped);
            let linked = found().any(|container| container.running && container.links);
            if self.options.always_recreate_deps || stopped || linked == service.links.is_empty() {
                recreate = Recreate::Always;
            }
        }
        let diverged =
            containers.iter().filter_map(|container| container.found).any(|found| found.label(LABEL_HASH) != hash);
        match recreate {
            _ if containers.is_empty() => Action::Create,
            Recreate::Never => Action::Start,
            Recreate::Always => Action::Recreate,
            Recreate::Changed if diverged => Action::Recreate,
            Recreate::Changed if containers.iter().any(|container| !container.running) => Action::Start,
            Recreate::Changed => Action::Nothing,
        }
    }

    fn scale(&mut self, service: &Service) -> usize {
        if let Some(scale) = self.options.scale.get(&service.name) {
            return usize::try_from(*scale).unwrap_or(usize::MAX);
        }
        let deploy =
            service.deploy.as_ref().filter(|deploy| matches!(deploy.mode.as_deref(), None | Some("replicated")));
        let replicas = deploy.and_then(|deploy| deploy.replicas);
        if service.scale.is_some() && replicas.is_some() {
            let message = "Both service.scale and service.deploy.replicas are set. Only one of them must be set.";
            self.notes.service_error(service, "scale", "SCALE_CONFLICT", message);
        }
        let scale = replicas.or(service.scale).unwrap_or(1);
        let most = deploy.and_then(|deploy| deploy.placement.as_ref()?.max_replicas_per_node).unwrap_or(scale);
        usize::try_from(scale.min(most)).unwrap_or(usize::MAX)
    }

    fn execute(&mut self, service: &Service, hash: &str) {
        // Far more containers than an engine can hold are a mistake, and a plan of them would fill the memory.
        let scale = self.scale(service);
        if scale > 10_000 {
            self.notes.service_error(service, "scale", "SCALE_TOO_LARGE", "more than 10000 containers of one service");
            return;
        }
        let mut containers = self.containers(&service.name).to_vec();
        containers.sort_by_key(|container| container.number);
        let action = self.actions.get(service.name.as_str()).copied().unwrap_or(Action::Nothing);
        if action == Action::Nothing && containers.len() == scale {
            return;
        }
        for surplus in containers.split_off(scale.min(containers.len())) {
            self.requests.push(stop(&surplus.id, Some(service)));
            self.requests.push(delete(&surplus.id, false, false));
            self.forget(&service.name, &surplus.id);
        }
        let kept = containers.len();
        for old in containers {
            match action {
                Action::Recreate => self.recreate(service, &old, hash),
                _ if !old.running => self.start(service, &old.id, true),
                _ => {}
            }
        }
        let next =
            self.containers(&service.name).iter().map(|container| container.number).max().unwrap_or_default() + 1;
        // New containers of a service differ in their number alone.
        let mut made: Option<Value> = None;
        for number in (next..).take(scale - kept) {
            let body = match made.take() {
                Some(mut body) => {
                    body["Labels"][LABEL_NUMBER] = number.to_string().into();
                    body
                }
                None => self.body(service, number, hash, None),
            };
            let id = self.create(service, number, &body);
            self.start(service, &id, false);
            made = Some(body);
        }
    }

    fn recreate(&mut self, service: &Service, old: &Container<'a>, hash: &str) {
        let short = state::short_id(&old.id);
        self.requests.push(stop(&old.id, Some(service)));
        if !old.name.starts_with(&short) {
            let renamed = format!("{short}_{}", old.name);
            self.requests.push(
                Request::post(format!("/containers/{}/rename", old.id), Json::default()).with("name", renamed.clone()),
            );
            if let Some(container) = self.container_mut(&service.name, &old.id) {
                container.name = renamed;
                container.running = false;
            }
        }
        let previous = old.found.filter(|_| !self.options.renew_anonymous_volumes);
        let body = self.body(service, old.number, hash, previous);
        let id = self.create(service, old.number, &body);
        self.start(service, &id, false);
        self.requests.push(delete(&old.id, false, false));
        self.forget(&service.name, &old.id);
    }

    /// Returns the body of a container's creation.
    fn body(&mut self, service: &Service, number: u64, hash: &str, previous: Option<&ContainerState>) -> Value {
        let mounted = volumes::of_service(self.project, service, self.options, previous);
        let affinity = previous.filter(|_| mounted.taken_over).map(|previous| previous.id.clone());
        let networks = networks::of_service(self.project, service, self.options);
        let joined = self.joined(service, networks.first());
        let labels = container::labels(service, number, hash, self.options);
        let mut body = container::body(service, &labels, &mounted, affinity.as_deref(), self.options, &mut self.notes);
        body["HostConfig"] = host_config::convert(service, &joined, &mounted, self.options, &mut self.notes);
        if let Some((network, attachment)) = networks.first() {
            body["NetworkingConfig"] =
                json!({ "EndpointsConfig": { network.clone(): networks::first_endpoint(service, attachment) } });
        }
        body
    }

    fn create(&mut self, service: &Service, number: u64, body: &Value) -> String {
        let name = container::name(service, number, self.options);
        let id = id_of(&name);
        self.requests.push(Request::post("/containers/create", Json::of(body)).with("name", name.clone()));
        let made = Container { id: id.clone(), name, number, running: false, found: None };
        self.own.entry(service.name.clone()).or_default().insert(0, made);
        id
    }

    fn start(&mut self, service: &Service, id: &str, existed: bool) {
        // A container that was there before keeps its endpoints.
        let has_further = !existed && service.networks.as_ref().is_some_and(|networks| networks.len() > 1);
        let networks = if has_further { networks::of_service(self.project, service, self.options) } else { Vec::new() };
        let further = networks.get(1..).unwrap_or_default();
        for (network, attachment) in further {
            let endpoint = networks::endpoint(service, attachment, state::short_id(id), &self.links(service));
            let body = json!({ "Container": id, "EndpointConfig": endpoint });
            self.requests.push(Request::post(format!("/networks/{network}/connect"), body));
        }
        self.requests.push(Request::post(format!("/containers/{id}/start"), Json::default()));
        if let Some(container) = self.container_mut(&service.name, id) {
            container.running = true;
        }
    }

    /// `HostConfig.Links`: `container:alias`, for the container's name, the short name and the alias.
    fn links(&self, service: &Service) -> Vec<String> {
        let mut links: BTreeMap<String, String> = BTreeMap::new();
        for link in &service.links {
            for container in self.containers(&link.service).iter().filter(|container| container.running) {
                links.insert(link.alias.clone().unwrap_or_else(|| link.service.clone()), container.name.clone());
                links.insert(container.name.clone(), container.name.clone());
                links.insert(self.short_name(&link.service, container), container.name.clone());
            }
        }
        for text in &service.external_links {
            let (container, alias) = text.split_once(':').unwrap_or((text, text));
            links.insert(alias.to_owned(), container.to_owned());
        }
        links.into_iter().map(|(alias, container)| format!("{container}:{alias}")).collect()
    }

    /// Returns the name by which links call a container.
    fn short_name(&self, service: &str, container: &Container<'_>) -> String {
        if container.name.starts_with(&format!("{}_{service}", self.options.project)) {
            format!("{service}_{}", container.number)
        } else {
            container.name.clone()
        }
    }

    fn joined(&mut self, service: &Service, network: Option<&(String, Attachment)>) -> Joined {
        let network_mode = match &service.network_mode {
            Some(mode) => self.namespace(service, "network_mode", mode),
            None if self.project.dialect == Dialect::V1 => None,
            None => Some(network.map_or_else(|| "none".to_owned(), |(network, _)| network.clone())),
        };
        let pid = service.pid.as_ref().and_then(|mode| self.namespace(service, "pid", mode));
        let ipc = service.ipc.as_ref().and_then(|mode| self.namespace(service, "ipc", mode));
        let mut volumes_from = Vec::new();
        for from in &service.volumes_from {
            let mode = from.mode.as_deref().unwrap_or("rw");
            let container = if !order::is_service(self.project, from) {
                self.any(&from.source)
            } else {
                self.containers(&from.source).first()
            };
            match container {
                Some(container) => volumes_from.push(format!("{}:{mode}", container.id)),
                None => {
                    let message = format!(
                        "mounts volumes from {:?}, which is not the name of a service or container",
                        from.source
                    );
                    self.notes.service_error(service, "volumes_from", "UNDEFINED_CONTAINER", message);
                }
            }
        }
        Joined { links: self.links(service), volumes_from, network_mode, pid, ipc }
    }

    /// Resolves `service:x` and `container:x` to a container's id.
    fn namespace(&mut self, service: &Service, key: &str, mode: &str) -> Option<String> {
        if let Some(name) = order::joined_service(self.project, mode) {
            return self.containers(name).first().map(|container| format!("container:{}", container.id));
        }
        let Some(name) = mode.strip_prefix("container:") else { return Some(mode.to_owned()) };
        let found = self.any(name).map(|container| format!("container:{}", container.id));
        if found.is_none() {
            let message = format!("uses the namespace of container {name:?} which does not exist");
            self.notes.service_error(service, key, "UNDEFINED_CONTAINER", message);
        }
        found
    }
}
