//! Collections: the tree in which workloads and nodes lie.

use access::{Collection, builtin};
use base::{AccountName, CollectionId, CollectionPath, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::apply::{Change, Outcome};
use super::command::Event;
use super::reject::Reject;
use super::row::{all, count, one, parsed, parsed_opt, run, time};

/// How many collections there may be.
const LIMIT: u64 = 100_000;

/// A collection with what lists show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionRow {
    /// The collection.
    pub collection: Collection,
    /// Whether it is built in.
    pub built_in: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// Makes a collection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectionCreate {
    /// Its id.
    pub id: CollectionId,
    /// The collection it lies in.
    pub parent: CollectionId,
    /// The last part of its path.
    pub name: String,
}

pub(super) fn create(change: &mut Change<'_>, create: &CollectionCreate) -> Outcome {
    let parent = require(change.tx, &create.parent)?.collection;
    let path = parent
        .path
        .child(&create.name)
        .ok()
        .filter(|path| path.parent().as_ref() == Some(&parent.path))
        .ok_or_else(|| Reject::CollectionName { name: create.name.chars().take(80).collect() })?;
    if by_path(change.tx, &path)?.is_some() {
        return Err(Reject::CollectionTaken { path }.into());
    }
    if by_id(change.tx, &create.id)?.is_some() {
        return Err(Reject::Exists { what: format!("collection `{}`", create.id) }.into());
    }
    if one(change.tx, "SELECT COUNT(*) FROM collections", [], |row| count(row, 0))? >= Some(LIMIT) {
        return Err(Reject::TooMany { what: "collections".to_owned(), limit: 100_000 }.into());
    }
    run(
        change.tx,
        "INSERT INTO collections (id, parent, path, built_in, created) VALUES (?1, ?2, ?3, FALSE, ?4)",
        params![create.id.as_str(), parent.id.as_str(), path.as_str(), change.now.as_millis()],
    )?;
    change.event(Event::Access);
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, collection: &CollectionId) -> Outcome {
    let found = require(change.tx, collection)?;
    if found.built_in {
        return Err(Reject::BuiltIn { what: format!("collection `{}`", found.collection.path) }.into());
    }
    let path = &found.collection.path;
    for (sql, what) in [
        ("SELECT COUNT(*) FROM collections WHERE parent = ?1", "collections"),
        ("SELECT COUNT(*) FROM nodes WHERE collection = ?1", "nodes"),
    ] {
        let held = one(change.tx, sql, [collection.as_str()], |row| count(row, 0))?.unwrap_or(0);
        if held > 0 {
            let what = what.to_owned();
            return Err(Reject::CollectionNotEmpty { path: path.clone(), count: held, what }.into());
        }
    }
    remove(change, collection)
}

/// Removes one collection with its grants; users whose default it was have none.
fn remove(change: &mut Change<'_>, collection: &CollectionId) -> Outcome {
    run(change.tx, "DELETE FROM grants WHERE collection = ?1", [collection.as_str()])?;
    let users = all(
        change.tx,
        "SELECT id FROM accounts WHERE default_collection = ?1 ORDER BY id",
        [collection.as_str()],
        |row| super::row::id(row, 0),
    )?;
    for user in users {
        change.event(Event::Account(user));
    }
    let sql = "UPDATE accounts SET default_collection = NULL WHERE default_collection = ?1";
    run(change.tx, sql, [collection.as_str()])?;
    run(change.tx, "DELETE FROM collections WHERE id = ?1", [collection.as_str()])?;
    change.event(Event::Access);
    Ok(())
}

/// Removes the private collection of a user who goes, with all below it, so that a later user of the same name
/// gets nothing of it.
pub(super) fn delete_private(change: &mut Change<'_>, name: &AccountName) -> Outcome {
    let Ok(path) = private_path(name) else { return Ok(()) };
    let Some(private) = by_path(change.tx, &path)? else { return Ok(()) };
    let below = all(
        change.tx,
        "WITH RECURSIVE tree (id, depth) AS (SELECT ?1, 0 UNION ALL
           SELECT c.id, tree.depth + 1 FROM collections c JOIN tree ON c.parent = tree.id)
         SELECT id FROM tree ORDER BY depth DESC, id",
        [private.collection.id.as_str()],
        |row| parsed::<CollectionId>(row, 0),
    )?;
    for collection in &below {
        delete(change, collection)?;
    }
    Ok(())
}

fn private_path(name: &AccountName) -> Result<CollectionPath, base::NameError> {
    format!("/Shared/Private/{name}").parse()
}

/// Loads a collection that a command names.
pub(super) fn require(conn: &Connection, collection: &CollectionId) -> Outcome<CollectionRow> {
    by_id(conn, collection)?.ok_or_else(|| Reject::CollectionUnknown { collection: collection.clone() }.into())
}

const SELECT: &str = "SELECT id, parent, path, built_in, created FROM collections";

fn collection(row: &Row<'_>) -> rusqlite::Result<CollectionRow> {
    Ok(CollectionRow {
        collection: Collection { id: parsed(row, 0)?, parent: parsed_opt(row, 1)?, path: parsed(row, 2)? },
        built_in: row.get(3)?,
        created: time(row, 4)?,
    })
}

/// Finds a collection by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, collection_id: &CollectionId) -> rusqlite::Result<Option<CollectionRow>> {
    one(conn, &format!("{SELECT} WHERE id = ?1"), [collection_id.as_str()], collection)
}

/// Finds a collection by its path.
///
/// # Errors
/// If the query fails.
pub fn by_path(conn: &Connection, path: &CollectionPath) -> rusqlite::Result<Option<CollectionRow>> {
    one(conn, &format!("{SELECT} WHERE path = ?1"), [path.as_str()], collection)
}

/// Finds a user's private collection.
///
/// # Errors
/// If the query fails.
pub fn private_of(conn: &Connection, name: &AccountName) -> rusqlite::Result<Option<CollectionRow>> {
    match private_path(name) {
        Ok(path) => by_path(conn, &path),
        Err(_) => Ok(None),
    }
}

/// Lists all collections by path, parents first.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<CollectionRow>> {
    all(conn, &format!("{SELECT} ORDER BY path"), [], collection)
}

/// Returns the id of the root.
#[must_use]
pub fn root() -> CollectionId {
    builtin::root()
}
