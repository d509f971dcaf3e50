//! Teams of organizations.

use access::GrantSubject;
use base::{AccountId, AccountName, Page, PageLimit, PageToken, TeamId, TeamName, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::apply::{Change, Outcome};
use super::command::Event;
use super::reject::Reject;
use super::row::{all, count, id, int, one, parsed, run, time};
use super::{DOCKER_DATACENTER, accounts, grants, members};
use crate::feed::{CopyTeam, FeedEntry};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The organization it belongs to.
    pub organization: AccountId,
    /// Its name within the organization.
    pub name: TeamName,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
    /// How many members it has.
    pub members: u64,
}

/// Makes a team.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TeamCreate {
    /// Its id.
    pub id: TeamId,
    /// The organization.
    pub organization: AccountId,
    /// Its name.
    pub name: TeamName,
    /// What it is for.
    pub description: String,
}

/// Changes a team; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TeamUpdate {
    /// The team.
    pub id: TeamId,
    /// Its new name.
    pub name: Option<TeamName>,
    /// What it is for.
    pub description: Option<String>,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// The user.
    pub account: AccountId,
    /// The user's name.
    pub name: AccountName,
    /// The user's name for people.
    pub full_name: String,
}

const DESCRIPTION: u32 = 2000;

fn check_description(text: &str) -> Outcome {
    if text.len() > DESCRIPTION as usize {
        return Err(Reject::TooLarge { what: "the description".to_owned(), limit: DESCRIPTION }.into());
    }
    Ok(())
}

fn tell(change: &mut Change<'_>, team: TeamId, organization: AccountId, name: &TeamName) {
    change.event(Event::Team(team));
    change.feed(FeedEntry::Team(CopyTeam { id: team, organization, name: name.clone() }));
}

pub(super) fn create(change: &mut Change<'_>, create: &TeamCreate) -> Outcome {
    check_description(&create.description)?;
    let organization = accounts::require_organization(change.tx, create.organization)?;
    if organization.id == DOCKER_DATACENTER {
        return Err(Reject::BuiltIn { what: format!("organization `{}`", organization.name) }.into());
    }
    if by_name(change.tx, create.organization, &create.name)?.is_some() {
        return Err(Reject::TeamNameTaken { name: create.name.clone() }.into());
    }
    if by_id(change.tx, create.id)?.is_some() {
        return Err(Reject::Exists { what: format!("team {}", create.id) }.into());
    }
    run(
        change.tx,
        "INSERT INTO teams (id, organization, name, description, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            create.id.as_bytes(),
            create.organization.as_bytes(),
            create.name.as_str(),
            create.description,
            change.now.as_millis()
        ],
    )?;
    tell(change, create.id, create.organization, &create.name);
    Ok(())
}

pub(super) fn update(change: &mut Change<'_>, update: &TeamUpdate) -> Outcome {
    let mut team = require(change.tx, update.id)?;
    if let Some(description) = &update.description {
        check_description(description)?;
        team.description.clone_from(description);
    }
    if let Some(name) = &update.name {
        if by_name(change.tx, team.organization, name)?.is_some_and(|other| other.id != team.id) {
            return Err(Reject::TeamNameTaken { name: name.clone() }.into());
        }
        team.name.clone_from(name);
    }
    run(
        change.tx,
        "UPDATE teams SET name = ?2, description = ?3 WHERE id = ?1",
        params![team.id.as_bytes(), team.name.as_str(), team.description],
    )?;
    tell(change, team.id, team.organization, &team.name);
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, team: TeamId) -> Outcome {
    require(change.tx, team)?;
    for member in member_ids(change.tx, team)? {
        change.event(Event::Account(member));
    }
    grants::delete_of_subject(change, &GrantSubject::Team(team))?;
    run(change.tx, "DELETE FROM team_members WHERE team = ?1", [team.as_bytes()])?;
    run(change.tx, "DELETE FROM teams WHERE id = ?1", [team.as_bytes()])?;
    change.event(Event::Team(team));
    change.feed(FeedEntry::TeamRemoved(team));
    Ok(())
}

/// Deletes the teams of an organization that goes.
pub(super) fn delete_of_organization(change: &mut Change<'_>, organization: AccountId) -> Outcome {
    let teams =
        all(change.tx, "SELECT id FROM teams WHERE organization = ?1 ORDER BY id", [organization.as_bytes()], |row| {
            id::<TeamId>(row, 0)
        })?;
    for team in teams {
        delete(change, team)?;
    }
    Ok(())
}

pub(super) fn member_add(change: &mut Change<'_>, team: TeamId, account: AccountId) -> Outcome {
    let found = require(change.tx, team)?;
    accounts::require_user(change.tx, account)?;
    if members::membership(change.tx, found.organization, account)?.is_none() {
        members::insert(change, found.organization, account, false)?;
    }
    run(
        change.tx,
        "INSERT INTO team_members (team, account) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![team.as_bytes(), account.as_bytes()],
    )?;
    change.event(Event::Account(account));
    change.feed(FeedEntry::TeamMember { team, account });
    Ok(())
}

pub(super) fn member_remove(change: &mut Change<'_>, team: TeamId, account: AccountId) -> Outcome {
    require(change.tx, team)?;
    let sql = "DELETE FROM team_members WHERE team = ?1 AND account = ?2";
    if run(change.tx, sql, params![team.as_bytes(), account.as_bytes()])? == 0 {
        return Err(Reject::NotTeamMember { team, account }.into());
    }
    change.event(Event::Account(account));
    change.feed(FeedEntry::TeamMemberRemoved { team, account });
    Ok(())
}

fn require(conn: &Connection, team: TeamId) -> Outcome<Team> {
    by_id(conn, team)?.ok_or_else(|| Reject::TeamUnknown { team }.into())
}

const SELECT: &str = "SELECT id, organization, name, description, created,
    (SELECT COUNT(*) FROM team_members WHERE team = teams.id) FROM teams";

fn team(row: &Row<'_>) -> rusqlite::Result<Team> {
    Ok(Team {
        id: id(row, 0)?,
        organization: id(row, 1)?,
        name: parsed(row, 2)?,
        description: row.get(3)?,
        created: time(row, 4)?,
        members: count(row, 5)?,
    })
}

/// Finds a team by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, team_id: TeamId) -> rusqlite::Result<Option<Team>> {
    one(conn, &format!("{SELECT} WHERE id = ?1"), [team_id.as_bytes()], team)
}

/// Finds a team of an organization by its name.
///
/// # Errors
/// If the query fails.
pub fn by_name(conn: &Connection, organization: AccountId, name: &TeamName) -> rusqlite::Result<Option<Team>> {
    let sql = format!("{SELECT} WHERE organization = ?1 AND name = ?2");
    one(conn, &sql, params![organization.as_bytes(), name.as_str()], team)
}

/// Lists the teams of an organization by name.
///
/// # Errors
/// If the query fails.
pub fn list(
    conn: &Connection,
    organization: AccountId,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<Team>> {
    let rows = all(
        conn,
        &format!("{SELECT} WHERE organization = ?1 AND name > ?2 ORDER BY name LIMIT ?3"),
        params![organization.as_bytes(), after.map_or("", |token| token.0.as_str()), int(limit.get() as u64 + 1)],
        team,
    )?;
    Ok(Page::from_rows(rows, limit, |team| team.name.to_string()))
}

/// Lists all teams by id.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Team>> {
    all(conn, &format!("{SELECT} ORDER BY id"), [], team)
}

/// Lists who is in which team, by user.
///
/// # Errors
/// If the query fails.
pub fn every_member(conn: &Connection) -> rusqlite::Result<Vec<(AccountId, TeamId)>> {
    all(conn, "SELECT account, team FROM team_members ORDER BY account, team", [], |row| Ok((id(row, 0)?, id(row, 1)?)))
}

/// Lists the teams of a user, of all organizations.
///
/// # Errors
/// If the query fails.
pub fn of_account(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<TeamId>> {
    let sql = "SELECT team FROM team_members WHERE account = ?1 ORDER BY team";
    all(conn, sql, [account.as_bytes()], |row| id(row, 0))
}

fn member_ids(conn: &Connection, team: TeamId) -> rusqlite::Result<Vec<AccountId>> {
    let sql = "SELECT account FROM team_members WHERE team = ?1 ORDER BY account";
    all(conn, sql, [team.as_bytes()], |row| id(row, 0))
}

/// Lists the members of a team by name.
///
/// # Errors
/// If the query fails.
pub fn members(
    conn: &Connection,
    team: TeamId,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<TeamMember>> {
    let rows = all(
        conn,
        "SELECT a.id, a.name, a.full_name FROM team_members m JOIN accounts a ON a.id = m.account
         WHERE m.team = ?1 AND a.name > ?2 ORDER BY a.name LIMIT ?3",
        params![team.as_bytes(), after.map_or("", |token| token.0.as_str()), int(limit.get() as u64 + 1)],
        |row| Ok(TeamMember { account: id(row, 0)?, name: parsed(row, 1)?, full_name: row.get(2)? }),
    )?;
    Ok(Page::from_rows(rows, limit, |member| member.name.to_string()))
}
