//! The registry's settings.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::control::row::{json, one, run, to_json};

/// What an administrator may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether a push creates its repository, in one's own namespace and where one administers the organization.
    pub create_on_push: bool,
    /// Whether the manifests of an index must exist when it is pushed.
    pub index_children_required: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { create_on_push: true, index_children_required: true }
    }
}

const NAME: &str = "registry";

pub(super) fn set(tx: &Connection, settings: &Settings) -> rusqlite::Result<()> {
    run(tx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)", params![NAME, to_json(settings)?])?;
    Ok(())
}

/// Returns the settings.
///
/// # Errors
/// If the query fails.
pub fn get(conn: &Connection) -> rusqlite::Result<Settings> {
    let found = one(conn, "SELECT value FROM settings WHERE name = ?1", [NAME], |row| json(row, 0))?;
    Ok(found.unwrap_or_default())
}
