//! `convert`: to a swarm, to an engine, to Kubernetes.

use std::collections::BTreeMap;

use compose::model::{Client, Project, StackClient};
use compose::{Diagnostic, classic, kubernetes, print, swarm};
use serde::Serialize;

use super::args::{ConvertArgs, Print, Target};
use super::files::{self, Loaded};

/// The text of what is asked for, and what is said about it.
pub(super) struct Converted {
    pub(super) text: String,
    pub(super) warnings: Vec<Diagnostic>,
}

pub(super) fn convert(project: &Project, loaded: &Loaded, args: &ConvertArgs) -> Result<Converted, Vec<Diagnostic>> {
    match args.to {
        Target::Swarm => to_swarm(project, loaded, args),
        Target::Classic => to_classic(project, loaded, args),
        Target::Kubernetes => to_kubernetes(project, loaded, args),
    }
}

/// The stack's name: asked for, the project's, or that of the directory.
fn name(project: &Project, args: &ConvertArgs) -> String {
    let directory = || project.directory.rsplit('/').next().unwrap_or_default().to_owned();
    let asked = args.files.project_name.clone().or_else(|| Some(project.name.clone()).filter(|name| !name.is_empty()));
    asked.unwrap_or_else(directory)
}

fn to_swarm(project: &Project, loaded: &Loaded, args: &ConvertArgs) -> Result<Converted, Vec<Diagnostic>> {
    let client = match loaded.client {
        Client::StackDeploy(client) => client,
        Client::ComposeV1_29 | Client::Specification => StackClient::V28,
    };
    let options = swarm::Options {
        client,
        namespace: &name(project, args),
        resolve_image: swarm::ResolveImage::Never,
        prune: false,
        resolver: &|_| None,
        reader: &files::content,
    };
    let plan = swarm::deploy(project, &options, &swarm::State::default())?;
    Ok(Converted { text: written(&plan.requests, args.format), warnings: plan.warnings })
}

fn to_classic(project: &Project, loaded: &Loaded, args: &ConvertArgs) -> Result<Converted, Vec<Diagnostic>> {
    let scale = BTreeMap::new();
    let options = classic::Options {
        project: &name(project, args),
        working_dir: &project.directory,
        config_files: &loaded.files,
        recreate: classic::Recreate::default(),
        always_recreate_deps: false,
        renew_anonymous_volumes: false,
        remove_orphans: false,
        scale: &scale,
        image: &|_| None,
        reader: &files::content,
    };
    let plan = classic::up(project, &options, &classic::State::default())?;
    Ok(Converted { text: written(&plan.requests, args.format), warnings: plan.warnings })
}

fn to_kubernetes(project: &Project, loaded: &Loaded, args: &ConvertArgs) -> Result<Converted, Vec<Diagnostic>> {
    let mut contents = kubernetes::Contents { variables: loaded.environment.clone(), ..Default::default() };
    let mut errors = Vec::new();
    for path in kubernetes::content_files(project) {
        match files::content(path) {
            Ok(bytes) => {
                contents.files.insert(path.to_owned(), bytes);
            }
            Err(reason) => {
                errors.push(Diagnostic::error("FILE_NOT_READ", format!("`{path}` could not be read: {reason}")))
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let options = kubernetes::Options {
        stack: Some(name(project, args)),
        namespace: args.namespace.clone(),
        publish: if args.node_ports { kubernetes::Publish::NodePort } else { kubernetes::Publish::LoadBalancer },
        names: if args.adapt_names { kubernetes::Names::Adapt } else { kubernetes::Names::Refuse },
        kompose_labels: args.kompose,
        contents: Some(contents),
    };
    let objects = kubernetes::convert(project, &options)?;
    let text = match args.format {
        Print::Yaml => objects.to_yaml(),
        Print::Json => objects.to_json(),
    };
    Ok(Converted { text, warnings: objects.warnings })
}

fn written(value: &impl Serialize, format: Print) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    match format {
        Print::Yaml => print::value_to_yaml(&value),
        Print::Json => print::value_to_json(&value),
    }
}
