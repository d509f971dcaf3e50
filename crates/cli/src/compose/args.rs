//! The command line of `holdfast compose`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use compose::model::{Client, StackClient};

const CODES: &str = "Exit codes: 0 all is well; 1 the file is wrong, or the target refuses it; 2 the command line is wrong; \
    3 a file could not be found or read.";

/// Compose files
#[derive(Debug, Subcommand)]
pub enum ComposeCommand {
    /// Prints the project as the stock client's `config` does: merged, interpolated, in its long forms
    #[command(after_help = CODES)]
    Config(ConfigArgs),
    /// Says everything that is wrong or doubtful
    #[command(after_help = CODES)]
    Lint(LintArgs),
    /// Prints what a swarm, an engine or Kubernetes would be asked for
    #[command(after_help = CODES)]
    Convert(ConvertArgs),
    /// Says what becomes of each part on each target, what is lost, and what to change
    #[command(after_help = CODES)]
    Explain(ExplainArgs),
}

/// Which files, and how they are read.
#[derive(Debug, Clone, Default, Args)]
pub struct ComposeFiles {
    /// A Compose file, merged over those before; - is standard input. Else COMPOSE_FILE, or compose.yaml here or above
    #[arg(long = "file", short, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A file of variables in place of .env
    #[arg(long = "env-file", value_name = "FILE")]
    pub env_files: Vec<PathBuf>,
    /// A profile to enable; * enables all
    #[arg(long = "profile", value_name = "NAME")]
    pub profiles: Vec<String>,
    /// The name of the project or stack
    #[arg(long, short, value_name = "NAME")]
    pub project_name: Option<String>,
    /// What relative paths are relative to; else the directory of the first file
    #[arg(long, value_name = "DIRECTORY")]
    pub project_directory: Option<PathBuf>,
    /// Whose reading is wanted; auto takes compose-1.29 for versions 1 and 2, and the specification for all others
    #[arg(long, value_enum, default_value_t)]
    pub client: ClientArg,
}

/// A stock client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ClientArg {
    /// By the version of the first file, or by the target.
    #[default]
    Auto,
    /// `docker stack deploy` of docker 20.10.
    #[value(name = "stack-20.10")]
    Stack20,
    /// `docker stack deploy` of docker 28.
    #[value(name = "stack-28")]
    Stack28,
    /// docker-compose 1.29.
    #[value(name = "compose-1.29")]
    Compose,
    /// `docker compose`.
    Specification,
}

impl ClientArg {
    /// Returns the client, or nothing where it is to be found out.
    pub(super) fn client(self) -> Option<Client> {
        match self {
            Self::Auto => None,
            Self::Stack20 => Some(Client::StackDeploy(StackClient::V20_10)),
            Self::Stack28 => Some(Client::StackDeploy(StackClient::V28)),
            Self::Compose => Some(Client::ComposeV1_29),
            Self::Specification => Some(Client::Specification),
        }
    }
}

/// Returns a client's name for people.
pub(super) fn client_name(client: Client) -> &'static str {
    match client {
        Client::StackDeploy(StackClient::V20_10) => "docker stack deploy 20.10",
        Client::StackDeploy(StackClient::V28) => "docker stack deploy 28",
        Client::ComposeV1_29 => "docker-compose 1.29",
        Client::Specification => "the Compose specification",
    }
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Print {
    /// YAML
    #[default]
    Yaml,
    /// JSON
    Json,
}

/// `compose config`
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigArgs {
    /// Which files
    #[command(flatten)]
    pub files: ComposeFiles,
    /// The form of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Print,
    /// Only checks
    #[arg(long, short)]
    pub quiet: bool,
    /// Leaves variables as they are written
    #[arg(long)]
    pub no_interpolate: bool,
    /// Prints the names of the services
    #[arg(long, group = "list")]
    pub services: bool,
    /// Prints the names of the volumes
    #[arg(long, group = "list")]
    pub volumes: bool,
    /// Prints the names of the networks
    #[arg(long, group = "list")]
    pub networks: bool,
    /// Prints the names of the images
    #[arg(long, group = "list")]
    pub images: bool,
    /// Prints the names of the profiles
    #[arg(long = "profiles", group = "list")]
    pub list_profiles: bool,
}

/// A list that `config` can print.
#[derive(Debug, Clone, Copy)]
pub(super) enum Show {
    Services,
    Volumes,
    Networks,
    Images,
    Profiles,
}

impl ConfigArgs {
    pub(super) fn show(&self) -> Option<Show> {
        let asked = [
            (self.services, Show::Services),
            (self.volumes, Show::Volumes),
            (self.networks, Show::Networks),
            (self.images, Show::Images),
            (self.list_profiles, Show::Profiles),
        ];
        asked.into_iter().find(|(is_asked, _)| *is_asked).map(|(_, show)| show)
    }
}

/// `compose lint`
#[derive(Debug, Clone, Default, Args)]
pub struct LintArgs {
    /// Which files
    #[command(flatten)]
    pub files: ComposeFiles,
    /// Takes warnings for errors
    #[arg(long)]
    pub strict: bool,
}

/// `compose explain`
#[derive(Debug, Clone, Default, Args)]
pub struct ExplainArgs {
    /// Which files
    #[command(flatten)]
    pub files: ComposeFiles,
}

/// What a file is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// What `docker stack deploy` asks a swarm for.
    Swarm,
    /// What docker-compose 1.29 asks an engine for.
    Classic,
    /// Objects of Kubernetes.
    Kubernetes,
}

impl Target {
    /// The client whose reading a target needs, where it is not said.
    pub(super) fn client(self) -> Option<Client> {
        match self {
            Self::Swarm => Some(Client::StackDeploy(StackClient::V28)),
            Self::Classic => Some(Client::ComposeV1_29),
            Self::Kubernetes => None,
        }
    }
}

/// `compose convert`
#[derive(Debug, Clone, Args)]
pub struct ConvertArgs {
    /// Which files
    #[command(flatten)]
    pub files: ComposeFiles,
    /// What to convert to
    #[arg(long, value_enum)]
    pub to: Target,
    /// The form of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Print,
    /// The namespace of Kubernetes objects
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Publishes ports on every node in place of load balancers (Kubernetes)
    #[arg(long)]
    pub node_ports: bool,
    /// Changes names that Kubernetes does not take, in place of refusing them
    #[arg(long)]
    pub adapt_names: bool,
    /// Reads kompose's labels, and writes io.kompose.service
    #[arg(long)]
    pub kompose: bool,
}
