//! The loader: forms, errors, interpolation, merging, and what must hold for any input.

mod conversions;
mod extends;
mod faults;
mod forms;
mod hostile;
mod interpolation;
mod keys;
mod laws;
mod merging;

use std::collections::BTreeMap;

use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::{Outcome, ReadError, Request, load};

const CLASSIC: Client = Client::ComposeV1_29;
const STACK: Client = Client::StackDeploy(StackClient::V28);
const SPECIFICATION: Client = Client::Specification;
const CLIENTS: [Client; 3] = [CLASSIC, STACK, SPECIFICATION];

/// Files in memory and what else a load is asked with.
#[derive(Default, Clone)]
struct Case {
    files: BTreeMap<String, String>,
    names: Vec<String>,
    environment: BTreeMap<String, String>,
    profiles: Vec<String>,
}

impl Case {
    /// A case of one file, `/p/compose.yaml`.
    fn of(text: &str) -> Self {
        Self::default().and(text)
    }

    /// Adds a file that is merged over those before.
    fn and(mut self, text: &str) -> Self {
        let name = format!("/p/compose{}.yaml", self.names.len());
        self.files.insert(name.clone(), text.to_owned());
        self.names.push(name);
        self
    }

    /// Adds a file that is only there to be referred to.
    fn beside(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn load(&self, client: Client) -> Outcome {
        self.load_with(client, true)
    }

    /// Loads with variables left as they are written.
    fn uninterpolated(&self, client: Client) -> Project {
        let outcome = self.load_with(client, false);
        assert!(outcome.errors.is_empty(), "{client:?}: {:#?}", outcome.errors);
        outcome.project.unwrap()
    }

    fn load_with(&self, client: Client, interpolate: bool) -> Outcome {
        let reader = |path: &str| self.files.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::NotFound);
        let mut request = Request::new(self.names.clone(), client, &reader);
        request.working_directory = "/p".to_owned();
        request.environment.clone_from(&self.environment);
        request.profiles.clone_from(&self.profiles);
        request.interpolate = interpolate;
        load(&request)
    }

    /// Loads what must be fine.
    fn project(&self, client: Client) -> Project {
        let outcome = self.load(client);
        assert!(outcome.errors.is_empty(), "{client:?}: {:#?}", outcome.errors);
        outcome.project.unwrap()
    }

    /// The codes of the errors with their paths, in the order they are told.
    fn errors(&self, client: Client) -> Vec<String> {
        self.load(client).errors.iter().map(|error| format!("{} {}", error.code, error.path)).collect()
    }
}

/// A version 3 file with one service of an image and these keys.
fn service(keys: &str) -> String {
    let indented: String = keys.lines().map(|line| format!("    {line}\n")).collect();
    format!("version: \"3.13\"\nservices:\n  web:\n    image: nginx\n{indented}")
}

/// The service `web` of a file that every client takes; docker-compose 1.29 is asked with version 3.8.
fn web(keys: &str, client: Client) -> holdfast_compose::model::Service {
    let project = Case::of(&service(keys)).project(client);
    project.services.get("web").unwrap().as_ref().clone()
}
