//! The way from the names of files to a project.

mod dialect;
mod environment;
mod extends;
mod include;
mod project_name;
mod request;
mod source;
mod validate;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::model::{Client, Dialect, Project};
use crate::sink::Sink;
use crate::tree::{Map, Node};
use crate::{canonical, decode, merge};

pub use dialect::suggest_client;
pub use request::{Outcome, ReadError, Reader, Request};

use source::{Loader, Parsed};

/// Loads files into one project: reads, interpolates, checks, merges, resolves `extends` and `include`, reads `env_file`, and
/// normalises. Says every error of every file at once; there is a project only where there is none.
pub fn load(request: &Request<'_>) -> Outcome {
    let mut sink = Sink::default();
    let project = run(request, &mut sink);
    sink.sort();
    Outcome {
        project: project.filter(|_| sink.errors.is_empty()),
        errors: sink.errors,
        warnings: sink.warnings,
        files: sink.files,
    }
}

fn run(request: &Request<'_>, sink: &mut Sink) -> Option<Project> {
    if request.files.is_empty() {
        sink.push_general(Diagnostic::error("NO_FILE", "no file was named"));
        return None;
    }
    let directory = project_directory(request);
    let environment = environment::project(request, &directory, sink);
    let mut loader = Loader::new(request, &environment, sink);
    let parsed = parse(&mut loader, &request.files);
    let named = project_name::with_name(request, &parsed, &directory, &environment);
    let mut loader = loader.with_environment(&named);
    let (mut root, dialect, version) = merged(&mut loader, parsed, &directory)?;
    let name = project_name::find(request, &root, &directory, &environment, loader.sink);
    // The specification's client ignores the version and does not print it.
    let version = version.filter(|_| request.client != Client::Specification);
    let mut project =
        Project { dialect, version, name, directory: directory.clone(), files: Vec::new(), ..Project::default() };
    validate::device_requests(&root, request.client, loader.sink);
    decode::project(&mut root, &mut project, loader.sink);
    version_1_sources(&mut project);
    // Where a section is wrong as a whole, what follows from it would only be noise.
    let before = loader.sink.errors.len();
    if loader.sink.errors.iter().all(|error| error.path.contains('.')) {
        validate::tree(&root, request.client, loader.sink);
        environment::resolve(&mut project, request, &named, loader.sink);
        choose_profiles(&mut project, request, &environment);
        validate::project(&project, request.client, loader.sink);
        drop_consequences(&mut loader.sink.errors, before);
    }
    project.files.clone_from(&loader.sink.files);
    Some(project)
}

/// Reads files that stand beside each other as YAML; `None` is one of which nothing can be made.
fn parse(loader: &mut Loader<'_>, files: &[String]) -> Vec<Option<Parsed>> {
    let mut parsed = Vec::with_capacity(files.len());
    for file in files {
        let path =
            if file == "-" { file.clone() } else { canonical::absolute(&loader.request.working_directory, file, None) };
        parsed.push(loader.parse(file, &path));
    }
    parsed
}

/// Puts files over each other, in order, and resolves what they extend and include.
fn merged(
    loader: &mut Loader<'_>,
    files: Vec<Option<Parsed>>,
    directory: &str,
) -> Option<(Node, Dialect, Option<String>)> {
    let mut result: Option<(Node, Dialect, Option<String>)> = None;
    let mut is_broken = files.iter().any(Option::is_none);
    let mut files: Vec<Parsed> = files.into_iter().flatten().collect();
    // The specification passes over an empty file where another one says something.
    if loader.client == Client::Specification && files.iter().any(|file| !file.root.is_null()) {
        files.retain(|file| !file.root.is_null());
    }
    let main = files.first().map(|file| file.path.clone()).unwrap_or_default();
    for file in files {
        let path = file.path.clone();
        let Some(mut source) = loader.finish(file, directory) else {
            is_broken = true;
            continue;
        };
        if loader.client == Client::Specification {
            extends::resolve(loader, &mut source.root, &path, directory);
            include::resolve(loader, &mut source.root, &path, directory);
        }
        match &mut result {
            None => result = Some((source.root, source.dialect, source.version)),
            Some((root, dialect, version)) => {
                dialect::check_same(*dialect, version.as_deref(), &source, loader);
                merge::files(root, source.root, loader.client);
            }
        }
    }
    let (mut root, dialect, version) = result.filter(|_| !is_broken)?;
    if loader.client == Client::ComposeV1_29 {
        extends::resolve(loader, &mut root, &main, directory);
    }
    merge::strip_resets(&mut root);
    if loader.client == Client::Specification {
        merge::enforce_unique(&mut root);
    }
    Some((root, dialect, version))
}

/// The directory that relative paths are relative to: asked for, or that of the first file.
fn project_directory(request: &Request<'_>) -> String {
    let working_directory = &request.working_directory;
    if let Some(directory) = &request.project_directory {
        return canonical::clean(&canonical::absolute(working_directory, directory, None));
    }
    match request.files.first().map(String::as_str) {
        None | Some("-") => working_directory.clone(),
        Some(file) => source::parent(&canonical::absolute(working_directory, file, None)),
    }
}

/// Drops what was found late about something that is known to be wrong.
fn drop_consequences(errors: &mut Vec<Diagnostic>, before: usize) {
    let late = errors.split_off(before);
    let known: Vec<String> = errors.iter().map(|error| error.path.clone()).collect();
    let is_news = |error: &Diagnostic| {
        !known.iter().any(|path| path.starts_with(&error.path) || error.path.starts_with(path.as_str()))
    };
    errors.extend(late.into_iter().filter(is_news));
}

/// In version 1 `volumes_from` and `net` name a service, or a container where no service has the name.
fn version_1_sources(project: &mut Project) {
    if project.dialect != Dialect::V1 {
        return;
    }
    let names: Vec<String> = project.services.keys().cloned().collect();
    let is_service = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
    for service in project.services.values_mut() {
        for from in &mut service.volumes_from {
            from.container = !is_service(&from.source);
        }
        let target = service.network_mode.as_deref().and_then(|mode| mode.strip_prefix("container:"));
        if let Some(mode) = target.filter(|name| is_service(name)).map(|name| format!("service:{name}")) {
            service.network_mode = Some(mode);
        }
    }
}

/// Takes out the services whose profiles were not asked for.
fn choose_profiles(project: &mut Project, request: &Request<'_>, environment: &BTreeMap<String, String>) {
    let from_environment = environment.get("COMPOSE_PROFILES").map(String::as_str).unwrap_or_default();
    let asked: Vec<&str> = if request.profiles.is_empty() {
        from_environment.split(',').map(str::trim).collect()
    } else {
        request.profiles.iter().map(String::as_str).collect()
    };
    if matches!(request.client, Client::StackDeploy(_)) || asked.contains(&"*") {
        return;
    }
    let is_enabled =
        |profiles: &[String]| profiles.is_empty() || profiles.iter().any(|one| asked.contains(&one.as_str()));
    let services = std::mem::take(&mut project.services);
    let (enabled, disabled) = services.into_iter().partition(|(_, service)| is_enabled(&service.profiles));
    project.services = enabled;
    project.disabled_services = disabled;
}

/// The services of a tree.
fn services(root: &Node) -> Option<&Map> {
    root.get("services").and_then(Node::as_map)
}
