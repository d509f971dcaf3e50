//! Prints the canonical form of Compose files: `config CLIENT FILE...`, with CLIENT one of classic, stack20, stack28, spec.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use holdfast_compose::model::{Client, StackClient};
use holdfast_compose::{ReadError, Request, load, print};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let client = match arguments.next().as_deref() {
        Some("classic") => Client::ComposeV1_29,
        Some("stack20") => Client::StackDeploy(StackClient::V20_10),
        Some("stack28") => Client::StackDeploy(StackClient::V28),
        _ => Client::Specification,
    };
    let reader = |path: &str| {
        std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadError::NotFound,
            _ => ReadError::Other(error.to_string()),
        })
    };
    let mut request = Request::new(arguments.collect(), client, &reader);
    request.working_directory = std::env::current_dir().map(|path| path.display().to_string()).unwrap_or_default();
    request.environment = std::env::vars().collect();
    let outcome = load(&request);
    for diagnostic in outcome.errors.iter().chain(&outcome.warnings) {
        eprintln!("{diagnostic:?}");
    }
    match outcome.project {
        Some(project) => {
            print!("{}", print::value_to_yaml(&print::to_config_value(&project, client)));
            std::process::ExitCode::SUCCESS
        }
        None => std::process::ExitCode::FAILURE,
    }
}
