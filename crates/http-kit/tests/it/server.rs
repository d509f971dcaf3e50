//! A server with a client CA, and connections to it.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use base::{ClusterId, ManualClock, Timestamp};
use http_kit::{
    Body, ClientTrust, Listener, Request, Response, ServerIdentity, Shutdown, TlsOptions, TlsSettings, client_config,
    serve,
};
use hyper_util::rt::TokioIo;
use pki::{ClientCa, KeyedCertificate, Validity};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The server's clock stands at a time when what it issues is valid for real as well.
pub(crate) fn now() -> Timestamp {
    use base::Clock;
    base::SystemClock.now()
}

pub(crate) struct Server {
    pub(crate) ca: ClientCa,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) shutdown: Shutdown,
    pub(crate) ended: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start<S, F>(service: S) -> Self
    where
        S: Fn(Request) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response> + Send + 'static,
    {
        let ca = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
        let made = ca.issue_server(&["localhost".to_owned(), "127.0.0.1".to_owned()], Validity::leaf(now())).unwrap();
        let identity = ServerIdentity::from_pem(&ca.chain_pem(&made.certificate), made.key_pem.expose()).unwrap();
        assert_eq!(identity.pin(), ca.certificate().fingerprint);
        let clock = Arc::new(ManualClock::at(now()));
        let tls = TlsSettings::new(TlsOptions {
            identity,
            by_name: Vec::new(),
            clients: Some(ClientTrust { ca_pem: ca.ca_pem().to_owned() }),
            http2: true,
            clock: Arc::<ManualClock>::clone(&clock),
        })
        .unwrap();
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address().unwrap();
        let shutdown = Shutdown::new();
        let ended = tokio::spawn(serve(listener, Some(tls), service, shutdown.clone()));
        Self { ca, address, clock, shutdown, ended }
    }

    pub(crate) async fn connect(&self, certificate: Option<&KeyedCertificate>, alpn: &[u8]) -> TlsStream<TcpStream> {
        let identity =
            certificate.map(|made| ServerIdentity::from_pem(&made.certificate.pem, made.key_pem.expose()).unwrap());
        let mut config = client_config(self.ca.ca_pem(), identity.as_ref()).unwrap();
        config.alpn_protocols = vec![alpn.to_vec()];
        let stream = TcpStream::connect(self.address).await.unwrap();
        TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await.unwrap()
    }
}

/// Sends one request over HTTP/1.1 and returns the answer with its whole text.
pub(crate) async fn ask(io: TlsStream<TcpStream>, request: http::Request<Body>) -> (http::response::Parts, String) {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io)).await.unwrap();
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
    let bytes = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
    (parts, String::from_utf8(bytes.to_vec()).unwrap())
}

pub(crate) fn get(path: &str) -> http::Request<Body> {
    http::Request::get(path).header("host", "localhost").body(Body::empty()).unwrap()
}
