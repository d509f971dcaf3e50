//! The fleet of a server: the agent in this process, and the port at which other agents arrive.

use std::sync::Arc;

use agent::EmbeddedOptions;
use anyhow::{Context, Result};
use base::NodeName;
use config::ServerSettings;
use fleet::{EngineLink, Fleet, FleetOptions, RegistryTrust, Weight};
use futures_util::future::BoxFuture;
use http_kit::{ClientTrust, Request, Response, ServerIdentity, Shutdown, TlsOptions, TlsSettings};
use pki::Validity;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use workloads::{EngineAt, EngineError, Engines};

use crate::data_dir::DataDir;
use crate::parts::Parts;
use crate::tls::Tls;

/// The fleet with the agent of this process.
pub(crate) struct Nodes {
    pub(crate) fleet: Fleet,
    embedded: Option<JoinHandle<()>>,
}

impl Nodes {
    /// Makes the fleet and starts the agent for the engine beside this server, if one is given.
    pub(crate) async fn start(
        parts: &Parts,
        settings: &ServerSettings,
        directory: &DataDir,
        tls: &Tls,
        shutdown: &Shutdown,
    ) -> Result<Self> {
        let port = settings.agent_listen.map(|address| address.port());
        let fleet = Fleet::new(FleetOptions {
            store: parts.control.clone(),
            cluster: parts.cluster,
            ca: Arc::clone(&parts.keys.cluster_ca),
            server_pin: tls.pin,
            tunnel_addresses: port
                .map(|port| parts.names.iter().map(|name| format!("{}:{port}", name.host())).collect())
                .unwrap_or_default(),
            clock: Arc::clone(&parts.clock),
        });
        fleet.registries_set(
            parts
                .names
                .iter()
                .map(|name| RegistryTrust { registry: name.to_string(), ca_pem: tls.ca_pem.clone() })
                .collect(),
        );
        let mut embedded = None;
        if let Some(engine) = &settings.engine {
            let identity = fleet.node_embedded(&node_name()?).await.context("recording the node of this machine")?;
            let options = EmbeddedOptions {
                identity,
                dial: fleet.embedded_dial(identity),
                engine: engine.0.clone(),
                certs_dir: Some(settings.engine_certs_dir.clone()),
                state_dir: directory.path().to_path_buf(),
            };
            embedded = Some(tokio::spawn(agent::embedded(options, shutdown.clone())));
        }
        Ok(Self { fleet, embedded })
    }

    /// Returns how workloads reach the engines.
    pub(crate) fn engines(&self) -> FleetEngines {
        FleetEngines(self.fleet.clone())
    }

    /// Waits for the agent of this process, which has been told to end.
    pub(crate) async fn stop(self) {
        if let Some(embedded) = self.embedded {
            // It has nothing to say at its end.
            let _ = embedded.await;
        }
    }
}

/// The host's name as a node's: what a node's name cannot hold becomes a dash.
fn node_name() -> Result<NodeName> {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let name: String = host
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .take(64)
        .collect();
    name.parse().or_else(|_| "node".parse()).with_context(|| format!("using the host's name `{host}` as the node's"))
}

/// The engines behind the fleet's links.
pub(crate) struct FleetEngines(Fleet);

impl FleetEngines {
    fn link(&self, at: EngineAt) -> Result<Arc<EngineLink>, EngineError> {
        let link = match at {
            EngineAt::Manager => self.0.manager_engine(),
            EngineAt::Node(node) => self.0.engine(node),
        };
        link.map_err(|_| EngineError::NotConnected)
    }
}

impl Engines for FleetEngines {
    fn request(&self, at: EngineAt, request: Request, weight: Weight) -> BoxFuture<'_, Result<Response, EngineError>> {
        Box::pin(async move {
            self.link(at)?.request(request, weight).await.map_err(|source| EngineError::Failed(Box::new(source)))
        })
    }
}

/// Takes agents' tunnels: mutual TLS under the cluster's CA, nothing else.
pub(crate) async fn listen(listener: TcpListener, fleet: Fleet, parts: Arc<Parts>, shutdown: Shutdown) {
    let tls = match tunnel_tls(&parts) {
        Ok(tls) => tls,
        Err(error) => {
            tracing::error!("preparing the port for agents: {error:#}");
            return;
        }
    };
    let taken = move |io, certificate| {
        let fleet = fleet.clone();
        async move {
            if let Err(error) = fleet.accept_tunnel(io, &certificate).await {
                tracing::info!("refused an agent's connection: {}", base::chain(&error));
            }
        }
    };
    engine_client::tunnel::listen(listener, tls, taken, shutdown).await;
}

fn tunnel_tls(parts: &Parts) -> Result<TlsSettings> {
    let names: Vec<String> = parts.names.iter().map(|name| name.host().to_owned()).collect();
    let keys = &parts.keys;
    let issued = keys.cluster_ca.issue_server(&names, Validity::leaf(parts.clock.now()))?;
    let chain = keys.cluster_ca.chain_pem(&issued.certificate);
    let identity = ServerIdentity::from_pem(&chain, issued.key_pem.expose())?;
    let clients = Some(ClientTrust { ca_pem: keys.cluster_ca.ca_pem().to_owned() });
    let options = TlsOptions { identity, by_name: Vec::new(), clients, http2: false, clock: Arc::clone(&parts.clock) };
    Ok(TlsSettings::new(options)?)
}
