//! What becomes of a file on each target, what is lost there, and what to change so that one file serves all: for people.
//!
//! Everything follows from one table of keys and targets (`report/table.txt`), from which `docs/compose-mapping.md` is made too.

mod explain;
mod table;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kubernetes::{Sink, Spot};
use crate::model::{FileResource, Model, Network, Position, Project, Service, Volume};

pub use explain::{Advice, Note, Report, TargetReport, explain};
pub use table::{Outcome, Row, Target, Verdict, rows};
pub use text::markdown;

/// A key that a project has, with its row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    /// The row.
    pub(crate) row: &'static Row,
    /// Path of keys, such as `services.web.ports[0].host_ip`.
    pub(crate) path: String,
    /// Place in the file.
    pub(crate) at: Position,
    /// Whether it says when a Job of Kubernetes is tried again, where pods that are kept running could not hold to it.
    pub(crate) is_held_by_job: bool,
}

/// Lists the keys that a project has and the table knows, in the file's order of services and keys.
pub(crate) fn present(project: &Project) -> Vec<Present> {
    let mut found = Vec::new();
    visit(project, &mut |row, path| {
        let is_held_by_job = is_held_by_job(project, path, false);
        found.push(Present { row, path: table::display(path), at: place(project, path), is_held_by_job });
    });
    found
}

/// Calls a function for each key that a project has and the table knows. Services are looked at one by one, since a large project as
/// one value takes far more memory than the project.
fn visit(project: &Project, visit: &mut dyn FnMut(&'static Row, &[String])) {
    let head =
        Head { version: project.version.as_deref(), name: Some(project.name.as_str()).filter(|name| !name.is_empty()) };
    if let Ok(value) = serde_json::to_value(&head) {
        table::walk(&[], &value, visit);
    }
    for (name, service) in &project.services {
        if let Ok(value) = serde_json::to_value(service) {
            table::walk(&["services", name], &value, visit);
        }
    }
    let rest = Rest {
        networks: &project.networks,
        volumes: &project.volumes,
        secrets: &project.secrets,
        configs: &project.configs,
        models: &project.models,
        extensions: &project.extensions,
    };
    if let Ok(value) = serde_json::to_value(&rest) {
        table::walk(&[], &value, visit);
    }
}

/// What stands before the services.
#[derive(Serialize)]
struct Head<'p> {
    version: Option<&'p str>,
    name: Option<&'p str>,
}

/// What stands after them.
#[derive(Serialize)]
struct Rest<'p> {
    networks: &'p BTreeMap<String, Network>,
    volumes: &'p BTreeMap<String, Volume>,
    secrets: &'p BTreeMap<String, FileResource>,
    configs: &'p BTreeMap<String, FileResource>,
    models: &'p BTreeMap<String, Model>,
    #[serde(flatten)]
    extensions: &'p BTreeMap<String, serde_json::Value>,
}

fn place(project: &Project, path: &[String]) -> Position {
    let part = |index: usize| path.get(index).map(String::as_str).unwrap_or_default();
    let name = part(1);
    match part(0) {
        "services" => project.services.get(name).map(|service| service_place(service, part(2), part(3))),
        "networks" => project.networks.get(name).map(|network| network.at),
        "volumes" => project.volumes.get(name).map(|volume| volume.at),
        "secrets" => project.secrets.get(name).map(|secret| secret.at),
        "configs" => project.configs.get(name).map(|config| config.at),
        "models" => project.models.get(name).map(|model| model.at),
        _ => None,
    }
    .unwrap_or_default()
}

/// Entries of lists know their place; other keys that of the service's key.
fn service_place(service: &Service, key: &str, entry: &str) -> Position {
    let index = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|text| text.parse().ok());
    let entry = index.and_then(|index: usize| match key {
        "ports" => service.ports.get(index).map(|port| port.at),
        "volumes" => service.volumes.get(index).map(|mount| mount.at),
        "secrets" => service.secrets.get(index).map(|file| file.at),
        "configs" => service.configs.get(index).map(|file| file.at),
        _ => None,
    });
    entry.filter(|at| at.is_known()).unwrap_or_else(|| service.key_at(key))
}

/// Tells whether a key says when a service that ends is tried again: a Job holds to that.
fn is_held_by_job(project: &Project, path: &[String], reads_kompose: bool) -> bool {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let (["services", name, "restart"] | ["services", name, "deploy", "restart_policy", "condition" | "max_attempts"]) =
        parts.as_slice()
    else {
        return false;
    };
    project.services.get(*name).is_some_and(|service| {
        let deploy = service.deploy.as_deref();
        let is_job = deploy.and_then(|deploy| deploy.mode.as_deref()) == Some("replicated-job");
        let is_scheduled = |labels: &BTreeMap<String, String>| labels.contains_key("kompose.cronjob.schedule");
        is_job
            || reads_kompose
                && (is_scheduled(&service.labels) || deploy.is_some_and(|deploy| is_scheduled(&deploy.labels)))
    })
}

/// Says what Kubernetes does not hold to.
pub(crate) fn warn(project: &Project, reads_kompose: bool, sink: &mut Sink<'_>) {
    visit(project, &mut |row, path| {
        let verdict = &row.kubernetes;
        if matches!(verdict.outcome, Outcome::Held | Outcome::Becomes) || is_held_by_job(project, path, reads_kompose) {
            return;
        }
        let spot = Spot::new(table::display(path), place(project, path));
        if verdict.outcome == Outcome::Refused {
            let message = format!("`{}` has no equivalent on Kubernetes: {}", spot.path, verdict.note);
            sink.error("NO_EQUIVALENT", &spot, message, verdict.instead);
        } else {
            let colon = if verdict.note.is_empty() { "" } else { ": " };
            let message = format!("`{}` is not held to on Kubernetes{colon}{}", spot.path, verdict.note);
            sink.warning("NOT_ON_KUBERNETES", &spot, message, verdict.instead);
        }
    });
}
