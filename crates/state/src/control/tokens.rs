//! Access tokens: what machines sign in with in place of a password.

use base::{AccountId, Timestamp, TokenId};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::accounts;
use super::apply::{Change, Outcome};
use super::command::Event;
use super::hash::TokenHash;
use super::reject::Reject;
use super::row::{all, count, hash, id, one, run, time, time_opt};
use crate::feed::{CopyToken, FeedEntry};

/// How many an account may have.
const LIMIT: u32 = 1000;

/// An access token; the secret itself is known to its owner alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub label: String,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends; never if absent.
    pub expires: Option<Timestamp>,
    /// When it was last used, coarsely.
    pub used: Option<Timestamp>,
}

/// Makes an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenCreate {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub label: String,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// When it ends; never if absent.
    pub expires: Option<Timestamp>,
}

pub(super) fn create(change: &mut Change<'_>, create: &TokenCreate) -> Outcome {
    accounts::require_active(change.tx, create.account)?;
    if create.label.len() > 200 {
        return Err(Reject::TooLarge { what: "the label".to_owned(), limit: 200 }.into());
    }
    let sql = "SELECT COUNT(*) FROM access_tokens WHERE account = ?1";
    let held = one(change.tx, sql, [create.account.as_bytes()], |row| count(row, 0))?.unwrap_or(0);
    if held >= u64::from(LIMIT) {
        return Err(Reject::TooMany { what: "access tokens".to_owned(), limit: LIMIT }.into());
    }
    if by_id(change.tx, create.id)?.is_some() || by_hash(change.tx, &create.hash)?.is_some() {
        return Err(Reject::Exists { what: format!("token {}", create.id) }.into());
    }
    run(
        change.tx,
        "INSERT INTO access_tokens (id, account, label, hash, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            create.id.as_bytes(),
            create.account.as_bytes(),
            create.label,
            create.hash.as_bytes(),
            change.now.as_millis(),
            create.expires.map(Timestamp::as_millis)
        ],
    )?;
    change.event(Event::Token(create.id));
    change.feed(FeedEntry::AccessToken(CopyToken {
        id: create.id,
        account: create.account,
        hash: create.hash,
        expires: create.expires,
    }));
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, token: TokenId) -> Outcome {
    if run(change.tx, "DELETE FROM access_tokens WHERE id = ?1", [token.as_bytes()])? == 0 {
        return Err(Reject::TokenUnknown { token }.into());
    }
    change.event(Event::Token(token));
    change.feed(FeedEntry::AccessTokenRemoved(token));
    Ok(())
}

pub(super) fn delete_of_account(change: &mut Change<'_>, account: AccountId) -> Outcome {
    for token in of_account(change.tx, account)? {
        delete(change, token.id)?;
    }
    Ok(())
}

const COLUMNS: &str = "id, account, label, hash, created, expires, used";

fn token(row: &Row<'_>) -> rusqlite::Result<AccessToken> {
    Ok(AccessToken {
        id: id(row, 0)?,
        account: id(row, 1)?,
        label: row.get(2)?,
        hash: hash(row, 3)?,
        created: time(row, 4)?,
        expires: time_opt(row, 5)?,
        used: time_opt(row, 6)?,
    })
}

/// Finds a token by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, token_id: TokenId) -> rusqlite::Result<Option<AccessToken>> {
    one(conn, &format!("SELECT {COLUMNS} FROM access_tokens WHERE id = ?1"), [token_id.as_bytes()], token)
}

/// Finds a token by the hash of its secret.
///
/// # Errors
/// If the query fails.
pub fn by_hash(conn: &Connection, secret: &TokenHash) -> rusqlite::Result<Option<AccessToken>> {
    one(conn, &format!("SELECT {COLUMNS} FROM access_tokens WHERE hash = ?1"), [secret.as_bytes()], token)
}

/// Lists the tokens of an account, oldest first.
///
/// # Errors
/// If the query fails.
pub fn of_account(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<AccessToken>> {
    all(
        conn,
        &format!("SELECT {COLUMNS} FROM access_tokens WHERE account = ?1 ORDER BY id"),
        [account.as_bytes()],
        token,
    )
}

/// Lists all tokens by id.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<AccessToken>> {
    all(conn, &format!("SELECT {COLUMNS} FROM access_tokens ORDER BY id"), [], token)
}
