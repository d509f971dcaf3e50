//! A control store with an administrator and users, and a gateway before a stub.

use std::sync::Arc;

use access::{Grant, GrantSubject};
use base::{AccountName, ClusterId, RepositoryName, Secret, SystemClock, Timestamp};
use engine_gateway::{EngineGateway, GatewayOptions, ImageRight, ImageRights};
use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use http_kit::{Body, Request, Response};
use identity::{AccountCreate, Endpoint, Identity, Options, Passwords};
use opctx::{AuditSink, Authority, ContextFactory, OpContext};
use pki::{ClientCa, Validity};
use serde_json::{Value, json};
use state::ControlStore;
use tempfile::TempDir;
use workloads::{Engines, Workloads};

use crate::stub::Stub;

pub(crate) use holdfast_engine_gateway as engine_gateway;

pub(crate) const REGISTRY: &str = "registry.test:5000";
const PASSWORD: &str = "correct horse battery";

/// Everybody may pull `acme/open`, only `anna` may push there.
struct Images;

impl ImageRights for Images {
    fn allows<'a>(
        &'a self,
        ctx: &'a OpContext,
        repository: &'a RepositoryName,
        right: ImageRight,
    ) -> BoxFuture<'a, bool> {
        let anna = ctx.caller().account().is_some_and(|account| account.name.as_str() == "anna");
        let open = repository.as_str() == "acme/open";
        Box::pin(async move { open && (right == ImageRight::Pull || anna) })
    }
}

/// A gateway with all that it needs.
pub(crate) struct World {
    pub(crate) stub: Stub,
    pub(crate) gateway: EngineGateway,
    pub(crate) identity: Identity,
    pub(crate) store: ControlStore,
    pub(crate) workloads: Workloads,
    _dir: TempDir,
}

impl World {
    /// Begins with `admin`, `anna` and `ben`, and a stub that knows nothing but its version.
    pub(crate) async fn new() -> Self {
        let stub = Stub::default();
        stub.on_get("/version", json!({ "ApiVersion": "1.41", "Os": "linux", "Arch": "amd64", "Version": "20.10.24" }));
        stub.on_get("/info", json!({ "Swarm": { "LocalNodeState": "active", "ControlAvailable": true } }));
        Self::with(Arc::new(stub.clone()), stub).await
    }

    /// Begins with other engines.
    pub(crate) async fn with(engines: Arc<dyn Engines>, stub: Stub) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = ControlStore::open(store::Options::new(dir.path()).create()).await.unwrap();
        let passwords = Passwords::cheap().unwrap();
        let name = |name: &str| name.parse::<AccountName>().unwrap();
        identity::admin_ensure(&store, &passwords, &name("admin"), &Secret::new(PASSWORD)).await.unwrap();
        let authority = Authority::of_control(&store).await.unwrap();
        let cluster = ClusterId::random();
        let clock = Arc::new(SystemClock);
        let contexts = ContextFactory::new(authority, AuditSink::start(store.clone()), cluster, clock);
        let client_ca =
            ClientCa::create(cluster, Validity::authority(Timestamp::from_millis(1_760_000_000_000))).unwrap();
        let endpoint = Endpoint { hosts: vec!["localhost:7443".into()], ca_pem: String::new() };
        let options = Options { store: store.clone(), contexts, passwords, client_ca: Arc::new(client_ca), endpoint };
        let identity = Identity::new(options).unwrap();
        let system = identity.contexts().system("test");
        for user in ["anna", "ben"] {
            let password = Some(Secret::new(PASSWORD));
            let create = AccountCreate { name: name(user), full_name: user.into(), password, is_admin: false };
            identity.account_create(&system, create).await.unwrap();
        }
        let workloads = Workloads::new(engines, store.clone(), cluster);
        let options = GatewayOptions { registry_names: vec![REGISTRY.into()], ..GatewayOptions::default() };
        let gateway = EngineGateway::new(identity.clone(), workloads.clone(), Arc::new(Images), options);
        Self { stub, gateway, identity, store, workloads, _dir: dir }
    }

    /// Returns the context of a request of a user's.
    pub(crate) async fn context(&self, user: &str) -> OpContext {
        let origin = opctx::Origin::system();
        let password = Secret::new(PASSWORD);
        let presented = identity::Credential::Basic { user: user.into(), password };
        let caller = self.identity.authenticate(presented, &origin).await.unwrap();
        self.identity.contexts().context(caller, origin)
    }

    /// Lets every user schedule on all nodes.
    pub(crate) async fn set_everywhere(&self) {
        let system = self.identity.contexts().system("test");
        let setting = state::control::settings::SettingSet {
            name: state::control::settings::names::SCHEDULE_ON_ALL_NODES.into(),
            value: Some(json!(true)),
            only_if_absent: false,
        };
        self.store.write(system.operation_id(), state::control::Command::SettingSet(setting)).await.unwrap();
    }

    /// Makes a role.
    pub(crate) async fn role(&self, id: &str, operations: &[access::Operation]) {
        let system = self.identity.contexts().system("test");
        let rights = access::Rights::of(operations);
        let role = access::Role { id: id.parse().unwrap(), name: id.to_owned(), system: false, rights };
        let written = self.store.write(system.operation_id(), state::control::Command::RoleCreate(role)).await.unwrap();
        self.identity.contexts().authority().reach(written.index).await;
    }

    /// Makes a collection.
    pub(crate) async fn collection(&self, path: &str) {
        let system = self.identity.contexts().system("test");
        self.identity.collection_create(&system, &path.parse().unwrap()).await.unwrap();
    }

    fn grant_of(&self, user: &str, role: &str, path: &str) -> Grant {
        let snapshot = self.identity.contexts().authority().snapshot();
        let account = snapshot.account_by_name(&user.parse().unwrap()).unwrap().id;
        let collection = snapshot.policy.collection_by_path(&path.parse().unwrap()).unwrap().id.clone();
        Grant { subject: GrantSubject::User(account), role: role.parse().unwrap(), collection }
    }

    /// Gives a role on a collection.
    pub(crate) async fn grant(&self, user: &str, role: &str, path: &str) {
        let system = self.identity.contexts().system("test");
        self.identity.grant_add(&system, self.grant_of(user, role, path)).await.unwrap();
    }

    /// Takes it away again.
    pub(crate) async fn revoke(&self, user: &str, role: &str, path: &str) {
        let system = self.identity.contexts().system("test");
        self.identity.grant_remove(&system, self.grant_of(user, role, path)).await.unwrap();
    }

    /// Sends a request as a user (none for an anonymous one).
    pub(crate) async fn raw(&self, user: Option<&str>, method: Method, target: &str, body: Body) -> Response {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        if let Some(user) = user {
            let mut value = http::HeaderValue::from_str(&basic(user)).unwrap();
            value.set_sensitive(true);
            request.headers_mut().insert("authorization", value);
        }
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        self.gateway.handle(request).await
    }

    /// Sends a request and reads the answer as JSON (null if it is none).
    pub(crate) async fn ask(&self, user: &str, method: Method, target: &str, body: Value) -> (StatusCode, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        read(self.raw(Some(user), method, target, body).await).await
    }

    pub(crate) async fn get(&self, user: &str, target: &str) -> (StatusCode, Value) {
        self.ask(user, Method::GET, target, Value::Null).await
    }

    pub(crate) async fn post(&self, user: &str, target: &str, body: Value) -> (StatusCode, Value) {
        self.ask(user, Method::POST, target, body).await
    }
}

pub(crate) fn basic(user: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{PASSWORD}")))
}

pub(crate) async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = http_kit::read(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Returns the message of an error.
pub(crate) fn message(answer: &Value) -> &str {
    answer["message"].as_str().unwrap_or_default()
}

/// Labels that place an object.
pub(crate) fn at(path: &str) -> Value {
    json!({ "com.docker.ucp.access.label": path })
}
