//! One connection to the server.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::Error;

pub(crate) type Sender = SendRequest<Full<Bytes>>;

/// Where the server is.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// `host:port`, as in the `Host` header.
    pub(crate) authority: String,
    /// Whether TLS is spoken; plain only on a loopback listener.
    pub(crate) is_tls: bool,
    host: String,
    port: u16,
}

impl Target {
    /// Reads `https://host:port`, or `http://` for a plain listener.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let bad = || Error::Url { url: url.chars().take(200).collect() };
        let uri: http::Uri = url.parse().map_err(|_| bad())?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(bad());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if !is_tls && !is_loopback(&host) {
            return Err(Error::Plain { url: url.chars().take(200).collect() });
        }
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Ok(Self { authority: authority.as_str().to_owned(), is_tls, host, port })
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self, tls: &Arc<ClientConfig>) -> Result<Sender, Error> {
        let failed = |source| Error::Connect { address: self.authority.clone(), source };
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        if !self.is_tls {
            return self.handshake(stream).await;
        }
        let bad = |_| Error::Url { url: self.authority.clone() };
        let name = ServerName::try_from(self.host.clone()).map_err(bad)?;
        let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await.map_err(failed)?;
        self.handshake(stream).await
    }

    async fn handshake(&self, io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<Sender, Error> {
        let talk = |source| Error::Talk { address: self.authority.clone(), source };
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(talk)?;
        // A broken connection shows at the request that runs over it.
        tokio::spawn(connection);
        Ok(sender)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused() {
        let target = Target::parse("https://hold.example.com:7443").unwrap();
        assert_eq!((target.authority.as_str(), target.is_tls, target.port), ("hold.example.com:7443", true, 7443));
        let target = Target::parse("https://[::1]/").unwrap();
        assert_eq!((target.host.as_str(), target.port), ("::1", 443));
        assert!(!Target::parse("http://127.0.0.1:7080").unwrap().is_tls);
        for bad in ["", "hold", "ftp://h", "https://u:p@h", "https://h/x", "https://h/?q", "unix:///x", "http://h:80"] {
            assert!(Target::parse(bad).is_err(), "{bad}");
        }
    }
}
