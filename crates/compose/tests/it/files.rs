//! The files of `tests/kube`, loaded as the client that they are for loads them.

use std::collections::BTreeMap;

use holdfast_compose::kubernetes::{Contents, Names, Options, Publish, content_files};
use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::{Diagnostic, ReadError, Request, suggest_client};

use crate::recording;

fn text(name: &str) -> String {
    std::fs::read_to_string(recording::folder().join(format!("{name}.yml"))).unwrap()
}

/// Reads a file under `/project`, which stands for the folder of the files.
fn read(path: &str) -> Result<Vec<u8>, ReadError> {
    let inner = path.strip_prefix("/project/").ok_or(ReadError::NotFound)?;
    std::fs::read(recording::folder().join(inner)).map_err(|_| ReadError::NotFound)
}

/// Loads a file.
pub(crate) fn load(name: &str) -> Result<Project, Vec<Diagnostic>> {
    let text = text(name);
    let client = match text.starts_with("version: \"3") {
        true => Client::StackDeploy(StackClient::V20_10),
        false => suggest_client(&text),
    };
    let mut request = Request::new(vec![format!("{name}.yml")], client, &read);
    request.working_directory = "/project".to_owned();
    request.project_name = Some("demo".to_owned());
    let outcome = holdfast_compose::load(&request);
    outcome.project.ok_or(outcome.errors)
}

/// Returns the options that a file asks for in its comment, with the contents that it needs.
pub(crate) fn options(name: &str, project: &Project) -> Options {
    let text = text(name);
    let asks = |option: &str| text.lines().any(|line| line.trim() == format!("# options: {option}"));
    let files = content_files(project).into_iter().map(|path| (path.to_owned(), read(path).unwrap())).collect();
    let variables = BTreeMap::from([("API_TOKEN".to_owned(), "from-the-environment".to_owned())]);
    Options {
        stack: Some("demo".to_owned()),
        publish: if asks("node-port") { Publish::NodePort } else { Publish::LoadBalancer },
        names: if asks("adapt") { Names::Adapt } else { Names::Refuse },
        kompose_labels: asks("kompose"),
        contents: Some(Contents { files, variables }),
        ..Options::default()
    }
}
