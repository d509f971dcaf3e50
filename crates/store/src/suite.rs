//! The engine's own suite for storage, against the log and the database.

use std::sync::Arc;

use futures_util::FutureExt;
use openraft::testing::{StoreBuilder, Suite};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::apply::Applier;
use crate::database;
use crate::log::LogStore;
use crate::machine::{Applied, ApplyContext, ApplyError, Machine, Migration};
use crate::options::FatalHandler;
use crate::shared::Shared;
use crate::snapshot::Snapshots;
use crate::state_machine::StateMachine;
use crate::types::{Engine, StorageError};
use crate::watch::Ring;

struct Nothing;

impl Machine for Nothing {
    const NAME: &'static str = "nothing";
    const MIGRATIONS: &'static [Migration] = &[];
    type Command = ();
    type Reply = ();
    type Reject = ();
    type Event = ();

    fn command_version((): &()) -> u32 {
        0
    }

    fn apply(_: &Connection, _: &ApplyContext, (): &()) -> Result<Applied<Self>, ApplyError<()>> {
        Ok(Applied::quiet(()))
    }
}

struct Builder;

impl StoreBuilder<Engine, LogStore, StateMachine, TempDir> for Builder {
    async fn build(&self) -> Result<(TempDir, LogStore, StateMachine), StorageError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.db");
        let connection = database::open_writer(&path).unwrap();
        let recorded = database::recorded(&connection).unwrap();
        let shared = Arc::new(Shared::new(FatalHandler::new(|_| {})));
        let snapshots = Arc::new(Snapshots::open(path.clone(), dir.path().join("snapshots")).unwrap());
        let applier = Applier::<Nothing>::new(connection, recorded, Ring::new(10), Arc::clone(&shared));
        let (state, _) = StateMachine::start(applier, snapshots).unwrap();
        let checkpoint = Arc::new(move || {
            let done = database::checkpoint(&path).map_err(|error| error.to_string());
            async move { done }.boxed()
        });
        let log = LogStore::open(&dir.path().join("log"), 1 << 20, checkpoint, shared).unwrap();
        Ok((dir, log, state))
    }
}

#[test]
fn the_engine_s_storage_suite_passes() {
    Suite::test_all(Builder).unwrap();
}
