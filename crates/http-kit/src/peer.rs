//! Who is at the other end of a connection.

use std::net::SocketAddr;
use std::sync::Arc;

use base::{RequestId, Timestamp};
use bytes::Bytes;
use http::Extensions;

/// How a connection came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TLS.
    Tls,
    /// No TLS; on loopback only.
    Plain,
}

/// What the handshake found out about a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Issued by our client CA and valid now.
    Trusted,
    /// Issued by our client CA, but its time is over.
    Expired,
    /// Issued by our client CA, but its time has not begun.
    NotYetValid,
    /// Not issued by our client CA, or not readable.
    Foreign,
}

/// A client certificate whose key the peer has proved to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The SHA-256 of the certificate's DER.
    pub fingerprint: [u8; 32],
    /// The common name, for logs and messages; the fingerprint is what identifies.
    pub subject_cn: Option<String>,
    /// What the handshake found out.
    pub verdict: Verdict,
    /// When the certificate ends.
    pub not_after: Timestamp,
    /// The certificate itself.
    pub der: Bytes,
}

/// The other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its address; `0.0.0.0:0` for a unix socket.
    pub address: SocketAddr,
    /// How it came in.
    pub transport: Transport,
    /// Its certificate, if it sent one.
    pub certificate: Option<Arc<PeerCertificate>>,
}

/// Returns the peer that the listener noted in a request's extensions.
#[must_use]
pub fn peer(extensions: &Extensions) -> Option<&Peer> {
    extensions.get::<Peer>()
}

/// Returns the request's id; a fresh one if no listener set it.
#[must_use]
pub fn request_id(extensions: &Extensions) -> RequestId {
    extensions.get::<RequestId>().copied().unwrap_or_else(RequestId::random)
}
