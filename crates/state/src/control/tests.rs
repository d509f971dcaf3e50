//! Tests of the control machine over an in-memory database.

mod access;
mod accounts;
mod credentials;
mod nodes;
mod orphans;

use ::access::{Grant, GrantSubject};
use base::{AccountId, AccountName, CollectionId, Index, OperationId, RoleId, SessionId, TeamId, Timestamp, TokenId};
use rusqlite::Connection;
use store::{ApplyContext, ApplyError, Machine};

use super::accounts::{AccountChange, AccountUpdate, OrganizationCreate, UserCreate};
use super::collections::CollectionCreate;
use super::sessions::{SessionCreate, SessionPolicy};
use super::teams::TeamCreate;
use super::tokens::TokenCreate;
use super::{Command, Control, Event, Reject, Reply, TokenHash};

/// A machine under test: applies commands as the store does, each under a savepoint.
pub(crate) struct Bench {
    pub(crate) conn: Connection,
    pub(crate) index: u64,
    pub(crate) now: Timestamp,
    pub(crate) events: Vec<Event>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let conn = Connection::open_in_memory().unwrap();
        for migration in Control::MIGRATIONS {
            (migration.run)(&conn).unwrap();
        }
        Self { conn, index: 0, now: Timestamp::from_millis(1_700_000_000_000), events: Vec::new() }
    }

    pub(crate) fn apply(&mut self, command: Command) -> Result<Reply, Reject> {
        self.index += 1;
        let cx = ApplyContext {
            index: Index(self.index),
            ordinal: 0,
            now: self.now,
            operation: OperationId::random(),
            version: 1,
        };
        // What is replicated is what is read back.
        let command = serde_json::from_str(&serde_json::to_string(&command).unwrap()).unwrap();
        self.conn.execute_batch("SAVEPOINT command").unwrap();
        match Control::apply(&self.conn, &cx, &command) {
            Ok(applied) => {
                self.conn.execute_batch("RELEASE command").unwrap();
                self.events.extend(applied.events);
                Ok(applied.reply)
            }
            Err(ApplyError::Reject(reject)) => {
                self.conn.execute_batch("ROLLBACK TO command; RELEASE command").unwrap();
                Err(reject)
            }
            Err(ApplyError::Sql(error)) => panic!("the database failed: {error}"),
        }
    }

    pub(crate) fn user(&mut self, name: &str) -> AccountId {
        let id = AccountId::random();
        self.apply(Command::UserCreate(user(id, name, false))).unwrap();
        id
    }

    pub(crate) fn admin(&mut self, name: &str) -> AccountId {
        let id = AccountId::random();
        self.apply(Command::UserCreate(user(id, name, true))).unwrap();
        id
    }

    pub(crate) fn organization(&mut self, name: &str) -> AccountId {
        let id = AccountId::random();
        let create = OrganizationCreate { id, name: account(name), full_name: String::new() };
        self.apply(Command::OrganizationCreate(create)).unwrap();
        id
    }

    pub(crate) fn team(&mut self, organization: AccountId, name: &str) -> TeamId {
        let id = TeamId::random();
        let create = TeamCreate { id, organization, name: name.parse().unwrap(), description: String::new() };
        self.apply(Command::TeamCreate(create)).unwrap();
        id
    }

    pub(crate) fn collection(&mut self, parent: &str, name: &str) -> CollectionId {
        let id = CollectionId::random();
        let create = CollectionCreate { id: id.clone(), parent: parent.parse().unwrap(), name: name.to_owned() };
        self.apply(Command::CollectionCreate(create)).unwrap();
        id
    }

    pub(crate) fn session(&mut self, account: AccountId, epoch: u64) -> Result<SessionId, Reject> {
        let id = SessionId::random();
        let create = SessionCreate {
            id,
            account,
            epoch,
            hash: TokenHash::of(&id.to_string()),
            policy: SessionPolicy::default(),
            address: "10.0.0.1".to_owned(),
            agent: "curl".to_owned(),
        };
        self.apply(Command::SessionCreate(create)).map(|_| id)
    }

    pub(crate) fn token(&mut self, account: AccountId) -> TokenId {
        let id = TokenId::random();
        let hash = TokenHash::of(&id.to_string());
        let create = TokenCreate { id, account, label: "ci".to_owned(), hash, expires: None };
        self.apply(Command::TokenCreate(create)).unwrap();
        id
    }

    pub(crate) fn change(&mut self, id: AccountId, change: AccountChange) -> Result<Reply, Reject> {
        self.apply(Command::AccountUpdate(AccountUpdate { id, change }))
    }

    pub(crate) fn epoch(&self, account: AccountId) -> u64 {
        super::accounts::by_id(&self.conn, account).unwrap().unwrap().epoch
    }
}

pub(crate) fn account(name: &str) -> AccountName {
    name.parse().unwrap()
}

pub(crate) fn role(id: &str) -> RoleId {
    id.parse().unwrap()
}

pub(crate) fn user(id: AccountId, name: &str, is_admin: bool) -> UserCreate {
    UserCreate {
        id,
        name: account(name),
        full_name: format!("Full {name}"),
        password: Some("$argon2id$stand-in".to_owned()),
        is_admin,
        private_collection: CollectionId::random(),
        role: role("restrictedcontrol"),
    }
}

pub(crate) fn grant(subject: GrantSubject, role_id: &str, collection: &CollectionId) -> Grant {
    Grant { subject, role: role(role_id), collection: collection.clone() }
}

pub(crate) fn deactivate() -> AccountChange {
    AccountChange { is_active: Some(false), ..AccountChange::default() }
}
