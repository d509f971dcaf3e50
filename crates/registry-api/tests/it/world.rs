//! A whole registry on port 0 and a small HTTP client.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{AccountName, ClusterId, MemberId, Secret, SystemClock, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blob::FsBlobStore;
use bytes::Bytes;
use holdfast_registry_api::{Names, Options, RegistryApi};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody};
use http_kit::{Listener, Shutdown};
use hyper_util::rt::TokioIo;
use identity::{AccountCreate, Endpoint, Identity, Passwords};
use oci::Digest;
use opctx::{AuditSink, Authority, ContextFactory, OpContext};
use registry::{Feed, Registry};
use serde_json::{Value, json};
use state::ControlStore;
use state::registry::RegistryStore;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) identity: Identity,
    pub(crate) registry: Arc<Registry>,
    pub(crate) contexts: ContextFactory,
    pub(crate) control: ControlStore,
    store: RegistryStore,
    shutdown: Shutdown,
    dir: Arc<TempDir>,
}

pub(crate) fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

impl World {
    /// Starts with an administrator `root`, the users `anna` and `bert`, and the organization `acme`.
    pub(crate) async fn start() -> Self {
        let world = Self::open(Arc::new(tempfile::tempdir().unwrap())).await;
        let root = world.contexts.system("test");
        for user in ["anna", "bert"] {
            let create = AccountCreate {
                name: name(user),
                full_name: user.to_owned(),
                password: Some(Secret::new(PASSWORD)),
                is_admin: false,
            };
            world.identity.account_create(&root, create).await.unwrap();
        }
        world.identity.organization_create(&root, &name("acme"), "Acme").await.unwrap();
        world
    }

    pub(crate) async fn open(dir: Arc<TempDir>) -> Self {
        let path = |part: &str| -> PathBuf { dir.path().join(part) };
        let clock = Arc::new(SystemClock);
        let control = ControlStore::open(store::Options::new(path("control")).create()).await.unwrap();
        let store = RegistryStore::open(store::Options::new(path("registry")).create()).await.unwrap();
        let passwords = Passwords::cheap().unwrap();
        identity::admin_ensure(&control, &passwords, &name("root"), &Secret::new(PASSWORD)).await.unwrap();
        let authority = Authority::of_control(&control).await.unwrap();
        let contexts =
            ContextFactory::new(authority, AuditSink::start(control.clone()), ClusterId::random(), clock.clone());
        let ca = pki::ClientCa::create(ClusterId::random(), pki::Validity::authority(Timestamp::from_millis(0)));
        let identity = Identity::new(identity::Options {
            store: control.clone(),
            contexts: contexts.clone(),
            passwords,
            client_ca: Arc::new(ca.unwrap()),
            endpoint: Endpoint { hosts: Vec::new(), ca_pem: String::new() },
        })
        .unwrap();
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = listener.address().unwrap();
        let registry = Registry::new(registry::Options {
            store: store.clone(),
            blobs: Arc::new(FsBlobStore::open(&path("blobs")).unwrap()),
            member: MemberId(1),
            clock,
            sealer: seal_key(dir.path()),
            external_names: vec![address.to_string()],
            feed: Some(Feed::start(control.clone(), store.clone())),
            lease_secs: registry::Options::LEASE_SECS,
        })
        .await
        .unwrap();
        let names = Names { external: vec![address.to_string()], plain: vec![address.to_string()] };
        let api = RegistryApi::new(Options {
            registry: Arc::clone(&registry),
            identity: Arc::new(identity.clone()),
            contexts: contexts.clone(),
            names,
        });
        let shutdown = Shutdown::new();
        let service = move |request| {
            let api = api.clone();
            async move { api.handle(request).await }
        };
        tokio::spawn(http_kit::serve(listener, None, service, shutdown.clone()));
        Self { address, identity, registry, contexts, control, store, shutdown, dir }
    }

    /// Stops everything and starts again on the same directory.
    pub(crate) async fn restart(self) -> Self {
        self.shutdown.begin();
        self.control.shutdown().await;
        self.store.shutdown().await;
        let dir = Arc::clone(&self.dir);
        drop(self);
        Self::open(dir).await
    }

    pub(crate) fn blobs_dir(&self) -> PathBuf {
        self.dir.path().join("blobs")
    }

    pub(crate) fn system(&self) -> OpContext {
        self.contexts.system("test")
    }

    pub(crate) fn client(&self) -> Client {
        Client { address: self.address, authorization: None }
    }

    /// A client that presents its name and password with each request.
    pub(crate) fn basic(&self, user: &str) -> Client {
        let text = STANDARD.encode(format!("{user}:{PASSWORD}"));
        Client { address: self.address, authorization: Some(format!("Basic {text}")) }
    }

    /// A client with a token for some scopes.
    pub(crate) async fn token(&self, user: &str, scopes: &[&str]) -> Client {
        let mut path = format!("/auth/token?service={}", self.address);
        for scope in scopes {
            path.push_str("&scope=");
            path.push_str(scope);
        }
        let answer = self.basic(user).get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Client { address: self.address, authorization: Some(format!("Bearer {token}")) }
    }
}

/// The data key, kept beside the stores so that a restart opens what was sealed.
fn seal_key(dir: &Path) -> Arc<pki::SealKey> {
    let (member_path, key_path) = (dir.join("member"), dir.join("key"));
    if !member_path.exists() {
        let member = pki::MemberKey::random().unwrap();
        fs_err::write(&member_path, &*member.to_bytes()).unwrap();
        fs_err::write(&key_path, pki::SealKey::random().unwrap().wrap(&member).unwrap()).unwrap();
    }
    let member = pki::MemberKey::from_bytes(&fs_err::read(&member_path).unwrap()).unwrap();
    Arc::new(pki::SealKey::unwrap(&fs_err::read(&key_path).unwrap(), &member).unwrap())
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) authorization: Option<String>,
}

pub(crate) type Pieces = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

pub(crate) fn whole(bytes: impl Into<Bytes>) -> Pieces {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body of pieces that may end in an error, which cuts the connection.
pub(crate) fn pieces(pieces: Vec<std::io::Result<Bytes>>) -> Pieces {
    let frames = pieces.into_iter().map(|piece| piece.map(http_body::Frame::data));
    StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync()
}

impl Client {
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Pieces,
    ) -> Result<Answer, hyper::Error> {
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = http::Request::builder().method(method).uri(path).header("host", self.address.to_string());
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = sender.send_request(request.body(body).unwrap()).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Pieces) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], whole("")).await
    }

    pub(crate) async fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, &[], whole("")).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], whole("")).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], whole("")).await
    }

    /// Begins an upload and returns its address.
    pub(crate) async fn begin(&self, repository: &str) -> String {
        let answer = self.post(&format!("/v2/{repository}/blobs/uploads/")).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.header("location").to_owned()
    }

    /// Pushes a blob as docker does: POST, PATCH, PUT.
    pub(crate) async fn push_blob(&self, repository: &str, content: &[u8]) -> Digest {
        let location = self.begin(repository).await;
        let answer = self.send(Method::PATCH, &location, &[], whole(content.to_vec())).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        let digest = Digest::of(content);
        let location = answer.header("location").to_owned();
        let answer = self.send(Method::PUT, &format!("{location}?digest={digest}"), &[], whole("")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        digest
    }

    pub(crate) async fn put_manifest(&self, repository: &str, reference: &str, body: &Value) -> Answer {
        let media_type = body["mediaType"].as_str().unwrap_or(oci::MediaType::OCI_MANIFEST).to_owned();
        let path = format!("/v2/{repository}/manifests/{reference}");
        self.send(Method::PUT, &path, &[("content-type", &media_type)], whole(body.to_string())).await
    }

    /// Pushes an image of one layer and returns its manifest.
    pub(crate) async fn push_image(&self, repository: &str, tag: &str, layer: &[u8]) -> Value {
        let config = json!({"os": "linux", "architecture": "amd64"}).to_string();
        self.push_blob(repository, config.as_bytes()).await;
        self.push_blob(repository, layer).await;
        let manifest = image(config.as_bytes(), &[layer]);
        let answer = self.put_manifest(repository, tag, &manifest).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        manifest
    }
}

pub(crate) fn image(config: &[u8], layers: &[&[u8]]) -> Value {
    let blob = |bytes: &[u8], kind: &str| json!({"mediaType": kind, "digest": Digest::of(bytes), "size": bytes.len()});
    let layers: Vec<Value> = layers.iter().map(|layer| blob(layer, "application/vnd.oci.image.layer.v1.tar")).collect();
    json!({
        "schemaVersion": 2,
        "mediaType": oci::MediaType::OCI_MANIFEST,
        "config": blob(config, oci::MediaType::OCI_CONFIG),
        "layers": layers,
    })
}
