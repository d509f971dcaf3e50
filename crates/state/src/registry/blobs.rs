//! Blobs: what exists, on which member, in which repository, and for how long it is held.

use base::{MemberId, RepositoryId, Timestamp, UploadId};
use oci::Digest;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use store::ApplyContext;

use super::column;
use crate::control::row::{all, count, exists, id, id_opt, int, one, run, time_opt};

/// Records a blob that is durable at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRecord {
    /// The repository that it was uploaded to.
    pub repository: RepositoryId,
    /// Its digest.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// The member on whose disk it is.
    pub member: MemberId,
    /// The physical upload: names the file, so that a late delete never hits a newer one.
    pub generation: UploadId,
    /// For how long no garbage collection may free it.
    pub lease_secs: i64,
}

/// A blob as a repository on one member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobHere {
    /// Its size.
    pub size_bytes: u64,
    /// The file on this member, if it has one.
    pub generation: Option<UploadId>,
    /// Until when it is held for this repository.
    pub lease: Option<Timestamp>,
}

/// Finds a blob of a repository, with its file on a member.
///
/// # Errors
/// If the query fails.
pub fn in_repository(
    conn: &Connection,
    repository: RepositoryId,
    digest: &Digest,
    member: MemberId,
) -> rusqlite::Result<Option<BlobHere>> {
    one(
        conn,
        "SELECT b.size, l.generation, h.expires FROM repository_blobs AS r JOIN blobs AS b ON b.digest = r.digest
         LEFT JOIN blob_locations AS l ON l.digest = r.digest AND l.member = ?3
         LEFT JOIN leases AS h ON h.digest = r.digest AND h.repository = r.repository
         WHERE r.repository = ?1 AND r.digest = ?2",
        params![repository.as_bytes(), digest.to_bytes(), int(member.0)],
        |row| Ok(BlobHere { size_bytes: count(row, 0)?, generation: id_opt(row, 1)?, lease: time_opt(row, 2)? }),
    )
}

/// Reports whether a repository has a blob.
///
/// # Errors
/// If the query fails.
pub fn has(conn: &Connection, repository: RepositoryId, digest: &Digest) -> rusqlite::Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM repository_blobs WHERE repository = ?1 AND digest = ?2",
        params![repository.as_bytes(), digest.to_bytes()],
    )
}

/// Reports whether a file on a member is recorded: what is not may be removed at start.
///
/// # Errors
/// If the query fails.
pub fn is_recorded(
    conn: &Connection,
    digest: &Digest,
    member: MemberId,
    generation: UploadId,
) -> rusqlite::Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM blob_locations WHERE digest = ?1 AND member = ?2 AND generation = ?3",
        params![digest.to_bytes(), int(member.0), generation.as_bytes()],
    )
}

/// Records one; returns the generation that counts on the member.
pub(super) fn record(tx: &Connection, cx: &ApplyContext, blob: &BlobRecord) -> rusqlite::Result<UploadId> {
    let digest = blob.digest.to_bytes();
    run(
        tx,
        "INSERT OR IGNORE INTO blobs (digest, size, created) VALUES (?1, ?2, ?3)",
        params![digest, int(blob.size_bytes), cx.now.as_millis()],
    )?;
    run(
        tx,
        "INSERT OR IGNORE INTO blob_locations (digest, member, generation, created) VALUES (?1, ?2, ?3, ?4)",
        params![digest, int(blob.member.0), blob.generation.as_bytes(), cx.now.as_millis()],
    )?;
    link(tx, cx, blob.repository, &digest)?;
    lease(tx, cx, blob.repository, &digest, blob.lease_secs)?;
    let counts = one(
        tx,
        "SELECT generation FROM blob_locations WHERE digest = ?1 AND member = ?2",
        params![digest, int(blob.member.0)],
        |row| id(row, 0),
    )?;
    Ok(counts.unwrap_or(blob.generation))
}

/// Lets a repository use a blob.
pub(super) fn link(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    digest: &[u8],
) -> rusqlite::Result<()> {
    run(
        tx,
        "INSERT OR IGNORE INTO repository_blobs (repository, digest, added) VALUES (?1, ?2, ?3)",
        params![repository.as_bytes(), digest, cx.now.as_millis()],
    )?;
    Ok(())
}

/// Holds a blob for a repository until some time from now; never shortens.
pub(super) fn lease(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    digest: &[u8],
    secs: i64,
) -> rusqlite::Result<()> {
    run(
        tx,
        "INSERT INTO leases (digest, repository, expires) VALUES (?1, ?2, ?3)
         ON CONFLICT (digest, repository) DO UPDATE SET expires = MAX(expires, excluded.expires)",
        params![digest, repository.as_bytes(), cx.now.plus_secs(secs.max(0)).as_millis()],
    )?;
    Ok(())
}

/// Takes a blob from a repository; its file stays until garbage collection.
pub(super) fn unlink(tx: &Connection, repository: RepositoryId, digest: &Digest) -> rusqlite::Result<()> {
    let key = params![repository.as_bytes(), digest.to_bytes()];
    run(tx, "DELETE FROM repository_blobs WHERE repository = ?1 AND digest = ?2", key)?;
    run(tx, "DELETE FROM leases WHERE repository = ?1 AND digest = ?2", key)?;
    Ok(())
}

/// Returns a manifest of the repository that needs a blob.
pub(super) fn needed_by(
    tx: &Connection,
    repository: RepositoryId,
    digest: &Digest,
) -> rusqlite::Result<Option<Digest>> {
    one(
        tx,
        "SELECT f.manifest FROM manifest_references AS f JOIN repository_manifests AS m
         ON m.digest = f.manifest AND m.repository = ?1 WHERE f.digest = ?2 LIMIT 1",
        params![repository.as_bytes(), digest.to_bytes()],
        |row| column::digest(row, 0),
    )
}

/// Lists the leases that are over at a time, for those who watch over space.
///
/// # Errors
/// If the query fails.
pub fn leases_over(conn: &Connection, at: Timestamp, limit: usize) -> rusqlite::Result<Vec<(RepositoryId, Digest)>> {
    all(
        conn,
        "SELECT repository, digest FROM leases WHERE expires <= ?1 LIMIT ?2",
        params![at.as_millis(), int(limit as u64)],
        |row| Ok((id(row, 0)?, column::digest(row, 1)?)),
    )
}
