//! The engine's state and events, kept for all managers at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use engine_client::{EngineInventory, EngineSocket, Error};
use http_body_util::BodyExt;
use http_kit::{Body, Request};
use serde_json::value::RawValue;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{sleep, timeout};

use crate::engine::inventory;

/// How often the engine is asked even if nothing happens.
const REFRESH: Duration = Duration::from_secs(15);
/// Reports are not made more often than this.
const PAUSE: Duration = Duration::from_millis(500);
/// The pause before the event stream is asked for again.
const RETRY: Duration = Duration::from_secs(1);
/// The longest event taken.
const MAX_EVENT_BYTES: usize = 512 * 1024;
/// How long the engine may take to tell what it is.
const ANSWER: Duration = Duration::from_secs(20);

/// What is known of the engine, and what happens to it.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(crate) inventory: watch::Sender<Option<Arc<EngineInventory>>>,
    pub(crate) events: broadcast::Sender<Option<Arc<RawValue>>>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { inventory: watch::Sender::new(None), events: broadcast::Sender::new(4096) }
    }

    /// Keeps both true until it is dropped.
    pub(crate) async fn run(&self, engine: &EngineSocket) {
        let stale = Notify::new();
        tokio::join!(self.follow_events(engine, &stale), self.keep_inventory(engine, &stale));
    }

    async fn keep_inventory(&self, engine: &EngineSocket, stale: &Notify) {
        loop {
            match timeout(ANSWER, inventory(engine)).await {
                Ok(Ok(current)) => {
                    self.inventory.send_if_modified(|known| {
                        let changed = known.as_deref() != Some(&current);
                        if changed {
                            *known = Some(Arc::new(current));
                        }
                        changed
                    });
                }
                Ok(Err(error)) => tracing::debug!("asking the engine what it is: {}", base::chain(&error)),
                Err(_) => tracing::debug!("the engine does not tell what it is"),
            }
            sleep(PAUSE).await;
            // An event asks for the next report at once.
            let _ = timeout(REFRESH, stale.notified()).await;
        }
    }

    async fn follow_events(&self, engine: &EngineSocket, stale: &Notify) {
        loop {
            if let Err(error) = self.stream(engine, stale).await {
                tracing::debug!("the engine's events: {}", base::chain(&error));
            }
            // Nobody may be listening.
            let _ = self.events.send(None);
            sleep(RETRY).await;
        }
    }

    async fn stream(&self, engine: &EngineSocket, stale: &Notify) -> Result<(), Error> {
        let unreadable = |reason: String| Error::Answer { path: "/events", reason };
        let request: Request =
            http::Request::get("/events").body(Body::empty()).map_err(|error| unreadable(error.to_string()))?;
        let response = engine.request(request).await?;
        if !response.status().is_success() {
            return Err(unreadable(response.status().to_string()));
        }
        // What happened before the stream began is not in it.
        let _ = self.events.send(None);
        stale.notify_one();
        let mut body = response.into_body();
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|error| unreadable(base::chain(&error)))?.into_data() else { continue };
            rest.extend_from_slice(&data);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.split_to(end + 1);
                if let Ok(event) = serde_json::from_slice::<Box<RawValue>>(&line) {
                    let _ = self.events.send(Some(Arc::from(event)));
                    stale.notify_one();
                }
            }
            if rest.len() > MAX_EVENT_BYTES {
                return Err(unreadable("an event without an end".to_owned()));
            }
        }
        Ok(())
    }
}
