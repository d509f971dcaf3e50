//! Snapshots of the control store.

use std::collections::HashMap;

use access::Policy;
use base::AccountId;
use rusqlite::Connection;
use state::control::accounts::Account;
use state::control::certificates::CertificateKey;
use state::control::{Control, Event, accounts, certificates, collections, grants, members, pull_credentials, roles};
use state::control::{sessions, teams, tokens};

use super::{Dirty, Source, Update};
use crate::credentials::{SessionKey, TokenKey};
use crate::snapshot::{AccountRights, OrganizationMembership, TeamRights};

pub(super) struct ControlSource;

impl Source for ControlSource {
    type Machine = Control;

    fn note(event: &Event, dirty: &mut Dirty) {
        match event {
            Event::Account(account) => drop(dirty.accounts.insert(*account)),
            Event::Team(team) => drop(dirty.teams.insert(*team)),
            Event::Session(session) => drop(dirty.sessions.insert(*session)),
            Event::Token(token) => drop(dirty.tokens.insert(*token)),
            Event::Certificate(certificate) => drop(dirty.certificates.insert(*certificate)),
            Event::PullCredential(credential) => drop(dirty.pulls.insert(*credential)),
            Event::Access => dirty.policy = true,
            Event::JoinToken(_) | Event::Node(_) | Event::Setting(_) | Event::Audit | Event::Feed => {}
        }
    }

    fn read(conn: &Connection, dirty: &Dirty) -> rusqlite::Result<Update> {
        if dirty.all { everything(conn) } else { parts(conn, dirty) }
    }
}

fn policy(conn: &Connection) -> rusqlite::Result<Policy> {
    let collections = collections::every(conn)?.into_iter().map(|row| row.collection).collect();
    let grants = grants::every(conn)?.into_iter().map(|row| row.grant).collect();
    Ok(Policy::build(roles::every(conn)?, collections, grants))
}

fn rights(account: Account) -> AccountRights {
    AccountRights {
        id: account.id,
        name: account.name,
        kind: account.kind,
        is_active: account.is_active,
        is_admin: account.is_admin,
        epoch: account.epoch,
        default_collection: account.default_collection,
        organizations: Vec::new(),
        teams: Vec::new(),
    }
}

fn team(team: teams::Team) -> TeamRights {
    TeamRights { id: team.id, organization: team.organization, name: team.name }
}

fn session(session: &sessions::Session) -> SessionKey {
    SessionKey {
        id: session.id,
        account: session.account,
        hash: session.hash,
        used: session.used,
        expires: session.expires,
        renewal_secs: session.renewal_secs,
    }
}

fn token(token: &tokens::AccessToken) -> TokenKey {
    TokenKey { id: token.id, account: token.account, hash: token.hash, expires: token.expires }
}

fn everything(conn: &Connection) -> rusqlite::Result<Update> {
    let mut all: HashMap<AccountId, AccountRights> =
        accounts::every(conn)?.into_iter().map(|account| (account.id, rights(account))).collect();
    for membership in members::every(conn)? {
        if let Some(account) = all.get_mut(&membership.account) {
            let members::Membership { organization, is_owner, .. } = membership;
            account.organizations.push(OrganizationMembership { organization, is_owner });
        }
    }
    for (account, team) in teams::every_member(conn)? {
        if let Some(account) = all.get_mut(&account) {
            account.teams.push(team);
        }
    }
    Ok(Update {
        policy: Some(policy(conn)?),
        accounts: all.into_iter().map(|(id, account)| (id, Some(account))).collect(),
        teams: teams::every(conn)?.into_iter().map(|row| (row.id, Some(team(row)))).collect(),
        sessions: sessions::every(conn)?.iter().map(|row| (row.id, Some(session(row)))).collect(),
        tokens: tokens::every(conn)?.iter().map(|row| (row.id, Some(token(row)))).collect(),
        certificates: certificates::every_key(conn)?.into_iter().map(|row| (row.id, Some(row))).collect(),
        pulls: pull_credentials::every(conn)?
            .into_iter()
            .map(|row| (row.credential.id, Some(row.credential)))
            .collect(),
    })
}

fn parts(conn: &Connection, dirty: &Dirty) -> rusqlite::Result<Update> {
    let mut update = Update::default();
    if dirty.policy {
        update.policy = Some(policy(conn)?);
    }
    for id in &dirty.accounts {
        let mut found = accounts::by_id(conn, *id)?.map(rights);
        if let Some(account) = &mut found {
            account.organizations = members::of_account(conn, *id)?
                .into_iter()
                .map(|row| OrganizationMembership { organization: row.organization, is_owner: row.is_owner })
                .collect();
            account.teams = teams::of_account(conn, *id)?;
        }
        update.accounts.push((*id, found));
    }
    for id in &dirty.teams {
        update.teams.push((*id, teams::by_id(conn, *id)?.map(team)));
    }
    for id in &dirty.sessions {
        update.sessions.push((*id, sessions::by_id(conn, *id)?.as_ref().map(session)));
    }
    for id in &dirty.tokens {
        update.tokens.push((*id, tokens::by_id(conn, *id)?.as_ref().map(token)));
    }
    for id in &dirty.certificates {
        let found = certificates::by_id(conn, *id)?;
        let key = found.map(|row| CertificateKey {
            id: row.id,
            account: row.account,
            fingerprint: row.fingerprint,
            expires: row.expires,
        });
        update.certificates.push((*id, key));
    }
    for id in &dirty.pulls {
        update.pulls.push((*id, pull_credentials::by_id(conn, *id)?.map(|row| row.credential)));
    }
    Ok(update)
}
