//! The life of a server process.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use base::{Clock, SystemClock};
use config::ServerSettings;
use control_api::EventHub;
use engine_spec::Rules;
use http_kit::{Listener, Shutdown, serve};
use telemetry::{LogFormat, Metrics};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use workloads::Workloads;

use crate::data_dir::DataDir;
use crate::events;
use crate::nodes::{self, Nodes};
use crate::parts::Parts;
use crate::surfaces::Surfaces;
use crate::tls;
use crate::upkeep;

/// Runs a server in the foreground until it is told to end (SIGTERM, SIGINT).
///
/// # Errors
/// If the data directory or a listener cannot be used; the message says what to do.
pub async fn run(settings: ServerSettings) -> Result<()> {
    let format = if settings.log.json { LogFormat::Json } else { LogFormat::Text };
    telemetry::init(settings.log.filter.as_deref().unwrap_or("info,openraft=warn"), format)?;
    let directory = DataDir::open(&settings.data_dir)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Sockets before state: a port that is taken is found before anything is written.
    let sockets = Sockets::bind(&settings).await?;
    let parts = Arc::new(Parts::open(&directory, &settings, clock).await?);
    let shutdown = Shutdown::new();
    let outcome = serve_all(&settings, &directory, Arc::clone(&parts), sockets, &shutdown).await;
    parts.close().await;
    tracing::info!("ended");
    outcome
}

struct Sockets {
    tls: Listener,
    plain: Option<Listener>,
    agents: Option<TcpListener>,
}

impl Sockets {
    async fn bind(settings: &ServerSettings) -> Result<Self> {
        let plain = match settings.plain_listen {
            Some(address) => Some(bind(address, "--plain-listen").await?),
            None => None,
        };
        let agents = match settings.agent_listen {
            Some(address) => Some(TcpListener::bind(address).await.with_context(|| taken(address, "--agent-listen"))?),
            None => None,
        };
        Ok(Self { tls: bind(settings.listen, "--listen").await?, plain, agents })
    }
}

async fn bind(address: SocketAddr, flag: &str) -> Result<Listener> {
    Listener::bind(address).await.with_context(|| taken(address, flag))
}

fn taken(address: SocketAddr, flag: &str) -> String {
    format!("listening on {address}: is something else there? give another address with {flag}")
}

async fn serve_all(
    settings: &ServerSettings,
    directory: &DataDir,
    parts: Arc<Parts>,
    sockets: Sockets,
    shutdown: &Shutdown,
) -> Result<()> {
    let tls = tls::settings(&parts, settings)?;
    let hub = EventHub::new();
    let nodes = Nodes::start(&parts, settings, directory, &tls, shutdown).await?;
    events::carry(&parts, &nodes.fleet, &hub);
    let workloads = Workloads::new(Arc::new(nodes.engines()), parts.control.clone(), parts.cluster);
    tokio::spawn(upkeep::credentials(workloads.clone(), parts.contexts.clone(), shutdown.clone()));
    let fleet = nodes.fleet.clone();
    let surfaces =
        Surfaces::new(Arc::clone(&parts), metrics(), fleet, workloads, hub.clone(), rules(settings, directory));

    let mut tasks = JoinSet::new();
    for (name, listener, settings) in
        [("TLS", Some(sockets.tls), Some(tls.settings.clone())), ("loopback, without TLS", sockets.plain, None)]
    {
        let Some(listener) = listener else { continue };
        if let Some(address) = listener.address() {
            tracing::info!(%address, "listening ({name}) on {address}");
        }
        let surfaces = surfaces.clone();
        let service = move |request| surfaces.clone().answer(request);
        tasks.spawn(serve(listener, settings, service, shutdown.clone()));
    }
    if let Some(listener) = sockets.agents {
        tasks.spawn(nodes::listen(listener, nodes.fleet.clone(), Arc::clone(&parts), shutdown.clone()));
    }
    if let Some(name) = parts.names.first() {
        tracing::info!(server.name = %name, "ready: console at {}/console/", name.url());
    }
    until_told().await?;
    tracing::info!("ending: open requests have ten seconds");
    // Streams that never end by themselves would use up the others' time.
    hub.close();
    shutdown.begin();
    nodes.stop().await;
    while tasks.join_next().await.is_some() {}
    Ok(())
}

fn metrics() -> Metrics {
    Metrics::new(|_| {})
}

/// What belongs to us on the engine's machine: nobody may publish our ports or bind our folders.
fn rules(settings: &ServerSettings, directory: &DataDir) -> Rules {
    let ports = [Some(settings.listen), settings.plain_listen, settings.agent_listen];
    let mut forbidden = vec![
        directory.path().display().to_string(),
        "/var/run/docker.sock".to_owned(),
        "/run/docker.sock".to_owned(),
        "/var/lib/docker".to_owned(),
        "/run/containerd".to_owned(),
        "/var/run/containerd".to_owned(),
        "/etc/docker".to_owned(),
    ];
    forbidden.extend(settings.engine.iter().map(|engine| engine.0.display().to_string()));
    Rules {
        own_ports: ports.into_iter().flatten().map(|address| address.port()).collect(),
        forbidden_paths: forbidden,
        log_drivers: Vec::new(),
    }
}

async fn until_told() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
