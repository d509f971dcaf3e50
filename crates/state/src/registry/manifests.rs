//! Manifests, what they reference, and who refers to them.

use std::collections::BTreeMap;

use base::{RepositoryId, Timestamp};
use oci::{Digest, MediaType, Platform, Role, Tag};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use store::ApplyContext;

use super::{blobs, column, repositories, settings, tags};
use crate::control::row::{all, count, exists, int, json, one, parsed, parsed_opt, run, time, to_json};

/// Records a manifest and, if asked, its tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestPut {
    /// The repository.
    pub repository: RepositoryId,
    /// The manifest's digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: MediaType,
    /// Its bytes; JSON is text.
    pub body: String,
    /// What it references, in its order.
    pub references: Vec<StoredReference>,
    /// The manifest that it is about.
    pub subject: Option<Digest>,
    /// What kind of artifact it is.
    pub artifact_type: Option<MediaType>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// The platforms that it runs on, if known.
    pub platforms: Vec<Platform>,
    /// Config and layers together.
    pub content_bytes: u64,
    /// The tag to set.
    pub tag: Option<Tag>,
    /// What the pusher is called.
    pub actor_name: Option<String>,
}

/// One content that a manifest needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReference {
    /// Config, layer or a manifest of an index.
    pub role: ReferenceRole,
    /// Its digest.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// Whether it may be absent because it is fetched elsewhere.
    pub is_foreign: bool,
}

/// What a referenced content is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceRole {
    /// The configuration.
    Config,
    /// A layer.
    Layer,
    /// A manifest of an index.
    Child,
}

impl From<Role> for ReferenceRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Config => Self::Config,
            Role::Layer => Self::Layer,
            Role::Child => Self::Child,
        }
    }
}

impl ReferenceRole {
    fn column(self) -> i64 {
        match self {
            Self::Config => 1,
            Self::Layer => 2,
            Self::Child => 3,
        }
    }
}

/// A manifest of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestRow {
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: MediaType,
    /// Its bytes.
    pub body: String,
}

/// A manifest that is about another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: MediaType,
    /// Its size.
    pub size_bytes: u64,
    /// What kind of artifact it is.
    pub artifact_type: Option<MediaType>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
}

/// Finds a manifest of a repository.
///
/// # Errors
/// If the query fails.
pub fn in_repository(
    conn: &Connection,
    repository: RepositoryId,
    digest: &Digest,
) -> rusqlite::Result<Option<ManifestRow>> {
    one(
        conn,
        "SELECT m.media_type, m.body FROM repository_manifests AS r JOIN manifests AS m ON m.digest = r.digest
         WHERE r.repository = ?1 AND r.digest = ?2",
        params![repository.as_bytes(), digest.to_bytes()],
        |row| Ok(ManifestRow { digest: digest.clone(), media_type: parsed(row, 0)?, body: row.get(1)? }),
    )
}

/// Reports whether a repository has a manifest.
///
/// # Errors
/// If the query fails.
pub fn has(conn: &Connection, repository: RepositoryId, digest: &Digest) -> rusqlite::Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM repository_manifests WHERE repository = ?1 AND digest = ?2",
        params![repository.as_bytes(), digest.to_bytes()],
    )
}

/// Lists the manifests of a repository that are about a digest, in the order of their digests, after one.
///
/// # Errors
/// If the query fails.
pub fn referrers(
    conn: &Connection,
    repository: RepositoryId,
    subject: &Digest,
    artifact_type: Option<&str>,
    after: Option<&Digest>,
    limit: usize,
) -> rusqlite::Result<Vec<Referrer>> {
    all(
        conn,
        "SELECT m.digest, m.media_type, length(CAST(m.body AS BLOB)), m.artifact_type, m.annotations
         FROM repository_manifests AS r JOIN manifests AS m ON m.digest = r.digest
         WHERE r.repository = ?1 AND r.subject = ?2 AND r.digest > ?3 AND (?4 = '' OR m.artifact_type = ?4)
         ORDER BY r.digest LIMIT ?5",
        params![
            repository.as_bytes(),
            subject.to_bytes(),
            after.map(Digest::to_bytes).unwrap_or_default(),
            artifact_type.unwrap_or_default(),
            int(limit as u64)
        ],
        |row| {
            Ok(Referrer {
                digest: column::digest(row, 0)?,
                media_type: parsed(row, 1)?,
                size_bytes: count(row, 2)?,
                artifact_type: parsed_opt(row, 3)?,
                annotations: json(row, 4)?,
            })
        },
    )
}

/// When a manifest came to a repository, and by whom.
///
/// # Errors
/// If the query fails.
pub fn pushed(
    conn: &Connection,
    repository: RepositoryId,
    digest: &Digest,
) -> rusqlite::Result<Option<(Timestamp, Option<String>)>> {
    one(
        conn,
        "SELECT pushed, pushed_by FROM repository_manifests WHERE repository = ?1 AND digest = ?2",
        params![repository.as_bytes(), digest.to_bytes()],
        |row| Ok((time(row, 0)?, row.get(1)?)),
    )
}

/// Returns what a manifest needs and the repository does not have, each once, at most twenty.
pub(super) fn absent(tx: &Connection, put: &ManifestPut) -> rusqlite::Result<Vec<Digest>> {
    let children = settings::get(tx)?.index_children_required;
    let mut absent = Vec::new();
    for reference in &put.references {
        let is_there = match reference.role {
            ReferenceRole::Child => !children || has(tx, put.repository, &reference.digest)?,
            ReferenceRole::Config | ReferenceRole::Layer => {
                reference.is_foreign || blobs::has(tx, put.repository, &reference.digest)?
            }
        };
        if !is_there && !absent.contains(&reference.digest) {
            absent.push(reference.digest.clone());
        }
        if absent.len() >= 20 {
            break;
        }
    }
    Ok(absent)
}

/// Records a manifest whose needs are met; returns whether the repository did not have it before.
pub(super) fn put(tx: &Connection, cx: &ApplyContext, put: &ManifestPut) -> rusqlite::Result<bool> {
    let digest = put.digest.to_bytes();
    let stored = run(
        tx,
        "INSERT OR IGNORE INTO manifests
         (digest, media_type, body, content_bytes, artifact_type, annotations, platforms, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            digest,
            put.media_type.as_str(),
            put.body,
            int(put.content_bytes),
            put.artifact_type.as_ref().map(MediaType::as_str),
            to_json(&put.annotations)?,
            to_json(&put.platforms)?,
            cx.now.as_millis()
        ],
    )?;
    if stored > 0 {
        for (position, reference) in put.references.iter().enumerate() {
            run(
                tx,
                "INSERT INTO manifest_references (manifest, position, role, digest, size, is_foreign)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    digest,
                    int(position as u64),
                    reference.role.column(),
                    reference.digest.to_bytes(),
                    int(reference.size_bytes),
                    reference.is_foreign
                ],
            )?;
        }
    }
    let linked = run(
        tx,
        "INSERT OR IGNORE INTO repository_manifests (repository, digest, subject, pushed, pushed_by)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            put.repository.as_bytes(),
            digest,
            put.subject.as_ref().map(Digest::to_bytes),
            cx.now.as_millis(),
            put.actor_name
        ],
    )?;
    let added = match &put.tag {
        Some(tag) => tags::set(tx, cx, put.repository, tag, &digest, put.actor_name.as_deref())?,
        None => false,
    };
    repositories::touch(tx, cx, put.repository, i64::from(added))?;
    Ok(linked > 0)
}

/// Deletes a manifest of a repository; returns the tags that went with it.
pub(super) fn delete(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    digest: &Digest,
) -> rusqlite::Result<Vec<Tag>> {
    let tags = tags::pointing_to(tx, repository, digest)?;
    let bytes = digest.to_bytes();
    let key = params![repository.as_bytes(), bytes];
    run(tx, "DELETE FROM tags WHERE repository = ?1 AND digest = ?2", key)?;
    run(tx, "DELETE FROM repository_manifests WHERE repository = ?1 AND digest = ?2", key)?;
    if !exists(tx, "SELECT 1 FROM repository_manifests WHERE digest = ?1", [&bytes])? {
        run(tx, "DELETE FROM manifest_references WHERE manifest = ?1", [&bytes])?;
        run(tx, "DELETE FROM manifests WHERE digest = ?1", [&bytes])?;
    }
    let gone = i64::try_from(tags.len()).unwrap_or(i64::MAX);
    repositories::touch(tx, cx, repository, -gone)?;
    Ok(tags)
}
