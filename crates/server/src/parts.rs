//! The domain's parts of one process: stores, keys, identity, registry.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use base::{Clock, ClusterId, MemberId, OperationId};
use blob::FsBlobStore;
use config::{ExternalName, ServerSettings};
use identity::{Endpoint, Identity, Passwords};
use opctx::{AuditSink, Authority, ContextFactory};
use registry::{Feed, Registry};
use state::control::settings::{self, SettingSet, names};
use state::control::{Command, ControlStore};
use state::registry::RegistryStore;
use store::Store;

use crate::admin;
use crate::data_dir::DataDir;
use crate::keys::Keys;

/// The only member while a store has one.
pub(crate) const MEMBER: MemberId = MemberId(1);

/// What the surfaces are made of.
pub(crate) struct Parts {
    pub(crate) cluster: ClusterId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) names: Vec<ExternalName>,
    /// Names of the listener without TLS.
    pub(crate) plain_names: Vec<String>,
    pub(crate) control: ControlStore,
    pub(crate) registry_store: RegistryStore,
    pub(crate) keys: Keys,
    pub(crate) audit: AuditSink,
    pub(crate) contexts: ContextFactory,
    pub(crate) registry_contexts: ContextFactory,
    pub(crate) identity: Identity,
    pub(crate) registry: Arc<Registry>,
}

impl Parts {
    /// Opens the stores and makes everything that hangs on them.
    pub(crate) async fn open(directory: &DataDir, settings: &ServerSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let control = open_control(directory, Arc::clone(&clock)).await?;
        let registry_store = open_registry(directory, Arc::clone(&clock)).await?;
        let cluster = cluster_id(&control).await?;
        // UCP's setting, on while there is one node: managers are in /System, where only administrators schedule.
        set_if_absent(&control, names::SCHEDULE_ON_ALL_NODES, true.into()).await?;
        let names = crate::names::settle(&control, &settings.external_names, settings.listen).await?;
        let keys = Keys::open(&directory.join("member.key"), &control, MEMBER, cluster, &*clock).await?;
        let passwords = Passwords::new().context("preparing the password pool")?;
        admin::ensure(&control, &passwords, settings).await?;

        let audit = AuditSink::start(control.clone());
        let authority = Authority::of_control(&control).await?;
        let contexts = ContextFactory::new(authority, audit.clone(), cluster, Arc::clone(&clock));
        let endpoint = Endpoint {
            hosts: names.iter().map(|name| format!("{}:{}", url_host(name), name.port())).collect(),
            ca_pem: keys.client_ca.ca_pem().to_owned(),
        };
        let identity = Identity::new(identity::Options {
            store: control.clone(),
            contexts: contexts.clone(),
            passwords,
            client_ca: Arc::clone(&keys.client_ca),
            endpoint,
        })?;

        let feed = Feed::start(control.clone(), registry_store.clone());
        feed.carry().await.context("bringing the registry's copy of accounts up to date")?;
        let copy = Authority::of_registry(&registry_store).await?;
        let registry_contexts = ContextFactory::new(copy, audit.clone(), cluster, Arc::clone(&clock));
        let registry = Registry::new(registry::Options {
            store: registry_store.clone(),
            blobs: Arc::new(FsBlobStore::open(&directory.join("blobs")).context("opening the blobs")?),
            member: MEMBER,
            clock: Arc::clone(&clock),
            sealer: Arc::clone(&keys.seal) as Arc<dyn registry::Sealer>,
            external_names: names.iter().map(ToString::to_string).collect(),
            feed: Some(feed),
            lease_secs: registry::Options::LEASE_SECS,
        })
        .await
        .context("starting the registry")?;
        let plain_names = settings.plain_listen.map(plain_names).unwrap_or_default();
        Ok(Self {
            cluster,
            clock,
            names,
            plain_names,
            control,
            registry_store,
            keys,
            audit,
            contexts,
            registry_contexts,
            identity,
            registry,
        })
    }

    /// Writes what is queued and closes the stores.
    pub(crate) async fn close(&self) {
        self.identity.used_flush().await;
        self.audit.flush().await;
        self.registry_store.shutdown().await;
        self.control.shutdown().await;
    }
}

/// Opens the control store and waits until it answers.
pub(crate) async fn open_control(directory: &DataDir, clock: Arc<dyn Clock>) -> Result<ControlStore> {
    let mut options = store::Options::new(directory.join("control")).create();
    options.clock = clock;
    ready(Store::open(options).await.context("opening the control store")?, "control").await
}

async fn open_registry(directory: &DataDir, clock: Arc<dyn Clock>) -> Result<RegistryStore> {
    let mut options = store::Options::new(directory.join("registry")).create();
    options.clock = clock;
    ready(Store::open(options).await.context("opening the registry's store")?, "registry").await
}

async fn ready<M: store::Machine>(store: Store<M>, name: &str) -> Result<Store<M>> {
    if store.wait_ready(admin::READY).await {
        Ok(store)
    } else {
        bail!("the {name} store does not become ready: {:?}", store.status())
    }
}

async fn cluster_id(store: &ControlStore) -> Result<ClusterId> {
    set_if_absent(store, names::CLUSTER, serde_json::to_value(ClusterId::random())?).await?;
    let found: Option<ClusterId> = store.read(|conn| settings::get_as(conn, names::CLUSTER)).await?;
    found.context("the control store has no cluster id")
}

async fn set_if_absent(store: &ControlStore, name: &str, value: serde_json::Value) -> Result<()> {
    let set = SettingSet { name: name.to_owned(), value: Some(value), only_if_absent: true };
    let written = store.write(OperationId::random(), Command::SettingSet(set)).await;
    written.with_context(|| format!("recording the setting `{name}`"))?;
    Ok(())
}

fn plain_names(address: SocketAddr) -> Vec<String> {
    vec![address.to_string(), format!("localhost:{}", address.port())]
}

fn url_host(name: &ExternalName) -> String {
    if name.host().contains(':') { format!("[{}]", name.host()) } else { name.host().to_owned() }
}
