//! Applying log entries: one transaction for what was committed together, a savepoint per command.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use base::{Index, Timestamp};
use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::codec;
use crate::database::{self, Recorded};
use crate::machine::{ApplyContext, ApplyError, Machine};
use crate::options::Fatal;
use crate::shared::Shared;
use crate::types::{Batch, Entry, Item, ItemKind, Outcome, Outcomes, Payload, StoredMembership, Verdict};
use crate::watch::Ring;

/// How long a repeated operation gets its stored reply.
const OPERATION_AGE_SECS: i64 = 24 * 3600;
/// How many operations are remembered at most.
const OPERATION_COUNT: u64 = 1_000_000;

/// Why a member cannot go on applying.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{operation}: {source}")]
    Sql { operation: &'static str, source: rusqlite::Error },
    #[error("entry {index} holds a command that this program does not know: {source}")]
    Unknown { index: u64, source: codec::Error },
    #[error("entry {index} steps to version {found}, this program knows {known}")]
    Version { index: u64, found: u32, known: u32 },
    #[error("the reply to operation {operation} cannot be encoded: {source}")]
    Encode { operation: base::OperationId, source: codec::Error },
    #[error("applying entry {index} panicked")]
    Panicked { index: u64 },
}

fn sql(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| Error::Sql { operation, source }
}

/// The one place that changes the database.
pub(crate) struct Applier<M: Machine> {
    connection: Connection,
    recorded: Recorded,
    ring: Arc<Ring<M::Event>>,
    shared: Arc<Shared>,
}

impl<M: Machine> Applier<M> {
    pub(crate) fn new(
        connection: Connection,
        recorded: Recorded,
        ring: Arc<Ring<M::Event>>,
        shared: Arc<Shared>,
    ) -> Self {
        let applier = Self { connection, recorded, ring, shared };
        applier.announce();
        applier
    }

    pub(crate) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Applies entries; a failure ends the member.
    pub(crate) fn apply(&mut self, entries: &[Entry]) -> Result<Vec<Outcomes>, Error> {
        let before = self.recorded.clone();
        let mut told = Vec::new();
        let applied = self.transaction(entries, &mut told);
        match applied {
            Ok(outcomes) => {
                for (index, events) in told {
                    self.ring.publish(index, events);
                }
                self.announce();
                Ok(outcomes)
            }
            Err(error) => {
                self.recorded = before;
                if !self.connection.is_autocommit() {
                    // The first failure is what matters.
                    let _ = self.connection.execute_batch("ROLLBACK");
                }
                self.shared.fail(&Fatal { operation: "applying the log", message: error.to_string() });
                Err(error)
            }
        }
    }

    fn announce(&self) {
        let index = self.recorded.applied.map_or(0, |applied| applied.index);
        self.shared.set_applied(index, self.recorded.version, self.recorded.now);
    }

    fn run(&self, statement: &'static str) -> Result<(), Error> {
        self.connection
            .prepare_cached(statement)
            .and_then(|mut prepared| prepared.execute([]))
            .map(drop)
            .map_err(sql(statement))
    }

    fn transaction(
        &mut self,
        entries: &[Entry],
        told: &mut Vec<(Index, Vec<M::Event>)>,
    ) -> Result<Vec<Outcomes>, Error> {
        self.run("BEGIN IMMEDIATE")?;
        let mut outcomes = Vec::with_capacity(entries.len());
        for entry in entries {
            let index = entry.log_id.index;
            self.recorded.applied = Some(entry.log_id);
            outcomes.push(match &entry.payload {
                Payload::Blank => Outcomes::default(),
                Payload::Membership(membership) => {
                    self.recorded.membership = StoredMembership::new(Some(entry.log_id), membership.clone());
                    Outcomes::default()
                }
                Payload::Normal(batch) => {
                    let mut events = Vec::new();
                    let outcomes = self.batch(index, batch, &mut events)?;
                    told.push((Index(index), events));
                    outcomes
                }
            });
        }
        database::record(&self.connection, &self.recorded).map_err(sql("recording the applied entry"))?;
        self.run("COMMIT")?;
        Ok(outcomes)
    }

    fn batch(&mut self, index: u64, batch: &Batch, events: &mut Vec<M::Event>) -> Result<Outcomes, Error> {
        // A new leader's clock may be behind the last one's.
        let now = self.recorded.now.max(batch.at);
        self.recorded.now = now;
        let mut outcomes = Vec::with_capacity(batch.items.len());
        for (ordinal, item) in (0u32..).zip(&batch.items) {
            let stored = database::operation(&self.connection, item.operation).map_err(sql("finding an operation"))?;
            outcomes.push(match stored {
                Some(outcome) => outcome,
                None => self.item(
                    ApplyContext {
                        index: Index(index),
                        ordinal,
                        now,
                        operation: item.operation,
                        version: self.recorded.version,
                    },
                    item,
                    events,
                )?,
            });
        }
        self.prune(now, batch.items.len() as u64)?;
        Ok(Outcomes(outcomes))
    }

    fn item(&mut self, cx: ApplyContext, item: &Item, events: &mut Vec<M::Event>) -> Result<Outcome, Error> {
        let (verdict, body) = match item.kind {
            ItemKind::SetVersion => {
                self.set_version(cx.index.0, item.version)?;
                (Verdict::Applied, Vec::new())
            }
            // Not kept as the operation's reply: the same command may be applied after the step.
            ItemKind::Command if item.version > self.recorded.version => {
                return Ok(Outcome { verdict: Verdict::VersionNotOpen, index: cx.index.0, body: Vec::new() });
            }
            ItemKind::Command => self.command(&cx, item, events)?,
        };
        let outcome = Outcome { verdict, index: cx.index.0, body };
        database::operation_add(&self.connection, self.recorded.operations, item.operation, cx.now, &outcome)
            .map_err(sql("keeping an operation"))?;
        self.recorded.operations += 1;
        Ok(outcome)
    }

    fn command(&self, cx: &ApplyContext, item: &Item, events: &mut Vec<M::Event>) -> Result<(Verdict, Vec<u8>), Error> {
        let command: M::Command =
            codec::decode(&item.body).map_err(|source| Error::Unknown { index: cx.index.0, source })?;
        self.run("SAVEPOINT command")?;
        let applied = catch_unwind(AssertUnwindSafe(|| M::apply(&self.connection, cx, &command)))
            .map_err(|_| Error::Panicked { index: cx.index.0 })?;
        let unencodable = |source| Error::Encode { operation: item.operation, source };
        match applied {
            Ok(applied) => {
                self.run("RELEASE command")?;
                events.extend(applied.events);
                Ok((Verdict::Applied, codec::encode(&applied.reply).map_err(unencodable)?))
            }
            Err(ApplyError::Reject(reject)) => {
                self.run("ROLLBACK TO command")?;
                self.run("RELEASE command")?;
                Ok((Verdict::Rejected, codec::encode(&reject).map_err(unencodable)?))
            }
            Err(ApplyError::Sql(source)) => Err(Error::Sql { operation: "applying a command", source }),
        }
    }

    /// Steps to a version; one that holds already is no failure, since two leaders may have proposed it.
    fn set_version(&mut self, index: u64, version: u32) -> Result<(), Error> {
        if version <= self.recorded.version {
            return Ok(());
        }
        let known = M::newest_version();
        if version > known {
            return Err(Error::Version { index, found: version, known });
        }
        for migration in M::MIGRATIONS {
            if migration.version > self.recorded.version && migration.version <= version {
                tracing::info!(version = migration.version, index, "migrates the store: {}", migration.name);
                (migration.run)(&self.connection).map_err(sql("running a migration"))?;
            }
        }
        self.recorded.version = version;
        Ok(())
    }

    fn prune(&self, now: Timestamp, added: u64) -> Result<(), Error> {
        let before = now.plus_secs(-OPERATION_AGE_SECS);
        let floor = self.recorded.operations.saturating_sub(OPERATION_COUNT);
        database::operations_prune(&self.connection, before, floor, added * 2 + 16)
            .map_err(sql("forgetting operations"))
    }

    /// Replaces the whole content by a snapshot's, in one transaction that readers never see half of.
    pub(crate) fn install(&mut self, snapshot: &Path) -> Result<(), Error> {
        let installed = self.replace(snapshot);
        if let Err(error) = &installed {
            self.shared.fail(&Fatal { operation: "installing a snapshot", message: error.to_string() });
        }
        installed
    }

    fn replace(&mut self, snapshot: &Path) -> Result<(), Error> {
        let source = database::open_reader(snapshot).map_err(sql("opening the snapshot"))?;
        let found = database::recorded(&source).map_err(sql("reading the snapshot"))?;
        let index = found.applied.map_or(0, |applied| applied.index);
        if found.version > M::newest_version() {
            return Err(Error::Version { index, found: found.version, known: M::newest_version() });
        }
        self.connection.flush_prepared_statement_cache();
        {
            let backup = Backup::new(&source, &mut self.connection).map_err(sql("copying the snapshot"))?;
            backup.step(-1).map_err(sql("copying the snapshot"))?;
        }
        self.recorded = database::recorded(&self.connection).map_err(sql("reading the copied snapshot"))?;
        self.announce();
        self.ring.resync();
        Ok(())
    }
}
