//! Reading from the control store what a copy misses.

use base::{Index, Timestamp};
use rusqlite::Connection;

use super::{CopyAccount, CopyTeam, CopyToken, FeedBatch, FeedContent, FeedEntry};
use crate::control::row::{all, count, hash, id, int, json, one, parsed};
use crate::control::{AccountKind, pull_credentials};

/// About how many entries a batch holds, so that one stays well below a log entry's bound.
const BATCH: i64 = 1000;

/// Returns the position of the newest change that copies need. A copy at this position misses nothing.
///
/// # Errors
/// If the query fails.
pub fn head(conn: &Connection) -> rusqlite::Result<Index> {
    let newest = one(
        conn,
        "SELECT MAX((SELECT COALESCE(MAX(position), 0) FROM feed_log), (SELECT position FROM feed_floor))",
        [],
        |row| count(row, 0),
    )?;
    Ok(Index(newest.unwrap_or(0)))
}

/// Returns what a copy at position `since` misses: nothing, one batch of entries (call again for more), or all
/// parts of a snapshot, to be applied in order. A copy at position 0 is taken for empty.
///
/// # Errors
/// If a query fails.
pub fn collect(conn: &Connection, since: Index) -> rusqlite::Result<Vec<FeedBatch>> {
    // One view of all tables; inside somebody's transaction there is one already.
    let _view = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
    let head = head(conn)?;
    let floor = one(conn, "SELECT position FROM feed_floor", [], |row| count(row, 0))?.unwrap_or(0);
    if since == Index(0) || since > head || since.0 < floor {
        return snapshot(conn, since, head);
    }
    if since == head {
        return Ok(Vec::new());
    }
    // A position is never split between two batches.
    let to = one(
        conn,
        "SELECT MAX(position) FROM (SELECT position FROM feed_log WHERE position > ?1 ORDER BY seq LIMIT ?2)",
        [int(since.0), BATCH],
        |row| count(row, 0),
    )?
    .unwrap_or(head.0);
    let entries = all(
        conn,
        "SELECT entry FROM feed_log WHERE position > ?1 AND position <= ?2 ORDER BY seq",
        [int(since.0), int(to)],
        |row| json(row, 0),
    )?;
    Ok(vec![FeedBatch { from: since, to: Index(to), content: FeedContent::Entries(entries) }])
}

fn snapshot(conn: &Connection, since: Index, head: Index) -> rusqlite::Result<Vec<FeedBatch>> {
    let entries = everything(conn)?;
    let size = usize::try_from(BATCH).unwrap_or(1);
    let parts = entries.len().div_ceil(size).max(1);
    let mut rest = entries.into_iter();
    Ok((0..parts)
        .map(|part| FeedBatch {
            from: since,
            to: head,
            content: FeedContent::Snapshot {
                entries: rest.by_ref().take(size).collect(),
                part: u32::try_from(part).unwrap_or(u32::MAX),
                last: part + 1 == parts,
            },
        })
        .collect())
}

/// Lists all rows, referenced ones before those that refer to them.
fn everything(conn: &Connection) -> rusqlite::Result<Vec<FeedEntry>> {
    let mut entries =
        all(conn, "SELECT id, name, kind, is_active, is_admin, epoch FROM accounts ORDER BY id", [], |row| {
            Ok(FeedEntry::Account(CopyAccount {
                id: id(row, 0)?,
                name: parsed(row, 1)?,
                kind: AccountKind::from_column(row, 2)?,
                is_active: row.get(3)?,
                is_admin: row.get(4)?,
                epoch: count(row, 5)?,
            }))
        })?;
    let members = "SELECT organization, account, is_owner FROM organization_members ORDER BY organization, account";
    entries.extend(all(conn, members, [], |row| {
        Ok(FeedEntry::Member { organization: id(row, 0)?, account: id(row, 1)?, is_owner: row.get(2)? })
    })?);
    entries.extend(all(conn, "SELECT id, organization, name FROM teams ORDER BY id", [], |row| {
        Ok(FeedEntry::Team(CopyTeam { id: id(row, 0)?, organization: id(row, 1)?, name: parsed(row, 2)? }))
    })?);
    entries.extend(all(conn, "SELECT team, account FROM team_members ORDER BY team, account", [], |row| {
        Ok(FeedEntry::TeamMember { team: id(row, 0)?, account: id(row, 1)? })
    })?);
    entries.extend(all(conn, "SELECT id, account, hash, expires FROM access_tokens ORDER BY id", [], |row| {
        Ok(FeedEntry::AccessToken(CopyToken {
            id: id(row, 0)?,
            account: id(row, 1)?,
            hash: hash(row, 2)?,
            expires: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
        }))
    })?);
    entries.extend(pull_credentials::all_copies(conn)?.into_iter().map(FeedEntry::PullCredential));
    Ok(entries)
}
