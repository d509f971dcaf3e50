//! `convert`: to a swarm, to an engine, to Kubernetes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use compose::kubernetes::Objects;
use compose::model::{Client, Project, StackClient};
use compose::plan::Plan;
use compose::{Diagnostic, Json, classic, kubernetes, swarm};

use super::args::{ConvertArgs, Print, Target};
use super::files::{self, Loaded};

/// What was made, each request and object as its text.
pub(super) enum Converted {
    Plan(Plan),
    Objects(Objects<Json>),
}

impl Converted {
    /// Returns what is said about it.
    pub(super) fn warnings(&self) -> &[Diagnostic] {
        match self {
            Self::Plan(plan) => &plan.warnings,
            Self::Objects(objects) => &objects.warnings,
        }
    }

    /// Writes it piece by piece.
    pub(super) fn write(&self, format: Print, out: &mut dyn Write) -> io::Result<()> {
        match (self, format) {
            (Self::Plan(plan), Print::Yaml) => plan.write_yaml(out),
            (Self::Plan(plan), Print::Json) => plan.write_json(out),
            (Self::Objects(objects), Print::Yaml) => objects.write_yaml(out),
            (Self::Objects(objects), Print::Json) => objects.write_json(out),
        }
    }
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
    swarm::deploy(project, &options, &swarm::State::default()).map(Converted::Plan)
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
    classic::up(project, &options, &classic::State::default()).map(Converted::Plan)
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
    kubernetes::convert_each(project, &options, |object| Json::of(&object)).map(Converted::Objects)
}
