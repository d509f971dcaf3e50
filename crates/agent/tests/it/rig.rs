//! A fleet with its listeners, and a small engine.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agent::{AgentOptions, JoinOptions};
use base::{Clock, ClusterId, Secret, SystemClock};
use engine_client::tunnel::listen;
use fleet::{Fleet, FleetOptions, JoinRequest, NodeRole};
use http::StatusCode;
use http_kit::{
    Body, ClientTrust, Listener, Request, Response, ServerIdentity, Shutdown, TlsOptions, TlsSettings, json, read,
    read_json, serve,
};
use opctx::{AuditSink, Authority, ContextFactory, OpContext};
use pki::{ClientCa, ClusterCa, Validity};
use state::control::ControlStore;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Answers what an agent and a gateway ask.
pub(crate) fn engine(path: &Path) {
    let listener = Listener::unix(path).unwrap();
    let answer = |request: Request| async move {
        match request.uri().path() {
            "/_ping" => Response::new(Body::from("OK")),
            "/info" => json(
                StatusCode::OK,
                &serde_json::json!({
                    "ID": "E1", "Name": "host-1", "ServerVersion": "20.10.24", "OSType": "linux", "NCPU": 2,
                    "MemTotal": 1024, "Labels": ["a=b"],
                    "Swarm": {"NodeID": "sn1", "LocalNodeState": "active", "ControlAvailable": true},
                }),
            ),
            "/version" => json(StatusCode::OK, &serde_json::json!({"ApiVersion": "1.41", "MinAPIVersion": "1.12"})),
            "/events" => {
                let event = r#"{"Type":"container","Action":"start","Actor":{"ID":"c1"}}"#;
                let first = futures_util::stream::iter([Ok::<_, std::io::Error>(format!("{event}\n"))]);
                Response::new(Body::from_stream(futures_util::StreamExt::chain(first, futures_util::stream::pending())))
            }
            _ => json(StatusCode::NOT_FOUND, &serde_json::json!({"message": "no"})),
        }
    };
    tokio::spawn(serve(listener, None, answer, Shutdown::new()));
}

pub(crate) struct Rig {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) fleet: Fleet,
    pub(crate) contexts: ContextFactory,
    pub(crate) address: String,
    pub(crate) engine: PathBuf,
    pub(crate) store: ControlStore,
    /// Why connections were not taken.
    pub(crate) refused: mpsc::UnboundedReceiver<String>,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (now, cluster) = (SystemClock.now(), ClusterId::random());
        let store = ControlStore::open(store::Options::new(folder.path().join("store")).create()).await.unwrap();
        assert!(store.wait_ready(Duration::from_secs(10)).await);
        let client_ca = ClientCa::create(cluster, Validity::authority(now)).unwrap();
        let cluster_ca = Arc::new(ClusterCa::create(cluster, Validity::authority(now)).unwrap());
        let agents = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fleet = Fleet::new(FleetOptions {
            store: store.clone(),
            cluster,
            ca: Arc::clone(&cluster_ca),
            server_pin: client_ca.certificate().fingerprint,
            tunnel_addresses: vec![agents.local_addr().unwrap().to_string()],
            clock: Arc::new(SystemClock),
        });
        let names = ["127.0.0.1".to_owned()];
        let own = cluster_ca.issue_server(&names, Validity::leaf(now)).unwrap();
        let own = tls(&cluster_ca.chain_pem(&own.certificate), own.key_pem.expose(), cluster_ca.ca_pem());
        let taking = fleet.clone();
        let (refusals, refused) = mpsc::unbounded_channel();
        let taken = move |io, certificate: http_kit::PeerCertificate| {
            let (fleet, refusals) = (taking.clone(), refusals.clone());
            async move {
                if let Err(error) = fleet.accept_tunnel(io, &certificate).await {
                    let _ = refusals.send(base::chain(&error));
                }
            }
        };
        tokio::spawn(listen(agents, own, taken, Shutdown::new()));
        let made = client_ca.issue_server(&names, Validity::leaf(now)).unwrap();
        let made = tls(&client_ca.chain_pem(&made.certificate), made.key_pem.expose(), client_ca.ca_pem());
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address().unwrap().to_string();
        let joining = fleet.clone();
        tokio::spawn(serve(listener, Some(made), move |request| join(joining.clone(), request), Shutdown::new()));
        let authority = Authority::of_control(&store).await.unwrap();
        let contexts = ContextFactory::new(authority, AuditSink::discard(), cluster, Arc::new(SystemClock));
        let socket = folder.path().join("engine.sock");
        engine(&socket);
        Self { folder, fleet, contexts, address, engine: socket, store, refused }
    }

    pub(crate) fn system(&self) -> OpContext {
        self.contexts.system("test")
    }

    pub(crate) async fn token(&self) -> Secret {
        let ctx = self.system();
        self.fleet.node_token_create(&ctx, "new".to_owned(), NodeRole::Worker, None).await.unwrap().text
    }

    pub(crate) fn agent(&self, token: Option<&Secret>) -> AgentOptions {
        AgentOptions {
            engine: self.engine.clone(),
            certs_dir: self.folder.path().join("certs.d"),
            join: token.map(|token| JoinOptions { server: self.address.clone(), token: token.clone() }),
            name: Some("host-1".to_owned()),
            ..AgentOptions::new(self.folder.path().join("agent"))
        }
    }
}

fn tls(chain: &str, key: &str, clients: &str) -> TlsSettings {
    TlsSettings::new(TlsOptions {
        identity: ServerIdentity::from_pem(chain, key).unwrap(),
        by_name: Vec::new(),
        clients: Some(ClientTrust { ca_pem: clients.to_owned() }),
        http2: true,
        clock: Arc::new(SystemClock),
    })
    .unwrap()
}

/// What the API does with a join.
async fn join(fleet: Fleet, request: Request) -> Response {
    assert_eq!(request.uri().path(), JoinRequest::PATH);
    let body: JoinRequest = read_json(request.into_body(), 65_536).await.unwrap();
    match fleet.agent_join(body).await {
        Ok(response) => json(StatusCode::CREATED, &response),
        Err(error) => json(
            StatusCode::from_u16(error.kind().status()).unwrap(),
            &serde_json::json!({"error": {"code": error.code(), "message": error.to_string()}}),
        ),
    }
}

pub(crate) async fn ping(link: &fleet::EngineLink, weight: fleet::Weight) -> String {
    let request = http::Request::get("/_ping").body(Body::empty()).unwrap();
    let response = link.request(request, weight).await.unwrap();
    String::from_utf8(read(response.into_body(), 100).await.unwrap().to_vec()).unwrap()
}

/// Waits until something is there; fails after ten seconds.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    found.await.map_err(|_| what.to_owned()).unwrap()
}
