//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::noun;
use crate::serve::{AgentArgs, ServerCommand};

/// Control plane and trusted registry for Docker Engines.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How a command prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// The API's own JSON.
    Json,
    /// SARIF 2.1.0, of `image scan`.
    Sarif,
    /// CycloneDX 1.6, of `image`.
    Cyclonedx,
    /// SPDX 2.3, of `image`.
    Spdx,
    /// OpenVEX, of `image scan`.
    Openvex,
}

impl Format {
    /// Tells whether every command can print it.
    pub(crate) fn is_common(self) -> bool {
        matches!(self, Self::Table | Self::Json)
    }
}

/// What holds for every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// How to print [default: table]; sarif, cyclonedx, spdx and openvex are for `image`
    #[arg(long, short, global = true, value_enum, help_heading = "Global options")]
    pub output: Option<Format>,
    /// Answers every question with yes
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub yes: bool,
    /// The server, https://host:port; else the one signed in to
    #[arg(long, global = true, env = "HOLDFAST_URL", value_name = "URL", help_heading = "Global options")]
    pub url: Option<String>,
    /// The file with the CA to trust; else the one trusted at sign-in
    #[arg(long, global = true, env = "HOLDFAST_CA", value_name = "FILE", help_heading = "Global options")]
    pub ca: Option<PathBuf>,
}

impl Global {
    /// Returns how to print.
    pub(crate) fn format(&self) -> Format {
        self.output.unwrap_or_default()
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Command {
    /// Runs the server in the foreground
    Server(Box<ServerCommand>),
    /// Runs the agent beside an engine in the foreground
    Agent(AgentArgs),
    /// Signs in and remembers the server
    Login(noun::session::LoginArgs),
    /// Signs out and forgets the server
    Logout,
    /// Shows who you are
    Whoami,
    /// Shows how the server, its stores and its nodes do
    Status,
    /// Users
    #[command(subcommand)]
    User(noun::user::UserCommand),
    /// Organizations
    #[command(subcommand)]
    Org(noun::organization::OrganizationCommand),
    /// Teams of organizations
    #[command(subcommand)]
    Team(noun::team::TeamCommand),
    /// Members of organizations and teams
    #[command(subcommand)]
    Member(noun::member::MemberCommand),
    /// Roles
    #[command(subcommand)]
    Role(noun::role::RoleCommand),
    /// Collections
    #[command(subcommand)]
    Collection(noun::collection::CollectionCommand),
    /// Grants
    #[command(subcommand)]
    Grant(noun::grant::GrantCommand),
    /// Why something is allowed, and who can do it
    #[command(subcommand)]
    Access(noun::access::AccessCommand),
    /// Access tokens
    #[command(subcommand)]
    Token(noun::token::TokenCommand),
    /// Sessions
    #[command(subcommand)]
    Session(noun::session::SessionCommand),
    /// Client bundles
    #[command(subcommand)]
    Bundle(noun::bundle::BundleCommand),
    /// Nodes and their join tokens
    #[command(subcommand)]
    Node(noun::node::NodeCommand),
    /// Swarm services
    #[command(subcommand)]
    Service(noun::service::ServiceCommand),
    /// Repositories of the registry
    #[command(subcommand)]
    Repo(noun::repository::RepositoryCommand),
    /// What is in an image, and what is wrong with it; no server is asked
    #[command(subcommand)]
    Image(crate::image::ImageCommand),
    /// What is known to be wrong: fetched, built, carried, put in force; needs no server
    Advisories(Box<crate::advisories::AdvisoriesCommand>),
    /// Shows the audit trail, newest first
    Audit(noun::audit::AuditArgs),
    /// Compose files: reads, checks, converts and explains them, without a server
    #[command(subcommand)]
    Compose(Box<crate::compose::ComposeCommand>),
    /// Shows the versions of this program and of the server
    Version,
    /// Prints a completion script
    Completion {
        /// The shell
        shell: crate::completion::Shell,
    },
}
