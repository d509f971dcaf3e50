//! The way into the audit log: rows are queued and written in batches, none is dropped.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::{CollectionPath, OperationId};
use state::ControlStore;
use state::control::Command;
use state::control::audit::{AuditOutcome, AuditRow};
use state::registry::{self, RegistryStore};
use store::{NotApplied, WriteError};
use tokio::sync::{Notify, mpsc};

use crate::denied::ObjectRef;

/// Rows that may wait before callers are held back.
const QUEUE: usize = 4096;
/// Rows written at once.
const BATCH: usize = 256;
/// How long a row waits for others.
const LINGER: Duration = Duration::from_millis(200);
/// The longest pause between two attempts to write.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a caller did, as code knows it; who, when and from where is added by the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// What: an operation of access control or a function's name.
    pub operation: String,
    /// On what.
    pub object: ObjectRef,
    /// Where the object lies.
    pub collection: Option<CollectionPath>,
    /// What became of it.
    pub outcome: AuditOutcome,
    /// Why, where it was not plainly allowed. Never a secret.
    pub reason: String,
}

impl AuditEntry {
    /// Notes something that was allowed.
    #[must_use]
    pub fn allowed(operation: impl Into<String>, object: ObjectRef) -> Self {
        let operation = operation.into();
        Self { operation, object, collection: None, outcome: AuditOutcome::Allowed, reason: String::new() }
    }

    /// Notes something that was refused.
    #[must_use]
    pub fn refused(operation: impl Into<String>, object: ObjectRef, reason: impl Into<String>) -> Self {
        let entry = Self::allowed(operation, object);
        Self { outcome: AuditOutcome::Refused, reason: reason.into(), ..entry }
    }

    /// Notes something that was allowed and failed.
    #[must_use]
    pub fn failed(operation: impl Into<String>, object: ObjectRef, reason: impl Into<String>) -> Self {
        let entry = Self::allowed(operation, object);
        Self { outcome: AuditOutcome::Failed, reason: reason.into(), ..entry }
    }

    /// Adds the collection.
    #[must_use]
    pub fn within(mut self, collection: Option<CollectionPath>) -> Self {
        self.collection = collection;
        self
    }
}

/// Where rows are written; a store.
pub trait AuditWriter: Send + Sync + 'static {
    /// Writes rows under an operation id, so that a repeat after an unknown outcome writes them once.
    ///
    /// # Errors
    /// [`AuditWriteError::Again`] if the rows are to be tried again, [`AuditWriteError::Closed`] if there is nothing
    /// left to write to.
    fn write(
        &self,
        operation: OperationId,
        rows: Vec<AuditRow>,
    ) -> impl Future<Output = Result<(), AuditWriteError>> + Send;
}

/// Why rows were not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditWriteError {
    /// A later attempt may succeed.
    #[error("{0}")]
    Again(String),
    /// The store is shut down.
    #[error("the store is shut down")]
    Closed,
}

impl AuditWriter for ControlStore {
    async fn write(&self, operation: OperationId, rows: Vec<AuditRow>) -> Result<(), AuditWriteError> {
        written(
            Self::write(self, operation, Command::AuditAppend(rows)).await.map_err(|error| error.map_rejected(drop)),
        )
    }
}

impl AuditWriter for RegistryStore {
    async fn write(&self, operation: OperationId, rows: Vec<AuditRow>) -> Result<(), AuditWriteError> {
        let command = registry::Command::AuditAppend(rows);
        written(Self::write(self, operation, command).await.map_err(|error| error.map_rejected(drop)))
    }
}

fn written<T>(result: Result<T, WriteError<()>>) -> Result<(), AuditWriteError> {
    match result {
        Ok(_) => Ok(()),
        Err(WriteError::NotApplied(NotApplied::ShuttingDown)) => Err(AuditWriteError::Closed),
        Err(error) => Err(AuditWriteError::Again(base::chain(&error))),
    }
}

#[derive(Debug, Default)]
struct Shared {
    waiting: AtomicUsize,
    room: Notify,
}

enum Message {
    Row(Box<AuditRow>),
    Flush(tokio::sync::oneshot::Sender<()>),
}

/// Queues rows for the audit log; cheap to clone.
#[derive(Debug, Clone)]
pub struct AuditSink {
    sender: mpsc::UnboundedSender<Message>,
    shared: Arc<Shared>,
}

impl AuditSink {
    /// Starts the task that writes; it ends when the last sink is dropped and all is written.
    #[must_use]
    pub fn start<W: AuditWriter>(writer: W) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        tokio::spawn(run(writer, receiver, Arc::clone(&shared)));
        Self { sender, shared }
    }

    /// Makes a sink that forgets everything, for tests of other parts.
    #[must_use]
    pub fn discard() -> Self {
        let (sender, _) = mpsc::unbounded_channel();
        Self { sender, shared: Arc::new(Shared::default()) }
    }

    /// Queues a row. The queue's length is bounded by [`AuditSink::ready`], which each request waits for.
    pub fn push(&self, row: AuditRow) {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        if self.sender.send(Message::Row(Box::new(row))).is_err() {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Waits while too many rows are queued: a log that cannot be written holds work back instead of losing rows.
    pub async fn ready(&self) {
        while self.shared.waiting.load(Ordering::Relaxed) >= QUEUE {
            let room = self.shared.room.notified();
            if self.shared.waiting.load(Ordering::Relaxed) < QUEUE {
                return;
            }
            room.await;
        }
    }

    /// Waits until all rows queued so far are written.
    pub async fn flush(&self) {
        let (sender, done) = tokio::sync::oneshot::channel();
        if self.sender.send(Message::Flush(sender)).is_ok() {
            // An end of the task means that nothing is left to wait for.
            let _ = done.await;
        }
    }
}

async fn run<W: AuditWriter>(writer: W, mut receiver: mpsc::UnboundedReceiver<Message>, shared: Arc<Shared>) {
    let mut open = true;
    while open {
        let mut rows = Vec::new();
        let mut flushes = Vec::new();
        let Some(first) = receiver.recv().await else { return };
        let deadline = tokio::time::Instant::now() + LINGER;
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Row(row) => rows.push(*row),
                Message::Flush(done) => flushes.push(done),
            }
            if rows.len() >= BATCH || !flushes.is_empty() {
                break;
            }
            match tokio::time::timeout_at(deadline, receiver.recv()).await {
                Ok(Some(message)) => next = Some(message),
                Ok(None) => open = false,
                Err(_) => {}
            }
        }
        let count = rows.len();
        if count > 0 {
            write(&writer, rows).await;
            shared.waiting.fetch_sub(count, Ordering::Relaxed);
            shared.room.notify_waiters();
        }
        for done in flushes {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }
}

async fn write<W: AuditWriter>(writer: &W, rows: Vec<AuditRow>) {
    let operation = OperationId::random();
    let mut pause = Duration::from_millis(100);
    loop {
        match writer.write(operation, rows.clone()).await {
            Ok(()) => return,
            Err(AuditWriteError::Closed) => {
                tracing::error!(rows = rows.len(), "the store was shut down before its audit log was written");
                return;
            }
            Err(AuditWriteError::Again(error)) => {
                tracing::warn!(rows = rows.len(), "writing the audit log, trying again: {error}")
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
