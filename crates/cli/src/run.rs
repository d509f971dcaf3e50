//! From the command line to an exit code.

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command, Global};
use crate::noun::{self, Operator};
use crate::output::{Output, say};

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    // A child that reads hostile bytes knows no other command.
    if std::env::args_os().nth(1).is_some_and(|word| word == ::image::WORKER_COMMAND) {
        return ::image::worker_main();
    }
    // Clap itself answers help with 0 and what it does not understand with 2.
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            say(&crate::failure::describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { global, command } = arguments;
    let command = match command {
        Command::Image(command) => return crate::image::run(&global, &command),
        command => command,
    };
    if !global.format().is_common() {
        let message = "this command prints `--output table` or `--output json` alone";
        Arguments::command().error(clap::error::ErrorKind::InvalidValue, message).exit();
    }
    match command {
        Command::Compose(command) => Ok(crate::compose::main(&global, *command)),
        command => done(&global, command).map(|()| ExitCode::SUCCESS),
    }
}

fn done(global: &Global, command: Command) -> Result<()> {
    match command {
        Command::Server(command) => crate::serve::server(*command),
        Command::Agent(args) => crate::serve::agent(args),
        Command::Completion { shell } => Output::of(global).text(&crate::completion::script(shell)),
        Command::Advisories(command) => crate::advisories::run(global, *command),
        command => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(operate(global, command))
        }
    }
}

async fn operate(global: &Global, command: Command) -> Result<()> {
    match command {
        Command::Login(args) => return noun::session::login(global, args).await,
        Command::Logout => return noun::session::logout(global).await,
        Command::Version => return noun::status::version_view(global).await,
        _ => {}
    }
    let operator = Operator::new(global)?;
    match command {
        Command::Whoami => operator.output.one(&operator.client.me_view().await?),
        Command::Status => noun::status::status_view(&operator).await,
        Command::User(command) => noun::user::run(&operator, command).await,
        Command::Org(command) => noun::organization::run(&operator, command).await,
        Command::Team(command) => noun::team::run(&operator, command).await,
        Command::Member(command) => noun::member::run(&operator, command).await,
        Command::Role(command) => noun::role::run(&operator, command).await,
        Command::Collection(command) => noun::collection::run(&operator, command).await,
        Command::Grant(command) => noun::grant::run(&operator, command).await,
        Command::Access(command) => noun::access::run(&operator, command).await,
        Command::Token(command) => noun::token::run(&operator, command).await,
        Command::Session(command) => noun::session::run(&operator, command).await,
        Command::Bundle(command) => noun::bundle::run(&operator, command).await,
        Command::Node(command) => noun::node::run(&operator, command).await,
        Command::Service(command) => noun::service::run(&operator, command).await,
        Command::Repo(command) => noun::repository::run(&operator, command).await,
        Command::Audit(args) => noun::audit::audit_list(&operator, args).await,
        Command::Server(_)
        | Command::Agent(_)
        | Command::Compose(_)
        | Command::Advisories(_)
        | Command::Completion { .. }
        | Command::Image(_)
        | Command::Login(_)
        | Command::Logout
        | Command::Version => Ok(()),
    }
}
