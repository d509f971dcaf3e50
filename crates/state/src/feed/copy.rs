//! The registry's copy: its tables and what is read from them.

use base::{AccountId, AccountName, Index, TeamId, TeamName, Timestamp};
use rusqlite::{Connection, Row, params};

use super::{AccountKind, CopyAccount, CopyPullCredential, CopyTeam, CopyToken};
use crate::control::TokenHash;
use crate::control::row::{all, count, hash, id, json, one, parsed, time_opt};

/// The tables of the copy, for the registry's first migration.
pub const COPY_TABLES: &str = "
CREATE TABLE copy_state (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, fed INTEGER NOT NULL,
  generation INTEGER NOT NULL, parts INTEGER NOT NULL);
INSERT INTO copy_state VALUES (1, 0, 0, 0, 0);
CREATE TABLE copy_accounts (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,
  is_active INTEGER NOT NULL, is_admin INTEGER NOT NULL, epoch INTEGER NOT NULL, generation INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE copy_members (organization BLOB NOT NULL, account BLOB NOT NULL, is_owner INTEGER NOT NULL,
  generation INTEGER NOT NULL, PRIMARY KEY (organization, account)) WITHOUT ROWID;
CREATE INDEX copy_members_account ON copy_members (account);
CREATE TABLE copy_teams (id BLOB PRIMARY KEY, organization BLOB NOT NULL, name TEXT NOT NULL,
  generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX copy_teams_organization ON copy_teams (organization, name);
CREATE TABLE copy_team_members (team BLOB NOT NULL, account BLOB NOT NULL, generation INTEGER NOT NULL,
  PRIMARY KEY (team, account)) WITHOUT ROWID;
CREATE INDEX copy_team_members_account ON copy_team_members (account);
CREATE TABLE copy_tokens (id BLOB PRIMARY KEY, account BLOB NOT NULL, hash BLOB NOT NULL, expires INTEGER,
  generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX copy_tokens_hash ON copy_tokens (hash);
CREATE INDEX copy_tokens_account ON copy_tokens (account);
CREATE TABLE copy_pull_credentials (id BLOB PRIMARY KEY, cluster BLOB NOT NULL, service TEXT,
  service_name TEXT NOT NULL, owner BLOB NOT NULL, repositories TEXT NOT NULL, hash BLOB NOT NULL,
  generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX copy_pull_credentials_hash ON copy_pull_credentials (hash);
CREATE INDEX copy_pull_credentials_owner ON copy_pull_credentials (owner);
";

/// The tables that carry a generation.
pub(super) const TABLES: [&str; 6] =
    ["copy_accounts", "copy_members", "copy_teams", "copy_team_members", "copy_tokens", "copy_pull_credentials"];

/// An organization that a user belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: AccountId,
    /// Whether the user administers it.
    pub is_owner: bool,
}

/// Returns the position of the control store up to which the copy is true; 0 before the first feed.
///
/// # Errors
/// If the query fails.
pub fn position(conn: &Connection) -> rusqlite::Result<Index> {
    one(conn, "SELECT position FROM copy_state", [], |row| count(row, 0)).map(|found| Index(found.unwrap_or(0)))
}

/// Returns when the copy was last fed, by the leader's stamp.
///
/// # Errors
/// If the query fails.
pub fn fed(conn: &Connection) -> rusqlite::Result<Timestamp> {
    let millis = one(conn, "SELECT fed FROM copy_state", [], |row| row.get(0))?;
    Ok(Timestamp::from_millis(millis.unwrap_or(0)))
}

pub(super) fn generation(conn: &Connection) -> rusqlite::Result<i64> {
    Ok(one(conn, "SELECT generation FROM copy_state", [], |row| row.get(0))?.unwrap_or(0))
}

pub(super) fn parts(conn: &Connection) -> rusqlite::Result<i64> {
    Ok(one(conn, "SELECT parts FROM copy_state", [], |row| row.get(0))?.unwrap_or(0))
}

fn account(row: &Row<'_>) -> rusqlite::Result<CopyAccount> {
    Ok(CopyAccount {
        id: id(row, 0)?,
        name: parsed(row, 1)?,
        kind: AccountKind::from_column(row, 2)?,
        is_active: row.get(3)?,
        is_admin: row.get(4)?,
        epoch: count(row, 5)?,
    })
}

/// Finds an account by its id.
///
/// # Errors
/// If the query fails.
pub fn account_by_id(conn: &Connection, account_id: AccountId) -> rusqlite::Result<Option<CopyAccount>> {
    let sql = "SELECT id, name, kind, is_active, is_admin, epoch FROM copy_accounts WHERE id = ?1";
    one(conn, sql, [account_id.as_bytes()], account)
}

/// Finds an account by its name.
///
/// # Errors
/// If the query fails.
pub fn account_by_name(conn: &Connection, name: &AccountName) -> rusqlite::Result<Option<CopyAccount>> {
    let sql = "SELECT id, name, kind, is_active, is_admin, epoch FROM copy_accounts WHERE name = ?1";
    one(conn, sql, [name.as_str()], account)
}

/// Lists all accounts.
///
/// # Errors
/// If the query fails.
pub fn accounts(conn: &Connection) -> rusqlite::Result<Vec<CopyAccount>> {
    all(conn, "SELECT id, name, kind, is_active, is_admin, epoch FROM copy_accounts ORDER BY id", [], account)
}

/// Lists the organizations of a user.
///
/// # Errors
/// If the query fails.
pub fn memberships(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<Membership>> {
    all(
        conn,
        "SELECT organization, is_owner FROM copy_members WHERE account = ?1 ORDER BY organization",
        [account.as_bytes()],
        |row| Ok(Membership { organization: id(row, 0)?, is_owner: row.get(1)? }),
    )
}

/// Returns a user's standing in one organization.
///
/// # Errors
/// If the query fails.
pub fn membership(
    conn: &Connection,
    organization: AccountId,
    account: AccountId,
) -> rusqlite::Result<Option<Membership>> {
    one(
        conn,
        "SELECT is_owner FROM copy_members WHERE organization = ?1 AND account = ?2",
        params![organization.as_bytes(), account.as_bytes()],
        |row| Ok(Membership { organization, is_owner: row.get(0)? }),
    )
}

/// Lists the teams of a user, of all organizations.
///
/// # Errors
/// If the query fails.
pub fn teams_of(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<TeamId>> {
    let sql = "SELECT team FROM copy_team_members WHERE account = ?1 ORDER BY team";
    all(conn, sql, [account.as_bytes()], |row| id(row, 0))
}

fn team(row: &Row<'_>) -> rusqlite::Result<CopyTeam> {
    Ok(CopyTeam { id: id(row, 0)?, organization: id(row, 1)?, name: parsed(row, 2)? })
}

/// Finds a team by its id.
///
/// # Errors
/// If the query fails.
pub fn team_by_id(conn: &Connection, team_id: TeamId) -> rusqlite::Result<Option<CopyTeam>> {
    one(conn, "SELECT id, organization, name FROM copy_teams WHERE id = ?1", [team_id.as_bytes()], team)
}

/// Finds a team of an organization by its name.
///
/// # Errors
/// If the query fails.
pub fn team_by_name(conn: &Connection, organization: AccountId, name: &TeamName) -> rusqlite::Result<Option<CopyTeam>> {
    one(
        conn,
        "SELECT id, organization, name FROM copy_teams WHERE organization = ?1 AND name = ?2",
        params![organization.as_bytes(), name.as_str()],
        team,
    )
}

/// Lists all teams.
///
/// # Errors
/// If the query fails.
pub fn teams(conn: &Connection) -> rusqlite::Result<Vec<CopyTeam>> {
    all(conn, "SELECT id, organization, name FROM copy_teams ORDER BY id", [], team)
}

fn token(row: &Row<'_>) -> rusqlite::Result<CopyToken> {
    Ok(CopyToken { id: id(row, 0)?, account: id(row, 1)?, hash: hash(row, 2)?, expires: time_opt(row, 3)? })
}

/// Finds an access token by the hash of its secret.
///
/// # Errors
/// If the query fails.
pub fn token_by_hash(conn: &Connection, secret: &TokenHash) -> rusqlite::Result<Option<CopyToken>> {
    one(conn, "SELECT id, account, hash, expires FROM copy_tokens WHERE hash = ?1", [secret.as_bytes()], token)
}

/// Finds an access token by its id.
///
/// # Errors
/// If the query fails.
pub fn token_by_id(conn: &Connection, token_id: base::TokenId) -> rusqlite::Result<Option<CopyToken>> {
    one(conn, "SELECT id, account, hash, expires FROM copy_tokens WHERE id = ?1", [token_id.as_bytes()], token)
}

/// Lists all access tokens.
///
/// # Errors
/// If the query fails.
pub fn tokens(conn: &Connection) -> rusqlite::Result<Vec<CopyToken>> {
    all(conn, "SELECT id, account, hash, expires FROM copy_tokens ORDER BY id", [], token)
}

fn pull_credential(row: &Row<'_>) -> rusqlite::Result<CopyPullCredential> {
    Ok(CopyPullCredential {
        id: id(row, 0)?,
        cluster: id(row, 1)?,
        service: row.get(2)?,
        service_name: row.get(3)?,
        owner: id(row, 4)?,
        repositories: json(row, 5)?,
        hash: hash(row, 6)?,
    })
}

/// Finds a pull credential by the hash of its secret.
///
/// # Errors
/// If the query fails.
pub fn pull_credential_by_hash(conn: &Connection, secret: &TokenHash) -> rusqlite::Result<Option<CopyPullCredential>> {
    one(
        conn,
        "SELECT id, cluster, service, service_name, owner, repositories, hash
         FROM copy_pull_credentials WHERE hash = ?1",
        [secret.as_bytes()],
        pull_credential,
    )
}

/// Finds a pull credential by its id.
///
/// # Errors
/// If the query fails.
pub fn pull_credential_by_id(
    conn: &Connection,
    credential: base::TokenId,
) -> rusqlite::Result<Option<CopyPullCredential>> {
    one(
        conn,
        "SELECT id, cluster, service, service_name, owner, repositories, hash
         FROM copy_pull_credentials WHERE id = ?1",
        [credential.as_bytes()],
        pull_credential,
    )
}

/// Lists all pull credentials.
///
/// # Errors
/// If the query fails.
pub fn pull_credentials(conn: &Connection) -> rusqlite::Result<Vec<CopyPullCredential>> {
    all(
        conn,
        "SELECT id, cluster, service, service_name, owner, repositories, hash FROM copy_pull_credentials ORDER BY id",
        [],
        pull_credential,
    )
}
