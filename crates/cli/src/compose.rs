//! `holdfast compose`: Compose files read, checked, converted and explained, without a server.

mod args;
mod convert;
mod files;
mod render;

use std::process::ExitCode;

use anyhow::Result;
use compose::model::Project;
use compose::{Diagnostic, Outcome, print, report};

pub(crate) use args::ComposeCommand;

use crate::args::{Format, Global};
use crate::output::{Output, say};
use args::{ConfigArgs, LintArgs, Print, Show};
use files::Loaded;

/// The file is wrong, or was refused by what it was to be converted to.
const WRONG: u8 = 1;
/// A file could not be found or read.
const NOT_READ: u8 = 3;

/// Runs a command to its exit code.
pub(crate) fn main(global: &Global, command: ComposeCommand) -> ExitCode {
    match run(global, command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&crate::failure::describe(&error));
            ExitCode::from(NOT_READ)
        }
    }
}

fn run(global: &Global, command: ComposeCommand) -> Result<u8> {
    let output = Output::of(global);
    match command {
        ComposeCommand::Config(args) => config(global, output, args),
        ComposeCommand::Lint(args) => lint(global, output, &args),
        ComposeCommand::Convert(args) => {
            let loaded = files::load(&args.files, args.to.client(), true)?;
            let Some(project) = told(global, &loaded.outcome)? else { return Ok(code(&loaded.outcome.errors)) };
            let converted = convert::convert(project, &loaded, &args);
            match converted {
                Ok(converted) => {
                    tell(global, converted.warnings(), &loaded.outcome)?;
                    output.pieces(|out| converted.write(args.format, out))?;
                    Ok(0)
                }
                Err(errors) => {
                    tell(global, &errors, &loaded.outcome)?;
                    Ok(WRONG)
                }
            }
        }
        ComposeCommand::Explain(args) => {
            let loaded = files::load(&args.files, None, true)?;
            let Some(project) = told(global, &loaded.outcome)? else { return Ok(code(&loaded.outcome.errors)) };
            let report = report::explain(project);
            output.either(&report, || render::clean(&report.to_string()))?;
            Ok(0)
        }
    }
}

fn config(global: &Global, output: Output, args: ConfigArgs) -> Result<u8> {
    let loaded = files::load(&args.files, None, !args.no_interpolate)?;
    let Some(project) = told(global, &loaded.outcome)? else { return Ok(code(&loaded.outcome.errors)) };
    if args.quiet {
        return Ok(0);
    }
    if let Some(show) = args.show() {
        output.text(&listed(project, show))?;
        return Ok(0);
    }
    // What was not interpolated has its dollar signs as the file wrote them.
    let print = if args.no_interpolate { print::plain } else { print::config };
    let printed = print(project, loaded.client);
    output.pieces(|out| match args.format {
        Print::Yaml => printed.write_yaml(out),
        Print::Json => printed.write_json(out),
    })?;
    Ok(0)
}

/// One name on each line.
fn listed(project: &Project, show: Show) -> String {
    let mut names: Vec<String> = match show {
        Show::Services => project.services.keys().cloned().collect(),
        Show::Volumes => project.volumes.keys().cloned().collect(),
        Show::Networks => project.networks.keys().cloned().collect(),
        Show::Images => project.services.values().filter_map(|service| service.image.clone()).collect(),
        Show::Profiles => {
            let services = project.services.values().chain(project.disabled_services.values());
            services.flat_map(|service| service.profiles.clone()).collect()
        }
    };
    names.sort();
    names.dedup();
    names.iter().map(|name| render::clean(name) + "\n").collect()
}

fn lint(global: &Global, output: Output, args: &LintArgs) -> Result<u8> {
    let loaded = files::load(&args.files, None, true)?;
    let outcome = &loaded.outcome;
    let all: Vec<&Diagnostic> = outcome.errors.iter().chain(&outcome.warnings).collect();
    if global.format() == Format::Json {
        output.json(&all)?;
    } else {
        output.text(&render::diagnostics(&all, &outcome.files, render::is_terminal(render::Stream::Output)))?;
        say(&summary(outcome, &loaded));
    }
    let is_strict_failure = args.strict && !outcome.warnings.is_empty();
    Ok(if outcome.errors.is_empty() && is_strict_failure { WRONG } else { code(&outcome.errors) })
}

fn summary(outcome: &Outcome, loaded: &Loaded) -> String {
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let whose = args::client_name(loaded.client);
    format!("{}, {} (read as {whose})", count(outcome.errors.len(), "error"), count(outcome.warnings.len(), "warning"))
}

/// Tells everything that was found, and returns the project where there is one.
fn told<'a>(global: &Global, outcome: &'a Outcome) -> Result<Option<&'a Project>> {
    let all: Vec<Diagnostic> = outcome.errors.iter().chain(&outcome.warnings).cloned().collect();
    tell(global, &all, outcome)?;
    Ok(outcome.project.as_ref())
}

/// Tells errors and warnings on standard error, apart from the data.
fn tell(global: &Global, diagnostics: &[Diagnostic], outcome: &Outcome) -> Result<()> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    if global.format() == Format::Json {
        say(&serde_json::to_string(diagnostics)?);
        return Ok(());
    }
    let all: Vec<&Diagnostic> = diagnostics.iter().collect();
    let is_terminal = render::is_terminal(render::Stream::Error);
    say(render::diagnostics(&all, &outcome.files, is_terminal).trim_end());
    Ok(())
}

fn code(errors: &[Diagnostic]) -> u8 {
    let is_not_read = |error: &Diagnostic| matches!(error.code, "FILE_NOT_FOUND" | "FILE_NOT_READ") && error.line == 0;
    match errors {
        [] => 0,
        errors if errors.iter().all(is_not_read) => NOT_READ,
        _ => WRONG,
    }
}
