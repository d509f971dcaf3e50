//! What is done for each link while it is up, and the fleet's upkeep.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use base::OperationId;
use engine_client::{EngineInventory, EngineLink, RegistryTrust};
use state::control::nodes::NodeReport;
use state::control::{Command, Event};
use store::Notice;
use tokio::time::{MissedTickBehavior, interval};

use crate::fleet::{Fleet, Inner};

/// How often connected nodes are noted as seen.
const SEEN: Duration = Duration::from_secs(60);

impl Fleet {
    /// Begins what is done for a link while it is up.
    pub(crate) fn link_up(&self, link: Arc<EngineLink>) {
        tracing::info!(node.id = %link.node(), agent.version = link.agent_version(), "agent of node {} connected", link.node());
        self.0.live.put(Arc::clone(&link));
        let fleet = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = link.closed() => {}
                () = fleet.follow_inventory(&link) => {}
                () = fleet.keep_registries(&link) => {}
            }
            link.close();
            fleet.0.live.remove(&link);
            tracing::info!(node.id = %link.node(), "agent of node {} is gone", link.node());
        });
    }

    async fn follow_inventory(&self, link: &Arc<EngineLink>) {
        let mut inventory = link.control().inventory();
        let mut recorded: Option<EngineInventory> = None;
        loop {
            let current = inventory.borrow_and_update().clone();
            if let Some(current) = current {
                self.0.live.report(link, Arc::clone(&current));
                let lasting = lasting(&current);
                if recorded.as_ref() != Some(&lasting) && self.record(link, &current).await {
                    recorded = Some(lasting);
                }
            }
            if inventory.changed().await.is_err() {
                return;
            }
        }
    }

    /// Records a report; a failure is tried again with the next one.
    async fn record(&self, link: &EngineLink, inventory: &EngineInventory) -> bool {
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        let report = NodeReport {
            id: link.node(),
            engine: filled(&inventory.engine_id),
            swarm_node: filled(&inventory.swarm.node_id),
            role: None,
            inventory: serde_json::to_value(inventory).ok(),
        };
        match self.write(OperationId::random(), Command::NodeReport(report)).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(node.id = %link.node(), "recording a node's report: {}", base::chain(&error));
                false
            }
        }
    }

    /// Keeps the engine's trust in step with the registries that are set.
    async fn keep_registries(&self, link: &EngineLink) {
        let mut wanted = self.0.registries.subscribe();
        let mut told: Vec<RegistryTrust> = Vec::new();
        loop {
            let now = wanted.borrow_and_update().clone();
            let names: BTreeSet<&str> = now.iter().map(|trust| trust.registry.as_str()).collect();
            for old in told.iter().filter(|old| !names.contains(old.registry.as_str())) {
                if let Err(error) = link.control().certificate_remove(&old.registry).await {
                    tracing::warn!(node.id = %link.node(), "removing the CA of `{}`: {}", old.registry, base::chain(&error));
                }
            }
            let mut done = Vec::new();
            for trust in now {
                if told.contains(&trust) {
                    done.push(trust);
                    continue;
                }
                match link.control().certificate_write(&trust.registry, &trust.ca_pem, false).await {
                    Ok(()) => done.push(trust),
                    Err(error) => {
                        tracing::warn!(node.id = %link.node(), "writing the CA of `{}`: {}", trust.registry, base::chain(&error));
                    }
                }
            }
            told = done;
            if wanted.changed().await.is_err() {
                return;
            }
        }
    }
}

/// What of a report is worth a write: counts change with every container.
fn lasting(inventory: &EngineInventory) -> EngineInventory {
    EngineInventory { containers: 0, containers_running: 0, images: 0, ..inventory.clone() }
}

/// Starts the fleet's upkeep: it ends when the fleet is dropped.
pub(crate) fn keep_up(fleet: &Fleet) {
    let weak = Arc::downgrade(&fleet.0);
    let watch = fleet.0.options.store.watch();
    tokio::spawn(note_seen(Weak::clone(&weak)));
    tokio::spawn(follow_store(weak, watch));
}

async fn note_seen(weak: Weak<Inner>) {
    let mut ticks = interval(SEEN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(inner) = weak.upgrade() else { return };
        let fleet = Fleet(inner);
        let nodes: Vec<_> = fleet.engines().iter().map(|link| link.node()).collect();
        if !nodes.is_empty()
            && let Err(error) = fleet.write(OperationId::random(), Command::NodesSeen(nodes)).await
        {
            tracing::debug!("noting nodes as seen: {}", base::chain(&error));
        }
    }
}

/// Cuts the links of nodes that were removed, and tells followers of changes.
async fn follow_store(weak: Weak<Inner>, mut watch: store::Watch<Event>) {
    while let Some(notice) = watch.next().await {
        let Some(inner) = weak.upgrade() else { return };
        let fleet = Fleet(inner);
        let touched = match &notice {
            Notice::Resync => true,
            Notice::Event { events, .. } => events.iter().any(|event| matches!(event, Event::Node(_))),
        };
        if touched {
            fleet.cut_removed().await;
            fleet.0.live.touch();
        }
    }
}

impl Fleet {
    /// Closes the links of nodes that the store does not know any more.
    async fn cut_removed(&self) {
        let links = self.engines();
        let asked: Vec<_> = links.iter().map(|link| link.node()).collect();
        let known = self
            .0
            .options
            .store
            .read(move |conn| {
                let mut known = BTreeSet::new();
                for node in asked {
                    if state::control::nodes::by_id(conn, node)?.is_some() {
                        known.insert(node);
                    }
                }
                Ok::<_, rusqlite::Error>(known)
            })
            .await;
        match known {
            Ok(known) => links.iter().filter(|link| !known.contains(&link.node())).for_each(|link| link.close()),
            Err(error) => tracing::warn!("looking for removed nodes: {}", base::chain(&error)),
        }
    }
}
