//! Tokens with which one node each may join.

use base::{AccountId, NodeId, Timestamp, TokenId};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::apply::{Change, Outcome};
use super::command::Event;
use super::hash::TokenHash;
use super::nodes::NodeRole;
use super::reject::Reject;
use super::row::{all, exists, id, id_opt, one, parsed, run, time, time_opt};

/// A join token; its secret is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinToken {
    /// Its id.
    pub id: TokenId,
    /// What the node that joins with it becomes.
    pub role: NodeRole,
    /// What it is for.
    pub label: String,
    /// Who made it.
    pub created_by: Option<AccountId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was used up.
    pub used: Option<Timestamp>,
    /// The node that used it.
    pub node: Option<NodeId>,
}

impl JoinToken {
    /// Reports whether a node could join with it now.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.used.is_none() && self.expires > now
    }
}

/// Makes a join token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JoinTokenCreate {
    /// Its id.
    pub id: TokenId,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// What the node becomes.
    pub role: NodeRole,
    /// What it is for.
    pub label: String,
    /// Who makes it.
    pub created_by: Option<AccountId>,
    /// When it ends.
    pub expires: Timestamp,
}

pub(super) fn create(change: &mut Change<'_>, create: &JoinTokenCreate) -> Outcome {
    if create.label.len() > 200 {
        return Err(Reject::TooLarge { what: "the label".to_owned(), limit: 200 }.into());
    }
    let sql = "SELECT 1 FROM join_tokens WHERE id = ?1 OR hash = ?2";
    if exists(change.tx, sql, params![create.id.as_bytes(), create.hash.as_bytes()])? {
        return Err(Reject::Exists { what: format!("join token {}", create.id) }.into());
    }
    // Tokens that ended a month ago are of no interest any more.
    let old = change.now.plus_secs(-30 * 86_400).as_millis();
    run(change.tx, "DELETE FROM join_tokens WHERE expires < ?1", [old])?;
    run(
        change.tx,
        "INSERT INTO join_tokens (id, hash, role, label, created_by, created, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            create.id.as_bytes(),
            create.hash.as_bytes(),
            create.role.as_str(),
            create.label,
            create.created_by.as_ref().map(AccountId::as_bytes),
            change.now.as_millis(),
            create.expires.as_millis()
        ],
    )?;
    change.event(Event::JoinToken(create.id));
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, token: TokenId) -> Outcome {
    if run(change.tx, "DELETE FROM join_tokens WHERE id = ?1", [token.as_bytes()])? == 0 {
        return Err(Reject::TokenUnknown { token }.into());
    }
    change.event(Event::JoinToken(token));
    Ok(())
}

/// Uses a token up for a node; an unknown, used or expired one is refused without a difference.
pub(super) fn use_up(change: &mut Change<'_>, token: &TokenHash, node: NodeId) -> Outcome<JoinToken> {
    let found = by_hash(change.tx, token)?.filter(|found| found.is_valid(change.now));
    let Some(found) = found else { return Err(Reject::JoinTokenInvalid.into()) };
    run(
        change.tx,
        "UPDATE join_tokens SET used = ?2, node = ?3 WHERE id = ?1",
        params![found.id.as_bytes(), change.now.as_millis(), node.as_bytes()],
    )?;
    change.event(Event::JoinToken(found.id));
    Ok(found)
}

const COLUMNS: &str = "id, role, label, created_by, created, expires, used, node";

fn token(row: &Row<'_>) -> rusqlite::Result<JoinToken> {
    Ok(JoinToken {
        id: id(row, 0)?,
        role: parsed(row, 1)?,
        label: row.get(2)?,
        created_by: id_opt(row, 3)?,
        created: time(row, 4)?,
        expires: time(row, 5)?,
        used: time_opt(row, 6)?,
        node: id_opt(row, 7)?,
    })
}

/// Finds a join token by the hash of its secret.
///
/// # Errors
/// If the query fails.
pub fn by_hash(conn: &Connection, secret: &TokenHash) -> rusqlite::Result<Option<JoinToken>> {
    one(conn, &format!("SELECT {COLUMNS} FROM join_tokens WHERE hash = ?1"), [secret.as_bytes()], token)
}

/// Finds a join token by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, token_id: TokenId) -> rusqlite::Result<Option<JoinToken>> {
    one(conn, &format!("SELECT {COLUMNS} FROM join_tokens WHERE id = ?1"), [token_id.as_bytes()], token)
}

/// Lists join tokens, newest first.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<JoinToken>> {
    all(conn, &format!("SELECT {COLUMNS} FROM join_tokens ORDER BY created DESC, id DESC LIMIT 1000"), [], token)
}
