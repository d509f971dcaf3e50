//! The control store's tables.

use access::{GrantSubject, builtin, role_ids};
use base::AccountId;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::audit::AUDIT_TABLE;
use super::grants::subject_columns;
use crate::feed::LOG_TABLE;

/// The organization that contains every user; default grants name it.
pub const DOCKER_DATACENTER: AccountId =
    AccountId::from_uuid(Uuid::from_u128(0x0d0c_0e00_0000_7000_8000_0000_0000_0001));

/// Its name.
pub const DOCKER_DATACENTER_NAME: &str = "docker-datacenter";

const TABLES: &str = "
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE accounts (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, full_name TEXT NOT NULL,
  password TEXT, is_active INTEGER NOT NULL, is_admin INTEGER NOT NULL, epoch INTEGER NOT NULL,
  default_collection TEXT, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX accounts_admins ON accounts (is_admin) WHERE is_admin;
CREATE INDEX accounts_default_collection ON accounts (default_collection);
CREATE TABLE organization_members (organization BLOB NOT NULL, account BLOB NOT NULL, is_owner INTEGER NOT NULL,
  PRIMARY KEY (organization, account)) WITHOUT ROWID;
CREATE INDEX organization_members_account ON organization_members (account);
CREATE TABLE teams (id BLOB PRIMARY KEY, organization BLOB NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  created INTEGER NOT NULL, UNIQUE (organization, name)) WITHOUT ROWID;
CREATE TABLE team_members (team BLOB NOT NULL, account BLOB NOT NULL, PRIMARY KEY (team, account)) WITHOUT ROWID;
CREATE INDEX team_members_account ON team_members (account);

CREATE TABLE sessions (id BLOB PRIMARY KEY, account BLOB NOT NULL, hash BLOB NOT NULL UNIQUE, created INTEGER NOT NULL,
  used INTEGER NOT NULL, expires INTEGER NOT NULL, lifetime_secs INTEGER NOT NULL, renewal_secs INTEGER NOT NULL,
  address TEXT NOT NULL, agent TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account, used);
CREATE INDEX sessions_expires ON sessions (expires);
CREATE TABLE access_tokens (id BLOB PRIMARY KEY, account BLOB NOT NULL, label TEXT NOT NULL, hash BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL, expires INTEGER, used INTEGER) WITHOUT ROWID;
CREATE INDEX access_tokens_account ON access_tokens (account, id);
CREATE TABLE certificates (id BLOB PRIMARY KEY, account BLOB NOT NULL, label TEXT NOT NULL,
  fingerprint BLOB NOT NULL UNIQUE, public_key TEXT NOT NULL, pem TEXT NOT NULL, created INTEGER NOT NULL,
  expires INTEGER NOT NULL, used INTEGER) WITHOUT ROWID;
CREATE INDEX certificates_account ON certificates (account, id);

CREATE TABLE roles (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, operations TEXT NOT NULL,
  created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE collections (id TEXT PRIMARY KEY, parent TEXT, path TEXT NOT NULL UNIQUE, built_in INTEGER NOT NULL,
  created INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX collections_parent ON collections (parent);
CREATE TABLE grants (kind INTEGER NOT NULL, subject BLOB NOT NULL, role TEXT NOT NULL, collection TEXT NOT NULL,
  created INTEGER NOT NULL, PRIMARY KEY (kind, subject, role, collection)) WITHOUT ROWID;
CREATE INDEX grants_role ON grants (role);
CREATE INDEX grants_collection ON grants (collection);

CREATE TABLE join_tokens (id BLOB PRIMARY KEY, hash BLOB NOT NULL UNIQUE, role TEXT NOT NULL, label TEXT NOT NULL,
  created_by BLOB, created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER, node BLOB) WITHOUT ROWID;
CREATE TABLE nodes (id BLOB PRIMARY KEY, cluster BLOB NOT NULL, name TEXT NOT NULL, fingerprint BLOB UNIQUE,
  role TEXT NOT NULL, collection TEXT NOT NULL, engine TEXT, swarm_node TEXT, inventory TEXT NOT NULL,
  created INTEGER NOT NULL, seen INTEGER NOT NULL, UNIQUE (cluster, name)) WITHOUT ROWID;
CREATE INDEX nodes_collection ON nodes (collection);
CREATE TABLE pull_credentials (id BLOB PRIMARY KEY, cluster BLOB NOT NULL, service TEXT, service_name TEXT NOT NULL,
  owner BLOB NOT NULL, repositories TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX pull_credentials_service ON pull_credentials (cluster, service);
CREATE INDEX pull_credentials_owner ON pull_credentials (owner);
";

/// Makes the first tables with what is built in: the collections, the organization of all users and its grant
/// of Scheduler on `/Shared`.
pub(super) fn first(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(TABLES)?;
    conn.execute_batch(AUDIT_TABLE)?;
    conn.execute_batch(LOG_TABLE)?;
    for collection in builtin::collections() {
        conn.execute(
            "INSERT INTO collections (id, parent, path, built_in, created) VALUES (?1, ?2, ?3, TRUE, 0)",
            params![
                collection.id.as_str(),
                collection.parent.as_ref().map(base::CollectionId::as_str),
                collection.path.as_str()
            ],
        )?;
    }
    conn.execute(
        "INSERT INTO accounts (id, name, kind, full_name, is_active, is_admin, epoch, created)
         VALUES (?1, ?2, 1, 'Every user', TRUE, FALSE, 1, 0)",
        params![DOCKER_DATACENTER.as_bytes(), DOCKER_DATACENTER_NAME],
    )?;
    let (kind, subject) = subject_columns(&GrantSubject::Organization(DOCKER_DATACENTER));
    conn.execute(
        "INSERT INTO grants (kind, subject, role, collection, created) VALUES (?1, ?2, ?3, ?4, 0)",
        params![kind, subject, role_ids::SCHEDULER, builtin::SHARED],
    )?;
    Ok(())
}
