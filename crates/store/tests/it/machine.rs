//! A small machine: named counters with a history.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::{ManualClock, OperationId, Timestamp};
use holdfast_store::rusqlite::{Connection, OptionalExtension};
use holdfast_store::{Applied, ApplyContext, ApplyError, Machine, Migration, Options, Store, WriteError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Adds to a counter; refused if it would fall below zero.
    Add { name: String, amount: i64 },
    /// Keeps a text; needs version 2.
    Note { name: String, text: String },
    /// Changes something and then refuses.
    Spoil { name: String },
    /// Fails in the database.
    Break,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    pub value: i64,
    pub at: Timestamp,
    pub index: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reject {
    BelowZero { value: i64 },
    Spoiled,
}

pub(crate) type Event = (String, i64);

fn first(tx: &Connection) -> holdfast_store::rusqlite::Result<()> {
    tx.execute_batch(
        "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
         CREATE TABLE history (id INTEGER PRIMARY KEY, operation BLOB NOT NULL, name TEXT NOT NULL,
            amount INTEGER NOT NULL, entry INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;",
    )
}

fn second(tx: &Connection) -> holdfast_store::rusqlite::Result<()> {
    tx.execute_batch(
        "CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL, entry INTEGER NOT NULL) STRICT;
         CREATE TABLE stepped (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL) STRICT;
         INSERT INTO stepped (id, entry) SELECT 1, coalesce(max(entry), 0) FROM history;",
    )
}

const ONE: Migration = Migration::new(1, "counters", first);
const TWO: Migration = Migration::new(2, "notes", second);

fn apply(tx: &Connection, cx: &ApplyContext, command: &Command) -> Result<(Reply, Vec<Event>), ApplyError<Reject>> {
    let reply = |value| Reply { value, at: cx.now, index: cx.index.0 };
    match command {
        Command::Add { name, amount } => {
            tx.execute(
                "INSERT INTO counter (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                (name, amount),
            )?;
            tx.execute(
                "INSERT INTO history (operation, name, amount, entry, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                (cx.operation.as_bytes(), name, amount, cx.index.0.cast_signed(), cx.now.as_millis()),
            )?;
            let value: i64 = tx.query_row("SELECT value FROM counter WHERE name = ?1", [name], |row| row.get(0))?;
            if value < 0 {
                return Err(ApplyError::Reject(Reject::BelowZero { value }));
            }
            Ok((reply(value), vec![(name.clone(), value)]))
        }
        Command::Note { name, text } => {
            tx.execute(
                "INSERT INTO note (name, text, entry) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET text = excluded.text",
                (name, text, cx.index.0.cast_signed()),
            )?;
            Ok((reply(0), Vec::new()))
        }
        Command::Spoil { name } => {
            tx.execute("DELETE FROM counter", [])?;
            tx.execute("INSERT INTO counter (name, value) VALUES (?1, -1)", [name])?;
            Err(ApplyError::Reject(Reject::Spoiled))
        }
        Command::Break => {
            tx.execute("INSERT INTO nowhere VALUES (1)", [])?;
            Ok((reply(0), Vec::new()))
        }
    }
}

macro_rules! counters {
    ($(#[$doc:meta])* $name:ident, $migrations:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Machine for $name {
            const NAME: &'static str = "counters";
            const MIGRATIONS: &'static [Migration] = $migrations;
            type Command = Command;
            type Reply = Reply;
            type Reject = Reject;
            type Event = Event;

            fn command_version(command: &Command) -> u32 {
                if matches!(command, Command::Note { .. }) { 2 } else { 1 }
            }

            fn apply(
                tx: &Connection,
                cx: &ApplyContext,
                command: &Command,
            ) -> Result<Applied<Self>, ApplyError<Reject>> {
                apply(tx, cx, command).map(|(reply, events)| Applied::new(reply, events))
            }
        }
    };
}

counters!(
    /// The program of today.
    Counters, &[ONE]);
counters!(
    /// The program of tomorrow.
    NewCounters, &[ONE, TWO]);

pub(crate) fn add(name: &str, amount: i64) -> Command {
    Command::Add { name: name.to_owned(), amount }
}

pub(crate) fn options(dir: &Path) -> Options {
    // Little disk may be left where tests run; the reserve has tests of its own.
    Options { disk_reserve_bytes: 0, ..Options::new(dir).create() }
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000)))
}

pub(crate) async fn open(dir: &Path) -> Store<Counters> {
    Store::open(options(dir)).await.unwrap()
}

pub(crate) async fn write<M>(store: &Store<M>, name: &str, amount: i64) -> Result<Reply, WriteError<Reject>>
where
    M: Machine<Command = Command, Reply = Reply, Reject = Reject>,
{
    store.write(OperationId::random(), add(name, amount)).await.map(|written| written.reply)
}

pub(crate) fn value(
    name: &str,
) -> impl FnOnce(&Connection) -> holdfast_store::rusqlite::Result<Option<i64>> + Send + 'static {
    let name = name.to_owned();
    move |db| db.query_row("SELECT value FROM counter WHERE name = ?1", [name], |row| row.get(0)).optional()
}

/// Everything that must be the same on all members.
pub(crate) fn content(db: &Connection) -> holdfast_store::rusqlite::Result<Vec<String>> {
    let mut rows = Vec::new();
    for query in [
        "SELECT name || '=' || value FROM counter ORDER BY name",
        "SELECT id || ':' || hex(operation) || name || amount || '@' || entry || '/' || at FROM history ORDER BY id",
        "SELECT sequence || ':' || hex(operation) || at || '@' || entry || '/' || verdict || hex(reply)
         FROM store_operation ORDER BY sequence",
    ] {
        let mut statement = db.prepare(query)?;
        for row in statement.query_map([], |row| row.get(0))? {
            rows.push(row?);
        }
    }
    Ok(rows)
}

/// Waits for a condition; tests never sleep for a time.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "in vain: {what}");
}
