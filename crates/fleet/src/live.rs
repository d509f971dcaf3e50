//! The links that are up now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use base::NodeId;
use engine_client::{EngineInventory, EngineLink};
use tokio::sync::watch;

/// A connected node.
#[derive(Debug, Clone)]
pub(crate) struct LiveNode {
    pub(crate) link: Arc<EngineLink>,
    pub(crate) inventory: Option<Arc<EngineInventory>>,
}

#[derive(Debug, Default, Clone)]
struct Table {
    nodes: BTreeMap<NodeId, LiveNode>,
    manager: Option<Arc<EngineLink>>,
}

/// The links that are up now; read without a lock, since every request to an engine asks here.
#[derive(Debug)]
pub(crate) struct Live {
    table: ArcSwap<Table>,
    /// The node beside this server, which is asked first.
    home: ArcSwap<Option<NodeId>>,
    writing: Mutex<()>,
    revision: watch::Sender<u64>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            table: ArcSwap::default(),
            home: ArcSwap::default(),
            writing: Mutex::default(),
            revision: watch::Sender::new(0),
        }
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Tells followers that something about nodes changed.
    pub(crate) fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    pub(crate) fn set_home(&self, node: NodeId) {
        self.home.store(Arc::new(Some(node)));
        self.change(|_| ());
    }

    pub(crate) fn node(&self, node: NodeId) -> Option<LiveNode> {
        self.table.load().nodes.get(&node).cloned()
    }

    pub(crate) fn link(&self, node: NodeId) -> Option<Arc<EngineLink>> {
        self.table.load().nodes.get(&node).map(|node| Arc::clone(&node.link))
    }

    pub(crate) fn manager(&self) -> Option<Arc<EngineLink>> {
        self.table.load().manager.clone()
    }

    pub(crate) fn links(&self) -> Vec<Arc<EngineLink>> {
        self.table.load().nodes.values().map(|node| Arc::clone(&node.link)).collect()
    }

    pub(crate) fn put(&self, link: Arc<EngineLink>) {
        self.change(|nodes| {
            nodes.insert(link.node(), LiveNode { link, inventory: None });
        });
    }

    /// Notes what a link's agent reported, unless the link was replaced meanwhile.
    pub(crate) fn report(&self, link: &Arc<EngineLink>, inventory: Arc<EngineInventory>) {
        self.change(|nodes| {
            if let Some(node) = nodes.get_mut(&link.node()).filter(|node| Arc::ptr_eq(&node.link, link)) {
                node.inventory = Some(inventory);
            }
        });
    }

    /// Removes a link, unless it was replaced meanwhile.
    pub(crate) fn remove(&self, link: &Arc<EngineLink>) {
        self.change(|nodes| {
            if nodes.get(&link.node()).is_some_and(|node| Arc::ptr_eq(&node.link, link)) {
                nodes.remove(&link.node());
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<NodeId, LiveNode>)) {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut table = Table::clone(&self.table.load());
        change(&mut table.nodes);
        table.manager = manager(&table.nodes, **self.home.load());
        self.table.store(Arc::new(table));
        drop(writing);
        self.touch();
    }
}

/// Chooses the engine for what any manager can answer: the one beside this server, and none else while it is away,
/// since what a node says of itself may be a lie that would draw all secrets to it. A server without an engine of
/// its own has nothing but their word.
fn manager(nodes: &BTreeMap<NodeId, LiveNode>, home: Option<NodeId>) -> Option<Arc<EngineLink>> {
    let manages = |node: &&LiveNode| {
        node.inventory.as_ref().is_some_and(|inventory| inventory.swarm.is_active() && inventory.swarm.is_manager)
    };
    let chosen = match home {
        Some(home) => nodes.get(&home),
        None => nodes.values().find(manages),
    };
    chosen.map(|node| Arc::clone(&node.link))
}
