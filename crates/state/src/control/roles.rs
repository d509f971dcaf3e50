//! Custom roles; the built-in ones stand in `access`.

use access::Role;
use base::{RoleId, Timestamp};
use rusqlite::{Connection, Row, params};

use super::apply::{Change, Outcome};
use super::command::Event;
use super::reject::Reject;
use super::row::{all, count, exists, json, one, parsed, run, to_json};

/// How many roles there may be.
const LIMIT: u32 = 1000;

fn builtin(role: &RoleId) -> Option<Role> {
    access::builtin_roles().into_iter().find(|builtin| builtin.id == *role)
}

pub(super) fn create(change: &mut Change<'_>, role: &Role) -> Outcome {
    let length = role.name.chars().count();
    if !(1..=64).contains(&length) || role.name.chars().any(char::is_control) {
        return Err(Reject::TooLarge { what: "the role's name".to_owned(), limit: 64 }.into());
    }
    let taken = access::builtin_roles().iter().any(|builtin| builtin.name == role.name)
        || exists(change.tx, "SELECT 1 FROM roles WHERE name = ?1", [&role.name])?;
    if taken {
        return Err(Reject::RoleNameTaken { name: role.name.clone() }.into());
    }
    if by_id(change.tx, &role.id)?.is_some() {
        return Err(Reject::Exists { what: format!("role `{}`", role.id) }.into());
    }
    if one(change.tx, "SELECT COUNT(*) FROM roles", [], |row| count(row, 0))? >= Some(u64::from(LIMIT)) {
        return Err(Reject::TooMany { what: "roles".to_owned(), limit: LIMIT }.into());
    }
    run(
        change.tx,
        "INSERT INTO roles (id, name, operations, created) VALUES (?1, ?2, ?3, ?4)",
        params![role.id.as_str(), role.name, to_json(&role.rights)?, change.now.as_millis()],
    )?;
    change.event(Event::Access);
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, role: &RoleId) -> Outcome {
    if builtin(role).is_some() {
        return Err(Reject::BuiltIn { what: format!("role `{role}`") }.into());
    }
    require(change.tx, role)?;
    let sql = "SELECT COUNT(*) FROM grants WHERE role = ?1";
    let grants = one(change.tx, sql, [role.as_str()], |row| count(row, 0))?.unwrap_or(0);
    if grants > 0 {
        return Err(Reject::RoleUsed { role: role.clone(), grants }.into());
    }
    run(change.tx, "DELETE FROM roles WHERE id = ?1", [role.as_str()])?;
    change.event(Event::Access);
    Ok(())
}

/// Loads a role that a command names, built in or custom.
pub(super) fn require(conn: &Connection, role: &RoleId) -> Outcome<Role> {
    by_id(conn, role)?.ok_or_else(|| Reject::RoleUnknown { role: role.clone() }.into())
}

fn role(row: &Row<'_>) -> rusqlite::Result<Role> {
    Ok(Role { id: parsed(row, 0)?, name: row.get(1)?, system: false, rights: json(row, 2)? })
}

/// Finds a role by its id, built in or custom.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, role_id: &RoleId) -> rusqlite::Result<Option<Role>> {
    if let Some(builtin) = builtin(role_id) {
        return Ok(Some(builtin));
    }
    one(conn, "SELECT id, name, operations FROM roles WHERE id = ?1", [role_id.as_str()], role)
}

/// Lists all roles: the built-in ones, then custom ones by name.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Role>> {
    let mut roles = access::builtin_roles();
    roles.extend(all(conn, "SELECT id, name, operations FROM roles ORDER BY name", [], role)?);
    Ok(roles)
}

/// Returns when a custom role was made.
///
/// # Errors
/// If the query fails.
pub fn created(conn: &Connection, role: &RoleId) -> rusqlite::Result<Option<Timestamp>> {
    one(conn, "SELECT created FROM roles WHERE id = ?1", [role.as_str()], |row| super::row::time(row, 0))
}
