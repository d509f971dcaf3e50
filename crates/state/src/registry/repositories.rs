//! Repositories.

use base::{AccountId, Direction, Order, RepositoryId, RepositoryName, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use store::ApplyContext;

use super::command::Reject;
use crate::control::row::{all, count, id, id_opt, int, one, parsed, run, time, to_json};
use crate::feed::copy;

/// Who may pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone, also without an account.
    Public,
    /// Whoever has a right.
    Private,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryRow {
    /// Its id.
    pub id: RepositoryId,
    /// Its whole name.
    pub name: RepositoryName,
    /// The account that owns the namespace; a later account of the same name is another one.
    pub owner: AccountId,
    /// Who may pull.
    pub visibility: Visibility,
    /// What it holds, in a sentence.
    pub description: String,
    /// What it holds, at length.
    pub long_description: String,
    /// When it was created.
    pub created: Timestamp,
    /// Who created it.
    pub created_by: Option<AccountId>,
    /// When something was last pushed or changed.
    pub updated: Timestamp,
    /// How many tags it has.
    pub tag_count: u64,
}

/// Creates a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryCreate {
    /// Its new id.
    pub id: RepositoryId,
    /// Its whole name.
    pub name: RepositoryName,
    /// The account that owns the namespace.
    pub owner: AccountId,
    /// Who may pull.
    pub visibility: Visibility,
    /// What it holds, in a sentence.
    pub description: String,
    /// What it holds, at length.
    pub long_description: String,
    /// Who creates it.
    pub actor: Option<AccountId>,
}

/// Changes a repository; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryUpdate {
    /// The repository.
    pub id: RepositoryId,
    /// Who may pull.
    pub visibility: Option<Visibility>,
    /// What it holds, in a sentence.
    pub description: Option<String>,
    /// What it holds, at length.
    pub long_description: Option<String>,
}

/// Whose eyes look at a list of repositories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Sees all: an administrator.
    pub is_admin: bool,
    /// The accounts whose namespaces are wholly visible: the user's own and organizations administered.
    pub owners: Vec<AccountId>,
    /// The teams whose rights count.
    pub teams: Vec<base::TeamId>,
}

fn visibility(row: &Row<'_>, column: usize) -> rusqlite::Result<Visibility> {
    match row.get::<_, i64>(column)? {
        0 => Ok(Visibility::Private),
        1 => Ok(Visibility::Public),
        other => Err(rusqlite::Error::FromSqlConversionFailure(
            column,
            Type::Integer,
            format!("{other} is no visibility").into(),
        )),
    }
}

fn visibility_column(visibility: Visibility) -> i64 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Public => 1,
    }
}

const COLUMNS: &str =
    "id, name, owner, visibility, description, long_description, created, created_by, updated, tag_count";

fn repository(row: &Row<'_>) -> rusqlite::Result<RepositoryRow> {
    Ok(RepositoryRow {
        id: id(row, 0)?,
        name: parsed(row, 1)?,
        owner: id(row, 2)?,
        visibility: visibility(row, 3)?,
        description: row.get(4)?,
        long_description: row.get(5)?,
        created: time(row, 6)?,
        created_by: id_opt(row, 7)?,
        updated: time(row, 8)?,
        tag_count: count(row, 9)?,
    })
}

/// Finds a repository by its name.
///
/// # Errors
/// If the query fails.
pub fn by_name(conn: &Connection, name: &RepositoryName) -> rusqlite::Result<Option<RepositoryRow>> {
    one(conn, &format!("SELECT {COLUMNS} FROM repositories WHERE name = ?1"), [name.as_str()], repository)
}

/// Finds a repository by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, repository_id: RepositoryId) -> rusqlite::Result<Option<RepositoryRow>> {
    one(conn, &format!("SELECT {COLUMNS} FROM repositories WHERE id = ?1"), [repository_id.as_bytes()], repository)
}

/// By what repositories are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RepositoryKey {
    /// By their names.
    #[default]
    Name,
    /// By when they were created.
    Created,
    /// By when something was last pushed or changed.
    Updated,
    /// By how many tags they have.
    Tags,
}

impl RepositoryKey {
    fn column(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Tags => "tag_count",
        }
    }

    /// Returns a repository's key, as a page's token keeps it.
    #[must_use]
    pub fn of(self, row: &RepositoryRow) -> String {
        match self {
            Self::Name => String::new(),
            Self::Created => row.created.as_millis().to_string(),
            Self::Updated => row.updated.as_millis().to_string(),
            Self::Tags => row.tag_count.to_string(),
        }
    }
}

/// Which repositories are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Of this namespace (`acme`) alone.
    pub namespace: Option<&'a str>,
    /// With this text in the name.
    pub contains: Option<&'a str>,
    /// How they are ordered.
    pub order: Order<RepositoryKey>,
    /// After this key and name.
    pub after: Option<(&'a str, &'a str)>,
}

/// Lists the repositories that a viewer may pull from.
///
/// # Errors
/// If the query fails.
pub fn page(
    conn: &Connection,
    viewer: &Viewer,
    listed: &Listed<'_>,
    limit: usize,
) -> rusqlite::Result<Vec<RepositoryRow>> {
    let hex = |bytes: &[u8; 16]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let owners: Vec<String> = viewer.owners.iter().map(|one| hex(one.as_bytes())).collect();
    let teams: Vec<String> = viewer.teams.iter().map(|one| hex(one.as_bytes())).collect();
    // A namespace is a range of names: `0` follows `/` in ASCII.
    let (low, high) = match listed.namespace {
        Some(namespace) => (format!("{namespace}/"), format!("{namespace}0")),
        None => (String::new(), "~".to_owned()),
    };
    let column = listed.order.by.column();
    let (beyond, direction) = match listed.order.direction {
        Direction::Ascending => (">", "ASC"),
        Direction::Descending => ("<", "DESC"),
    };
    // By name alone the index leads; a key before it would hide that from the planner.
    let (place, order) = match listed.order.by {
        RepositoryKey::Name => (format!("name {beyond} ?1"), format!("name {direction}")),
        _ => (format!("({column}, name) {beyond} (?9, ?1)"), format!("{column} {direction}, name {direction}")),
    };
    let place = if listed.after.is_some() { place } else { "?1 = ?1".to_owned() };
    let (key, name) = listed.after.unwrap_or_default();
    // A token of another list has no such key; it is a place all the same.
    let key: i64 = key.parse().unwrap_or_default();
    let sql = format!(
        "SELECT {COLUMNS} FROM repositories
         WHERE {place} AND ?9 = ?9 AND name >= ?2 AND name < ?3 AND (?4 = '' OR instr(name, ?4) > 0)
           AND (?5 OR visibility = 1
             OR owner IN (SELECT unhex(value) FROM json_each(?6))
             OR id IN (SELECT repository FROM repository_rights
                       WHERE team IN (SELECT unhex(value) FROM json_each(?7)))
             OR owner IN (SELECT owner FROM namespace_rights
                          WHERE team IN (SELECT unhex(value) FROM json_each(?7))))
         ORDER BY {order} LIMIT ?8"
    );
    all(
        conn,
        &sql,
        params![
            name,
            low,
            high,
            listed.contains.unwrap_or_default(),
            viewer.is_admin,
            to_json(&owners)?,
            to_json(&teams)?,
            int(limit as u64),
            key
        ],
        repository,
    )
}

/// Creates one; `Some` is the refusal.
pub(super) fn create(
    tx: &Connection,
    cx: &ApplyContext,
    command: &RepositoryCreate,
) -> rusqlite::Result<Option<Reject>> {
    let owner = copy::account_by_id(tx, command.owner)?;
    if owner.is_none_or(|owner| owner.name.as_str() != command.name.namespace().as_str()) {
        return Ok(Some(Reject::NamespaceUnknown));
    }
    if let Some(there) = by_name(tx, &command.name)? {
        return Ok(Some(Reject::RepositoryExists { repository: there.id }));
    }
    run(
        tx,
        "INSERT INTO repositories
         (id, name, owner, visibility, description, long_description, created, created_by, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7)",
        params![
            command.id.as_bytes(),
            command.name.as_str(),
            command.owner.as_bytes(),
            visibility_column(command.visibility),
            command.description,
            command.long_description,
            cx.now.as_millis(),
            command.actor.as_ref().map(|actor| *actor.as_bytes()),
        ],
    )?;
    Ok(None)
}

/// Changes one that exists.
pub(super) fn update(tx: &Connection, cx: &ApplyContext, command: &RepositoryUpdate) -> rusqlite::Result<()> {
    run(
        tx,
        "UPDATE repositories SET visibility = COALESCE(?2, visibility), description = COALESCE(?3, description),
         long_description = COALESCE(?4, long_description), updated = ?5 WHERE id = ?1",
        params![
            command.id.as_bytes(),
            command.visibility.map(visibility_column),
            command.description,
            command.long_description,
            cx.now.as_millis(),
        ],
    )?;
    Ok(())
}

/// Notes that something was pushed, and how the number of tags changed.
pub(super) fn touch(tx: &Connection, cx: &ApplyContext, repository: RepositoryId, tags: i64) -> rusqlite::Result<()> {
    run(
        tx,
        "UPDATE repositories SET updated = ?2, tag_count = tag_count + ?3 WHERE id = ?1",
        params![repository.as_bytes(), cx.now.as_millis(), tags],
    )?;
    Ok(())
}

/// Deletes one with all that hangs on it. The blobs' files stay until garbage collection.
pub(super) fn delete(tx: &Connection, repository: RepositoryId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM manifest_references WHERE manifest IN (SELECT digest FROM repository_manifests
         WHERE repository = ?1) AND NOT EXISTS (SELECT 1 FROM repository_manifests AS other
         WHERE other.digest = manifest AND other.repository <> ?1)",
        "DELETE FROM manifests WHERE digest IN (SELECT digest FROM repository_manifests WHERE repository = ?1)
         AND NOT EXISTS (SELECT 1 FROM repository_manifests AS other
         WHERE other.digest = manifests.digest AND other.repository <> ?1)",
        "DELETE FROM tags WHERE repository = ?1",
        "DELETE FROM repository_manifests WHERE repository = ?1",
        "DELETE FROM repository_blobs WHERE repository = ?1",
        "DELETE FROM leases WHERE repository = ?1",
        "DELETE FROM repository_rights WHERE repository = ?1",
        "DELETE FROM repositories WHERE id = ?1",
    ] {
        run(tx, sql, [repository.as_bytes()])?;
    }
    Ok(())
}
