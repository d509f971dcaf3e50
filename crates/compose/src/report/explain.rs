//! The report over one file.

use serde::Serialize;

use super::table::{Outcome, Target};
use super::{Present, present};
use crate::kubernetes::{self, Object, Options, object::ServiceSpec};
use crate::model::{Project, Service};
use crate::{Diagnostic, Severity};

/// What becomes of a file on each target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The project's name.
    pub name: String,
    /// One for each target.
    pub targets: Vec<TargetReport>,
    /// What to change so that one file serves all.
    pub advice: Vec<Advice>,
}

/// What becomes of a file on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetReport {
    /// The target.
    pub target: Target,
    /// Whether the file runs there at all.
    pub runs: bool,
    /// What it becomes, a line each.
    pub becomes: Vec<String>,
    /// For what it is refused.
    pub refused: Vec<Note>,
    /// What is lost.
    pub lost: Vec<Note>,
}

/// Something said about one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Path of keys.
    pub path: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1; 0 where unknown.
    pub line: u32,
    /// What is said.
    pub text: String,
    /// What to write instead; may be empty.
    pub instead: String,
}

/// A change by which one file serves more targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// Paths of the keys that it is about.
    pub paths: Vec<String>,
    /// For which targets.
    pub targets: Vec<Target>,
    /// What to write.
    pub text: String,
}

/// Says what becomes of a project on each target.
#[must_use]
pub fn explain(project: &Project) -> Report {
    let keys = present(project);
    let targets = Target::ALL.map(|target| target_report(project, &keys, target)).into();
    Report { name: project.name.clone(), advice: advice(&targets), targets }
}

fn target_report(project: &Project, keys: &[Present], target: Target) -> TargetReport {
    let (mut refused, mut lost) = (Vec::new(), Vec::new());
    for key in keys {
        let verdict = key.row.verdict(target);
        let note = || Note {
            path: key.path.clone(),
            file: project.file_name(key.at).map(str::to_owned),
            line: key.at.line,
            text: verdict.note.to_owned(),
            instead: verdict.instead.to_owned(),
        };
        match verdict.outcome {
            Outcome::Held | Outcome::Becomes => {}
            Outcome::Ignored if target == Target::Kubernetes && key.is_held_by_job => {}
            Outcome::Ignored | Outcome::Change => lost.push(note()),
            Outcome::Refused => refused.push(note()),
        }
    }
    let becomes = match target {
        Target::Swarm => swarm(project),
        Target::Classic => classic(project),
        Target::Kubernetes => of_kubernetes(project, &mut refused, &mut lost),
    };
    TargetReport { target, runs: refused.is_empty(), becomes, refused, lost }
}

/// Lists what Kubernetes gets, and adds what only the conversion itself finds.
fn of_kubernetes(project: &Project, refused: &mut Vec<Note>, lost: &mut Vec<Note>) -> Vec<String> {
    // A file that is only looked at needs no name, and `stack deploy` gives it one on the command line.
    let stack = if project.name.is_empty() { "stack".to_owned() } else { project.name.clone() };
    let options = Options { stack: Some(stack), ..Options::default() };
    let (items, said) = match kubernetes::attempt(project, &options, |object| line_of(&object)) {
        Ok(objects) => (objects.items, objects.warnings),
        Err(said) => (Vec::new(), said),
    };
    for one in said {
        let list = if one.severity == Severity::Error { &mut *refused } else { &mut *lost };
        let note = note_of(one);
        // The table has said it already where it knows the key.
        if !list.iter().any(|other| other.path.starts_with(&note.path) && !note.path.is_empty()) {
            list.push(note);
        }
    }
    items
}

fn note_of(diagnostic: Diagnostic) -> Note {
    Note {
        path: diagnostic.path,
        file: diagnostic.file,
        line: diagnostic.line,
        text: diagnostic.message,
        instead: diagnostic.suggestion.unwrap_or_default(),
    }
}

fn line_of(object: &Object) -> String {
    let (kind, name) = (object.kind(), object.name());
    let detail = match object {
        Object::Service(object) => ports(&object.spec),
        Object::Deployment(object) => count(object.spec.replicas.into(), "pod"),
        Object::StatefulSet(object) => {
            let claims = object.spec.volume_claim_templates.iter().map(|claim| claim.metadata.name.as_str());
            let pods = count(object.spec.replicas.into(), "pod");
            format!("{pods}, each with its claims: {}", claims.collect::<Vec<_>>().join(", "))
        }
        Object::DaemonSet(_) => "a pod on each node".to_owned(),
        Object::Job(object) => match object.spec.completions.unwrap_or(1) {
            1 => "1 pod that ends".to_owned(),
            pods => format!("{pods} pods that end"),
        },
        Object::CronJob(object) => format!("a pod that ends, begun at `{}`", object.spec.schedule),
        Object::Autoscaler(object) => {
            format!("{} to {}", object.spec.min_replicas, count(object.spec.max_replicas.into(), "pod"))
        }
        Object::ConfigMap(_) | Object::Secret(_) | Object::Ingress(_) => return format!("{kind} `{name}`"),
    };
    format!("{kind} `{name}`: {detail}")
}

fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn ports(spec: &ServiceSpec) -> String {
    let listed = spec.ports.iter().map(|port| port.name.as_str()).collect::<Vec<_>>().join(", ");
    match (spec.service_type, spec.cluster_ip) {
        (Some(kind), _) => format!("{kind}, ports {listed}"),
        (None, Some(_)) => "the name within the cluster".to_owned(),
        (None, None) => format!("the name within the cluster, ports {listed}"),
    }
}

fn swarm(project: &Project) -> Vec<String> {
    let stack = if project.name.is_empty() { "<stack>" } else { &project.name };
    let mut lines = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    for service in project.services.values() {
        match &service.networks {
            Some(networks) if !networks.is_empty() => used.extend(networks.keys().map(String::as_str)),
            _ => used.push("default"),
        }
    }
    used.sort_unstable();
    used.dedup();
    for network in used {
        if project.networks.get(network).is_none_or(|network| network.external.is_no()) {
            lines.push(format!("network `{stack}_{network}`"));
        }
    }
    for (what, files) in [("secret", &project.secrets), ("config", &project.configs)] {
        for (key, file) in files.iter().filter(|(_, file)| file.external.is_no()) {
            let name = file.name.clone().unwrap_or_else(|| format!("{stack}_{key}"));
            lines.push(format!("{what} `{name}`"));
        }
    }
    lines.extend(project.services.iter().map(|(key, service)| format!("service `{stack}_{key}`: {}", tasks(service))));
    lines
}

fn tasks(service: &Service) -> String {
    let deploy = service.deploy.as_ref();
    match deploy.and_then(|deploy| deploy.mode.as_deref()) {
        Some("global") => "a task on each node".to_owned(),
        Some(mode @ ("replicated-job" | "global-job")) => format!("a job ({mode})"),
        _ => count(deploy.and_then(|deploy| deploy.replicas).unwrap_or(1), "task"),
    }
}

fn classic(project: &Project) -> Vec<String> {
    let name = if project.name.is_empty() { "<project>" } else { &project.name };
    let mut lines = Vec::new();
    for (key, network) in project.networks.iter().filter(|(_, network)| network.external.is_no()) {
        lines.push(format!("network `{}`", network.name.clone().unwrap_or_else(|| format!("{name}_{key}"))));
    }
    for (key, volume) in project.volumes.iter().filter(|(_, volume)| volume.external.is_no()) {
        lines.push(format!("volume `{}`", volume.name.clone().unwrap_or_else(|| format!("{name}_{key}"))));
    }
    for (key, service) in &project.services {
        let replicas = service.deploy.as_ref().and_then(|deploy| deploy.replicas);
        let count = service.scale.or(replicas).unwrap_or(1);
        lines.push(match &service.container_name {
            Some(own) => format!("container `{own}`"),
            None if count == 1 => format!("container `{name}_{key}_1`"),
            None => format!("{count} containers `{name}_{key}_<n>`"),
        });
    }
    lines
}

/// Gathers what to write instead, each once.
fn advice(targets: &Vec<TargetReport>) -> Vec<Advice> {
    let mut made: Vec<Advice> = Vec::new();
    for report in targets {
        for note in report.refused.iter().chain(&report.lost).filter(|note| !note.instead.is_empty()) {
            let index = made.iter().position(|one| one.text == note.instead).unwrap_or_else(|| {
                made.push(Advice { paths: Vec::new(), targets: Vec::new(), text: note.instead.clone() });
                made.len() - 1
            });
            let Some(one) = made.get_mut(index) else { continue };
            if !one.paths.contains(&note.path) {
                one.paths.push(note.path.clone());
            }
            if !one.targets.contains(&report.target) {
                one.targets.push(report.target);
            }
        }
    }
    made
}
