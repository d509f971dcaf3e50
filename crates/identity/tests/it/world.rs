//! One server's worth of identity: a store in a temporary directory, a clock that tests set.

use std::sync::Arc;
use std::time::Duration;

use access::{Grant, GrantSubject};
use base::{AccountName, Clock, ClusterId, CollectionPath, ManualClock, PageLimit, RequestId, Secret, Timestamp};
use identity::{AccountCreate, AuthError, Credential, Endpoint, Error, Identity, Options, Passwords, admin_ensure};
use opctx::{AccountCaller, AuditSink, Authority, Caller, ContextFactory, OpContext, Origin, Surface};
use pki::{ClientCa, Validity};
use state::ControlStore;
use tempfile::TempDir;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct World {
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ca: Arc<ClientCa>,
    _dir: TempDir,
}

impl World {
    /// Opens a store with an administrator `root`.
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_000_000_000)));
        let mut options = store::Options::new(dir.path()).create();
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let store = ControlStore::open(options).await.unwrap();
        let passwords = Passwords::cheap().unwrap();
        assert!(admin_ensure(&store, &passwords, &name("root"), &Secret::new(PASSWORD)).await.unwrap());
        let authority = Authority::of_control(&store).await.unwrap();
        let cluster = ClusterId::random();
        let audit = AuditSink::start(store.clone());
        let contexts = ContextFactory::new(authority, audit, cluster, Arc::clone(&clock) as Arc<dyn Clock>);
        let ca = Arc::new(ClientCa::create(cluster, Validity::authority(clock.now())).unwrap());
        let endpoint = Endpoint {
            hosts: vec!["ucp.example.org:443".to_owned(), "10.0.0.1:7443".to_owned()],
            ca_pem: ca.ca_pem().to_owned(),
        };
        let options = Options { store, contexts, passwords, client_ca: Arc::clone(&ca), endpoint };
        Self { identity: Identity::new(options).unwrap(), clock, ca, _dir: dir }
    }

    /// Opens a world with users `anna` and `bert` besides.
    pub(crate) async fn with_users() -> Self {
        let world = Self::open().await;
        for user in ["anna", "bert"] {
            world.user(user).await;
        }
        world
    }

    pub(crate) async fn user(&self, user: &str) {
        let create = AccountCreate {
            name: name(user),
            full_name: String::new(),
            password: Some(Secret::new(PASSWORD)),
            is_admin: false,
        };
        self.identity.account_create(&self.root().await, create).await.unwrap();
    }

    /// Makes an organization with an owner.
    pub(crate) async fn organization(&self, organization: &str, owner: &str) {
        let root = self.root().await;
        self.identity.organization_create(&root, &name(organization), "").await.unwrap();
        self.identity.member_set(&root, &name(organization), &name(owner), Some(true)).await.unwrap();
    }

    pub(crate) async fn sign_in(&self, user: &str, password: &str) -> Result<AccountCaller, AuthError> {
        let credential = Credential::Basic { user: user.to_owned(), password: Secret::new(password) };
        self.present(credential).await
    }

    pub(crate) async fn present(&self, credential: Credential) -> Result<AccountCaller, AuthError> {
        match self.identity.authenticate(credential, &origin()).await? {
            Caller::Account(account) => Ok(account),
            other => panic!("not an account: {other:?}"),
        }
    }

    pub(crate) async fn context(&self, user: &str) -> OpContext {
        let caller = self.sign_in(user, PASSWORD).await.unwrap();
        self.context_of(Caller::Account(caller))
    }

    pub(crate) fn context_of(&self, caller: Caller) -> OpContext {
        self.identity.contexts().context(caller, origin())
    }

    pub(crate) async fn root(&self) -> OpContext {
        self.context("root").await
    }

    pub(crate) fn anonymous(&self) -> OpContext {
        self.context_of(Caller::Anonymous)
    }

    /// Makes a collection and grants a role on it to a user.
    pub(crate) async fn granted(&self, user: &str, role: &str, at: &str) -> Grant {
        let root = self.root().await;
        let collection = match self.identity.collection_view(&root, &path(at)).await {
            Ok(found) => found.collection.id,
            Err(_) => self.identity.collection_create(&root, &path(at)).await.unwrap().collection.id,
        };
        let account = self.identity.account_view(&root, &name(user)).await.unwrap().id;
        let grant = Grant { subject: GrantSubject::User(account), role: role.parse().unwrap(), collection };
        self.identity.grant_add(&root, grant.clone()).await.unwrap();
        grant
    }
}

pub(crate) fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

pub(crate) fn path(text: &str) -> CollectionPath {
    text.parse().unwrap()
}

pub(crate) fn page() -> PageLimit {
    PageLimit::clamped(None)
}

pub(crate) fn origin() -> Origin {
    Origin {
        address: Some([10, 0, 0, 7].into()),
        request: RequestId::random(),
        surface: Surface::Api,
        agent: "test".to_owned(),
    }
}

/// The class of a failure, for tables.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

/// Waits for something, at most a second.
pub(crate) async fn within_a_second<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(1), future).await {
        Ok(done) => done,
        Err(_) => panic!("{what} took longer than a second"),
    }
}
