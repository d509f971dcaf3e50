//! Snapshots of the registry's copy.

use base::AccountId;
use rusqlite::Connection;
use state::feed::{CopyAccount, FeedContent, FeedEntry, copy};
use state::registry::{Event, Registry};

use super::{Dirty, Source, Update};
use crate::credentials::TokenKey;
use crate::snapshot::{AccountRights, OrganizationMembership, TeamRights};

pub(super) struct CopySource;

impl Source for CopySource {
    type Machine = Registry;

    fn note(event: &Event, dirty: &mut Dirty) {
        let Event::Fed(batch) = event else { return };
        match &batch.content {
            FeedContent::Entries(entries) => entries.iter().for_each(|entry| note_entry(entry, dirty)),
            FeedContent::Snapshot { last, .. } => dirty.all |= *last,
        }
    }

    fn read(conn: &Connection, dirty: &Dirty) -> rusqlite::Result<Update> {
        if dirty.all { everything(conn) } else { parts(conn, dirty) }
    }
}

fn note_entry(entry: &FeedEntry, dirty: &mut Dirty) {
    match entry {
        FeedEntry::Account(account) => drop(dirty.accounts.insert(account.id)),
        FeedEntry::Member { account, .. }
        | FeedEntry::MemberRemoved { account, .. }
        | FeedEntry::TeamMember { account, .. }
        | FeedEntry::TeamMemberRemoved { account, .. } => drop(dirty.accounts.insert(*account)),
        FeedEntry::Team(team) => drop(dirty.teams.insert(team.id)),
        // What belonged to it is gone with it.
        FeedEntry::AccountRemoved(_) | FeedEntry::TeamRemoved(_) => dirty.all = true,
        FeedEntry::AccessToken(token) => drop(dirty.tokens.insert(token.id)),
        FeedEntry::AccessTokenRemoved(token) => drop(dirty.tokens.insert(*token)),
        FeedEntry::PullCredential(credential) => drop(dirty.pulls.insert(credential.id)),
        FeedEntry::PullCredentialRemoved(credential) => drop(dirty.pulls.insert(*credential)),
    }
}

fn rights(conn: &Connection, account: CopyAccount) -> rusqlite::Result<AccountRights> {
    let organizations = copy::memberships(conn, account.id)?
        .into_iter()
        .map(|row| OrganizationMembership { organization: row.organization, is_owner: row.is_owner })
        .collect();
    Ok(AccountRights {
        organizations,
        teams: copy::teams_of(conn, account.id)?,
        id: account.id,
        name: account.name,
        kind: account.kind,
        is_active: account.is_active,
        is_admin: account.is_admin,
        epoch: account.epoch,
        default_collection: None,
    })
}

fn one(conn: &Connection, id: AccountId) -> rusqlite::Result<(AccountId, Option<AccountRights>)> {
    let found = copy::account_by_id(conn, id)?;
    Ok((id, found.map(|account| rights(conn, account)).transpose()?))
}

fn token(row: &state::feed::CopyToken) -> TokenKey {
    TokenKey { id: row.id, account: row.account, hash: row.hash, expires: row.expires }
}

fn team(row: state::feed::CopyTeam) -> TeamRights {
    TeamRights { id: row.id, organization: row.organization, name: row.name }
}

fn everything(conn: &Connection) -> rusqlite::Result<Update> {
    let mut update = Update::default();
    for account in copy::accounts(conn)? {
        update.accounts.push((account.id, Some(rights(conn, account)?)));
    }
    update.teams = copy::teams(conn)?.into_iter().map(|row| (row.id, Some(team(row)))).collect();
    update.tokens = copy::tokens(conn)?.iter().map(|row| (row.id, Some(token(row)))).collect();
    update.pulls = copy::pull_credentials(conn)?.into_iter().map(|row| (row.id, Some(row))).collect();
    Ok(update)
}

fn parts(conn: &Connection, dirty: &Dirty) -> rusqlite::Result<Update> {
    let mut update = Update::default();
    for id in &dirty.accounts {
        update.accounts.push(one(conn, *id)?);
    }
    for id in &dirty.teams {
        update.teams.push((*id, copy::team_by_id(conn, *id)?.map(team)));
    }
    for id in &dirty.tokens {
        update.tokens.push((*id, copy::token_by_id(conn, *id)?.as_ref().map(token)));
    }
    for id in &dirty.pulls {
        update.pulls.push((*id, copy::pull_credential_by_id(conn, *id)?));
    }
    Ok(update)
}
