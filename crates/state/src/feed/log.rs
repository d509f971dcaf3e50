//! The control store's log of changes for copies.

use base::Index;
use rusqlite::{Connection, params};

use super::FeedEntry;
use crate::control::row::{int, run, to_json};

/// How many entries the log keeps; a copy that misses more gets a snapshot.
const KEPT: i64 = 10_000;

/// The log's table in the control store. `floor` is the highest position whose entries were dropped.
pub(crate) const LOG_TABLE: &str = "
CREATE TABLE feed_log (seq INTEGER PRIMARY KEY, position INTEGER NOT NULL, entry TEXT NOT NULL);
CREATE INDEX feed_log_position ON feed_log (position);
CREATE TABLE feed_floor (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
INSERT INTO feed_floor VALUES (1, 0);
";

/// Adds a command's entries at its position.
pub(crate) fn append(tx: &Connection, position: Index, entries: &[FeedEntry]) -> rusqlite::Result<()> {
    for entry in entries {
        run(
            tx,
            "INSERT INTO feed_log (seq, position, entry)
             VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM feed_log), ?1, ?2)",
            params![int(position.0), to_json(entry)?],
        )?;
    }
    let oldest: i64 = tx
        .prepare_cached("SELECT MAX(seq) - ?1 FROM feed_log")?
        .query_row([KEPT], |row| Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(0)))?;
    if oldest > 0 {
        run(
            tx,
            "UPDATE feed_floor SET position = MAX(position, COALESCE(
                (SELECT MAX(position) FROM feed_log WHERE seq <= ?1), 0))",
            [oldest],
        )?;
        run(tx, "DELETE FROM feed_log WHERE seq <= ?1", [oldest])?;
    }
    Ok(())
}
