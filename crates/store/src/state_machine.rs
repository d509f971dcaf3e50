//! The engine's view of the database: a thread that applies, and snapshots beside it.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use openraft::storage::RaftStateMachine;
use openraft::{AnyError, OptionalSend, RaftSnapshotBuilder, Snapshot, StorageIOError};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::apply::{self, Applier};
use crate::database::Recorded;
use crate::machine::Machine;
use crate::snapshot::{self, Meta, Snapshots};
use crate::types::{Engine, Entry, LogId, Outcomes, SnapshotFile, StorageError, StoredMembership};

/// What the applying thread is asked.
enum Job {
    Recorded(oneshot::Sender<Recorded>),
    Apply(Vec<Entry>, oneshot::Sender<Result<Vec<Outcomes>, apply::Error>>),
    Install(PathBuf, oneshot::Sender<Result<(), apply::Error>>),
}

/// The engine's handle; the thread ends when the last one is dropped.
#[derive(Clone)]
pub(crate) struct StateMachine {
    jobs: mpsc::Sender<Job>,
    snapshots: Arc<Snapshots>,
}

/// The thread is gone.
#[derive(Debug, thiserror::Error)]
#[error("the applying thread is gone")]
struct Gone;

impl StateMachine {
    /// Starts the thread that applies.
    pub(crate) fn start<M: Machine>(
        mut applier: Applier<M>,
        snapshots: Arc<Snapshots>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, received) = mpsc::channel();
        let thread = std::thread::Builder::new().name(format!("{}-apply", M::NAME)).spawn(move || {
            // Whoever asked may be gone when the store shuts down.
            for job in received {
                match job {
                    Job::Recorded(reply) => drop(reply.send(applier.recorded().clone())),
                    Job::Apply(entries, reply) => drop(reply.send(applier.apply(&entries))),
                    Job::Install(path, reply) => drop(reply.send(applier.install(&path))),
                }
            }
        })?;
        Ok((Self { jobs, snapshots }, thread))
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, Gone> {
        let (reply, waiting) = oneshot::channel();
        self.jobs.send(job(reply)).map_err(|_| Gone)?;
        waiting.await.map_err(|_| Gone)
    }

    async fn snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Snapshots) -> Result<T, snapshot::Error> + Send + 'static,
    ) -> Result<T, StorageError> {
        let snapshots = Arc::clone(&self.snapshots);
        let done = spawn_blocking(move || work(&snapshots)).await;
        done.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
    }
}

fn failed(error: &(impl std::error::Error + 'static)) -> StorageError {
    StorageIOError::read_snapshot(None, AnyError::new(error)).into()
}

fn failed_apply(error: &(impl std::error::Error + 'static)) -> StorageError {
    StorageIOError::write_state_machine(AnyError::new(error)).into()
}

async fn opened(built: (Meta, PathBuf)) -> Result<Snapshot<Engine>, StorageError> {
    snapshot::open(built.0, built.1).await.map_err(|error| failed(&error))
}

impl RaftSnapshotBuilder<Engine> for StateMachine {
    async fn build_snapshot(&mut self) -> Result<Snapshot<Engine>, StorageError> {
        opened(self.snapshot(Snapshots::build).await?).await
    }
}

impl RaftStateMachine<Engine> for StateMachine {
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembership), StorageError> {
        let recorded = self.ask(Job::Recorded).await.map_err(|error| failed_apply(&error))?;
        Ok((recorded.applied, recorded.membership))
    }

    async fn apply<I>(&mut self, entries: I) -> Result<Vec<Outcomes>, StorageError>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let entries: Vec<Entry> = entries.into_iter().collect();
        let applied = self.ask(|reply| Job::Apply(entries, reply)).await.map_err(|error| failed_apply(&error))?;
        applied.map_err(|error| failed_apply(&error))
    }

    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }

    async fn begin_receiving_snapshot(&mut self) -> Result<Box<SnapshotFile>, StorageError> {
        let path = self.snapshot(Snapshots::incoming).await?;
        let file = tokio::fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path).await;
        Ok(Box::new(SnapshotFile { file: file.map_err(|error| failed(&error))?, path }))
    }

    async fn install_snapshot(&mut self, meta: &Meta, snapshot: Box<SnapshotFile>) -> Result<(), StorageError> {
        let SnapshotFile { file, path } = *snapshot;
        // Closing waits for writes that are still under way.
        drop(file.into_std().await);
        let meta = meta.clone();
        let path = self.snapshot(move |snapshots| snapshots.receive(&meta, &path)).await?;
        let installed = self.ask(|reply| Job::Install(path, reply)).await.map_err(|error| failed_apply(&error))?;
        installed.map_err(|error| failed_apply(&error))
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot<Engine>>, StorageError> {
        match self.snapshot(Snapshots::current).await? {
            Some(current) => opened(current).await.map(Some),
            None => Ok(None),
        }
    }
}
