//! What the parts of an open store tell each other.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use base::{Index, Timestamp};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::options::{Fatal, FatalHandler};

/// Counters and flags of a member.
#[derive(Debug)]
pub(crate) struct Shared {
    applied: watch::Sender<u64>,
    ready: watch::Sender<bool>,
    version: watch::Sender<u32>,
    now: AtomicI64,
    stopped: AtomicBool,
    pub(crate) fatal: FatalHandler,
}

impl Shared {
    pub(crate) fn new(fatal: FatalHandler) -> Self {
        Self {
            applied: watch::Sender::new(0),
            ready: watch::Sender::new(false),
            version: watch::Sender::new(0),
            now: AtomicI64::new(0),
            stopped: AtomicBool::new(false),
            fatal,
        }
    }

    pub(crate) fn applied(&self) -> u64 {
        *self.applied.borrow()
    }

    pub(crate) fn version(&self) -> u32 {
        *self.version.borrow()
    }

    pub(crate) fn ready(&self) -> bool {
        *self.ready.borrow()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(crate) fn set_applied(&self, index: u64, version: u32, now: Timestamp) {
        self.now.store(now.as_millis(), Ordering::Relaxed);
        self.applied.send_replace(index);
        self.version.send_if_modified(|held| std::mem::replace(held, version) != version);
    }

    pub(crate) fn set_ready(&self) {
        self.ready.send_replace(true);
    }

    /// Marks the member as stopped: reads and writes are refused from now on.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.ready.send_replace(false);
    }

    /// Stops the member for good.
    pub(crate) fn fail(&self, fatal: &Fatal) {
        self.stop();
        self.fatal.call(fatal);
    }

    pub(crate) async fn wait_applied(&self, index: Index, within: Duration) -> bool {
        if self.applied() >= index.0 {
            return true;
        }
        let mut applied = self.applied.subscribe();
        timeout(within, applied.wait_for(|applied| *applied >= index.0)).await.is_ok_and(|reached| reached.is_ok())
    }

    pub(crate) async fn wait_ready(&self, within: Duration) -> bool {
        let mut ready = self.ready.subscribe();
        timeout(within, ready.wait_for(|ready| *ready)).await.is_ok_and(|reached| reached.is_ok())
    }

    pub(crate) async fn wait_version(&self, version: u32, within: Duration) -> bool {
        let mut held = self.version.subscribe();
        timeout(within, held.wait_for(|held| *held >= version)).await.is_ok_and(|reached| reached.is_ok())
    }
}
