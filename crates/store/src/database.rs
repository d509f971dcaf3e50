//! The database's file: connections, the store's own tables, checkpoints.

use std::path::Path;
use std::time::Duration;

use base::{OperationId, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::types::{LogId, Outcome, StoredMembership};
use crate::wire::{self, Wire};

/// The version of the store's own tables.
pub(crate) const FORMAT: u32 = 1;

/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;

/// How far a database is, written in the same transaction as what was applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The version of the store's own tables.
    pub(crate) format: u32,
    /// The last applied entry.
    pub(crate) applied: Option<LogId>,
    /// The membership.
    pub(crate) membership: StoredMembership,
    /// The newest stamped time.
    pub(crate) now: Timestamp,
    /// The schema version.
    pub(crate) version: u32,
    /// The number of the next row in the table of operations.
    pub(crate) operations: u64,
}

/// Opens the connection that applies.
pub(crate) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS store_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            format INTEGER NOT NULL,
            applied BLOB,
            membership BLOB NOT NULL,
            now INTEGER NOT NULL,
            version INTEGER NOT NULL,
            operations INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS store_operation (
            sequence INTEGER PRIMARY KEY,
            operation BLOB NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            verdict INTEGER NOT NULL,
            reply BLOB NOT NULL
        ) STRICT;",
    )?;
    connection.execute(
        "INSERT OR IGNORE INTO store_state (id, format, applied, membership, now, version, operations)
         VALUES (1, ?1, NULL, ?2, 0, 0, 0)",
        params![FORMAT, StoredMembership::default().to_bytes()],
    )?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -2048)?;
    Ok(connection)
}

/// Opens a connection beside the writer's, for checkpoints and copies.
pub(crate) fn open_beside(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "cache_size", -256)?;
    Ok(connection)
}

fn open(path: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    if !mode.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // The log is synced per batch; the database is synced at checkpoints, before the log is purged.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Reads how far a database is.
pub(crate) fn recorded(connection: &Connection) -> rusqlite::Result<Recorded> {
    connection.query_row(
        "SELECT format, applied, membership, now, version, operations FROM store_state WHERE id = 1",
        [],
        |row| {
            let applied: Option<Vec<u8>> = row.get(1)?;
            let membership: Vec<u8> = row.get(2)?;
            Ok(Recorded {
                format: row.get(0)?,
                applied: applied.map(|bytes| LogId::from_bytes(&bytes)).transpose().map_err(|e| damaged(1, e))?,
                membership: StoredMembership::from_bytes(&membership).map_err(|e| damaged(2, e))?,
                now: Timestamp::from_millis(row.get(3)?),
                version: row.get(4)?,
                operations: row.get::<_, i64>(5)?.cast_unsigned(),
            })
        },
    )
}

/// Writes how far the database is.
pub(crate) fn record(connection: &Connection, recorded: &Recorded) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE store_state SET applied = ?1, membership = ?2, now = ?3, version = ?4, operations = ?5
             WHERE id = 1",
        )?
        .execute(params![
            recorded.applied.map(|applied| applied.to_bytes()),
            recorded.membership.to_bytes(),
            recorded.now.as_millis(),
            recorded.version,
            recorded.operations.cast_signed(),
        ])?;
    Ok(())
}

/// Looks an operation up.
pub(crate) fn operation(connection: &Connection, operation: OperationId) -> rusqlite::Result<Option<Outcome>> {
    connection
        .prepare_cached("SELECT verdict, entry, reply FROM store_operation WHERE operation = ?1")?
        .query_row([operation.as_bytes().as_slice()], |row| {
            let verdict = wire::verdict_from(row.get(0)?).map_err(|e| damaged(0, e))?;
            Ok(Outcome { verdict, index: row.get::<_, i64>(1)?.cast_unsigned(), body: row.get(2)? })
        })
        .optional()
}

/// Keeps what an operation was answered.
pub(crate) fn operation_add(
    connection: &Connection,
    sequence: u64,
    operation: OperationId,
    at: Timestamp,
    outcome: &Outcome,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO store_operation (sequence, operation, at, entry, verdict, reply)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            sequence.cast_signed(),
            operation.as_bytes().as_slice(),
            at.as_millis(),
            outcome.index.cast_signed(),
            wire::verdict_byte(outcome.verdict),
            outcome.body,
        ])?;
    Ok(())
}

/// Forgets up to `limit` operations that are older than `before` or come before the sequence `floor`.
pub(crate) fn operations_prune(
    connection: &Connection,
    before: Timestamp,
    floor: u64,
    limit: u64,
) -> rusqlite::Result<()> {
    let oldest: Option<(i64, i64)> = connection
        .prepare_cached("SELECT sequence, at FROM store_operation ORDER BY sequence LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((oldest, at)) = oldest else { return Ok(()) };
    if at >= before.as_millis() && oldest >= floor.cast_signed() {
        return Ok(());
    }
    connection
        .prepare_cached(
            "DELETE FROM store_operation WHERE sequence >= ?1 AND sequence < ?2 AND (at < ?3 OR sequence < ?4)",
        )?
        .execute(params![
            oldest,
            oldest.saturating_add(limit.cast_signed()),
            before.as_millis(),
            floor.cast_signed()
        ])?;
    Ok(())
}

/// Writes all that is committed into the database's file and syncs it.
///
/// The first pass does most of the work without holding anybody up.
pub(crate) fn checkpoint(path: &Path) -> Result<(), CheckpointError> {
    let connection = open_beside(path).map_err(CheckpointError::Sql)?;
    // The second pass holds the writer up while it waits for readers: better none this time than long.
    connection.busy_timeout(Duration::from_millis(250)).map_err(CheckpointError::Sql)?;
    let pass =
        |mode: &str| connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0));
    pass("PASSIVE").map_err(CheckpointError::Sql)?;
    if pass("TRUNCATE").map_err(CheckpointError::Sql)? != 0 {
        return Err(CheckpointError::Busy);
    }
    fs_err::File::open(path).and_then(|file| file.sync_all()).map_err(CheckpointError::Sync)
}

/// A checkpoint that did not complete.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    #[error("the checkpoint failed")]
    Sql(#[source] rusqlite::Error),
    #[error("a reader held the checkpoint up")]
    Busy,
    #[error("syncing the database")]
    Sync(#[source] std::io::Error),
}

fn damaged(column: usize, error: wire::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}
