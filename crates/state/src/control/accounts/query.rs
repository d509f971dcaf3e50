//! What is read of accounts.

use base::{AccountId, AccountName, Page, PageLimit, PageToken};
use rusqlite::{Connection, Row, params};

use super::{Account, AccountKind};
use crate::control::DOCKER_DATACENTER;
use crate::control::row::{all, count, exists, id, int, one, parsed, parsed_opt, time};

const COLUMNS: &str = "id, name, kind, full_name, is_active, is_admin, epoch, default_collection, created";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: id(row, 0)?,
        name: parsed(row, 1)?,
        kind: AccountKind::from_column(row, 2)?,
        full_name: row.get(3)?,
        is_active: row.get(4)?,
        is_admin: row.get(5)?,
        epoch: count(row, 6)?,
        default_collection: parsed_opt(row, 7)?,
        created: time(row, 8)?,
    })
}

/// Finds an account by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, account_id: AccountId) -> rusqlite::Result<Option<Account>> {
    one(conn, &format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1"), [account_id.as_bytes()], account)
}

/// Finds an account by its name.
///
/// # Errors
/// If the query fails.
pub fn by_name(conn: &Connection, name: &AccountName) -> rusqlite::Result<Option<Account>> {
    one(conn, &format!("SELECT {COLUMNS} FROM accounts WHERE name = ?1"), [name.as_str()], account)
}

/// Finds a user by name, with the password's hash: for sign-in alone.
///
/// # Errors
/// If the query fails.
pub fn password_by_name(conn: &Connection, name: &AccountName) -> rusqlite::Result<Option<(Account, Option<String>)>> {
    let sql = format!("SELECT {COLUMNS}, password FROM accounts WHERE name = ?1 AND kind = 0");
    one(conn, &sql, [name.as_str()], |row| Ok((account(row)?, row.get(9)?)))
}

/// Reports whether there is an active administrator.
///
/// # Errors
/// If the query fails.
pub fn has_admin(conn: &Connection) -> rusqlite::Result<bool> {
    exists(conn, "SELECT 1 FROM accounts WHERE is_admin AND is_active", [])
}

/// Lists all accounts by id.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Account>> {
    all(conn, &format!("SELECT {COLUMNS} FROM accounts ORDER BY id"), [], account)
}

/// Which accounts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of this kind alone.
    pub kind: Option<AccountKind>,
    /// Active or inactive ones alone.
    pub is_active: Option<bool>,
    /// Administrators or others alone.
    pub is_admin: Option<bool>,
    /// With this text in the name or full name.
    pub contains: Option<String>,
    /// Only what this user may know: itself, its organizations, and their members; `docker-datacenter`, which
    /// everybody is in, does not count.
    pub visible_to: Option<AccountId>,
}

/// Lists accounts by name.
///
/// # Errors
/// If the query fails.
pub fn list(
    conn: &Connection,
    filter: &AccountFilter,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<Account>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts WHERE name > ?1
         AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR is_active = ?3) AND (?4 IS NULL OR is_admin = ?4)
         AND (?5 IS NULL OR instr(name, ?5) OR instr(lower(full_name), ?5))
         AND (?6 IS NULL OR id = ?6
              OR id IN (SELECT organization FROM organization_members WHERE account = ?6)
              OR id IN (SELECT account FROM organization_members WHERE organization IN
                        (SELECT organization FROM organization_members WHERE account = ?6 AND organization <> ?7)))
         ORDER BY name LIMIT ?8"
    );
    let rows = all(
        conn,
        &sql,
        params![
            after.map_or("", |token| token.0.as_str()),
            filter.kind.map(AccountKind::column),
            filter.is_active,
            filter.is_admin,
            filter.contains.as_ref().map(|text| text.to_lowercase()),
            filter.visible_to.as_ref().map(AccountId::as_bytes),
            DOCKER_DATACENTER.as_bytes(),
            int(limit.get() as u64 + 1),
        ],
        account,
    )?;
    Ok(Page::from_rows(rows, limit, |account| account.name.to_string()))
}
