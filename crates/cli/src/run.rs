//! From the command line to an exit code.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::args::{Arguments, Command, Global};
use crate::noun::{self, Operator};
use crate::output::{Output, say};

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    // Clap itself answers help with 0 and what it does not understand with 2.
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&crate::failure::describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Server(command) => crate::serve::server(*command),
        Command::Agent(args) => crate::serve::agent(args),
        Command::Completion { shell } => Output::of(&global).text(&crate::completion::script(shell)),
        command => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(operate(&global, command))
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
        | Command::Completion { .. }
        | Command::Login(_)
        | Command::Logout
        | Command::Version => Ok(()),
    }
}
