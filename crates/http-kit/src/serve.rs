//! Listeners: TCP with TLS or without, unix sockets; limits and a graceful end.

mod connection;
mod unread;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::peer::{Peer, Transport};
use crate::tls::TlsSettings;
use crate::{Request, Response};

pub use connection::serve_connection;

/// What one connection may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections; more wait in the kernel's queue.
    pub connections: usize,
    /// Headers of a request.
    pub headers: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// Time for a request's head, the pause before it on a kept connection included.
    pub head: Duration,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time that open requests get when the listener ends.
    pub grace: Duration,
    /// Concurrent requests of one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 8192,
            headers: 100,
            head_bytes: 64 * 1024,
            head: Duration::from_secs(60),
            handshake: Duration::from_secs(10),
            grace: Duration::from_secs(10),
            streams: 128,
        }
    }
}

/// The signal by which a server ends; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// Makes a signal that has not been given.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the signal.
    pub fn begin(&self) {
        self.0.cancel();
    }

    /// Reports whether the signal was given.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits for the signal.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }
}

impl From<CancellationToken> for Shutdown {
    fn from(token: CancellationToken) -> Self {
        Self(token)
    }
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

enum Accepted {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

/// An open listening socket with its limits.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    limits: Limits,
}

impl Listener {
    /// Listens on a TCP address; port 0 takes a free one.
    ///
    /// # Errors
    /// If the address cannot be taken.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        Ok(Self::tcp(TcpListener::bind(address).await?))
    }

    /// Takes a listening TCP socket.
    #[must_use]
    pub fn tcp(listener: TcpListener) -> Self {
        Self { socket: Socket::Tcp(listener), limits: Limits::default() }
    }

    /// Listens on a unix socket; the path must not exist.
    ///
    /// # Errors
    /// If the path cannot be taken.
    pub fn unix(path: &Path) -> io::Result<Self> {
        Ok(Self { socket: Socket::Unix(UnixListener::bind(path)?), limits: Limits::default() })
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the TCP address, if it is one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            Socket::Unix(_) => None,
        }
    }

    async fn accept(&self) -> io::Result<Accepted> {
        match &self.socket {
            Socket::Tcp(listener) => listener.accept().await.map(|(stream, address)| Accepted::Tcp(stream, address)),
            Socket::Unix(listener) => listener.accept().await.map(|(stream, _)| Accepted::Unix(stream)),
        }
    }
}

/// Serves a surface until the signal is given and the open requests have ended or their grace is over.
///
/// Each request carries a [`Peer`] and a [`base::RequestId`] in its extensions; each response gets the id as
/// `X-Request-Id`. TLS is optional; with it, ALPN decides between HTTP/2 and HTTP/1.1.
pub async fn serve<S, F>(listener: Listener, tls: Option<TlsSettings>, service: S, shutdown: Shutdown)
where
    S: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let limits = Arc::new(listener.limits.clone());
    let permits = Arc::new(Semaphore::new(limits.connections));
    let tasks = TaskTracker::new();
    let cut = CancellationToken::new();
    loop {
        let permit = tokio::select! {
            () = shutdown.begun() => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            () = shutdown.begun() => break,
            accepted = listener.accept() => accepted,
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or a connection that was gone at once: others must not suffer from it.
                tracing::warn!("accepting a connection: {error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let (tls, service, limits) = (tls.clone(), service.clone(), Arc::clone(&limits));
        let (shutdown, cut) = (shutdown.clone(), cut.clone());
        tasks.spawn(async move {
            let work = connect(accepted, tls, service, &limits, shutdown);
            tokio::select! {
                () = cut.cancelled() => {}
                () = work => {}
            }
            drop(permit);
        });
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(limits.grace, tasks.wait()).await.is_err() {
        cut.cancel();
        tasks.wait().await;
    }
}

async fn connect<S, F>(accepted: Accepted, tls: Option<TlsSettings>, service: S, limits: &Limits, shutdown: Shutdown)
where
    S: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let (stream, address) = match accepted {
        Accepted::Unix(stream) => {
            let peer = Peer { address: ([0, 0, 0, 0], 0).into(), transport: Transport::Plain, certificate: None };
            return serve_connection(stream, peer, false, service, limits, shutdown).await;
        }
        Accepted::Tcp(stream, address) => (stream, address),
    };
    // Small answers must not wait for a full segment.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(tls) = tls else {
        let peer = Peer { address, transport: Transport::Plain, certificate: None };
        return serve_connection(stream, peer, false, service, limits, shutdown).await;
    };
    match tokio::time::timeout(limits.handshake, tls.accept(stream)).await {
        Ok(Ok((stream, certificate))) => {
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let peer = Peer { address, transport: Transport::Tls, certificate: certificate.map(Arc::new) };
            serve_connection(stream, peer, http2, service, limits, shutdown).await;
        }
        Ok(Err(error)) => tracing::debug!(peer.address = %address, "TLS handshake: {error}"),
        Err(_) => tracing::debug!(peer.address = %address, "TLS handshake took too long"),
    }
}
