//! What `docker stack deploy` makes of a project: networks, secrets, configs and services of a swarm, request for request.
//!
//! The contract is the stock client of 20.10 or of 28, which [`Options::client`] chooses; where neither is right (it stops halfway, having
//! made half a stack) everything is checked before the first request.

mod capabilities;
mod deploy;
mod files;
mod ignored;
mod image;
mod mounts;
mod networks;
mod service;
mod state;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::model::{Project, StackClient};
use crate::notes::Notes;
use crate::plan::{Plan, Request};
use crate::{Diagnostic, Json};

pub use image::ResolvedImage;
pub use state::{NetworkState, ObjectState, ServiceState, State};

/// The label that holds the stack's name, on everything.
pub const LABEL_NAMESPACE: &str = "com.docker.stack.namespace";
/// The label that holds the image as the file wrote it, on services.
pub const LABEL_IMAGE: &str = "com.docker.stack.image";

/// When image tags are resolved to digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResolveImage {
    /// On every deployment.
    #[default]
    Always,
    /// When the file's image changed.
    Changed,
    /// Never.
    Never,
}

/// What a conversion needs besides the project.
pub struct Options<'a> {
    /// Whose requests are made.
    pub client: StackClient,
    /// The stack's name.
    pub namespace: &'a str,
    /// When images are resolved.
    pub resolve_image: ResolveImage,
    /// Services of the stack that the project no longer has are removed first.
    pub prune: bool,
    /// Asks a registry for an image's digest and platforms; `None` where it cannot be asked or does not know.
    pub resolver: &'a dyn Fn(&str) -> Option<ResolvedImage>,
    /// Reads a file that a secret or a config names.
    pub reader: &'a dyn Fn(&str) -> Result<Vec<u8>, String>,
}

/// A converted stack, before it is held against what the swarm has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stack {
    /// Networks to create, by the engine's name: bodies of `POST /networks/create`.
    pub networks: BTreeMap<String, Json>,
    /// Networks that must exist.
    pub external_networks: Vec<String>,
    /// Bodies of `POST /secrets/create`, by name.
    pub secrets: BTreeMap<String, Json>,
    /// Bodies of `POST /configs/create`, by name.
    pub configs: BTreeMap<String, Json>,
    /// Service specifications, by name; ids of secrets and configs stand in angle brackets.
    pub services: BTreeMap<String, Json>,
    /// What is ignored.
    pub warnings: Vec<Diagnostic>,
}

/// Converts a project, without asking what the swarm has. Images stay as the file wrote them.
///
/// # Errors
/// Everything in the project that the client refuses.
pub fn convert(project: &Project, options: &Options<'_>) -> Result<Stack, Vec<Diagnostic>> {
    let mut notes = Notes::new(project);
    let mut stack = prepare(project, options, &mut notes);
    for service in project.services.values() {
        let spec = service::convert(project, service, options, &mut notes);
        stack.services.insert(scoped(options.namespace, &service.name), spec.into());
    }
    stack.warnings = notes.warnings;
    if notes.errors.is_empty() { Ok(stack) } else { Err(notes.errors) }
}

/// Converts all but the services.
fn prepare(project: &Project, options: &Options<'_>, notes: &mut Notes<'_>) -> Stack {
    let mut stack = Stack::default();
    ignored::check(project, notes);
    networks::convert(project, options, &mut stack);
    stack.secrets = files::convert(project, options, files::Kind::Secret, notes);
    stack.configs = files::convert(project, options, files::Kind::Config, notes);
    stack
}

/// Returns the requests that bring the stack up on a swarm that has `state`: creations, and updates of what is there.
///
/// # Errors
/// Everything the client refuses, and external networks, secrets and configs that are not there.
pub fn deploy(project: &Project, options: &Options<'_>, state: &State) -> Result<Plan, Vec<Diagnostic>> {
    let mut notes = Notes::new(project);
    let mut stack = prepare(project, options, &mut notes);
    if options.resolve_image != ResolveImage::Never {
        // A registry is asked about images of a project that is right, so the services are gone through once before.
        let mut check = Notes::new(project);
        for service in project.services.values() {
            service::convert(project, service, options, &mut check);
        }
        if !notes.errors.is_empty() || !check.errors.is_empty() {
            return Err(notes.errors.into_iter().chain(check.errors).collect());
        }
    }
    let mut errors = Vec::new();
    state.check_networks(&stack.external_networks, &mut errors);
    let mut requests = Vec::new();
    if options.prune {
        requests.extend(prune(project, options.namespace, state).requests);
    }
    for (name, body) in std::mem::take(&mut stack.networks) {
        if !state.has_stack_network(options.namespace, &name) {
            requests.push(Request::post("/networks/create", body));
        }
    }
    for (kind, objects, existing) in
        [("secrets", &mut stack.secrets, &state.secrets), ("configs", &mut stack.configs, &state.configs)]
    {
        for (name, body) in objects {
            let body = std::mem::take(body);
            requests.push(match existing.iter().find(|object| object.name == *name) {
                Some(object) => Request::post(format!("/{kind}/{}/update", object.id), body)
                    .with("version", object.version.to_string()),
                None => Request::post(format!("/{kind}/create"), body),
            });
        }
    }
    // Each specification is written down before the next is made: all of them as trees take many times their text.
    let mut unresolved = Vec::new();
    for service in project.services.values() {
        let name = scoped(options.namespace, &service.name);
        let mut spec = service::convert(project, service, options, &mut notes);
        state.fill_ids(&name, &mut spec, &stack, &mut errors);
        requests.push(service_request(&name, spec, options, state, &mut unresolved));
    }
    let errors = if notes.errors.is_empty() { errors } else { notes.errors };
    let warnings = notes.warnings.into_iter().chain(unresolved).collect();
    if errors.is_empty() { Ok(Plan { requests, warnings }) } else { Err(errors) }
}

fn service_request(
    name: &str,
    mut spec: Value,
    options: &Options<'_>,
    state: &State,
    warnings: &mut Vec<Diagnostic>,
) -> Request {
    let existing = state.services.iter().find(|service| service.name() == name);
    let mut resolve = options.resolve_image != ResolveImage::Never;
    if let Some(existing) = existing {
        let wanted = spec.pointer("/TaskTemplate/ContainerSpec/Image").cloned().unwrap_or_default();
        let unchanged = existing.spec.pointer("/Labels").and_then(|labels| labels.get(LABEL_IMAGE)) == Some(&wanted);
        if unchanged && options.resolve_image != ResolveImage::Always {
            // The digest of the last deployment stays: without it the update would restart tasks for nothing.
            resolve = false;
            if let Some(image) = existing.spec.pointer("/TaskTemplate/ContainerSpec/Image") {
                spec["TaskTemplate"]["ContainerSpec"]["Image"] = image.clone();
            }
        }
        let force = existing.spec.pointer("/TaskTemplate/ForceUpdate").cloned().unwrap_or_else(|| 0.into());
        spec["TaskTemplate"]["ForceUpdate"] = force;
    }
    image::pin(name, &mut spec, resolve, options, warnings);
    match existing {
        Some(existing) => Request::post(format!("/services/{}/update", existing.id), spec)
            .with("version", existing.version.to_string()),
        None => Request::post("/services/create", spec),
    }
}

/// The same as [`deploy`]: the client has one command for both.
///
/// # Errors
/// As [`deploy`].
pub fn update(project: &Project, options: &Options<'_>, state: &State) -> Result<Plan, Vec<Diagnostic>> {
    deploy(project, options, state)
}

/// Returns the requests that remove services of the stack which the project does not have.
#[must_use]
pub fn prune(project: &Project, namespace: &str, state: &State) -> Plan {
    let gone = |service: &&ServiceState| {
        let name = service.name();
        let short = name.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
        service.is_of(namespace) && !project.services.contains_key(short)
    };
    let mut services: Vec<&ServiceState> = state.services.iter().filter(gone).collect();
    services.sort_by_key(|service| service.name());
    let requests = services.iter().map(|service| Request::delete(format!("/services/{}", service.id))).collect();
    Plan { requests, warnings: Vec::new() }
}

/// Returns the requests that remove a stack: services, secrets, configs, networks.
#[must_use]
pub fn remove(namespace: &str, state: &State) -> Plan {
    let mut requests = Vec::new();
    let mut services: Vec<&ServiceState> = state.services.iter().filter(|service| service.is_of(namespace)).collect();
    services.sort_by_key(|service| service.name());
    requests.extend(services.iter().map(|service| Request::delete(format!("/services/{}", service.id))));
    for (kind, objects) in [("secrets", &state.secrets), ("configs", &state.configs)] {
        let own = objects.iter().filter(|object| state::label_is(&object.labels, namespace));
        requests.extend(own.map(|object| Request::delete(format!("/{kind}/{}", object.id))));
    }
    let own = state.networks.iter().filter(|network| state::label_is(&network.labels, namespace));
    requests.extend(own.map(|network| Request::delete(format!("/networks/{}", network.id))));
    Plan { requests, warnings: Vec::new() }
}

/// Returns the engine's name of something the file calls `name`.
pub(crate) fn scoped(namespace: &str, name: &str) -> String {
    format!("{namespace}_{name}")
}

/// Returns labels with the stack's name added.
pub(crate) fn labels(namespace: &str, labels: &BTreeMap<String, String>) -> serde_json::Map<String, Value> {
    let mut all: serde_json::Map<String, Value> =
        labels.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect();
    all.insert(LABEL_NAMESPACE.to_owned(), Value::from(namespace));
    all
}
