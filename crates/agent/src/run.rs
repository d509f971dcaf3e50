//! The agent's life: join once, then keep a tunnel to each manager.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use engine_client::tunnel::{AgentEnd, EmbeddedDial, serve};
use engine_client::{AgentHandler, AgentIdentity, Dial, EngineSocket};
use futures_util::future::BoxFuture;
use http_kit::{ServerIdentity, Shutdown};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::certs::CertsDir;
use crate::dial::TlsDial;
use crate::events::Feed;
use crate::identity::Identity;
use crate::join::join;

/// The pauses between attempts to reach a manager.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(30);
/// A session that lasted this long was a good one.
const GOOD: Duration = Duration::from_secs(30);
/// Connections kept waiting for upgraded and bulk streams.
const WAITING: usize = 4;

/// Where the engine looks for registries' CAs, whatever its data root.
const CERTS_DIR: &str = "/etc/docker/certs.d";

/// How a machine joins.
#[derive(Debug, Clone)]
pub struct JoinOptions {
    /// A manager: `host:port` or an `https://` URL.
    pub server: String,
    /// The one-use token.
    pub token: base::Secret,
}

/// What `holdfast agent` is given.
#[derive(Debug, Clone)]
pub struct AgentOptions {
    /// Where the agent keeps its identity.
    pub data_dir: PathBuf,
    /// The engine's socket.
    pub engine: PathBuf,
    /// The engine's folder of registry CAs.
    pub certs_dir: PathBuf,
    /// How to join, if this machine has not joined yet.
    pub join: Option<JoinOptions>,
    /// The node's name; the host name unless given.
    pub name: Option<String>,
}

impl AgentOptions {
    /// Takes the defaults for an agent that keeps its identity in `data_dir`.
    #[must_use]
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            engine: PathBuf::from("/var/run/docker.sock"),
            certs_dir: PathBuf::from(CERTS_DIR),
            join: None,
            name: None,
        }
    }
}

/// What the agent within a server's process is given.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// Whom the server recorded for it.
    pub identity: AgentIdentity,
    /// The way to the server's fleet.
    pub dial: EmbeddedDial,
    /// The engine's socket.
    pub engine: PathBuf,
    /// The engine's folder of registry CAs; `/etc/docker/certs.d` unless given.
    pub certs_dir: Option<PathBuf>,
    /// Where the agent notes what it wrote there.
    pub state_dir: PathBuf,
}

/// Runs the agent until the signal is given, or a manager tells it to leave.
///
/// # Errors
/// If this machine has not joined and cannot join, or its identity is not usable.
pub async fn run(options: AgentOptions, shutdown: Shutdown) -> anyhow::Result<()> {
    let identity = match (Identity::load(&options.data_dir)?, &options.join) {
        (Some(identity), _) => identity,
        (None, Some(asked)) => {
            let name = options.name.clone().unwrap_or_else(host_name);
            let identity = join(&asked.server, asked.token.expose(), &name).await?;
            identity.save(&options.data_dir).context("keeping the node's identity")?;
            tracing::info!(node.id = %identity.node, "joined the cluster as node `{name}`");
            identity
        }
        (None, None) => bail!("this machine has not joined a cluster; give --server and --token"),
    };
    let own = ServerIdentity::from_pem(&identity.certificate_pem, identity.key_pem())?;
    let config = Arc::new(http_kit::client_config(&identity.ca_pem, Some(&own))?);
    let dials = identity
        .tunnel_addresses
        .iter()
        .map(|address| {
            let dial = TlsDial { address: address.clone(), config: Arc::clone(&config) };
            (address.clone(), Arc::new(dial) as Arc<dyn Dial>)
        })
        .collect();
    let data_dir = options.data_dir.clone();
    let handler = Handler {
        certs: CertsDir::new(options.certs_dir, &options.data_dir),
        forget: Some(data_dir),
        left: shutdown.clone(),
    };
    let who = AgentIdentity { cluster: identity.cluster, node: identity.node };
    keep(who, dials, EngineSocket::new(options.engine), handler, &shutdown).await;
    Ok(())
}

/// Runs the agent within a server's process until the signal is given.
pub async fn embedded(options: EmbeddedOptions, shutdown: Shutdown) {
    let certs_dir = options.certs_dir.unwrap_or_else(|| PathBuf::from(CERTS_DIR));
    let handler = Handler { certs: CertsDir::new(certs_dir, &options.state_dir), forget: None, left: Shutdown::new() };
    let dials = vec![("this process".to_owned(), Arc::new(options.dial) as Arc<dyn Dial>)];
    keep(options.identity, dials, EngineSocket::new(options.engine), handler, &shutdown).await;
}

/// Keeps a session with each manager.
async fn keep(
    identity: AgentIdentity,
    dials: Vec<(String, Arc<dyn Dial>)>,
    engine: EngineSocket,
    handler: Handler,
    shutdown: &Shutdown,
) {
    let feed = Feed::new();
    let end = AgentEnd {
        identity,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.clone(),
        handler: Arc::new(handler),
        inventory: feed.inventory.subscribe(),
        events: feed.events.clone(),
        waiting: WAITING,
    };
    let mut sessions = JoinSet::new();
    for (manager, dial) in dials {
        let end = end.clone();
        sessions.spawn(async move { keep_session(&end, &manager, &*dial).await });
    }
    tokio::select! {
        () = shutdown.begun() => {}
        () = feed.run(&engine) => {}
    }
    sessions.shutdown().await;
}

/// Keeps a session with one manager, waiting longer after each failure, never in step with others.
async fn keep_session(end: &AgentEnd, manager: &str, dial: &dyn Dial) {
    let mut pause = FIRST_PAUSE;
    loop {
        let start = Instant::now();
        let error = serve(end, dial).await;
        tracing::info!("the tunnel to {manager} is closed: {}", base::chain(&error));
        if start.elapsed() > GOOD {
            pause = FIRST_PAUSE;
        }
        let part = rand::random_range(0.5..1.0);
        tokio::time::sleep(pause.mul_f64(part)).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

struct Handler {
    certs: CertsDir,
    /// The folder of the identity to forget on leaving; the embedded agent has none.
    forget: Option<PathBuf>,
    left: Shutdown,
}

impl AgentHandler for Handler {
    fn certificate_write<'a>(
        &'a self,
        registry: &'a str,
        ca_pem: &'a str,
        replace_foreign: bool,
    ) -> BoxFuture<'a, Result<(), String>> {
        let (registry, ca_pem) = (registry.to_owned(), ca_pem.to_owned());
        self.with_certs(move |certs| certs.write(&registry, &ca_pem, replace_foreign))
    }

    fn certificate_remove<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), String>> {
        let registry = registry.to_owned();
        self.with_certs(move |certs| certs.remove(&registry))
    }

    fn leave(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            self.with_certs(|certs| certs.remove_all()).await?;
            if let Some(data_dir) = &self.forget {
                Identity::forget(data_dir).map_err(|error| error.to_string())?;
                tracing::info!("left the cluster");
            }
            // The answer goes out first: the session ends with the process a moment later.
            let left = self.left.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(200)).await;
                left.begin();
            });
            Ok(())
        })
    }
}

impl Handler {
    fn with_certs(
        &self,
        work: impl FnOnce(&CertsDir) -> Result<(), crate::certs::CertsError> + Send + 'static,
    ) -> BoxFuture<'static, Result<(), String>> {
        let certs = self.certs.clone();
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || work(&certs)).await {
                Ok(outcome) => outcome.map_err(|error| base::chain(&error)),
                Err(_) => Err("the agent is ending".to_owned()),
            }
        })
    }
}

/// The machine's host name, in the form of a node's name.
fn host_name() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .take(64)
        .collect();
    if name.parse::<base::NodeName>().is_ok() { name } else { "node".to_owned() }
}
