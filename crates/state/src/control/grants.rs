//! Grants: subject + role + collection.

use access::{Grant, GrantSubject};
use base::{AccountId, CollectionId, TeamId, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::apply::{Change, Outcome};
use super::command::{Event, Reply};
use super::reject::Reject;
use super::row::{all, exists, id, parsed, run, time};
use super::{accounts, collections, roles, teams};

/// How a subject stands in the table.
pub(super) fn subject_columns(subject: &GrantSubject) -> (i64, Vec<u8>) {
    match subject {
        GrantSubject::User(user) => (0, user.as_bytes().to_vec()),
        GrantSubject::Team(team) => (1, team.as_bytes().to_vec()),
        GrantSubject::Organization(organization) => (2, organization.as_bytes().to_vec()),
        GrantSubject::Authenticated => (3, Vec::new()),
    }
}

fn subject(row: &Row<'_>) -> rusqlite::Result<GrantSubject> {
    match row.get::<_, i64>(0)? {
        0 => Ok(GrantSubject::User(id::<AccountId>(row, 1)?)),
        1 => Ok(GrantSubject::Team(id::<TeamId>(row, 1)?)),
        2 => Ok(GrantSubject::Organization(id::<AccountId>(row, 1)?)),
        3 => Ok(GrantSubject::Authenticated),
        other => Err(rusqlite::Error::FromSqlConversionFailure(
            0,
            Type::Integer,
            format!("{other} is no kind of subject").into(),
        )),
    }
}

pub(super) fn add(change: &mut Change<'_>, grant: &Grant) -> Outcome<Reply> {
    require_subject(change.tx, &grant.subject)?;
    roles::require(change.tx, &grant.role)?;
    collections::require(change.tx, &grant.collection)?;
    let (kind, subject) = subject_columns(&grant.subject);
    let added = run(
        change.tx,
        "INSERT INTO grants (kind, subject, role, collection, created) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        params![kind, subject, grant.role.as_str(), grant.collection.as_str(), change.now.as_millis()],
    )?;
    change.event(Event::Access);
    Ok(if added > 0 { Reply::Created } else { Reply::Unchanged })
}

fn require_subject(conn: &Connection, subject: &GrantSubject) -> Outcome {
    match subject {
        GrantSubject::User(user) => accounts::require_user(conn, *user).map(drop),
        GrantSubject::Organization(organization) => accounts::require_organization(conn, *organization).map(drop),
        GrantSubject::Team(team) => match teams::by_id(conn, *team)? {
            Some(_) => Ok(()),
            None => Err(Reject::TeamUnknown { team: *team }.into()),
        },
        GrantSubject::Authenticated => Ok(()),
    }
}

pub(super) fn remove(change: &mut Change<'_>, grant: &Grant) -> Outcome {
    let (kind, subject) = subject_columns(&grant.subject);
    let removed = run(
        change.tx,
        "DELETE FROM grants WHERE kind = ?1 AND subject = ?2 AND role = ?3 AND collection = ?4",
        params![kind, subject, grant.role.as_str(), grant.collection.as_str()],
    )?;
    if removed == 0 {
        return Err(Reject::GrantUnknown.into());
    }
    change.event(Event::Access);
    Ok(())
}

pub(super) fn delete_of_subject(change: &mut Change<'_>, subject: &GrantSubject) -> Outcome {
    let (kind, subject) = subject_columns(subject);
    if run(change.tx, "DELETE FROM grants WHERE kind = ?1 AND subject = ?2", params![kind, subject])? > 0 {
        change.event(Event::Access);
    }
    Ok(())
}

/// A grant with what lists show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// The grant.
    pub grant: Grant,
    /// When it was made.
    pub created: Timestamp,
}

const SELECT: &str = "SELECT kind, subject, role, collection, created FROM grants";

fn grant(row: &Row<'_>) -> rusqlite::Result<GrantRow> {
    let grant = Grant { subject: subject(row)?, role: parsed(row, 2)?, collection: parsed(row, 3)? };
    Ok(GrantRow { grant, created: time(row, 4)? })
}

/// Lists all grants, by subject.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<GrantRow>> {
    all(conn, &format!("{SELECT} ORDER BY kind, subject, role, collection"), [], grant)
}

/// Lists the grants that name a subject.
///
/// # Errors
/// If the query fails.
pub fn of_subject(conn: &Connection, subject: &GrantSubject) -> rusqlite::Result<Vec<GrantRow>> {
    let (kind, subject) = subject_columns(subject);
    let sql = format!("{SELECT} WHERE kind = ?1 AND subject = ?2 ORDER BY role, collection");
    all(conn, &sql, params![kind, subject], grant)
}

/// Lists the grants on a collection itself.
///
/// # Errors
/// If the query fails.
pub fn of_collection(conn: &Connection, collection: &CollectionId) -> rusqlite::Result<Vec<GrantRow>> {
    let sql = format!("{SELECT} WHERE collection = ?1 ORDER BY kind, subject, role");
    all(conn, &sql, [collection.as_str()], grant)
}

/// Reports whether a grant exists.
///
/// # Errors
/// If the query fails.
pub fn is_granted(conn: &Connection, grant: &Grant) -> rusqlite::Result<bool> {
    let (kind, subject) = subject_columns(&grant.subject);
    exists(
        conn,
        "SELECT 1 FROM grants WHERE kind = ?1 AND subject = ?2 AND role = ?3 AND collection = ?4",
        params![kind, subject, grant.role.as_str(), grant.collection.as_str()],
    )
}
