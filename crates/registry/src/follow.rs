//! Keeping the caches true, and the work that comes by time.

use std::sync::{Arc, Weak};
use std::time::Duration;

use state::registry::Event;
use store::{Notice, Watch};

use crate::registry::Registry;

/// How often time-driven work is looked at.
const TICK: Duration = Duration::from_secs(60);

/// Drops from the caches what changed, until the store shuts down.
pub(crate) async fn follow(registry: Arc<Registry>, mut watch: Watch<Event>) {
    while let Some(notice) = watch.next().await {
        match notice {
            Notice::Event { events, .. } => {
                for event in events.iter() {
                    take(&registry, event).await;
                }
            }
            Notice::Resync => {
                registry.known.clear();
                registry.manifests_here.clear();
                registry.blobs_here.clear();
                registry.token_keys_reload().await;
            }
        }
    }
}

async fn take(registry: &Registry, event: &Event) {
    match event {
        Event::Repository { name, .. } => registry.known.invalidate(name),
        Event::RepositoryRemoved { name, .. } => {
            // Ids are never used again, so that what hangs on this one may stay.
            registry.known.invalidate(name);
        }
        Event::Rights => registry.known.clear(),
        Event::Blob { repository, digest } => registry.blobs_here.invalidate(&(*repository, digest.clone())),
        Event::Manifest { repository, digest, .. } => {
            registry.manifests_here.invalidate(&(*repository, digest.clone()));
        }
        Event::TokenKeys => registry.token_keys_reload().await,
        Event::Fed(_) | Event::Tag { .. } | Event::Settings | Event::Audit => {}
    }
}

/// Does what comes by time: once after the start the files that a crash left, then, again and again, uploads
/// that nobody goes on with and signing keys that are old.
pub(crate) async fn tick(registry: Weak<Registry>) {
    let mut ticks = tokio::time::interval(TICK);
    let mut is_swept = false;
    loop {
        ticks.tick().await;
        let Some(registry) = registry.upgrade() else { return };
        if !is_swept {
            match registry.blobs_sweep().await {
                Ok(_) => is_swept = true,
                Err(error) => tracing::warn!("looking for files without a record: {}", base::chain(&error)),
            }
        }
        registry.uploads.expire(registry.clock.now());
        if let Err(error) = registry.token_keys_prepare().await {
            tracing::warn!("rotating signing keys: {}", base::chain(&error));
        }
    }
}
