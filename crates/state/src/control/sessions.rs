//! Sessions: signed-in browsers and clients that hold a session token.

use base::{AccountId, CertificateId, SessionId, Timestamp, TokenId};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::accounts;
use super::apply::{Change, Outcome};
use super::command::Event;
use super::hash::TokenHash;
use super::reject::Reject;
use super::row::{all, hash, id, one, run, time};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The hash of the token.
    pub hash: TokenHash,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, coarsely.
    pub used: Timestamp,
    /// When it ends unless it is used.
    pub expires: Timestamp,
    /// Below which remaining time use renews it; never if 0.
    pub renewal_secs: i64,
    /// Where it came from.
    pub address: String,
    /// The client's own name.
    pub agent: String,
}

/// How long sessions last and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPolicy {
    /// How long an unused session lasts.
    pub lifetime_secs: i64,
    /// Below which remaining time use renews a session; 0 never renews.
    pub renewal_secs: i64,
    /// How many sessions an account may have, the least recently used going first; 0 is unlimited.
    pub per_user: u32,
}

impl Default for SessionPolicy {
    /// UCP's: 60 minutes, renewed in the last 20, ten for each user.
    fn default() -> Self {
        Self { lifetime_secs: 3600, renewal_secs: 1200, per_user: 10 }
    }
}

/// Begins a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionCreate {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The account's epoch when its credential was checked.
    pub epoch: u64,
    /// The hash of the token.
    pub hash: TokenHash,
    /// How long it lasts.
    pub policy: SessionPolicy,
    /// Where it came from.
    pub address: String,
    /// The client's own name.
    pub agent: String,
}

/// Credentials that were used since the last such note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsUsed {
    /// Sessions; those in their last part are renewed.
    pub sessions: Vec<SessionId>,
    /// Access tokens.
    pub tokens: Vec<TokenId>,
    /// Certificates.
    pub certificates: Vec<CertificateId>,
}

impl CredentialsUsed {
    /// Reports whether there is nothing to note.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.tokens.is_empty() && self.certificates.is_empty()
    }
}

pub(super) fn create(change: &mut Change<'_>, create: &SessionCreate) -> Outcome {
    let account = accounts::require_active(change.tx, create.account)?;
    if account.epoch != create.epoch {
        return Err(Reject::EpochChanged { account: account.id }.into());
    }
    if by_id(change.tx, create.id)?.is_some() || by_hash(change.tx, &create.hash)?.is_some() {
        return Err(Reject::Exists { what: format!("session {}", create.id) }.into());
    }
    run(change.tx, "DELETE FROM sessions WHERE expires <= ?1", [change.now.as_millis()])?;
    run(
        change.tx,
        "INSERT INTO sessions
         (id, account, hash, created, used, expires, lifetime_secs, renewal_secs, address, agent)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            create.id.as_bytes(),
            create.account.as_bytes(),
            create.hash.as_bytes(),
            change.now.as_millis(),
            change.now.plus_secs(create.policy.lifetime_secs).as_millis(),
            create.policy.lifetime_secs,
            create.policy.renewal_secs,
            create.address.chars().take(64).collect::<String>(),
            create.agent.chars().take(200).collect::<String>(),
        ],
    )?;
    change.event(Event::Session(create.id));
    if create.policy.per_user > 0 {
        let surplus = all(
            change.tx,
            "SELECT id FROM sessions WHERE account = ?1 AND id <> ?2 ORDER BY used DESC, id DESC LIMIT -1 OFFSET ?3",
            params![create.account.as_bytes(), create.id.as_bytes(), i64::from(create.policy.per_user) - 1],
            |row| id::<SessionId>(row, 0),
        )?;
        for session in surplus {
            end(change, session)?;
        }
    }
    Ok(())
}

pub(super) fn end(change: &mut Change<'_>, session: SessionId) -> Outcome {
    run(change.tx, "DELETE FROM sessions WHERE id = ?1", [session.as_bytes()])?;
    change.event(Event::Session(session));
    Ok(())
}

pub(super) fn end_all(change: &mut Change<'_>, account: AccountId, keep: Option<SessionId>) -> Outcome {
    let sql = "SELECT id FROM sessions WHERE account = ?1 ORDER BY id";
    let sessions = all(change.tx, sql, [account.as_bytes()], |row| id::<SessionId>(row, 0))?;
    for session in sessions {
        if Some(session) != keep {
            end(change, session)?;
        }
    }
    Ok(())
}

pub(super) fn used(change: &mut Change<'_>, used: &CredentialsUsed) -> Outcome {
    let now = change.now.as_millis();
    for session in &used.sessions {
        // An expired session is not brought back; one outside its last part keeps its end.
        let renewed = run(
            change.tx,
            "UPDATE sessions SET used = ?2, expires = CASE
               WHEN renewal_secs > 0 AND expires - ?2 <= renewal_secs * 1000 THEN ?2 + lifetime_secs * 1000
               ELSE expires END
             WHERE id = ?1 AND expires > ?2",
            params![session.as_bytes(), now],
        )?;
        if renewed > 0 {
            change.event(Event::Session(*session));
        }
    }
    for token in &used.tokens {
        run(change.tx, "UPDATE access_tokens SET used = ?2 WHERE id = ?1", params![token.as_bytes(), now])?;
    }
    for certificate in &used.certificates {
        run(change.tx, "UPDATE certificates SET used = ?2 WHERE id = ?1", params![certificate.as_bytes(), now])?;
    }
    Ok(())
}

const COLUMNS: &str = "id, account, hash, created, used, expires, renewal_secs, address, agent";

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: id(row, 0)?,
        account: id(row, 1)?,
        hash: hash(row, 2)?,
        created: time(row, 3)?,
        used: time(row, 4)?,
        expires: time(row, 5)?,
        renewal_secs: row.get(6)?,
        address: row.get(7)?,
        agent: row.get(8)?,
    })
}

/// Finds a session by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, session_id: SessionId) -> rusqlite::Result<Option<Session>> {
    one(conn, &format!("SELECT {COLUMNS} FROM sessions WHERE id = ?1"), [session_id.as_bytes()], session)
}

/// Finds a session by the hash of its token.
///
/// # Errors
/// If the query fails.
pub fn by_hash(conn: &Connection, token: &TokenHash) -> rusqlite::Result<Option<Session>> {
    one(conn, &format!("SELECT {COLUMNS} FROM sessions WHERE hash = ?1"), [token.as_bytes()], session)
}

/// Lists the sessions of an account that have not ended, the last used first.
///
/// # Errors
/// If the query fails.
pub fn of_account(conn: &Connection, account: AccountId, now: Timestamp) -> rusqlite::Result<Vec<Session>> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE account = ?1 AND expires > ?2 ORDER BY used DESC, id DESC");
    all(conn, &sql, params![account.as_bytes(), now.as_millis()], session)
}

/// Lists all sessions by id.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Session>> {
    all(conn, &format!("SELECT {COLUMNS} FROM sessions ORDER BY id"), [], session)
}
