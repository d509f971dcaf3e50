//! Requests to registries and engines, as streams that a thread reads.

use std::io::{self, Read};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;

use crate::error::Error;

/// How long the other side may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a refusal may say.
const MAX_MESSAGE_BYTES: u64 = 8 * 1024;

/// Where to send a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A unix socket.
    Unix(PathBuf),
    /// A host, by TLS or (on this machine only) without.
    Host { host: String, port: u16, is_tls: bool },
}

impl Target {
    /// Reads `host[:port]`.
    pub(crate) fn of_authority(authority: &str, is_tls: bool) -> Result<Self, Error> {
        let bad = || Error::Unusable(format!("`{authority}` is no address of a host"));
        let authority: http::uri::Authority = authority.parse().map_err(|_| bad())?;
        if authority.as_str().contains('@') {
            return Err(bad());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let target = Self::Host { port: authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 }), host, is_tls };
        if !is_tls && !target.is_loopback() {
            return Err(Error::Unusable(format!("`{authority}` is spoken to by TLS only: it is not on this machine")));
        }
        Ok(target)
    }

    /// Tells whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Host { host, .. } => {
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// The name for people, and for the `Host` header.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Unix(path) => path.display().to_string(),
            Self::Host { host, port, .. } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Host { host, port, is_tls: true } if *port == 443 => host.clone(),
            Self::Host { host, port, .. } => format!("{host}:{port}"),
        }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: BodyReader,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Makes an error of a refusal.
    pub(crate) fn refused(mut self, target: &Target, what: &str) -> Error {
        let mut message = Vec::new();
        // What it says is only for people; that it says nothing changes nothing.
        let _ = (&mut self.body).take(MAX_MESSAGE_BYTES).read_to_end(&mut message);
        let text: String =
            String::from_utf8_lossy(&message).chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
        Error::Refused { address: target.name(), status: self.status, what: what.to_owned(), message: text }
    }
}

/// A client with its own thread for the network.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    runtime: Arc<Runtime>,
    tls: Arc<ClientConfig>,
}

impl Http {
    /// Makes a client that trusts the system's CAs and those given (PEM).
    pub(crate) fn new(ca_pem: Option<&str>) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|source| Error::Worker { source })?;
        Ok(Self { runtime: Arc::new(runtime), tls: Arc::new(tls(ca_pem)?) })
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) fn get(&self, target: &Target, path: &str, headers: &[(&str, &str)]) -> Result<Answer, Error> {
        let mut request = http::Request::get(path);
        let host = match target {
            Target::Unix(_) => "localhost".to_owned(),
            Target::Host { .. } => target.name(),
        };
        request = request.header("host", host).header("user-agent", "holdfast");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Empty::<Bytes>::new())
            .map_err(|_| Error::Unusable(format!("`{path}` cannot be asked for")))?;
        let response = self.runtime.block_on(async {
            let silent = || Error::Connect { address: target.name(), source: io::ErrorKind::TimedOut.into() };
            let mut sender = tokio::time::timeout(PATIENCE, self.connect(target)).await.map_err(|_| silent())??;
            let answer = tokio::time::timeout(PATIENCE, sender.send_request(request)).await.map_err(|_| silent())?;
            answer.map_err(|source| Error::Talk { address: target.name(), source })
        })?;
        let (head, body) = response.into_parts();
        let body = BodyReader { runtime: Arc::clone(&self.runtime), body, chunk: Bytes::new() };
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    async fn connect(&self, target: &Target) -> Result<http1::SendRequest<Empty<Bytes>>, Error> {
        let failed = |source| Error::Connect { address: target.name(), source };
        match target {
            Target::Unix(path) => shake(target, UnixStream::connect(path).await.map_err(failed)?).await,
            Target::Host { host, port, is_tls } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(failed)?;
                stream.set_nodelay(true).map_err(failed)?;
                if !is_tls {
                    return shake(target, stream).await;
                }
                let name = ServerName::try_from(host.clone())
                    .map_err(|_| Error::Unusable(format!("`{host}` is no name of a host")))?;
                let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await.map_err(failed)?;
                shake(target, stream).await
            }
        }
    }
}

async fn shake(
    target: &Target,
    io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<http1::SendRequest<Empty<Bytes>>, Error> {
    let (sender, connection) =
        http1::handshake(TokioIo::new(io)).await.map_err(|source| Error::Talk { address: target.name(), source })?;
    // A broken connection shows at the request that runs over it.
    tokio::spawn(connection);
    Ok(sender)
}

fn tls(ca_pem: Option<&str>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = ca_pem {
        let bad = || Error::Unusable("the file of the CA holds no certificate that can be read".to_owned());
        let mut is_empty = true;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(|_| bad())?).map_err(|_| bad())?;
            is_empty = false;
        }
        if is_empty {
            return Err(bad());
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A body, read by a thread.
pub(crate) struct BodyReader {
    runtime: Arc<Runtime>,
    body: Incoming,
    chunk: Bytes,
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            let frame = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, self.body.frame()).await });
            match frame {
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(None) => return Ok(0),
                Ok(Some(Err(error))) => return Err(io::Error::other(error)),
                Ok(Some(Ok(frame))) => self.chunk = frame.into_data().unwrap_or_default(),
            }
        }
        let got = self.chunk.len().min(buffer.len());
        if let Some(place) = buffer.get_mut(..got) {
            self.chunk.copy_to_slice(place);
        }
        Ok(got)
    }
}
