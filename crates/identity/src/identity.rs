//! The handle that all functions hang on, and how they write.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use moka::sync::Cache;
use opctx::{Authority, ContextFactory, ObjectRef, OpContext, Snapshot};
use pki::ClientCa;
use state::ControlStore;
use state::control::{Command, Reply};
use store::rusqlite::{self, Connection};
use store::{ReadError, WriteError};

use crate::error::Error;
use crate::flight::Flights;
use crate::password::Passwords;
use crate::throttle::Throttle;
use crate::used::Used;

/// How long a verified password is remembered.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Where a client bundle's owner finds the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The names under which the server is known, each `host:port`; the first is the default.
    pub hosts: Vec<String>,
    /// The PEM of the authority that the server's certificate is checked with: `ca.pem` of a bundle.
    pub ca_pem: String,
}

/// What identity is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The control store.
    pub store: ControlStore,
    /// Makes contexts, and knows authority, audit log, cluster and clock.
    pub contexts: ContextFactory,
    /// The pool that checks passwords.
    pub passwords: Passwords,
    /// The authority that issues the certificates of client bundles.
    pub client_ca: Arc<ClientCa>,
    /// Where bundles point to.
    pub endpoint: Endpoint,
}

pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) throttle: Throttle,
    pub(crate) flights: Flights,
    pub(crate) used: Arc<Used>,
    /// Keyed hashes of account, epoch and password that were found right.
    pub(crate) remembered: Cache<[u8; 32], ()>,
    pub(crate) remember_key: [u8; 32],
}

/// Accounts, credentials and access; cheap to clone.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<Inner>);

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// Makes the handle and starts what notes the use of credentials.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn new(options: Options) -> Result<Self, Error> {
        let remember_key = pki::random_bytes().map_err(|source| Error::Issue { operation: "start", source })?;
        let used = Used::start(options.store.clone());
        Ok(Self(Arc::new(Inner {
            options,
            throttle: Throttle::new(),
            flights: Flights::default(),
            used,
            remembered: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build(),
            remember_key,
        })))
    }

    /// Returns what makes contexts.
    #[must_use]
    pub fn contexts(&self) -> &ContextFactory {
        &self.0.options.contexts
    }

    /// Returns the control store.
    #[must_use]
    pub fn store(&self) -> &ControlStore {
        &self.0.options.store
    }

    /// Writes the use of credentials noted so far; it is written every few seconds by itself.
    pub async fn used_flush(&self) {
        self.0.used.flush(self.store()).await;
    }

    pub(crate) fn authority(&self) -> &Arc<Authority> {
        self.0.options.contexts.authority()
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.authority().snapshot()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.options.contexts.clock().now()
    }

    /// Writes a command, notes it in the audit log, and waits until it is in force here.
    pub(crate) async fn write(
        &self,
        ctx: &OpContext,
        operation: &'static str,
        object: ObjectRef,
        command: Command,
    ) -> Result<Reply, Error> {
        match self.store().write(ctx.operation_id(), command).await {
            Ok(written) => {
                self.authority().reach(written.index).await;
                crate::audit::allowed(ctx, operation, object);
                Ok(written.reply)
            }
            Err(WriteError::Rejected(reject)) => {
                crate::audit::failed(ctx, operation, object, &reject.to_string());
                Err(reject.into())
            }
            Err(source @ (WriteError::NotApplied(_) | WriteError::Unknown)) => {
                let error = Error::Record { operation, source };
                crate::audit::failed(ctx, operation, object, &error.to_string());
                Err(error)
            }
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        f: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let read: Result<T, ReadError<rusqlite::Error>> = self.store().read(f).await;
        read.map_err(|source| Error::Read { operation, source })
    }
}
