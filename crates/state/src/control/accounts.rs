//! Accounts: users and organizations, which share one space of names.

mod query;

use access::{Grant, GrantSubject, builtin};
use base::{AccountId, AccountName, CollectionId, RoleId, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

pub use self::query::{AccountFilter, by_id, by_name, every, has_admin, list, password_by_name};
use super::apply::{Change, Outcome};
use super::collections::{self, CollectionCreate};
use super::command::{Event, Reply};
use super::reject::Reject;
use super::row::{exists, int, run};
use super::{DOCKER_DATACENTER, certificates, grants, members, pull_credentials, sessions, teams, tokens};
use crate::feed::{CopyAccount, FeedEntry};

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A person or a machine that signs in.
    User,
    /// A group of users with teams.
    Organization,
}

impl AccountKind {
    pub(crate) fn column(self) -> i64 {
        match self {
            Self::User => 0,
            Self::Organization => 1,
        }
    }

    pub(crate) fn from_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        match row.get::<_, i64>(column)? {
            0 => Ok(Self::User),
            1 => Ok(Self::Organization),
            other => Err(rusqlite::Error::FromSqlConversionFailure(
                column,
                Type::Integer,
                format!("{other} is no kind of account").into(),
            )),
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name; never changes.
    pub name: AccountName,
    /// User or organization.
    pub kind: AccountKind,
    /// The name for people.
    pub full_name: String,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether it is an administrator.
    pub is_admin: bool,
    /// Counts up whenever all that was given out before must end.
    pub epoch: u64,
    /// Where a user's objects go that name no collection.
    pub default_collection: Option<CollectionId>,
    /// When it was made.
    pub created: Timestamp,
}

/// Makes a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserCreate {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// The name for people.
    pub full_name: String,
    /// The password's argon2id hash in PHC form; none for a user who cannot sign in with a password.
    pub password: Option<String>,
    /// Whether it is an administrator.
    pub is_admin: bool,
    /// The id of its private collection.
    pub private_collection: CollectionId,
    /// The role that it gets there.
    pub role: RoleId,
}

/// Makes an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrganizationCreate {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// The name for people.
    pub full_name: String,
}

/// Changes an account; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChange {
    /// The name for people.
    pub full_name: Option<String>,
    /// Whether it is an administrator.
    pub is_admin: Option<bool>,
    /// Whether it may sign in.
    pub is_active: Option<bool>,
    /// Where a user's objects go that name no collection.
    pub default_collection: Option<CollectionId>,
}

/// Changes an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountUpdate {
    /// The account.
    pub id: AccountId,
    /// What changes.
    pub change: AccountChange,
}

/// Sets a user's password; the epoch goes up, so that all sessions end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasswordSet {
    /// The user.
    pub account: AccountId,
    /// The argon2id hash in PHC form.
    pub password: String,
    /// The session that goes on: the one in which the user sets it.
    pub keep_session: Option<base::SessionId>,
    /// The epoch at which the old password was checked, where one was.
    pub epoch: Option<u64>,
}

/// The number of characters that a full name may have.
const FULL_NAME: usize = 200;

pub(super) fn admin_ensure(change: &mut Change<'_>, create: &UserCreate) -> Outcome<Reply> {
    if by_name(change.tx, &create.name)?.is_some() {
        return Ok(Reply::Unchanged);
    }
    user_create(change, create)?;
    Ok(Reply::Created)
}

pub(super) fn user_create(change: &mut Change<'_>, create: &UserCreate) -> Outcome {
    let account = Account {
        id: create.id,
        name: create.name.clone(),
        kind: AccountKind::User,
        full_name: create.full_name.clone(),
        is_active: true,
        is_admin: create.is_admin,
        epoch: 1,
        default_collection: Some(create.private_collection.clone()),
        created: change.now,
    };
    insert(change, &account, create.password.as_deref())?;
    members::insert(change, DOCKER_DATACENTER, create.id, false)?;
    collections::create(
        change,
        &CollectionCreate {
            id: create.private_collection.clone(),
            parent: builtin::private(),
            name: create.name.as_str().to_owned(),
        },
    )?;
    let grant = Grant {
        subject: GrantSubject::User(create.id),
        role: create.role.clone(),
        collection: create.private_collection.clone(),
    };
    grants::add(change, &grant)?;
    Ok(())
}

pub(super) fn organization_create(change: &mut Change<'_>, create: &OrganizationCreate) -> Outcome {
    let account = Account {
        id: create.id,
        name: create.name.clone(),
        kind: AccountKind::Organization,
        full_name: create.full_name.clone(),
        is_active: true,
        is_admin: false,
        epoch: 1,
        default_collection: None,
        created: change.now,
    };
    insert(change, &account, None)
}

fn check_full_name(name: &str) -> Outcome {
    if name.chars().count() > FULL_NAME || name.chars().any(char::is_control) {
        return Err(Reject::TooLarge { what: "the full name".to_owned(), limit: 200 }.into());
    }
    Ok(())
}

fn insert(change: &mut Change<'_>, account: &Account, password: Option<&str>) -> Outcome {
    check_full_name(&account.full_name)?;
    if by_name(change.tx, &account.name)?.is_some() {
        return Err(Reject::NameTaken { name: account.name.clone() }.into());
    }
    if by_id(change.tx, account.id)?.is_some() {
        return Err(Reject::Exists { what: format!("account {}", account.id) }.into());
    }
    run(
        change.tx,
        "INSERT INTO accounts
         (id, name, kind, full_name, password, is_active, is_admin, epoch, default_collection, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            account.id.as_bytes(),
            account.name.as_str(),
            account.kind.column(),
            account.full_name,
            password,
            account.is_active,
            account.is_admin,
            int(account.epoch),
            account.default_collection.as_ref().map(CollectionId::as_str),
            account.created.as_millis()
        ],
    )?;
    tell(change, account);
    Ok(())
}

fn tell(change: &mut Change<'_>, account: &Account) {
    change.event(Event::Account(account.id));
    change.feed(FeedEntry::Account(CopyAccount {
        id: account.id,
        name: account.name.clone(),
        kind: account.kind,
        is_active: account.is_active,
        is_admin: account.is_admin,
        epoch: account.epoch,
    }));
}

pub(super) fn update(change: &mut Change<'_>, update: &AccountUpdate) -> Outcome {
    let mut account = require(change.tx, update.id)?;
    let AccountChange { full_name, is_admin, is_active, default_collection } = &update.change;
    if account.id == DOCKER_DATACENTER && is_active == &Some(false) {
        return Err(Reject::BuiltIn { what: format!("organization `{}`", account.name) }.into());
    }
    if let Some(full_name) = full_name {
        check_full_name(full_name)?;
        account.full_name.clone_from(full_name);
    }
    let steps_down = is_admin == &Some(false) || is_active == &Some(false);
    if account.is_admin && account.is_active && steps_down {
        require_other_admin(change.tx, account.id)?;
    }
    if let Some(is_admin) = *is_admin {
        if account.kind != AccountKind::User {
            return Err(Reject::NotUser { account: account.id }.into());
        }
        account.is_admin = is_admin;
    }
    if let Some(is_active) = *is_active {
        if account.is_active && !is_active {
            account.epoch += 1;
            sessions::end_all(change, account.id, None)?;
        }
        account.is_active = is_active;
    }
    if let Some(collection) = default_collection {
        if account.kind != AccountKind::User {
            return Err(Reject::NotUser { account: account.id }.into());
        }
        collections::require(change.tx, collection)?;
        account.default_collection = Some(collection.clone());
    }
    run(
        change.tx,
        "UPDATE accounts SET full_name = ?2, is_admin = ?3, is_active = ?4, epoch = ?5, default_collection = ?6
         WHERE id = ?1",
        params![
            account.id.as_bytes(),
            account.full_name,
            account.is_admin,
            account.is_active,
            int(account.epoch),
            account.default_collection.as_ref().map(CollectionId::as_str)
        ],
    )?;
    tell(change, &account);
    Ok(())
}

pub(super) fn password_set(change: &mut Change<'_>, set: &PasswordSet) -> Outcome {
    let mut account = require_user(change.tx, set.account)?;
    if set.epoch.is_some_and(|epoch| epoch != account.epoch) {
        return Err(Reject::EpochChanged { account: account.id }.into());
    }
    account.epoch += 1;
    run(
        change.tx,
        "UPDATE accounts SET password = ?2, epoch = ?3 WHERE id = ?1",
        params![account.id.as_bytes(), set.password, int(account.epoch)],
    )?;
    sessions::end_all(change, account.id, set.keep_session)?;
    tell(change, &account);
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, account_id: AccountId) -> Outcome {
    let account = require(change.tx, account_id)?;
    if account.id == DOCKER_DATACENTER {
        return Err(Reject::BuiltIn { what: format!("organization `{}`", account.name) }.into());
    }
    if account.is_admin && account.is_active {
        require_other_admin(change.tx, account.id)?;
    }
    match account.kind {
        AccountKind::User => {
            sessions::end_all(change, account.id, None)?;
            tokens::delete_of_account(change, account.id)?;
            certificates::delete_of_account(change, account.id)?;
            pull_credentials::delete_of_owner(change, account.id)?;
            grants::delete_of_subject(change, &GrantSubject::User(account.id))?;
            collections::delete_private(change, &account.name)?;
        }
        AccountKind::Organization => {
            teams::delete_of_organization(change, account.id)?;
            grants::delete_of_subject(change, &GrantSubject::Organization(account.id))?;
        }
    }
    members::delete_of_account(change, account.id)?;
    run(change.tx, "DELETE FROM accounts WHERE id = ?1", [account.id.as_bytes()])?;
    change.event(Event::Account(account.id));
    change.feed(FeedEntry::AccountRemoved(account.id));
    Ok(())
}

fn require_other_admin(conn: &Connection, account: AccountId) -> Outcome {
    let other = "SELECT 1 FROM accounts WHERE is_admin AND is_active AND id <> ?1";
    if exists(conn, other, [account.as_bytes()])? { Ok(()) } else { Err(Reject::LastAdmin.into()) }
}

/// Loads an account that a command names.
pub(super) fn require(conn: &Connection, account: AccountId) -> Outcome<Account> {
    by_id(conn, account)?.ok_or_else(|| Reject::AccountUnknown { account }.into())
}

/// Loads a user that a command names.
pub(super) fn require_user(conn: &Connection, account: AccountId) -> Outcome<Account> {
    let found = require(conn, account)?;
    if found.kind == AccountKind::User { Ok(found) } else { Err(Reject::NotUser { account }.into()) }
}

/// Loads a user that may sign in.
pub(super) fn require_active(conn: &Connection, account: AccountId) -> Outcome<Account> {
    let found = require_user(conn, account)?;
    if found.is_active { Ok(found) } else { Err(Reject::AccountInactive { account }.into()) }
}

/// Loads an organization that a command names.
pub(super) fn require_organization(conn: &Connection, account: AccountId) -> Outcome<Account> {
    let found = require(conn, account)?;
    if found.kind == AccountKind::Organization { Ok(found) } else { Err(Reject::NotOrganization { account }.into()) }
}
