//! What a product gives to the store: commands, migrations and the code that applies them.

use std::fmt::Debug;

use base::{Index, OperationId, Timestamp};
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One step of the schema, run inside `apply` at the same log index on every member.
///
/// Keep it to cheap statements; fill new columns by ordinary commands in chunks.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that holds after this step: 1, 2, 3 … without gaps.
    pub version: u32,
    /// What it does, for logs.
    pub name: &'static str,
    /// Runs the step; must be deterministic (no clock, no random).
    pub run: fn(&Connection) -> rusqlite::Result<()>,
}

impl Migration {
    /// Makes a step.
    #[must_use]
    pub const fn new(version: u32, name: &'static str, run: fn(&Connection) -> rusqlite::Result<()>) -> Self {
        Self { version, name, run }
    }
}

/// All that `apply` may know besides the tables: no clock and no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplyContext {
    /// The log entry; commands of one batch share it.
    pub index: Index,
    /// The command's place within its log entry: `(index, ordinal)` is unique.
    pub ordinal: u32,
    /// The leader's time for this batch; never goes back.
    pub now: Timestamp,
    /// The operation id of this write.
    pub operation: OperationId,
    /// The schema version that holds.
    pub version: u32,
}

/// What a command did.
#[derive(Debug, Clone)]
pub struct Applied<M: Machine> {
    /// What the writer gets back, and gets again if it repeats the operation.
    pub reply: M::Reply,
    /// What watchers are told after the commit.
    pub events: Vec<M::Event>,
}

impl<M: Machine> Applied<M> {
    /// Makes a result with a reply and events.
    pub fn new(reply: M::Reply, events: Vec<M::Event>) -> Self {
        Self { reply, events }
    }

    /// Makes a result that tells watchers nothing.
    pub fn quiet(reply: M::Reply) -> Self {
        Self { reply, events: Vec::new() }
    }
}

/// Why a command was not applied.
#[derive(Debug)]
pub enum ApplyError<R> {
    /// The command is refused: its changes are undone, its neighbours are not touched, and a repeat of the
    /// operation gets the same refusal.
    Reject(R),
    /// The database failed. A member that cannot apply stops, since it would differ from the others.
    Sql(rusqlite::Error),
}

impl<R> From<rusqlite::Error> for ApplyError<R> {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sql(source)
    }
}

/// A replicated state machine over SQLite.
pub trait Machine: Send + Sync + Sized + 'static {
    /// The store's name, recorded in its directory: `control`, `registry`.
    const NAME: &'static str;
    /// The schema's steps, numbered from 1 without gaps.
    const MIGRATIONS: &'static [Migration];
    /// The closed enum of commands. Variants are only added, and travel in a self-describing codec.
    type Command: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;
    /// What a writer gets back.
    type Reply: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;
    /// A typed refusal.
    type Reject: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;
    /// What watchers are told.
    type Event: Clone + Debug + Send + Sync + 'static;

    /// Returns the schema version that a command needs; it is refused while a lower one holds.
    fn command_version(command: &Self::Command) -> u32;

    /// Applies a command inside the batch's transaction, under a savepoint of its own.
    ///
    /// # Errors
    /// [`ApplyError::Reject`] undoes this command alone; [`ApplyError::Sql`] stops the member.
    fn apply(
        tx: &Connection,
        cx: &ApplyContext,
        command: &Self::Command,
    ) -> Result<Applied<Self>, ApplyError<Self::Reject>>;

    /// Returns the newest schema version that this program knows.
    #[must_use]
    fn newest_version() -> u32 {
        Self::MIGRATIONS.last().map_or(0, |migration| migration.version)
    }
}
