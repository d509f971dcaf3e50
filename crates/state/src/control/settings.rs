//! Settings (plain JSON values) and sealed secrets (ciphertext only).

use base::Timestamp;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::{Change, Outcome};
use super::command::{Event, Reply};
use super::reject::Reject;
use super::row::{all, exists, json, one, run, time, to_json};

/// The names of the settings that several crates read.
pub mod names {
    /// The cluster's id, set at first start.
    pub const CLUSTER: &str = "cluster_id";
    /// The names under which servers are known: a list of `host` or `host:port`.
    pub const EXTERNAL_NAMES: &str = "external_names";
    /// Whether every user may schedule on all nodes.
    pub const SCHEDULE_ON_ALL_NODES: &str = "schedule_on_all_nodes";
    /// Where the control plane is reached, if not under the external names.
    pub const CONTROL_URL: &str = "control_url";
    /// Where the registry is reached, if not under the external names.
    pub const REGISTRY_URL: &str = "registry_url";
    /// The role of a new user on its private collection.
    pub const DEFAULT_NEW_USER_ROLE: &str = "default_new_user_role";
    /// How long sessions last and how many there may be.
    pub const SESSIONS: &str = "sessions";
    /// Who may make repositories by pushing.
    pub const CREATE_REPOSITORY_BY_PUSH: &str = "create_repository_by_push";
    /// The version shown to engine clients.
    pub const VERSION_SHOWN: &str = "version_shown";
}

/// Sets or removes a setting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettingSet {
    /// Its name.
    pub name: String,
    /// Its value; `None` removes it.
    pub value: Option<Value>,
    /// Leaves a value that is set already; answers [`Reply::Unchanged`] then.
    pub only_if_absent: bool,
}

/// Sets or removes a sealed secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecretSet {
    /// Its name.
    pub name: String,
    /// The ciphertext; `None` removes it.
    pub sealed: Option<Vec<u8>>,
    /// Leaves a secret that is set already; answers [`Reply::Unchanged`] then.
    pub only_if_absent: bool,
}

fn check(name: &str, size: usize) -> Outcome {
    if name.is_empty() || name.len() > 128 {
        return Err(Reject::TooLarge { what: "the name".to_owned(), limit: 128 }.into());
    }
    if size > 65_536 {
        return Err(Reject::TooLarge { what: "the value".to_owned(), limit: 65_536 }.into());
    }
    Ok(())
}

pub(super) fn set(change: &mut Change<'_>, set: &SettingSet) -> Outcome<Reply> {
    let Some(value) = &set.value else {
        run(change.tx, "DELETE FROM settings WHERE name = ?1", [&set.name])?;
        change.event(Event::Setting(set.name.clone()));
        return Ok(Reply::Done);
    };
    let text = to_json(value)?;
    check(&set.name, text.len())?;
    if set.only_if_absent && exists(change.tx, "SELECT 1 FROM settings WHERE name = ?1", [&set.name])? {
        return Ok(Reply::Unchanged);
    }
    run(
        change.tx,
        "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        params![set.name, text],
    )?;
    change.event(Event::Setting(set.name.clone()));
    Ok(Reply::Done)
}

pub(super) fn secret_set(change: &mut Change<'_>, set: &SecretSet) -> Outcome<Reply> {
    let Some(sealed) = &set.sealed else {
        run(change.tx, "DELETE FROM secrets WHERE name = ?1", [&set.name])?;
        change.event(Event::Setting(set.name.clone()));
        return Ok(Reply::Done);
    };
    check(&set.name, sealed.len())?;
    if set.only_if_absent && exists(change.tx, "SELECT 1 FROM secrets WHERE name = ?1", [&set.name])? {
        return Ok(Reply::Unchanged);
    }
    run(
        change.tx,
        "INSERT INTO secrets (name, sealed, changed) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed, changed = excluded.changed",
        params![set.name, sealed, change.now.as_millis()],
    )?;
    change.event(Event::Setting(set.name.clone()));
    Ok(Reply::Done)
}

/// Returns a setting's value.
///
/// # Errors
/// If the query fails.
pub fn get(conn: &Connection, name: &str) -> rusqlite::Result<Option<Value>> {
    one(conn, "SELECT value FROM settings WHERE name = ?1", [name], |row| json(row, 0))
}

/// Returns a setting as a type; `None` if it is not set or has another form.
///
/// # Errors
/// If the query fails.
pub fn get_as<T: serde::de::DeserializeOwned>(conn: &Connection, name: &str) -> rusqlite::Result<Option<T>> {
    Ok(get(conn, name)?.and_then(|value| serde_json::from_value(value).ok()))
}

/// Lists all settings by name.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<(String, Value)>> {
    all(conn, "SELECT name, value FROM settings ORDER BY name", [], |row| Ok((row.get(0)?, json(row, 1)?)))
}

/// Returns a secret's ciphertext.
///
/// # Errors
/// If the query fails.
pub fn secret(conn: &Connection, name: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    one(conn, "SELECT sealed FROM secrets WHERE name = ?1", [name], |row| row.get(0))
}

/// Lists the names of all secrets and when each was changed.
///
/// # Errors
/// If the query fails.
pub fn secret_names(conn: &Connection) -> rusqlite::Result<Vec<(String, Timestamp)>> {
    all(conn, "SELECT name, changed FROM secrets ORDER BY name", [], |row| Ok((row.get(0)?, time(row, 1)?)))
}
