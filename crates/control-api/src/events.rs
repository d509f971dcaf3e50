//! The hub of the event stream: the server says what changed, each open stream hears what its caller may know.

use api_model::{EventKind, EventView};
use tokio::sync::{broadcast, watch};

/// How many events a slow stream may be behind before it is told that everything may be stale.
const BEHIND: usize = 256;

/// Says what changed to all open streams; cheap to clone.
#[derive(Debug, Clone)]
pub struct EventHub {
    events: broadcast::Sender<EventView>,
    closed: watch::Sender<bool>,
}

impl Default for EventHub {
    fn default() -> Self {
        Self { events: broadcast::Sender::new(BEHIND), closed: watch::Sender::new(false) }
    }
}

impl EventHub {
    /// Makes a hub.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that something of a kind changed.
    pub fn publish(&self, kind: EventKind, id: Option<String>) {
        // Nobody may be listening.
        let _ = self.events.send(EventView { kind, id });
    }

    /// Ends all open streams of events and logs, and those to come: the server is told to end.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<EventView> {
        self.events.subscribe()
    }

    /// Waits until the hub is closed.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closed = self.closed.subscribe();
        async move {
            // A hub that is gone is closed too.
            let _ = closed.wait_for(|closed| *closed).await;
        }
    }
}
