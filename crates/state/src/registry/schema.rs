//! The registry's tables.

use rusqlite::Connection;
use store::Migration;

use crate::control::audit::AUDIT_TABLE;
use crate::feed::COPY_TABLES;

/// The schema's steps.
pub(super) const MIGRATIONS: &[Migration] = &[Migration::new(1, "first tables", first)];

/// Digests stand as one byte for the algorithm and the raw hash, ids as 16 bytes, times as milliseconds.
const FIRST: &str = "
CREATE TABLE repositories (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, owner BLOB NOT NULL,
  visibility INTEGER NOT NULL, description TEXT NOT NULL, long_description TEXT NOT NULL, created INTEGER NOT NULL,
  created_by BLOB, updated INTEGER NOT NULL, tag_count INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX repositories_owner ON repositories (owner, name);

CREATE TABLE repository_rights (repository BLOB NOT NULL, team BLOB NOT NULL, level INTEGER NOT NULL,
  PRIMARY KEY (repository, team)) WITHOUT ROWID;
CREATE INDEX repository_rights_team ON repository_rights (team);
CREATE TABLE namespace_rights (owner BLOB NOT NULL, team BLOB NOT NULL, level INTEGER NOT NULL,
  PRIMARY KEY (owner, team)) WITHOUT ROWID;
CREATE INDEX namespace_rights_team ON namespace_rights (team);

CREATE TABLE blobs (digest BLOB PRIMARY KEY, size INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE blob_locations (digest BLOB NOT NULL, member INTEGER NOT NULL, generation BLOB NOT NULL,
  created INTEGER NOT NULL, PRIMARY KEY (digest, member)) WITHOUT ROWID;
CREATE TABLE leases (digest BLOB NOT NULL, repository BLOB NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (digest, repository)) WITHOUT ROWID;
CREATE INDEX leases_repository ON leases (repository);
CREATE TABLE repository_blobs (repository BLOB NOT NULL, digest BLOB NOT NULL, added INTEGER NOT NULL,
  PRIMARY KEY (repository, digest)) WITHOUT ROWID;
CREATE INDEX repository_blobs_digest ON repository_blobs (digest);

CREATE TABLE manifests (digest BLOB NOT NULL UNIQUE, media_type TEXT NOT NULL, body TEXT NOT NULL,
  content_bytes INTEGER NOT NULL, artifact_type TEXT, annotations TEXT NOT NULL, platforms TEXT NOT NULL,
  created INTEGER NOT NULL);
CREATE TABLE repository_manifests (repository BLOB NOT NULL, digest BLOB NOT NULL, subject BLOB,
  pushed INTEGER NOT NULL, pushed_by TEXT, PRIMARY KEY (repository, digest)) WITHOUT ROWID;
CREATE INDEX repository_manifests_digest ON repository_manifests (digest);
CREATE INDEX repository_manifests_subject ON repository_manifests (repository, subject, digest)
  WHERE subject IS NOT NULL;
CREATE TABLE manifest_references (manifest BLOB NOT NULL, position INTEGER NOT NULL, role INTEGER NOT NULL,
  digest BLOB NOT NULL, size INTEGER NOT NULL, is_foreign INTEGER NOT NULL, PRIMARY KEY (manifest, position))
  WITHOUT ROWID;
CREATE INDEX manifest_references_digest ON manifest_references (digest);
CREATE TABLE tags (repository BLOB NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, pushed INTEGER NOT NULL,
  pushed_by TEXT, PRIMARY KEY (repository, name)) WITHOUT ROWID;
CREATE INDEX tags_digest ON tags (repository, digest);

CREATE TABLE token_keys (id TEXT PRIMARY KEY, sealed TEXT NOT NULL, public TEXT NOT NULL, created INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

fn first(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(FIRST)?;
    conn.execute_batch(AUDIT_TABLE)?;
    conn.execute_batch(COPY_TABLES)
}
