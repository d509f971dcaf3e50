//! The registry's handle.

use std::fmt;
use std::sync::{Arc, Weak};

use base::{Clock, MemberId, OperationId, RepositoryId, RepositoryName};
use blob::{BlobFile, BlobStore};
use oci::Digest;
use opctx::{Caller, OpContext};
use state::registry::{self as rows, BlobHere, Command, RegistryStore, Reject, Reply, Settings};
use store::rusqlite::{self, Connection};
use store::{WriteError, Written};

use crate::cache::Cache;
use crate::content::Manifest;
use crate::error::Error;
use crate::feed::Feed;
use crate::leases::Leases;
use crate::rights::{self, Action, Explanation, Known};
use crate::sealer::Sealer;
use crate::tokens::Tokens;
use crate::uploads::Uploads;

/// What a registry is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The registry's store.
    pub store: RegistryStore,
    /// Where blobs are kept on this member.
    pub blobs: Arc<dyn BlobStore>,
    /// This member of the store.
    pub member: MemberId,
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// Seals the signing keys.
    pub sealer: Arc<dyn Sealer>,
    /// The names under which the registry is known, each with its port unless 443; the first is the issuer.
    pub external_names: Vec<String>,
    /// The copy of accounts, waited for before tokens are given out; none where contexts decide with the
    /// control plane's own accounts.
    pub feed: Option<Arc<Feed>>,
    /// For how long uploads, mounts and looks before a push hold a blob.
    pub lease_secs: i64,
}

impl Options {
    /// The life of a lease unless chosen otherwise: a push that takes longer between two blobs begins anew.
    pub const LEASE_SECS: i64 = 24 * 3600;
}

/// The registry.
pub struct Registry {
    /// For work that goes on when the request that began it is gone.
    me: Weak<Self>,
    pub(crate) store: RegistryStore,
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) member: MemberId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) feed: Option<Arc<Feed>>,
    pub(crate) lease_secs: i64,
    pub(crate) known: Cache<RepositoryName, Option<Arc<Known>>>,
    pub(crate) manifests: Cache<Digest, Arc<Manifest>>,
    pub(crate) manifests_here: Cache<(RepositoryId, Digest), bool>,
    pub(crate) blobs_here: Cache<(RepositoryId, Digest), Option<BlobHere>>,
    pub(crate) files: moka::sync::Cache<base::UploadId, BlobFile>,
    pub(crate) uploads: Uploads,
    pub(crate) leases: Leases,
    pub(crate) tokens: Tokens,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("member", &self.member).finish_non_exhaustive()
    }
}

const MANIFEST_CACHE_BYTES: u64 = 32 << 20;
const FILES_OPEN: u64 = 256;
const FILE_IDLE: std::time::Duration = std::time::Duration::from_secs(60);

impl Registry {
    /// Makes a registry and starts the tasks that keep its caches true, renew leases, rotate signing keys,
    /// and give up uploads that nobody goes on with.
    ///
    /// # Errors
    /// If the signing keys cannot be read or made.
    pub async fn new(options: Options) -> Result<Arc<Self>, Error> {
        let (leases, requests) = Leases::new();
        let tokens = Tokens::new(options.sealer, options.external_names);
        let registry = Arc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            store: options.store,
            blobs: options.blobs,
            member: options.member,
            clock: options.clock,
            feed: options.feed,
            lease_secs: options.lease_secs,
            known: Cache::entries(20_000),
            manifests: Cache::bytes(MANIFEST_CACHE_BYTES, |manifest: &Arc<Manifest>| manifest.body.len() + 200),
            manifests_here: Cache::entries(100_000),
            blobs_here: Cache::entries(100_000),
            files: moka::sync::Cache::builder().max_capacity(FILES_OPEN).time_to_idle(FILE_IDLE).build(),
            uploads: Uploads::default(),
            leases,
            tokens,
        });
        let watch = registry.store.watch();
        registry.token_keys_prepare().await?;
        tokio::spawn(crate::follow::follow(Arc::clone(&registry), watch));
        tokio::spawn(crate::follow::tick(Arc::downgrade(&registry)));
        tokio::spawn(crate::leases::renew(Arc::downgrade(&registry), requests));
        Ok(registry)
    }

    /// Runs work to its end also when the request that began it goes away: what a client sent before its
    /// connection broke is kept, and what became durable is recorded.
    pub(crate) async fn detached<T, F>(&self, work: impl FnOnce(Arc<Self>) -> F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let ending = || Error::Blob { operation: "taking a blob", source: blob::Error::ShuttingDown };
        let me = self.me.upgrade().ok_or_else(ending)?;
        tokio::spawn(work(me)).await.map_err(|_| ending())?
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &RegistryStore {
        &self.store
    }

    /// Reads rows as they are on this member.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.read(query).await.map_err(|source| Error::Read { operation, source })
    }

    /// Reads rows as they are after all that was acknowledged anywhere.
    pub(crate) async fn read_linear<T: Send + 'static>(
        &self,
        operation: &'static str,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.read_linear(query).await.map_err(|source| Error::Read { operation, source })
    }

    /// Writes a command; the caller turns refusals that it expects into errors of its own.
    pub(crate) async fn write(
        &self,
        operation: &'static str,
        id: OperationId,
        command: Command,
        refused: impl FnOnce(Reject) -> Error,
    ) -> Result<Written<Reply>, Error> {
        self.store.write(id, command).await.map_err(|error| match error {
            WriteError::Rejected(reject) => refused(reject),
            source @ (WriteError::NotApplied(_) | WriteError::Unknown) => Error::Write { operation, source },
        })
    }

    /// Finds a repository with its rights; nothing is decided here.
    pub(crate) async fn lookup(&self, name: &RepositoryName) -> Result<Option<Arc<Known>>, Error> {
        if let Some(found) = self.known.get(name) {
            return Ok(found);
        }
        let ticket = self.known.ticket();
        let asked = name.clone();
        let found = self
            .read("reading a repository", move |conn| {
                let Some(row) = rows::repositories::by_name(conn, &asked)? else { return Ok(None) };
                let rights = rows::rights::of_repository(conn, row.id, row.owner)?;
                Ok(Some(Arc::new(Known { row, rights })))
            })
            .await?;
        self.known.insert(ticket, name.clone(), found.clone());
        Ok(found)
    }

    /// Finds a repository in which the caller may do something.
    pub(crate) async fn authorize(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        action: Action,
    ) -> Result<Arc<Known>, Error> {
        let known = self.lookup(name).await?;
        rights::decide(ctx, name, known.as_ref(), action)?;
        known.ok_or_else(|| Error::RepositoryUnknown { repository: name.clone() })
    }

    /// Reports whether the caller may pull from, push to, or administer a repository of this registry; false
    /// also where there is none. For whoever runs images.
    ///
    /// # Errors
    /// If the rights cannot be read.
    pub async fn image_right(
        &self,
        ctx: &OpContext,
        repository: &RepositoryName,
        action: Action,
    ) -> Result<bool, Error> {
        if !ctx.is_alive() {
            return Ok(false);
        }
        let known = self.lookup(repository).await?;
        let level = known.and_then(|known| rights::explain(ctx, &known).level);
        Ok(level >= Some(action.level()) && rights::token_covers(ctx, repository, action))
    }

    /// Explains what an account, or the caller, may do in a repository. Others' rights are told to whoever
    /// administers it.
    ///
    /// # Errors
    /// If the caller may not know.
    pub async fn right_explain(
        &self,
        ctx: &OpContext,
        repository: &RepositoryName,
        account: Option<&base::AccountName>,
    ) -> Result<Explanation, Error> {
        let Some(name) = account else {
            let known = self.authorize(ctx, repository, Action::Pull).await?;
            return Ok(rights::explain(ctx, &known));
        };
        let itself = ctx.caller().account().is_some_and(|caller| caller.name == *name);
        let action = if itself { Action::Pull } else { Action::Administer };
        let known = self.authorize(ctx, repository, action).await?;
        let snapshot = ctx.snapshot();
        let account = snapshot
            .account_by_name(name)
            .ok_or_else(|| Error::NamespaceUnknown { namespace: base::RepositoryNamespace::from(name.clone()) })?;
        Ok(rights::explain_account(&snapshot, account.id, &known))
    }

    /// Returns the settings.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn settings_view(&self, _ctx: &OpContext) -> Result<Settings, Error> {
        self.read("reading the registry's settings", rows::settings::get).await
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// If the caller is no administrator.
    pub async fn settings_update(&self, ctx: &OpContext, settings: Settings) -> Result<(), Error> {
        ctx.require_admin("registry_settings_update")?;
        let operation = "changing the registry's settings";
        let refused = |reject| Error::Refused { operation, reject };
        self.write(operation, ctx.operation_id(), Command::SettingsSet(settings), refused).await?;
        ctx.audit(opctx::AuditEntry::allowed("registry_settings_update", opctx::ObjectRef::new("registry", "")));
        Ok(())
    }

    /// Waits until the copy of accounts has what the control plane acknowledged; a copy that stays behind is
    /// gone on with, and what it does not know yet is refused.
    pub(crate) async fn accounts_caught_up(&self) {
        if let Some(feed) = &self.feed
            && let Err(error) = feed.caught_up().await
        {
            tracing::warn!("waiting for the copy of accounts: {}", base::chain(&error));
        }
    }

    /// Returns the name under which the caller is shown beside what it pushed.
    pub(crate) fn actor_name(ctx: &OpContext) -> Option<String> {
        match ctx.caller() {
            Caller::Anonymous => None,
            caller => Some(caller.to_string()),
        }
    }
}
