//! Rights of teams, in a repository or in a whole namespace.

use base::{AccountId, RepositoryId, TeamId};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::control::row::{all, id, run};

/// What a team may do; each level holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Browse and pull.
    Read,
    /// Push, delete tags.
    Write,
    /// Change the repository, its visibility and its rights; delete it.
    Admin,
}

/// Where a right holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightScope {
    /// In one repository.
    Repository(RepositoryId),
    /// In all repositories of an account's namespace, those to come too.
    Namespace(AccountId),
}

/// A team's right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightRow {
    /// The team.
    pub team: TeamId,
    /// What it may do.
    pub level: Level,
    /// Whether it holds in the whole namespace.
    pub is_namespace: bool,
}

fn level(row: &Row<'_>, column: usize) -> rusqlite::Result<Level> {
    match row.get::<_, i64>(column)? {
        1 => Ok(Level::Read),
        2 => Ok(Level::Write),
        3 => Ok(Level::Admin),
        other => {
            Err(rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, format!("{other} is no level").into()))
        }
    }
}

fn level_column(level: Level) -> i64 {
    match level {
        Level::Read => 1,
        Level::Write => 2,
        Level::Admin => 3,
    }
}

pub(super) fn set(tx: &Connection, scope: RightScope, team: TeamId, level: Option<Level>) -> rusqlite::Result<()> {
    let (table, column, key) = match &scope {
        RightScope::Repository(repository) => ("repository_rights", "repository", repository.as_bytes()),
        RightScope::Namespace(owner) => ("namespace_rights", "owner", owner.as_bytes()),
    };
    match level {
        Some(level) => run(
            tx,
            &format!("INSERT OR REPLACE INTO {table} ({column}, team, level) VALUES (?1, ?2, ?3)"),
            params![key, team.as_bytes(), level_column(level)],
        )?,
        None => {
            run(tx, &format!("DELETE FROM {table} WHERE {column} = ?1 AND team = ?2"), params![key, team.as_bytes()])?
        }
    };
    Ok(())
}

/// Drops the rights of teams that are gone from the copy; returns whether there were any.
pub(super) fn sweep(tx: &Connection) -> rusqlite::Result<bool> {
    let mut dropped = 0;
    for table in ["repository_rights", "namespace_rights"] {
        dropped += run(tx, &format!("DELETE FROM {table} WHERE team NOT IN (SELECT id FROM copy_teams)"), [])?;
    }
    Ok(dropped > 0)
}

/// Lists the rights that hold in a repository of an owner: its own and those of the namespace.
///
/// # Errors
/// If the query fails.
pub fn of_repository(conn: &Connection, repository: RepositoryId, owner: AccountId) -> rusqlite::Result<Vec<RightRow>> {
    all(
        conn,
        "SELECT team, level, 0 FROM repository_rights WHERE repository = ?1
         UNION ALL SELECT team, level, 1 FROM namespace_rights WHERE owner = ?2 ORDER BY 3, 1",
        params![repository.as_bytes(), owner.as_bytes()],
        |row| Ok(RightRow { team: id(row, 0)?, level: level(row, 1)?, is_namespace: row.get(2)? }),
    )
}

/// Lists the rights that hold in a whole namespace.
///
/// # Errors
/// If the query fails.
pub fn of_namespace(conn: &Connection, owner: AccountId) -> rusqlite::Result<Vec<RightRow>> {
    all(conn, "SELECT team, level FROM namespace_rights WHERE owner = ?1 ORDER BY team", [owner.as_bytes()], |row| {
        Ok(RightRow { team: id(row, 0)?, level: level(row, 1)?, is_namespace: true })
    })
}
