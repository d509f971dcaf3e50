//! The fleet and what it knows.

use std::sync::Arc;

use base::{Clock, ClusterId, NodeId, NodeName, OperationId};
use engine_client::tunnel::{Acceptor, EmbeddedDial};
use engine_client::{AgentIdentity, BoxIo, EngineInventory, EngineLink, EngineNotice, RegistryTrust};
use http_kit::{PeerCertificate, Verdict};
use pki::ClusterCa;
use state::control::nodes::{self, NodeRegister, NodeRole};
use state::control::{Command, ControlStore, Reply, TokenHash};
use tokio::sync::{broadcast, mpsc, watch};

use crate::error::Error;
use crate::live::Live;

/// What a fleet is made of.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// Where nodes are recorded.
    pub store: ControlStore,
    /// The cluster served.
    pub cluster: ClusterId,
    /// Issues the agents' certificates.
    pub ca: Arc<ClusterCa>,
    /// The SHA-256 of the last certificate of the server's own chain, by which a joining machine knows it.
    pub server_pin: [u8; 32],
    /// `host:port` of every manager's port for agents.
    pub tunnel_addresses: Vec<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

pub(crate) struct Inner {
    pub(crate) options: FleetOptions,
    pub(crate) live: Live,
    pub(crate) acceptor: Acceptor,
    pub(crate) registries: watch::Sender<Vec<RegistryTrust>>,
}

/// The nodes and the tunnels to their engines; cheap to clone.
#[derive(Clone)]
pub struct Fleet(pub(crate) Arc<Inner>);

impl std::fmt::Debug for Fleet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fleet").field("cluster", &self.0.options.cluster).finish_non_exhaustive()
    }
}

impl Fleet {
    /// Makes a fleet. Its upkeep ends with the runtime, or when the last clone is gone.
    #[must_use]
    pub fn new(options: FleetOptions) -> Self {
        let fleet = Self(Arc::new(Inner {
            options,
            live: Live::new(),
            acceptor: Acceptor::default(),
            registries: watch::Sender::new(Vec::new()),
        }));
        crate::link::keep_up(&fleet);
        fleet
    }

    /// Returns the tunnel to a node's engine.
    ///
    /// # Errors
    /// If its agent is not connected.
    pub fn engine(&self, node: NodeId) -> Result<Arc<EngineLink>, Error> {
        self.0.live.link(node).ok_or(Error::NotConnected { node })
    }

    /// Returns the tunnel to an engine beside a manager: one that manages the Swarm where there is one.
    ///
    /// # Errors
    /// If none is connected.
    pub fn manager_engine(&self) -> Result<Arc<EngineLink>, Error> {
        self.0.live.manager().ok_or(Error::NoManager)
    }

    /// Returns all tunnels that are up.
    #[must_use]
    pub fn engines(&self) -> Vec<Arc<EngineLink>> {
        self.0.live.links()
    }

    /// Returns what a connected node's agent reported last.
    #[must_use]
    pub fn inventory(&self, node: NodeId) -> Option<Arc<EngineInventory>> {
        self.0.live.node(node)?.inventory
    }

    /// Follows the events of all engines. A reader that is too slow gets an error from the channel and must
    /// read the state again, as after [`EngineNotice::Resync`].
    #[must_use]
    pub fn subscribe_events(&self) -> broadcast::Receiver<EngineNotice> {
        self.0.acceptor.events()
    }

    /// Follows changes of nodes and their links; the number only grows.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.live.changes()
    }

    /// Sets the registries whose CA every engine shall trust; connected agents are told, later ones when they
    /// come.
    pub fn registries_set(&self, registries: Vec<RegistryTrust>) {
        self.0.registries.send_replace(registries);
    }

    /// Records the engine beside this server, under the name of the machine, and returns whom its agent is.
    /// The same name gives the same node.
    ///
    /// # Errors
    /// If another node has the name, or the change cannot be recorded.
    pub async fn node_embedded(&self, name: &NodeName) -> Result<AgentIdentity, Error> {
        let cluster = self.0.options.cluster;
        let asked = name.clone();
        let known =
            self.0.options.store.read(move |conn| nodes::by_name(conn, cluster, &asked)).await.map_err(Error::Read)?;
        let node = match known {
            Some(known) if known.fingerprint.is_none() => known.id,
            Some(_) | None => {
                let id = NodeId::random();
                let register =
                    NodeRegister { id, cluster, name: name.clone(), fingerprint: None, role: NodeRole::Manager };
                self.write(OperationId::random(), Command::NodeRegister(register)).await?;
                id
            }
        };
        self.0.live.set_home(node);
        Ok(AgentIdentity { cluster, node })
    }

    /// Returns the way of the agent in this process to this fleet.
    #[must_use]
    pub fn embedded_dial(&self, identity: AgentIdentity) -> EmbeddedDial {
        let (links, mut arrived) = mpsc::channel(4);
        let fleet = self.clone();
        tokio::spawn(async move {
            while let Some(link) = arrived.recv().await {
                fleet.link_up(link);
            }
        });
        EmbeddedDial::new(self.0.acceptor.clone(), identity, links)
    }

    /// Takes a connection from the port for agents.
    ///
    /// # Errors
    /// If the certificate is not that of a node of this cluster, or the tunnel's protocol is broken.
    pub async fn accept_tunnel(&self, io: BoxIo, certificate: &PeerCertificate) -> Result<(), Error> {
        if certificate.verdict != Verdict::Trusted {
            return Err(Error::Foreign("it is not issued by this cluster, or not valid now"));
        }
        let facts = pki::certificate_facts(&certificate.der).map_err(Error::Certificate)?;
        let (cluster, node) = facts.agent().ok_or(Error::Foreign("it names no node"))?;
        if cluster != self.0.options.cluster {
            return Err(Error::Foreign("it names another cluster"));
        }
        let fingerprint = TokenHash::from_bytes(certificate.fingerprint);
        let known = self
            .0
            .options
            .store
            .read(move |conn| nodes::by_fingerprint(conn, &fingerprint))
            .await
            .map_err(Error::Read)?;
        if known.is_none_or(|known| known.id != node) {
            return Err(Error::Foreign("the node was removed, or has another certificate now"));
        }
        let identity = AgentIdentity { cluster, node };
        match self.0.acceptor.accept(io, identity).await.map_err(Error::Tunnel)? {
            engine_client::tunnel::Accepted::Link(link) => self.link_up(link),
            engine_client::tunnel::Accepted::Stream => {}
        }
        Ok(())
    }

    pub(crate) async fn write(&self, operation: OperationId, command: Command) -> Result<Reply, Error> {
        let written = self.0.options.store.write(operation, command).await?;
        Ok(written.reply)
    }
}
