//! Variables: what interpolation sees, and what services get.

use std::collections::BTreeMap;

use super::request::{ReadError, Request};
use crate::canonical;
use crate::diagnostic::Diagnostic;
use crate::env_file::{self, Syntax};
use crate::model::{Client, Position, Project, Service};
use crate::sink::Sink;

type Environment = BTreeMap<String, String>;

/// The largest file of variables that is read.
const MAX_BYTES: usize = 4 << 20;

/// The shell's variables over those of `.env`, where the client reads that.
pub(super) fn project(request: &Request<'_>, directory: &str, sink: &mut Sink) -> Environment {
    let syntax = match request.client {
        Client::StackDeploy(_) => return request.environment.clone(),
        Client::ComposeV1_29 => Syntax::Python,
        Client::Specification => Syntax::ComposeGo,
    };
    let mut environment = Environment::new();
    if request.env_files.is_empty() {
        // docker-compose 1.29 looks where it is run, the specification's client beside the first file.
        let place = match (request.client, &request.project_directory) {
            (Client::ComposeV1_29, None) => &request.working_directory,
            _ => directory,
        };
        let path = canonical::absolute(place, ".env", None);
        read_into(&mut environment, request, &path, syntax, false, sink);
    }
    for file in &request.env_files {
        let path = canonical::absolute(&request.working_directory, file, None);
        read_into(&mut environment, request, &path, syntax, true, sink);
    }
    environment.extend(request.environment.clone());
    environment
}

/// Reads a file of variables over what is there.
pub(super) fn read_into(
    environment: &mut Environment,
    request: &Request<'_>,
    path: &str,
    syntax: Syntax,
    is_required: bool,
    sink: &mut Sink,
) {
    let mut known = environment.clone();
    known.extend(request.environment.clone());
    match read(request, path, syntax, &known) {
        Ok(variables) => {
            environment.extend(variables.into_iter().filter_map(|(name, value)| Some((name, value?))));
        }
        Err(error) if error.code == "FILE_NOT_FOUND" && !is_required => {}
        Err(error) => sink.push_general(*error),
    }
}

fn read(
    request: &Request<'_>,
    path: &str,
    syntax: Syntax,
    environment: &Environment,
) -> Result<env_file::Variables, Box<Diagnostic>> {
    let bytes = (request.reader)(path).map_err(|error| match error {
        ReadError::NotFound => Diagnostic::error("FILE_NOT_FOUND", format!("there is no file `{path}`")),
        ReadError::Other(reason) => Diagnostic::error("FILE_NOT_READ", format!("`{path}` could not be read: {reason}")),
    });
    let bytes = bytes.map_err(Box::new)?;
    if bytes.len() > MAX_BYTES {
        return Err(Diagnostic::error("TOO_LARGE", format!("`{path}` is too large")).into());
    }
    let text = String::from_utf8_lossy(&bytes);
    env_file::parse(&text, syntax, environment).map_err(|fault| {
        let mut error = Diagnostic::error("ENV_FILE", format!("`{path}`, line {}: {}", fault.line, fault.message));
        error.file = Some(path.to_owned());
        error.line = u32::try_from(fault.line).unwrap_or_default();
        Box::new(error)
    })
}

/// Fills each service's variables: `env_file` below `environment`, and the shell's values for names without one.
pub(super) fn resolve(project: &mut Project, request: &Request<'_>, environment: &Environment, sink: &mut Sink) {
    for service in project.services.values_mut() {
        let path = format!("services.{}", service.name);
        let at = service.key_at("env_file");
        let variables = from_files(service, &path, at, request, environment, sink);
        let own = std::mem::take(&mut service.environment);
        let mut merged = BTreeMap::new();
        put(&mut merged, variables, environment, request.client);
        put(&mut merged, own, environment, request.client);
        service.environment = merged.into_iter().collect();
        label_files(service, &path, request, environment, sink);
        if let Some(build) = &mut service.build {
            for (name, value) in &mut build.args {
                if value.is_none() && !matches!(request.client, Client::StackDeploy(_)) {
                    // docker-compose 1.29 builds with an empty value where the shell has none.
                    let empty = (request.client == Client::ComposeV1_29).then(String::new);
                    *value = environment.get(name).cloned().or(empty);
                }
            }
        }
    }
}

fn put(
    target: &mut BTreeMap<String, Option<String>>,
    variables: impl IntoIterator<Item = (String, Option<String>)>,
    environment: &Environment,
    client: Client,
) {
    for (name, value) in variables {
        // The stack client lets the shell fill empty values too.
        let takes_shell = match client {
            Client::StackDeploy(_) => value.as_deref().is_none_or(str::is_empty),
            Client::ComposeV1_29 | Client::Specification => value.is_none(),
        };
        let shell = if takes_shell { environment.get(&name).cloned() } else { None };
        target.insert(name, shell.or(value));
    }
}

fn from_files(
    service: &mut Service,
    path: &str,
    at: Position,
    request: &Request<'_>,
    environment: &Environment,
    sink: &mut Sink,
) -> BTreeMap<String, Option<String>> {
    let mut variables = BTreeMap::new();
    for (index, file) in std::mem::take(&mut service.env_file).into_iter().enumerate() {
        let syntax = match (request.client, file.format.as_deref()) {
            (Client::StackDeploy(_), _) | (_, Some("raw")) => Syntax::Raw,
            (Client::ComposeV1_29, _) => Syntax::Python,
            (Client::Specification, _) => Syntax::ComposeGo,
        };
        match read(request, &file.path, syntax, environment) {
            Ok(read) => {
                // A name alone that the shell does not have is left out, except by docker-compose 1.29.
                let is_classic = request.client == Client::ComposeV1_29;
                let is_known = |(name, value): &(String, Option<String>)| {
                    value.is_some() || is_classic || environment.contains_key(name)
                };
                variables.extend(read.into_iter().filter(is_known));
            }
            Err(error) if error.code == "FILE_NOT_FOUND" && !file.required => {}
            Err(error) => sink.push(at, &format!("{path}.env_file[{index}]"), *error),
        }
    }
    variables
}

fn label_files(service: &mut Service, path: &str, request: &Request<'_>, environment: &Environment, sink: &mut Sink) {
    let mut labels = BTreeMap::new();
    for (index, file) in std::mem::take(&mut service.label_file).into_iter().enumerate() {
        match read(request, &file, Syntax::ComposeGo, environment) {
            Ok(read) => labels.extend(read.into_iter().map(|(name, value)| (name, value.unwrap_or_default()))),
            Err(error) => sink.push(service.key_at("label_file"), &format!("{path}.label_file[{index}]"), *error),
        }
    }
    labels.append(&mut service.labels);
    service.labels = labels;
}
