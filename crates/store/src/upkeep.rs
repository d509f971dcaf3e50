//! What a member does by itself: becoming ready, stepping versions, cutting snapshots.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Index, OperationId};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use crate::batcher::Batcher;
use crate::engine::Core;
use crate::message::{Reply, Request};
use crate::options::Fatal;
use crate::transport::Lane;
use crate::types::{Item, ItemKind};

/// How often versions and snapshots are looked at.
const PERIOD: Duration = Duration::from_millis(500);

/// The bytes of log after which a lone member cuts a snapshot.
const LONE_LOG_BYTES: u64 = 32 << 20;

/// What the upkeep works on.
pub(crate) struct Upkeep {
    pub(crate) core: Arc<Core>,
    pub(crate) batcher: Batcher,
    pub(crate) log_bytes: Arc<AtomicU64>,
    pub(crate) snapshot_log_bytes: u64,
    pub(crate) snapshot_age: Duration,
}

impl Upkeep {
    /// Runs until the store is shut down.
    pub(crate) async fn run(self, log_bytes_at_start: u64) {
        self.become_ready().await;
        let mut cut = Cut { bytes: 0, extra: log_bytes_at_start, at: Instant::now() };
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.watch_engine();
            self.step_version().await;
            self.cut_snapshot(&mut cut).await;
        }
    }

    /// Waits until this member has applied all that was committed when it started.
    async fn become_ready(&self) {
        let shared = &self.core.shared;
        loop {
            self.watch_engine();
            self.core.wait_leader(PERIOD).await;
            if let Some(index) = self.core.read_index().await {
                while !shared.wait_applied(Index(index), PERIOD).await {
                    tracing::info!(applied = shared.applied(), index, "catches up");
                }
                shared.set_ready();
                return;
            }
            // A leader that was just chosen has not committed an entry of its own yet.
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends the member if its engine has stopped by itself: a panic or a storage failure.
    fn watch_engine(&self) {
        let metrics = self.core.raft.metrics();
        let message = match &metrics.borrow().running_state {
            Err(fatal) => fatal.to_string(),
            Ok(()) if metrics.has_changed().is_err() => "it is gone".to_owned(),
            Ok(()) => return,
        };
        if !self.core.shared.stopped() {
            self.core.shared.fail(&Fatal { operation: "running the engine", message });
        }
    }

    /// Proposes the next version when every member can apply it.
    async fn step_version(&self) {
        let held = self.core.shared.version();
        if held >= self.core.newest || !self.core.leads() {
            return;
        }
        let mut can = self.core.newest;
        for peer in self.core.peers() {
            if peer.member == self.core.member {
                continue;
            }
            let call = self.core.network.call(peer, Lane::Request, &Request::Newest);
            match timeout(self.core.attempt, call).await {
                Ok(Ok(Reply::Newest(newest))) => can = can.min(newest),
                _ => return,
            }
        }
        for version in held + 1..=can {
            let item =
                Item { operation: OperationId::random(), kind: ItemKind::SetVersion, version, body: Arc::from([]) };
            if let Err(failure) = self.batcher.submit(item, true).await {
                tracing::debug!(version, "the step is proposed again: {failure:?}");
                return;
            }
        }
    }

    async fn cut_snapshot(&self, cut: &mut Cut) {
        let appended = self.log_bytes.load(Ordering::Relaxed);
        let bytes = appended - cut.bytes + cut.extra;
        // A lone member's snapshot is a checkpoint, no copy: cut often, it keeps the start quick.
        let limit =
            if self.core.alone() { self.snapshot_log_bytes.min(LONE_LOG_BYTES) } else { self.snapshot_log_bytes };
        let due = bytes >= limit || (bytes > 0 && cut.at.elapsed() >= self.snapshot_age);
        if !due {
            return;
        }
        *cut = Cut { bytes: appended, extra: 0, at: Instant::now() };
        self.core.cut_snapshot().await;
    }
}

/// When the last snapshot was cut.
struct Cut {
    bytes: u64,
    extra: u64,
    at: Instant,
}
