//! The log: `raft-log` behind the engine's storage traits.
//!
//! Any failure to read or write ends the member: an engine that goes on after a failed read could
//! damage the logs of others.

mod repair;
mod types;

use std::fmt::Debug;
use std::io;
use std::ops::{Bound, RangeBounds};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use openraft::storage::{LogFlushed, LogState, RaftLogStorage};
use openraft::{AnyError, OptionalSend, RaftLogId, RaftLogReader, StorageIOError};
use parking_lot::Mutex;
use raft_log::api::raft_log_writer::RaftLogWriter;
use tokio::sync::oneshot;

use crate::log::types::{Flushed, LogTypes, Position, Record, VoteRecord};
use crate::options::Fatal;
use crate::shared::Shared;
use crate::types::{Engine, Entry, LogId, StorageError, Vote};

/// The log engine; another one is chosen here.
type Log = raft_log::RaftLog<LogTypes>;

/// Entries returned to a replication task at once: few and small, so that a heartbeat never waits.
const READ_ENTRIES: u64 = 16;
const READ_BYTES: u64 = 1 << 20;

/// Makes the database durable up to what it has applied, before the log forgets it.
pub(crate) type Checkpoint = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The log of a member; cheap to clone.
#[derive(Clone)]
pub(crate) struct LogStore {
    log: Arc<Mutex<Log>>,
    checkpoint: Checkpoint,
    shared: Arc<Shared>,
    appended_bytes: Arc<AtomicU64>,
}

impl LogStore {
    /// Opens the log in a directory and cuts a torn tail.
    pub(crate) fn open(
        dir: &Path,
        segment_bytes: usize,
        checkpoint: Checkpoint,
        shared: Arc<Shared>,
    ) -> io::Result<Self> {
        fs_err::create_dir_all(dir)?;
        let log = repair::open(Arc::new(types::config(dir, segment_bytes)))?;
        Ok(Self { log: Arc::new(Mutex::new(log)), checkpoint, shared, appended_bytes: Arc::default() })
    }

    /// Returns the counter of bytes appended since the opening.
    pub(crate) fn appended_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.appended_bytes)
    }

    /// Returns the bytes on disk.
    pub(crate) fn disk_bytes(&self) -> u64 {
        self.log.lock().on_disk_size()
    }

    /// Waits until the engine has let go of the log and it is closed.
    pub(crate) async fn close(self) {
        let log = Arc::downgrade(&self.log);
        drop(self);
        for _ in 0..1000 {
            if log.strong_count() == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        tracing::warn!("the log is still in use");
    }

    fn fail(&self, operation: &'static str, error: &io::Error) {
        self.shared.fail(&Fatal { operation, message: error.to_string() });
    }

    fn failed_write(&self, operation: &'static str, error: &io::Error) -> StorageError {
        self.fail(operation, error);
        StorageIOError::write_logs(AnyError::new(error)).into()
    }

    fn failed_read(&self, operation: &'static str, error: &io::Error) -> StorageError {
        self.fail(operation, error);
        StorageIOError::read_logs(AnyError::new(error)).into()
    }

    /// Runs a change and waits until it is on disk.
    async fn durably(
        &self,
        operation: &'static str,
        change: impl FnOnce(&mut Log) -> io::Result<()>,
    ) -> Result<(), StorageError> {
        let (done, waiting) = oneshot::channel();
        let started = {
            let mut log = self.log.lock();
            change(&mut log).and_then(|()| log.flush(true, Some(Flushed::Waiting(done))))
        };
        started.map_err(|error| self.failed_write(operation, &error))?;
        let flushed = waiting.await.unwrap_or_else(|_| Err(io::Error::other("the log's writer is gone")));
        flushed.map_err(|error| self.failed_write(operation, &error))
    }

    fn read(&self, range: std::ops::Range<u64>, entry_limit: u64, byte_limit: u64) -> io::Result<Vec<Entry>> {
        let log = self.log.lock();
        let mut entries = Vec::new();
        let mut bytes = 0;
        for read in log.read(range.start, range.end) {
            let (position, record) = read?;
            bytes += record.size();
            if !entries.is_empty() && (bytes > byte_limit || entries.len() as u64 >= entry_limit) {
                break;
            }
            entries.push(Entry { log_id: position.0, payload: record.payload() });
        }
        Ok(entries)
    }
}

fn bounds(range: &impl RangeBounds<u64>) -> std::ops::Range<u64> {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(start) => start.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(end) => end.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    start..end.max(start)
}

impl RaftLogReader<Engine> for LogStore {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> Result<Vec<Entry>, StorageError> {
        self.read(bounds(&range), u64::MAX, u64::MAX).map_err(|error| self.failed_read("reading the log", &error))
    }

    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> Result<Vec<Entry>, StorageError> {
        self.read(start..end.max(start), READ_ENTRIES, READ_BYTES)
            .map_err(|error| self.failed_read("reading the log", &error))
    }
}

impl RaftLogStorage<Engine> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Result<LogState<Engine>, StorageError> {
        let log = self.log.lock();
        let state = log.log_state();
        let purged = state.purged().map(|position| position.0);
        Ok(LogState { last_purged_log_id: purged, last_log_id: state.last().map(|position| position.0).max(purged) })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> Result<(), StorageError> {
        let vote = VoteRecord(*vote);
        self.durably("writing the vote", |log| log.save_vote(vote).map(drop)).await
    }

    async fn read_vote(&mut self) -> Result<Option<Vote>, StorageError> {
        Ok(self.log.lock().log_state().vote().map(|vote| vote.0))
    }

    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<(), StorageError> {
        let Some(committed) = committed.map(Position) else { return Ok(()) };
        let saved = {
            let mut log = self.log.lock();
            let state = log.log_state();
            // Only a hint that makes the start quicker: what it misses is learned from the leader.
            if Some(&committed) > state.last() || Some(&committed) <= state.committed() {
                return Ok(());
            }
            log.commit(committed).and_then(|_| log.flush(false, None))
        };
        saved.map_err(|error| self.failed_write("writing the committed position", &error))
    }

    async fn read_committed(&mut self) -> Result<Option<LogId>, StorageError> {
        Ok(self.log.lock().log_state().committed().map(|position| position.0))
    }

    async fn append<I>(&mut self, entries: I, callback: LogFlushed<Engine>) -> Result<(), StorageError>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let mut bytes = 0;
        let appended = {
            let mut log = self.log.lock();
            // What is purged has been applied: it is not taken again.
            let purged = log.log_state().purged().map(|position| position.0);
            let records = entries.into_iter().filter(|entry| Some(entry.log_id) > purged).map(|entry| {
                let record = Record::new(entry.payload);
                bytes += record.size();
                (Position(entry.log_id), record)
            });
            log.append(records)
                .and_then(|_| log.flush(true, Some(Flushed::Appended { callback, shared: Arc::clone(&self.shared) })))
        };
        self.appended_bytes.fetch_add(bytes, Ordering::Relaxed);
        appended.map_err(|error| self.failed_write("appending to the log", &error))
    }

    async fn truncate(&mut self, log_id: LogId) -> Result<(), StorageError> {
        self.durably("truncating the log", |log| log.truncate(log_id.index).map(drop)).await
    }

    async fn purge(&mut self, log_id: LogId) -> Result<(), StorageError> {
        // What is purged must be on disk in the database first; without that nothing is purged now, and the
        // next purge takes it along.
        if let Err(message) = (self.checkpoint)().await {
            tracing::warn!(index = log_id.get_log_id().index, "log is not purged: {message}");
            return Ok(());
        }
        self.durably("purging the log", |log| log.purge(Position(log_id)).map(drop)).await
    }
}
