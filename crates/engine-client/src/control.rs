//! The control stream: reports of the agent, commands of the manager.

mod agent;
mod manager;

use std::future::Future;
use std::sync::Arc;

use base::NodeId;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) use agent::run as run_agent;
pub use manager::Control;
pub(crate) use manager::run as run_manager;

/// What an agent does when it is told.
pub trait AgentHandler: Send + Sync + 'static {
    /// Makes the engine trust a registry's CA. A file that the agent did not write is replaced only if told so.
    fn certificate_write<'a>(
        &'a self,
        registry: &'a str,
        ca_pem: &'a str,
        replace_foreign: bool,
    ) -> BoxFuture<'a, Result<(), String>>;
    /// Takes that back.
    fn certificate_remove<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), String>>;
    /// Takes everything back: the node leaves the cluster.
    fn leave(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// One event of an engine.
#[derive(Debug)]
pub struct EngineEvent {
    /// The node it happened on.
    pub node: NodeId,
    /// `container`, `image`, `service`, `node`, ….
    pub kind: String,
    /// `create`, `die`, `update`, ….
    pub action: String,
    /// The id of what it happened to.
    pub actor: String,
    /// The event as the engine wrote it.
    pub raw: Box<RawValue>,
}

/// What a reader of events is told.
#[derive(Debug, Clone)]
pub enum EngineNotice {
    /// An event.
    Event(Arc<EngineEvent>),
    /// Events of this node may be missing: read the state again.
    Resync(NodeId),
}

impl EngineEvent {
    pub(crate) fn parse(node: NodeId, raw: Box<RawValue>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "Type", default)]
            kind: String,
            #[serde(rename = "Action", default)]
            action: String,
            #[serde(rename = "Actor", default)]
            actor: WireActor,
        }
        #[derive(Deserialize, Default)]
        struct WireActor {
            #[serde(rename = "ID", default)]
            id: String,
        }
        let wire: Wire = serde_json::from_str(raw.get()).ok()?;
        Some(Self { node, kind: wire.kind, action: wire.action, actor: wire.actor.id, raw })
    }

    /// Returns the event as a tree.
    #[must_use]
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(self.raw.get()).unwrap_or_default()
    }
}

/// Runs two futures until one of them ends.
pub(crate) async fn first<T>(one: impl Future<Output = T>, two: impl Future<Output = T>) -> T {
    tokio::select! {
        result = one => result,
        result = two => result,
    }
}
