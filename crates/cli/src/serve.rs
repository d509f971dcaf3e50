//! `holdfast server` and `holdfast agent`: flags to options.

use std::net::SocketAddr;
use std::path::PathBuf;

use agent::{AgentOptions, JoinOptions};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use config::{ServerFile, ServerSettings};
use http_kit::Shutdown;
use tokio::signal::unix::{SignalKind, signal};

use crate::output::say;

/// Runs the server, or tends its data.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ServerCommand {
    /// Tends the data of a server that does not run.
    #[command(subcommand)]
    pub tend: Option<ServerTend>,
    /// How to run.
    #[command(flatten)]
    pub run: ServerArgs,
}

/// Tends the data of a server that does not run.
#[derive(Debug, Subcommand)]
pub enum ServerTend {
    /// Sets a new password for an administrator, on the machine itself
    ResetAdminPassword {
        /// The server's data
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
        /// The administrator's name
        #[arg(long, value_name = "NAME", default_value = "admin")]
        user: String,
        /// Where the new password comes from
        #[command(flatten)]
        password: crate::ask::PasswordArgs,
    },
}

/// How a server runs; what the configuration file says holds where the command line is silent.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// The server's data
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where to listen, with TLS; port 7443 everywhere unless given
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// The first administrator's name, at the first start
    #[arg(long, value_name = "NAME")]
    pub admin_user: Option<String>,
    /// The file with the first administrator's password, needed at the first start
    #[arg(long, value_name = "FILE")]
    pub admin_password_file: Option<PathBuf>,
    /// The engine beside which an agent runs in this process, unix:///PATH
    #[arg(long, value_name = "URL")]
    pub engine: Option<String>,
    /// The engine's folder of registry CAs; /etc/docker/certs.d unless given
    #[arg(long, value_name = "DIR")]
    pub engine_certs_dir: Option<PathBuf>,
    /// A name under which this server is known, host or host:port; can be repeated
    #[arg(long, value_name = "NAME")]
    pub external_name: Vec<String>,
    /// Where to serve the same without TLS; loopback only
    #[arg(long, value_name = "ADDR:PORT")]
    pub plain_listen: Option<SocketAddr>,
    /// Where agents dial their tunnels
    #[arg(long, value_name = "ADDR:PORT")]
    pub agent_listen: Option<SocketAddr>,
    /// The configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What the server does: control,registry
    #[arg(long, value_name = "ROLES")]
    pub roles: Option<String>,
}

/// How an agent runs.
#[derive(Debug, Args)]
pub struct AgentArgs {
    /// The agent's own data: its key and certificate
    #[arg(long, value_name = "DIR")]
    pub data_dir: PathBuf,
    /// A manager, https://host:port; needed to join
    #[arg(long, value_name = "URL", requires = "token_file")]
    pub server: Option<String>,
    /// The file with the join token; needed to join
    #[arg(long, value_name = "FILE", requires = "server")]
    pub token_file: Option<PathBuf>,
    /// The engine beside which it runs
    #[arg(long, value_name = "URL", default_value = "unix:///var/run/docker.sock")]
    pub engine: String,
    /// The engine's folder of registry CAs
    #[arg(long, value_name = "DIR")]
    pub engine_certs_dir: Option<PathBuf>,
    /// The node's name; the host name unless given
    #[arg(long)]
    pub name: Option<String>,
}

impl ServerArgs {
    /// Lays the command line over the configuration file.
    fn settle(self) -> Result<ServerSettings> {
        let file = match &self.config {
            Some(path) => ServerFile::read(path)?,
            None => ServerFile::default(),
        };
        let over = ServerFile {
            data_dir: self.data_dir,
            listen: self.listen,
            plain_listen: self.plain_listen,
            agent_listen: self.agent_listen,
            external_names: self.external_name,
            admin_user: self.admin_user,
            admin_password_file: self.admin_password_file,
            engine: self.engine,
            engine_certs_dir: self.engine_certs_dir,
            roles: self.roles,
            ..ServerFile::default()
        };
        Ok(file.overlaid_by(over).settle()?)
    }
}

/// Runs the server until it is told to end, or tends its data.
pub(crate) fn server(command: ServerCommand) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command.tend {
        Some(ServerTend::ResetAdminPassword { data_dir, user, password }) => {
            let password = password.read_new(&format!("New password of {user}"))?;
            runtime.block_on(server::admin_password_reset(&data_dir, &user, &password))?;
            say(&format!("set the password of `{user}`; all its sessions have ended"));
            Ok(())
        }
        None => {
            let settings = command.run.settle()?;
            runtime.block_on(server::run(settings))
        }
    }
}

/// Runs the agent until it is told to end.
pub(crate) fn agent(args: AgentArgs) -> Result<()> {
    let mut options = AgentOptions::new(args.data_dir);
    let socket = args.engine.strip_prefix("unix://").filter(|path| path.starts_with('/'));
    options.engine = socket.with_context(|| format!("`{}` is not of the form unix:///PATH", args.engine))?.into();
    options.certs_dir = args.engine_certs_dir.unwrap_or(options.certs_dir);
    options.name = args.name;
    if let (Some(server), Some(file)) = (args.server, args.token_file) {
        options.join = Some(JoinOptions { server, token: crate::ask::from_file(&file)? });
    }
    telemetry::init("info", telemetry::LogFormat::Text)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let shutdown = Shutdown::new();
        tokio::spawn(until_told(shutdown.clone()));
        agent::run(options, shutdown).await
    })
}

/// Gives the signal at SIGTERM or SIGINT.
async fn until_told(shutdown: Shutdown) {
    let (Ok(mut term), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
    shutdown.begin();
}
