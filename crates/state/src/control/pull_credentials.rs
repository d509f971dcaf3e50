//! Pull credentials: with which the nodes of one service pull its images of our registry.

use base::{AccountId, ClusterId, RepositoryName, Timestamp, TokenId};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::accounts;
use super::apply::{Change, Outcome};
use super::command::Event;
use super::hash::TokenHash;
use super::reject::Reject;
use super::row::{all, exists, hash, id, json, one, run, time, to_json};
use crate::feed::{CopyPullCredential, FeedEntry};

/// How many repositories one may name.
const REPOSITORIES: usize = 64;

/// A pull credential; its secret is in the service's specification alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullCredential {
    /// What the registry knows of it.
    pub credential: CopyPullCredential,
    /// When it was made.
    pub created: Timestamp,
}

/// Makes a pull credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullCredentialCreate {
    /// Its id; the user name that nodes present.
    pub id: TokenId,
    /// The cluster whose nodes pull.
    pub cluster: ClusterId,
    /// The service's name.
    pub service_name: String,
    /// The engine's id of the service, where it exists already.
    pub service: Option<String>,
    /// The account on whose rights it rests.
    pub owner: AccountId,
    /// What may be pulled.
    pub repositories: Vec<RepositoryName>,
    /// The hash of the secret.
    pub hash: TokenHash,
}

fn tell(change: &mut Change<'_>, credential: CopyPullCredential) {
    change.event(Event::PullCredential(credential.id));
    change.feed(FeedEntry::PullCredential(credential));
}

pub(super) fn create(change: &mut Change<'_>, create: &PullCredentialCreate) -> Outcome {
    accounts::require_active(change.tx, create.owner)?;
    if create.repositories.len() > REPOSITORIES {
        return Err(Reject::TooMany { what: "repositories in one pull credential".to_owned(), limit: 64 }.into());
    }
    if create.service_name.len() > 256 || create.service.as_ref().is_some_and(|service| service.len() > 128) {
        return Err(Reject::TooLarge { what: "the service's name".to_owned(), limit: 256 }.into());
    }
    let sql = "SELECT 1 FROM pull_credentials WHERE id = ?1 OR hash = ?2";
    if exists(change.tx, sql, params![create.id.as_bytes(), create.hash.as_bytes()])? {
        return Err(Reject::Exists { what: format!("pull credential {}", create.id) }.into());
    }
    run(
        change.tx,
        "INSERT INTO pull_credentials (id, cluster, service, service_name, owner, repositories, hash, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            create.id.as_bytes(),
            create.cluster.as_bytes(),
            create.service,
            create.service_name,
            create.owner.as_bytes(),
            to_json(&create.repositories)?,
            create.hash.as_bytes(),
            change.now.as_millis()
        ],
    )?;
    tell(
        change,
        CopyPullCredential {
            id: create.id,
            cluster: create.cluster,
            service: create.service.clone(),
            service_name: create.service_name.clone(),
            owner: create.owner,
            repositories: create.repositories.clone(),
            hash: create.hash,
        },
    );
    Ok(())
}

pub(super) fn bind(change: &mut Change<'_>, credential: TokenId, service: &str) -> Outcome {
    let Some(mut found) = by_id(change.tx, credential)? else {
        return Err(Reject::TokenUnknown { token: credential }.into());
    };
    if service.len() > 128 {
        return Err(Reject::TooLarge { what: "the service's id".to_owned(), limit: 128 }.into());
    }
    match &found.credential.service {
        Some(bound) if bound == service => return Ok(()),
        Some(bound) => return Err(Reject::Exists { what: format!("a binding to service {bound}") }.into()),
        None => {}
    }
    let sql = "UPDATE pull_credentials SET service = ?2 WHERE id = ?1";
    run(change.tx, sql, params![credential.as_bytes(), service])?;
    found.credential.service = Some(service.to_owned());
    tell(change, found.credential);
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, credential: TokenId) -> Outcome {
    if run(change.tx, "DELETE FROM pull_credentials WHERE id = ?1", [credential.as_bytes()])? == 0 {
        return Err(Reject::TokenUnknown { token: credential }.into());
    }
    change.event(Event::PullCredential(credential));
    change.feed(FeedEntry::PullCredentialRemoved(credential));
    Ok(())
}

pub(super) fn delete_of_service(change: &mut Change<'_>, cluster: ClusterId, service: &str) -> Outcome {
    for credential in of_service(change.tx, cluster, service)? {
        delete(change, credential.credential.id)?;
    }
    Ok(())
}

pub(super) fn delete_of_owner(change: &mut Change<'_>, owner: AccountId) -> Outcome {
    let sql = "SELECT id FROM pull_credentials WHERE owner = ?1 ORDER BY id";
    for credential in all(change.tx, sql, [owner.as_bytes()], |row| id(row, 0))? {
        delete(change, credential)?;
    }
    Ok(())
}

const SELECT: &str =
    "SELECT id, cluster, service, service_name, owner, repositories, hash, created FROM pull_credentials";

fn credential(row: &Row<'_>) -> rusqlite::Result<PullCredential> {
    Ok(PullCredential {
        credential: CopyPullCredential {
            id: id(row, 0)?,
            cluster: id(row, 1)?,
            service: row.get(2)?,
            service_name: row.get(3)?,
            owner: id(row, 4)?,
            repositories: json(row, 5)?,
            hash: hash(row, 6)?,
        },
        created: time(row, 7)?,
    })
}

/// Finds a pull credential by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, credential_id: TokenId) -> rusqlite::Result<Option<PullCredential>> {
    one(conn, &format!("{SELECT} WHERE id = ?1"), [credential_id.as_bytes()], credential)
}

/// Lists the pull credentials of a service.
///
/// # Errors
/// If the query fails.
pub fn of_service(conn: &Connection, cluster: ClusterId, service: &str) -> rusqlite::Result<Vec<PullCredential>> {
    let sql = format!("{SELECT} WHERE cluster = ?1 AND service = ?2 ORDER BY id");
    all(conn, &sql, params![cluster.as_bytes(), service], credential)
}

/// Lists all pull credentials by id.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<PullCredential>> {
    all(conn, &format!("{SELECT} ORDER BY id"), [], credential)
}

/// Lists what a copy needs of all pull credentials.
pub(crate) fn all_copies(conn: &Connection) -> rusqlite::Result<Vec<CopyPullCredential>> {
    Ok(every(conn)?.into_iter().map(|row| row.credential).collect())
}

/// Lists those that were never bound to a service and are older than a time: their service was not created.
///
/// # Errors
/// If the query fails.
pub fn unbound(conn: &Connection, before: Timestamp) -> rusqlite::Result<Vec<PullCredential>> {
    let sql = format!("{SELECT} WHERE service IS NULL AND created < ?1 ORDER BY id");
    all(conn, &sql, [before.as_millis()], credential)
}
