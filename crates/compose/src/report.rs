//! What becomes of a file on each target, what is lost there, and what to change so that one file serves all: for people.
//!
//! Everything follows from one table of keys and targets (`report/table.txt`), from which `docs/compose-mapping.md` is made too.

mod explain;
mod table;
mod text;

use crate::kubernetes::{Sink, Spot};
use crate::model::{Position, Project, Service};

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
}

/// Lists the keys that a project has and the table knows, in the file's order of services and keys.
pub(crate) fn present(project: &Project) -> Vec<Present> {
    let mut found = Vec::new();
    let Ok(value) = serde_json::to_value(project) else { return found };
    table::walk(&value, &mut |row, path| {
        let at = place(project, path);
        found.push(Present { row, path: table::display(path), at });
    });
    found
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

/// Says what Kubernetes does not hold to.
pub(crate) fn warn(project: &Project, sink: &mut Sink<'_>) {
    for present in present(project) {
        let verdict = &present.row.kubernetes;
        let spot = Spot::new(present.path.clone(), present.at);
        match verdict.outcome {
            Outcome::Held | Outcome::Becomes => {}
            Outcome::Ignored | Outcome::Change => {
                let colon = if verdict.note.is_empty() { "" } else { ": " };
                let message = format!("`{}` is not held to on Kubernetes{colon}{}", present.path, verdict.note);
                sink.warning("NOT_ON_KUBERNETES", &spot, message, verdict.instead);
            }
            Outcome::Refused => {
                let message = format!("`{}` has no equivalent on Kubernetes: {}", present.path, verdict.note);
                sink.error("NO_EQUIVALENT", &spot, message, verdict.instead);
            }
        }
    }
}
