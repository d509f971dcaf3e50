//! Tags.

use base::{RepositoryId, Timestamp};
use oci::{Digest, MediaType, Platform, Tag};
use rusqlite::{Connection, Row, params};
use store::ApplyContext;

use super::{column, repositories};
use crate::control::row::{all, count, exists, int, json, one, parsed, run, time};

/// A tag with what lists show of its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    /// The tag.
    pub name: Tag,
    /// What it points to.
    pub digest: Digest,
    /// The manifest's media type.
    pub media_type: MediaType,
    /// Manifest, config and layers together; of an index its own body alone.
    pub size_bytes: u64,
    /// The platforms, if known.
    pub platforms: Vec<Platform>,
    /// When it was pushed.
    pub pushed: Timestamp,
    /// Who pushed it.
    pub pushed_by: Option<String>,
}

/// Returns what a tag points to.
///
/// # Errors
/// If the query fails.
pub fn resolve(conn: &Connection, repository: RepositoryId, tag: &Tag) -> rusqlite::Result<Option<Digest>> {
    one(
        conn,
        "SELECT digest FROM tags WHERE repository = ?1 AND name = ?2",
        params![repository.as_bytes(), tag.as_str()],
        |row| column::digest(row, 0),
    )
}

/// Lists names of tags in their order, after one.
///
/// # Errors
/// If the query fails.
pub fn names(
    conn: &Connection,
    repository: RepositoryId,
    after: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<String>> {
    all(
        conn,
        "SELECT name FROM tags WHERE repository = ?1 AND name > ?2 ORDER BY name LIMIT ?3",
        params![repository.as_bytes(), after.unwrap_or_default(), int(limit as u64)],
        |row| row.get(0),
    )
}

const SELECT: &str =
    "SELECT t.name, t.digest, m.media_type, m.content_bytes + length(CAST(m.body AS BLOB)), m.platforms,
  t.pushed, t.pushed_by FROM tags AS t JOIN manifests AS m ON m.digest = t.digest";

fn tag(row: &Row<'_>) -> rusqlite::Result<TagRow> {
    Ok(TagRow {
        name: parsed(row, 0)?,
        digest: column::digest(row, 1)?,
        media_type: parsed(row, 2)?,
        size_bytes: count(row, 3)?,
        platforms: json(row, 4)?,
        pushed: time(row, 5)?,
        pushed_by: row.get(6)?,
    })
}

/// Lists tags in the order of their names, after one.
///
/// # Errors
/// If the query fails.
pub fn page(
    conn: &Connection,
    repository: RepositoryId,
    after: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<TagRow>> {
    all(
        conn,
        &format!("{SELECT} WHERE t.repository = ?1 AND t.name > ?2 ORDER BY t.name LIMIT ?3"),
        params![repository.as_bytes(), after.unwrap_or_default(), int(limit as u64)],
        tag,
    )
}

/// Finds one tag.
///
/// # Errors
/// If the query fails.
pub fn view(conn: &Connection, repository: RepositoryId, name: &Tag) -> rusqlite::Result<Option<TagRow>> {
    one(
        conn,
        &format!("{SELECT} WHERE t.repository = ?1 AND t.name = ?2"),
        params![repository.as_bytes(), name.as_str()],
        tag,
    )
}

/// Lists the tags that point to a manifest.
pub(super) fn pointing_to(tx: &Connection, repository: RepositoryId, digest: &Digest) -> rusqlite::Result<Vec<Tag>> {
    all(
        tx,
        "SELECT name FROM tags WHERE repository = ?1 AND digest = ?2 ORDER BY name",
        params![repository.as_bytes(), digest.to_bytes()],
        |row| parsed(row, 0),
    )
}

/// Sets a tag; returns whether it is a new one.
pub(super) fn set(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    tag: &Tag,
    digest: &[u8],
    actor: Option<&str>,
) -> rusqlite::Result<bool> {
    let key = params![repository.as_bytes(), tag.as_str()];
    let was_there = exists(tx, "SELECT 1 FROM tags WHERE repository = ?1 AND name = ?2", key)?;
    run(
        tx,
        "INSERT INTO tags (repository, name, digest, pushed, pushed_by) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (repository, name) DO UPDATE
         SET digest = excluded.digest, pushed = excluded.pushed, pushed_by = excluded.pushed_by",
        params![repository.as_bytes(), tag.as_str(), digest, cx.now.as_millis(), actor],
    )?;
    Ok(!was_there)
}

/// Deletes a tag; returns whether it was there.
pub(super) fn delete(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    tag: &Tag,
) -> rusqlite::Result<bool> {
    let key = params![repository.as_bytes(), tag.as_str()];
    let gone = run(tx, "DELETE FROM tags WHERE repository = ?1 AND name = ?2", key)?;
    if gone > 0 {
        repositories::touch(tx, cx, repository, -1)?;
    }
    Ok(gone > 0)
}
