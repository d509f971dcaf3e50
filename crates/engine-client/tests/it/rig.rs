//! A tunnel from a manager to an engine, all in this process.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{ClusterId, NodeId};
use engine_client::tunnel::{Acceptor, AgentEnd, EmbeddedDial, serve};
use engine_client::{AgentHandler, AgentIdentity, EngineInventory, EngineLink, EngineSocket};
use futures_util::future::BoxFuture;
use http_kit::{Body, Request};
use serde_json::value::RawValue;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;

/// Notes what it is told.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Mutex<Vec<String>>);

impl AgentHandler for Notes {
    fn certificate_write<'a>(
        &'a self,
        registry: &'a str,
        ca_pem: &'a str,
        replace: bool,
    ) -> BoxFuture<'a, Result<(), String>> {
        self.0.lock().unwrap().push(format!("write {registry} {ca_pem} {replace}"));
        Box::pin(async { Ok(()) })
    }

    fn certificate_remove<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), String>> {
        let message = format!("{registry} is not ours");
        Box::pin(async { Err(message) })
    }

    fn leave(&self) -> BoxFuture<'_, Result<(), String>> {
        self.0.lock().unwrap().push("leave".to_owned());
        Box::pin(async { Ok(()) })
    }
}

pub(crate) struct Rig {
    pub(crate) acceptor: Acceptor,
    pub(crate) link: Arc<EngineLink>,
    pub(crate) links: mpsc::Receiver<Arc<EngineLink>>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) inventory: watch::Sender<Option<Arc<EngineInventory>>>,
    pub(crate) events: broadcast::Sender<Option<Arc<RawValue>>>,
    pub(crate) end: AgentEnd,
    pub(crate) dial: EmbeddedDial,
    pub(crate) agent: tokio::task::JoinHandle<()>,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.agent.abort();
    }
}

pub(crate) async fn rig(engine: &Path) -> Rig {
    let identity = AgentIdentity { cluster: ClusterId::random(), node: NodeId::random() };
    let acceptor = Acceptor::default();
    let (sender, mut links) = mpsc::channel(4);
    let dial = EmbeddedDial::new(acceptor.clone(), identity, sender);
    let notes = Arc::new(Notes::default());
    let inventory = watch::Sender::new(None);
    let events = broadcast::Sender::new(64);
    let end = AgentEnd {
        identity,
        agent_version: "test".to_owned(),
        engine: EngineSocket::new(engine.to_owned()),
        handler: Arc::<Notes>::clone(&notes),
        inventory: inventory.subscribe(),
        events: events.clone(),
        waiting: 2,
    };
    let agent = start(&end, &dial);
    let link = timeout(Duration::from_secs(5), links.recv()).await.unwrap().unwrap();
    Rig { acceptor, link, links, notes, inventory, events, end, dial, agent }
}

pub(crate) fn start(end: &AgentEnd, dial: &EmbeddedDial) -> tokio::task::JoinHandle<()> {
    let (end, dial) = (end.clone(), dial.clone());
    tokio::spawn(async move {
        serve(&end, &dial).await;
    })
}

pub(crate) fn get(path: &str) -> Request {
    http::Request::get(path).body(Body::empty()).unwrap()
}

/// Waits until a condition holds; fails after five seconds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    timeout(Duration::from_secs(5), async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .map_err(|_| what.to_owned())
    .unwrap();
}
