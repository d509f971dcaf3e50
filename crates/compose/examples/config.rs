//! Prints the canonical form of Compose files: `config CLIENT [-p NAME] [--profile NAME]... -f FILE...`, with CLIENT one of compose-1.29,
//! stack-20.10, stack-28, specification.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use holdfast_compose::model::{Client, StackClient};
use holdfast_compose::{ReadError, Request, load, print};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let client = match arguments.next().as_deref() {
        Some("compose-1.29") => Client::ComposeV1_29,
        Some("stack-20.10") => Client::StackDeploy(StackClient::V20_10),
        Some("stack-28") => Client::StackDeploy(StackClient::V28),
        _ => Client::Specification,
    };
    let reader = |path: &str| {
        std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::NotFound,
            _ => ReadError::Other(error.to_string()),
        })
    };
    let mut request = Request::new(Vec::new(), client, &reader);
    while let Some(flag) = arguments.next() {
        match (flag.as_str(), arguments.next()) {
            ("-f", Some(file)) => request.files.push(file),
            ("-p", Some(name)) => request.project_name = Some(name),
            ("--profile", Some(name)) => request.profiles.push(name),
            _ => {
                eprintln!("usage: config CLIENT [-p NAME] [--profile NAME]... -f FILE...");
                return std::process::ExitCode::FAILURE;
            }
        }
    }
    request.working_directory = std::env::current_dir().map(|path| path.display().to_string()).unwrap_or_default();
    request.environment = std::env::vars().collect();
    let outcome = load(&request);
    for diagnostic in outcome.errors.iter().chain(&outcome.warnings) {
        eprintln!("{diagnostic:?}");
    }
    match outcome.project {
        Some(project) => {
            print!("{}", print::config(&project, client).to_yaml());
            std::process::ExitCode::SUCCESS
        }
        None => std::process::ExitCode::FAILURE,
    }
}
