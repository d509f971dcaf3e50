//! One server's worth of API: real stores in a temporary directory, no engine.

use std::sync::Arc;

use api_model::EventKind;
use base::{Clock, ClusterId, MemberId, Secret, SystemClock};
use control_api::{Cluster, ControlApi, Deps, EventHub};
use fleet::{Fleet, FleetOptions};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use http_kit::{Body, Origins, Response};
use identity::{Endpoint, Identity, Passwords};
use opctx::{AuditSink, Authority, ContextFactory};
use pki::{ClientCa, ClusterCa, SealKey, Validity};
use registry::{Feed, Registry};
use serde_json::{Value, json};
use state::control::ControlStore;
use state::registry::RegistryStore;
use tempfile::TempDir;
use workloads::Workloads;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct World {
    pub(crate) api: ControlApi,
    pub(crate) events: EventHub,
    pub(crate) audit: AuditSink,
    _dir: TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl World {
    /// Opens a world with an administrator `root`.
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = ControlStore::open(store::Options::new(dir.path().join("control")).create()).await.unwrap();
        let copy = RegistryStore::open(store::Options::new(dir.path().join("registry")).create()).await.unwrap();
        let passwords = Passwords::cheap().unwrap();
        let root = "root".parse().unwrap();
        assert!(identity::admin_ensure(&store, &passwords, &root, &Secret::new(PASSWORD)).await.unwrap());
        let cluster = ClusterId::random();
        let audit = AuditSink::start(store.clone());
        let authority = Authority::of_control(&store).await.unwrap();
        let contexts = ContextFactory::new(authority, audit.clone(), cluster, Arc::clone(&clock));
        let client_ca = Arc::new(ClientCa::create(cluster, Validity::authority(clock.now())).unwrap());
        let endpoint = Endpoint { hosts: vec!["hf.test:7443".to_owned()], ca_pem: client_ca.ca_pem().to_owned() };
        let identity = Identity::new(identity::Options {
            store: store.clone(),
            contexts: contexts.clone(),
            passwords,
            client_ca: Arc::clone(&client_ca),
            endpoint,
        });
        let fleet = Fleet::new(FleetOptions {
            store: store.clone(),
            cluster,
            ca: Arc::new(ClusterCa::create(cluster, Validity::authority(clock.now())).unwrap()),
            server_pin: [7; 32],
            tunnel_addresses: vec!["hf.test:7444".to_owned()],
            clock: Arc::clone(&clock),
        });
        let registry = Registry::new(registry::Options {
            store: copy.clone(),
            blobs: Arc::new(blob::FsBlobStore::open(&dir.path().join("blobs")).unwrap()),
            member: MemberId(1),
            clock,
            sealer: Arc::new(SealKey::random().unwrap()),
            external_names: vec!["hf.test:7443".to_owned()],
            feed: Some(Feed::start(store.clone(), copy)),
            lease_secs: registry::Options::LEASE_SECS,
        });
        let events = EventHub::new();
        let api = ControlApi::new(Deps {
            identity: identity.unwrap(),
            workloads: Workloads::new(Arc::new(fleet.clone()), store.clone(), cluster),
            fleet,
            registry: registry.await.unwrap(),
            store,
            contexts,
            events: events.clone(),
            origins: Origins::default(),
            cluster: Cluster {
                id: cluster,
                name: "hf".to_owned(),
                registry: "hf.test:7443".to_owned(),
                version: "0.1.0".to_owned(),
            },
            ca_pem: client_ca.ca_pem().to_owned(),
        });
        Self { api, events, audit, _dir: dir }
    }

    /// Sends a request and leaves the answer's body alone.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Response {
        let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(path);
        request = request.header("host", "hf.test:7443");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.api.handle(request.body(body).unwrap()).await
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        read(self.send(method, path, headers, body).await).await
    }

    /// Sends a request with a session's token.
    pub(crate) async fn with(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    /// Signs in as UCP's clients do.
    pub(crate) async fn token(&self, user: &str) -> String {
        let body = json!({"username": user, "password": PASSWORD});
        let answer = self.call("POST", "/auth/login", &[], Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()["auth_token"].as_str().unwrap().to_owned()
    }

    /// Does what must succeed.
    pub(crate) async fn done(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let answer = self.with(token, method, path, body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status.is_success(), "{method} {path}: {} {text}", answer.status);
        answer
    }

    /// Makes a user.
    pub(crate) async fn user(&self, root: &str, name: &str) {
        self.done(root, "POST", "/api/v1/users", Some(json!({"name": name, "password": PASSWORD}))).await;
    }

    pub(crate) fn publish(&self, kind: EventKind) {
        self.events.publish(kind, Some("an-id".to_owned()));
    }
}

pub(crate) async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}
