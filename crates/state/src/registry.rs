//! The trusted registry's state: repositories and their rights, blobs, manifests, tags, leases, signing
//! keys, settings, and the copy of the control plane's accounts.

mod apply;
pub mod blobs;
mod column;
mod command;
pub mod keys;
pub mod manifests;
pub mod repositories;
pub mod rights;
mod schema;
pub mod settings;
pub mod tags;
#[cfg(test)]
mod tests;

use rusqlite::Connection;
use store::{Applied, ApplyContext, ApplyError, Machine, Migration};

pub use self::blobs::{BlobHere, BlobRecord};
pub use self::command::{Command, Event, Reject, Reply};
pub use self::keys::TokenKey;
pub use self::manifests::{ManifestPut, ManifestRow, Referrer, StoredReference};
pub use self::repositories::{
    Listed, RepositoryCreate, RepositoryKey, RepositoryRow, RepositoryUpdate, Viewer, Visibility,
};
pub use self::rights::{Level, RightRow, RightScope};
pub use self::settings::Settings;
pub use self::tags::TagRow;
pub use crate::control::audit;

/// The registry's state machine.
#[derive(Debug, Clone, Copy)]
pub struct Registry;

/// The registry's store.
pub type RegistryStore = store::Store<Registry>;

impl Machine for Registry {
    const NAME: &'static str = "registry";
    const MIGRATIONS: &'static [Migration] = schema::MIGRATIONS;
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
