//! Applying a command: dispatch, and what each change leaves for watchers and copies.

use base::Timestamp;
use rusqlite::Connection;
use store::{Applied, ApplyContext, ApplyError};

use super::command::{Command, Event, Reply};
use super::reject::Reject;
use super::{
    Control, accounts, audit, certificates, collections, grants, join_tokens, members, nodes, pull_credentials, roles,
    sessions, settings, teams, tokens,
};
use crate::feed::{self, FeedEntry};

/// The outcome of one change.
pub(super) type Outcome<T = ()> = Result<T, Fail>;

/// Why a change did not happen.
pub(super) enum Fail {
    Reject(Reject),
    Sql(rusqlite::Error),
}

impl From<Reject> for Fail {
    fn from(reject: Reject) -> Self {
        Self::Reject(reject)
    }
}

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Fail> for ApplyError<Reject> {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Reject(reject) => Self::Reject(reject),
            Fail::Sql(error) => Self::Sql(error),
        }
    }
}

/// One command being applied.
pub(super) struct Change<'a> {
    pub(super) tx: &'a Connection,
    pub(super) now: Timestamp,
    events: Vec<Event>,
    feed: Vec<FeedEntry>,
}

impl Change<'_> {
    /// Tells watchers.
    pub(super) fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Tells copies.
    pub(super) fn feed(&mut self, entry: FeedEntry) {
        self.feed.push(entry);
    }
}

pub(super) fn apply(
    tx: &Connection,
    cx: &ApplyContext,
    command: &Command,
) -> Result<Applied<Control>, ApplyError<Reject>> {
    let mut change = Change { tx, now: cx.now, events: Vec::new(), feed: Vec::new() };
    let reply = dispatch(&mut change, command)?;
    if !change.feed.is_empty() {
        feed::append(tx, cx.index, &change.feed)?;
        change.events.push(Event::Feed);
    }
    Ok(Applied::new(reply, change.events))
}

fn dispatch(change: &mut Change<'_>, command: &Command) -> Outcome<Reply> {
    match command {
        Command::AdminEnsure(create) => return accounts::admin_ensure(change, create),
        Command::SettingSet(set) => return settings::set(change, set),
        Command::SecretSet(set) => return settings::secret_set(change, set),
        Command::UserCreate(create) => accounts::user_create(change, create)?,
        Command::OrganizationCreate(create) => accounts::organization_create(change, create)?,
        Command::AccountUpdate(update) => accounts::update(change, update)?,
        Command::PasswordSet(set) => accounts::password_set(change, set)?,
        Command::AccountDelete(account) => accounts::delete(change, *account)?,
        Command::MemberSet(member) => members::set(change, member)?,
        Command::MemberRemove { organization, account } => members::remove(change, *organization, *account)?,
        Command::TeamCreate(create) => teams::create(change, create)?,
        Command::TeamUpdate(update) => teams::update(change, update)?,
        Command::TeamDelete(team) => teams::delete(change, *team)?,
        Command::TeamMemberAdd { team, account } => teams::member_add(change, *team, *account)?,
        Command::TeamMemberRemove { team, account } => teams::member_remove(change, *team, *account)?,
        Command::SessionCreate(create) => sessions::create(change, create)?,
        Command::SessionEnd(session) => sessions::end(change, *session)?,
        Command::SessionsEnd(account) => sessions::end_all(change, *account, None)?,
        Command::CredentialsUsed(used) => sessions::used(change, used)?,
        Command::TokenCreate(create) => tokens::create(change, create)?,
        Command::TokenDelete(token) => tokens::delete(change, *token)?,
        Command::CertificateAdd(add) => certificates::add(change, add)?,
        Command::CertificateDelete(certificate) => certificates::delete(change, *certificate)?,
        Command::RoleCreate(role) => roles::create(change, role)?,
        Command::RoleDelete(role) => roles::delete(change, role)?,
        Command::CollectionCreate(create) => collections::create(change, create)?,
        Command::CollectionDelete(collection) => collections::delete(change, collection)?,
        Command::GrantAdd(grant) => return grants::add(change, grant),
        Command::GrantRemove(grant) => grants::remove(change, grant)?,
        Command::JoinTokenCreate(create) => join_tokens::create(change, create)?,
        Command::JoinTokenDelete(token) => join_tokens::delete(change, *token)?,
        Command::NodeJoin { token, node } => nodes::join(change, token, node)?,
        Command::NodeRegister(node) => return nodes::register(change, node),
        Command::NodeReport(report) => nodes::report(change, report)?,
        Command::NodesSeen(nodes) => nodes::seen(change, nodes)?,
        Command::NodeMove { node, collection } => nodes::move_to(change, *node, collection)?,
        Command::NodeCertificate { node, fingerprint } => nodes::certificate(change, *node, fingerprint)?,
        Command::NodeRemove(node) => nodes::remove(change, *node)?,
        Command::PullCredentialCreate(create) => pull_credentials::create(change, create)?,
        Command::PullCredentialBind { credential, service } => pull_credentials::bind(change, *credential, service)?,
        Command::PullCredentialDelete(credential) => pull_credentials::delete(change, *credential)?,
        Command::PullCredentialsEnd { cluster, service } => {
            pull_credentials::delete_of_service(change, *cluster, service)?;
        }
        Command::AuditAppend(rows) => {
            audit::append(change.tx, rows)?;
            change.event(Event::Audit);
        }
    }
    Ok(Reply::Done)
}
