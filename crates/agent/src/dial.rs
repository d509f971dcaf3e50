//! Connections to a manager's port for agents.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use engine_client::{BoxIo, Dial};
use futures_util::future::BoxFuture;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections over mutual TLS to one manager.
#[derive(Clone)]
pub(crate) struct TlsDial {
    pub(crate) address: String,
    pub(crate) config: Arc<ClientConfig>,
}

impl Dial for TlsDial {
    fn dial(&self) -> BoxFuture<'static, io::Result<BoxIo>> {
        let Self { address, config } = self.clone();
        Box::pin(async move { Ok(Box::new(connect(&address, config).await?) as BoxIo) })
    }
}

/// Connects to `host:port`.
pub(crate) async fn connect(address: &str, config: Arc<ClientConfig>) -> io::Result<TlsStream<TcpStream>> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host).trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, format!("`{host}` is no host name")))?;
    let opening = async {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        keep_alive(&stream)?;
        TlsConnector::from(config).connect(name, stream).await
    };
    tokio::time::timeout(CONNECT, opening)
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, format!("`{address}` does not answer")))?
}

/// A waiting connection is silent for long: firewalls on the way must not forget it, and a dead peer must show.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    use rustix::net::sockopt;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, Duration::from_secs(30))?;
    sockopt::set_tcp_keepintvl(stream, Duration::from_secs(10))?;
    sockopt::set_tcp_keepcnt(stream, 3)?;
    Ok(())
}
