//! The newest snapshot of a store, kept true by its watch.

mod control;
mod copy;
mod follow;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use base::{ErrorKind, Index};
use rusqlite::Connection;
use state::ControlStore;
use state::registry::RegistryStore;
use store::{Machine, ReadError, Store};
use tokio::sync::{Notify, watch};

pub use self::follow::{Dirty, Update};
use crate::credentials::Credentials;
use crate::snapshot::Snapshot;

/// How long a wait for one's own write lasts at most.
const REACH: Duration = Duration::from_secs(2);

/// The first snapshot could not be read.
#[derive(Debug, thiserror::Error)]
#[error("reading accounts and grants from the `{store}` store")]
pub struct AuthorityError {
    store: &'static str,
    #[source]
    source: ReadError<rusqlite::Error>,
}

impl AuthorityError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.source.kind()
    }
}

/// A store that snapshots are built from.
pub trait Source: 'static {
    /// Its machine.
    type Machine: Machine;
    /// Notes what an event makes untrue.
    fn note(event: &<Self::Machine as Machine>::Event, dirty: &mut Dirty);
    /// Reads what is untrue anew.
    ///
    /// # Errors
    /// If a query fails.
    fn read(conn: &Connection, dirty: &Dirty) -> rusqlite::Result<Update>;
}

/// The newest snapshot and the live credentials of a store.
pub struct Authority {
    snapshot: ArcSwap<Snapshot>,
    credentials: Credentials,
    revision: watch::Sender<u64>,
    reached: watch::Sender<Index>,
    poke: Notify,
    current: AtomicBool,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("revision", &*self.revision.borrow()).finish_non_exhaustive()
    }
}

impl Authority {
    /// Builds from the control store and follows it until the store is shut down.
    ///
    /// # Errors
    /// If the first snapshot cannot be read.
    pub async fn of_control(store: &ControlStore) -> Result<Arc<Self>, AuthorityError> {
        Self::follow::<control::ControlSource>(store).await
    }

    /// Builds from the registry's copy and follows it until the store is shut down. It has accounts, teams, access
    /// tokens and pull credentials, and no grants of workloads.
    ///
    /// # Errors
    /// If the first snapshot cannot be read.
    pub async fn of_registry(store: &RegistryStore) -> Result<Arc<Self>, AuthorityError> {
        Self::follow::<copy::CopySource>(store).await
    }

    async fn follow<S: Source>(store: &Store<S::Machine>) -> Result<Arc<Self>, AuthorityError> {
        let authority = Arc::new(Self {
            snapshot: ArcSwap::default(),
            credentials: Credentials::default(),
            revision: watch::Sender::new(0),
            reached: watch::Sender::new(Index(0)),
            poke: Notify::new(),
            current: AtomicBool::new(true),
        });
        let follower = follow::Follower::<S>::begin(store, &authority)
            .await
            .map_err(|source| AuthorityError { store: S::Machine::NAME, source })?;
        tokio::spawn(follower.run());
        Ok(authority)
    }

    /// Returns the newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Returns the live credentials.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Watches the revision, which counts up with every change.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Returns the store's index up to which the snapshot is true.
    #[must_use]
    pub fn index(&self) -> Index {
        *self.reached.borrow()
    }

    /// Reports whether decisions may be made: false while this member is out of touch with its leader for more
    /// than a second, and after the store was shut down.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.current.load(Ordering::Relaxed)
    }

    /// Waits until the snapshot holds everything up to an index: after this, one's own write is in force here.
    /// Gives up after two seconds and returns false.
    pub async fn reach(&self, index: Index) -> bool {
        let mut reached = self.reached.subscribe();
        if *reached.borrow_and_update() >= index {
            return true;
        }
        self.poke.notify_one();
        let wait = reached.wait_for(|reached| *reached >= index);
        tokio::time::timeout(REACH, wait).await.is_ok_and(|waited| waited.is_ok())
    }
}
