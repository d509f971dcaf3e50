//! The handle of an open store.

mod members;
mod open;
mod read;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Index, MemberId};
use openraft::ServerState;
use parking_lot::Mutex;
use tokio::task::spawn_blocking;

use crate::batcher::Batcher;
use crate::dir::Dir;
use crate::engine::Core;
use crate::error::BackupError;
use crate::log::LogStore;
use crate::machine::Machine;
use crate::readers::Readers;
use crate::snapshot::{self, Snapshots};
use crate::status::{Role, Status};
use crate::watch::{Ring, Watch};

/// A write that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<R> {
    /// What `apply` answered.
    pub reply: R,
    /// The log entry that holds the command; pass it to [`Store::read_at`] to read one's own write.
    pub index: Index,
}

/// An open store; cheap to clone.
pub struct Store<M: Machine>(Arc<Inner<M>>);

struct Inner<M: Machine> {
    core: Arc<Core>,
    batcher: Batcher,
    readers: Readers,
    ring: Arc<Ring<M::Event>>,
    snapshots: Arc<Snapshots>,
    write_deadline: Duration,
    read_deadline: Duration,
    database: std::path::PathBuf,
    /// What is taken apart at shutdown.
    parts: Mutex<Option<Parts>>,
}

/// What only the shutdown needs.
struct Parts {
    dir: Dir,
    log: LogStore,
    applying: JoinHandle<()>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl<M: Machine> Clone for Store<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Machine> std::fmt::Debug for Store<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("machine", &M::NAME).field("member", &self.0.core.member).finish_non_exhaustive()
    }
}

impl<M: Machine> Drop for Inner<M> {
    fn drop(&mut self) {
        self.core.shared.stop();
        self.ring.close();
        if let Some(parts) = self.parts.get_mut().take() {
            self.core.network.transport.withdraw(self.core.member);
            for task in parts.tasks {
                task.abort();
            }
        }
    }
}

impl<M: Machine> Store<M> {
    /// Returns the last applied entry.
    #[must_use]
    pub fn applied(&self) -> Index {
        Index(self.0.core.shared.applied())
    }

    /// Waits until this member has applied an entry; false on a timeout.
    pub async fn wait_applied(&self, index: Index, within: Duration) -> bool {
        self.0.core.shared.wait_applied(index, within).await
    }

    /// Waits until reads are answered; false on a timeout.
    pub async fn wait_ready(&self, within: Duration) -> bool {
        self.0.core.shared.wait_ready(within).await
    }

    /// Waits until a schema version holds; false on a timeout.
    pub async fn wait_version(&self, version: u32, within: Duration) -> bool {
        self.0.core.shared.wait_version(version, within).await
    }

    /// Watches what is applied from now on.
    #[must_use]
    pub fn watch(&self) -> Watch<M::Event> {
        self.0.ring.watch()
    }

    /// Returns the member's state.
    #[must_use]
    pub fn status(&self) -> Status {
        let core = &self.0.core;
        let metrics = core.raft.metrics();
        let metrics = metrics.borrow();
        let membership = metrics.membership_config.membership();
        let index = |id: &Option<crate::types::LogId>| Index(id.map_or(0, |id| id.index));
        Status {
            cluster: core.cluster,
            member: core.member,
            role: match metrics.state {
                _ if core.shared.stopped() => Role::Stopped,
                ServerState::Leader => Role::Leader,
                ServerState::Candidate => Role::Candidate,
                ServerState::Follower => Role::Follower,
                ServerState::Learner => Role::Learner,
                ServerState::Shutdown => Role::Stopped,
            },
            leader: metrics.current_leader.map(MemberId),
            voters: membership.voter_ids().map(MemberId).collect(),
            learners: membership.learner_ids().map(MemberId).collect(),
            term: metrics.current_term,
            applied: self.applied(),
            last_log: Index(metrics.last_log_index.unwrap_or(0)),
            snapshot: index(&metrics.snapshot),
            purged: index(&metrics.purged),
            version: core.shared.version(),
            ready: core.shared.ready(),
            leader_silence_ms: metrics.millis_since_quorum_ack.unwrap_or(0),
            now: core.shared.now(),
        }
    }

    /// Copies the database to a new file, consistent at one log position; writes go on meanwhile.
    ///
    /// # Errors
    /// If the target exists or the copy fails.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let (from, path) = (self.0.database.clone(), to.to_owned());
        if self.0.core.shared.stopped() {
            return Err(BackupError::Closed);
        }
        let copied = spawn_blocking(move || {
            if path.exists() {
                return Err(BackupError::Exists { path });
            }
            snapshot::copy(&from, &path).map_err(|source| BackupError::Copy { path: path.clone(), source })?;
            snapshot::sync(&path).map_err(|source| BackupError::Sync { path, source })
        });
        copied.await.unwrap_or(Err(BackupError::Closed))
    }

    /// Cuts a snapshot and purges the log now, instead of when it is due.
    pub async fn snapshot(&self) {
        self.0.core.cut_snapshot().await;
    }

    /// Stops cleanly; the directory can be opened again at once.
    pub async fn shutdown(&self) {
        let inner = &self.0;
        let Some(parts) = inner.parts.lock().take() else { return };
        let Parts { dir, log, applying, tasks } = parts;
        inner.core.shared.stop();
        inner.ring.close();
        inner.core.network.transport.withdraw(inner.core.member);
        for task in tasks {
            task.abort();
            // An aborted task ends with an error, as it should.
            let _ = task.await;
        }
        if let Err(error) = inner.core.raft.shutdown().await {
            tracing::warn!("the engine did not end cleanly: {error}");
        }
        log.close().await;
        let inner = Arc::clone(&self.0);
        let ended = spawn_blocking(move || {
            inner.readers.close();
            // A thread that panicked has ended too.
            let _ = applying.join();
            drop(dir);
        });
        if ended.await.is_err() {
            tracing::warn!("the store's threads did not end cleanly");
        }
    }
}
