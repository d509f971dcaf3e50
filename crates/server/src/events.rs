//! From what the stores and engines say to the event stream of console and API.

use api_model::EventKind;
use control_api::EventHub;
use fleet::{EngineNotice, Fleet};
use state::control;
use state::registry;
use store::{Machine, Notice, Store};
use tokio::sync::broadcast::error::RecvError;

use crate::parts::Parts;

/// Starts the tasks that carry events; they end with their sources.
pub(crate) fn carry(parts: &Parts, fleet: &Fleet, hub: &EventHub) {
    tokio::spawn(follow(parts.control.clone(), hub.clone(), of_control));
    tokio::spawn(follow(parts.registry_store.clone(), hub.clone(), of_registry));
    tokio::spawn(engines(fleet.clone(), hub.clone()));
}

async fn follow<M: Machine>(store: Store<M>, hub: EventHub, kind: fn(&M::Event) -> Option<EventKind>) {
    let mut watch = store.watch();
    loop {
        match watch.next().await {
            Some(Notice::Event { events, .. }) => {
                let mut kinds: Vec<EventKind> = events.iter().filter_map(kind).collect();
                // A batch of a hundred rows of one kind is one thing to look at anew.
                kinds.dedup();
                for kind in kinds {
                    hub.publish(kind, None);
                }
            }
            Some(Notice::Resync) => hub.publish(EventKind::Resync, None),
            None => return,
        }
    }
}

fn of_control(event: &control::Event) -> Option<EventKind> {
    match event {
        control::Event::Account(_)
        | control::Event::Team(_)
        | control::Event::Session(_)
        | control::Event::Token(_)
        | control::Event::Certificate(_) => Some(EventKind::Accounts),
        control::Event::Access | control::Event::Setting(_) => Some(EventKind::Access),
        control::Event::JoinToken(_) | control::Event::Node(_) => Some(EventKind::Nodes),
        control::Event::Audit => Some(EventKind::Audit),
        control::Event::PullCredential(_) | control::Event::Feed => None,
    }
}

fn of_registry(event: &registry::Event) -> Option<EventKind> {
    match event {
        registry::Event::Repository { .. }
        | registry::Event::RepositoryRemoved { .. }
        | registry::Event::Rights
        | registry::Event::Tag { .. } => Some(EventKind::Repositories),
        _ => None,
    }
}

async fn engines(fleet: Fleet, hub: EventHub) {
    let mut notices = fleet.subscribe_events();
    loop {
        match notices.recv().await {
            Ok(EngineNotice::Event(event)) => {
                let value = event.value();
                match value.get("Type").and_then(serde_json::Value::as_str) {
                    Some("service" | "container") => hub.publish(EventKind::Services, None),
                    Some("node") => hub.publish(EventKind::Nodes, None),
                    _ => {}
                }
            }
            Ok(_) => hub.publish(EventKind::Nodes, None),
            Err(RecvError::Lagged(_)) => hub.publish(EventKind::Resync, None),
            Err(RecvError::Closed) => return,
        }
    }
}
