//! The control store: accounts, access, sessions, nodes, settings, audit.
//!
//! Each table has a file that holds its row type, the commands that change it and the queries that read it.
//! [`Command`] is the closed enum of all changes; what must always hold is code in `apply`, refused with a
//! typed [`Reject`]. Changes that the registry must know go into the feed log in the same transaction.

pub mod accounts;
mod apply;
pub mod audit;
pub mod certificates;
pub mod collections;
mod command;
pub mod grants;
mod hash;
pub mod join_tokens;
pub mod members;
pub mod nodes;
pub mod pull_credentials;
mod reject;
pub mod roles;
pub(crate) mod row;
mod schema;
pub mod sessions;
pub mod settings;
pub mod teams;
#[cfg(test)]
pub(crate) mod tests;
pub mod tokens;

use rusqlite::Connection;
use store::{Applied, ApplyContext, ApplyError, Machine, Migration};

pub use self::accounts::AccountKind;
pub use self::command::{Command, Event, Reply};
pub use self::hash::TokenHash;
pub use self::reject::Reject;
pub use self::schema::{DOCKER_DATACENTER, DOCKER_DATACENTER_NAME};

/// An open control store.
pub type ControlStore = store::Store<Control>;

/// The control store's state machine.
#[derive(Debug, Clone, Copy)]
pub struct Control;

impl Machine for Control {
    const NAME: &'static str = "control";
    const MIGRATIONS: &'static [Migration] = &[Migration::new(1, "first tables", schema::first)];
    type Command = Command;
    type Reply = Reply;
    type Reject = Reject;
    type Event = Event;

    fn command_version(command: &Command) -> u32 {
        command.version()
    }

    fn apply(tx: &Connection, cx: &ApplyContext, command: &Command) -> Result<Applied<Self>, ApplyError<Reject>> {
        apply::apply(tx, cx, command)
    }
}
