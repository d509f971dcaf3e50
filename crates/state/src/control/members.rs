//! Members of organizations.

use base::{AccountId, AccountName, Page, PageLimit, PageToken};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::apply::{Change, Outcome};
use super::command::Event;
use super::reject::Reject;
use super::row::{all, exists, id, int, one, parsed, run};
use super::{DOCKER_DATACENTER, DOCKER_DATACENTER_NAME, accounts};
use crate::feed::FeedEntry;

/// A user's standing in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSet {
    /// The organization.
    pub organization: AccountId,
    /// The user.
    pub account: AccountId,
    /// Whether the user administers the organization; absent leaves what is so, and means no for a new member.
    pub is_owner: Option<bool>,
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub account: AccountId,
    /// The user's name.
    pub name: AccountName,
    /// The user's name for people.
    pub full_name: String,
    /// Whether the user administers the organization.
    pub is_owner: bool,
}

/// An organization that a user belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: AccountId,
    /// The user.
    pub account: AccountId,
    /// Whether the user administers it.
    pub is_owner: bool,
}

fn built_in() -> Reject {
    Reject::BuiltIn { what: format!("membership of `{DOCKER_DATACENTER_NAME}`") }
}

pub(super) fn set(change: &mut Change<'_>, member: &MemberSet) -> Outcome {
    accounts::require_organization(change.tx, member.organization)?;
    accounts::require_user(change.tx, member.account)?;
    if member.organization == DOCKER_DATACENTER && member.is_owner == Some(true) {
        return Err(built_in().into());
    }
    let known = membership(change.tx, member.organization, member.account)?;
    let is_owner = member.is_owner.unwrap_or(known.is_some_and(|known| known.is_owner));
    insert(change, member.organization, member.account, is_owner)
}

/// Writes a membership whose accounts are known to exist.
pub(super) fn insert(change: &mut Change<'_>, organization: AccountId, account: AccountId, is_owner: bool) -> Outcome {
    run(
        change.tx,
        "INSERT INTO organization_members (organization, account, is_owner) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET is_owner = excluded.is_owner",
        params![organization.as_bytes(), account.as_bytes(), is_owner],
    )?;
    change.event(Event::Account(account));
    change.feed(FeedEntry::Member { organization, account, is_owner });
    Ok(())
}

pub(super) fn remove(change: &mut Change<'_>, organization: AccountId, account: AccountId) -> Outcome {
    accounts::require_organization(change.tx, organization)?;
    if organization == DOCKER_DATACENTER {
        return Err(built_in().into());
    }
    let both = params![organization.as_bytes(), account.as_bytes()];
    let sql = "DELETE FROM organization_members WHERE organization = ?1 AND account = ?2";
    if run(change.tx, sql, both)? == 0 {
        return Err(Reject::NotMember { organization, account }.into());
    }
    run(
        change.tx,
        "DELETE FROM team_members WHERE account = ?2 AND team IN (SELECT id FROM teams WHERE organization = ?1)",
        both,
    )?;
    change.event(Event::Account(account));
    change.feed(FeedEntry::MemberRemoved { organization, account });
    Ok(())
}

/// Removes all memberships of or in an account that goes.
pub(super) fn delete_of_account(change: &mut Change<'_>, account: AccountId) -> Outcome {
    let members = all(
        change.tx,
        "SELECT account FROM organization_members WHERE organization = ?1 ORDER BY account",
        [account.as_bytes()],
        |row| id::<AccountId>(row, 0),
    )?;
    run(change.tx, "DELETE FROM organization_members WHERE organization = ?1 OR account = ?1", [account.as_bytes()])?;
    run(change.tx, "DELETE FROM team_members WHERE account = ?1", [account.as_bytes()])?;
    for member in members {
        change.event(Event::Account(member));
    }
    Ok(())
}

/// Returns a user's standing in an organization.
///
/// # Errors
/// If the query fails.
pub fn membership(
    conn: &Connection,
    organization: AccountId,
    account: AccountId,
) -> rusqlite::Result<Option<Membership>> {
    one(
        conn,
        "SELECT is_owner FROM organization_members WHERE organization = ?1 AND account = ?2",
        params![organization.as_bytes(), account.as_bytes()],
        |row| Ok(Membership { organization, account, is_owner: row.get(0)? }),
    )
}

/// Lists the organizations of a user.
///
/// # Errors
/// If the query fails.
pub fn of_account(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<Membership>> {
    all(
        conn,
        "SELECT organization, is_owner FROM organization_members WHERE account = ?1 ORDER BY organization",
        [account.as_bytes()],
        |row| Ok(Membership { organization: id(row, 0)?, account, is_owner: row.get(1)? }),
    )
}

/// Lists all memberships, by user.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Membership>> {
    all(
        conn,
        "SELECT organization, account, is_owner FROM organization_members ORDER BY account, organization",
        [],
        |row| Ok(Membership { organization: id(row, 0)?, account: id(row, 1)?, is_owner: row.get(2)? }),
    )
}

/// Reports whether two users share an organization, `docker-datacenter` apart.
///
/// # Errors
/// If the query fails.
pub fn share_organization(conn: &Connection, one: AccountId, other: AccountId) -> rusqlite::Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM organization_members a JOIN organization_members b ON a.organization = b.organization
         WHERE a.account = ?1 AND b.account = ?2 AND a.organization <> ?3",
        params![one.as_bytes(), other.as_bytes(), DOCKER_DATACENTER.as_bytes()],
    )
}

/// Lists the members of an organization by name.
///
/// # Errors
/// If the query fails.
pub fn list(
    conn: &Connection,
    organization: AccountId,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<Member>> {
    let rows = all(
        conn,
        "SELECT a.id, a.name, a.full_name, m.is_owner FROM organization_members m JOIN accounts a ON a.id = m.account
         WHERE m.organization = ?1 AND a.name > ?2 ORDER BY a.name LIMIT ?3",
        params![organization.as_bytes(), after.map_or("", |token| token.0.as_str()), int(limit.get() as u64 + 1)],
        |row| Ok(Member { account: id(row, 0)?, name: parsed(row, 1)?, full_name: row.get(2)?, is_owner: row.get(3)? }),
    )?;
    Ok(Page::from_rows(rows, limit, |member| member.name.to_string()))
}

/// Counts the members of an organization.
///
/// # Errors
/// If the query fails.
pub fn count(conn: &Connection, organization: AccountId) -> rusqlite::Result<u64> {
    let sql = "SELECT COUNT(*) FROM organization_members WHERE organization = ?1";
    Ok(one(conn, sql, [organization.as_bytes()], |row| super::row::count(row, 0))?.unwrap_or(0))
}
