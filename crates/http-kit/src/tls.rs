//! TLS: server and client settings.

mod client;
mod verdict;
mod verifier;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use base::{Clock, ErrorKind};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::peer::PeerCertificate;

pub use client::{client_config, pinned_client_config};

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate, chain or key is not readable.
    #[error("the {what} is not readable: {reason}")]
    Unreadable {
        /// Which one.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// The certificate and the key do not belong together, or the key's kind is not supported.
    #[error("using the certificate with its key")]
    Key(#[source] rustls::Error),
    /// The settings contradict one another.
    #[error("setting TLS up")]
    Settings(#[source] rustls::Error),
}

impl TlsError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } | Self::Key(_) => ErrorKind::Invalid,
            Self::Settings(_) => ErrorKind::Internal,
        }
    }
}

/// A certificate chain, leaf first, with its key. The chain may end in the root: agents pin that.
#[derive(Clone)]
pub struct ServerIdentity(Arc<CertifiedKey>);

impl fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerIdentity(…)")
    }
}

impl ServerIdentity {
    /// Reads a chain and its key from PEM.
    ///
    /// # Errors
    /// If one of them is not readable or they do not belong together.
    pub fn from_pem(chain_pem: &str, key_pem: &str) -> Result<Self, TlsError> {
        let chain = certificates(chain_pem)?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .map_err(|error| TlsError::Unreadable { what: "private key", reason: error.to_string() })?;
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(TlsError::Key)?;
        Ok(Self(Arc::new(certified)))
    }

    /// Returns the SHA-256 of the last certificate of the chain: what a join token carries.
    #[must_use]
    pub fn pin(&self) -> [u8; 32] {
        self.0.cert.last().map(|der| pki::fingerprint(der)).unwrap_or_default()
    }
}

/// The issuer of client certificates.
#[derive(Debug, Clone, Default)]
pub struct ClientTrust {
    /// PEM of the CA, or of several.
    pub ca_pem: String,
}

/// What a TLS listener needs.
#[derive(Debug, Clone)]
pub struct TlsOptions {
    /// The certificate for every name that has none of its own.
    pub identity: ServerIdentity,
    /// Certificates for other names, by SNI.
    pub by_name: Vec<(String, ServerIdentity)>,
    /// Who issues client certificates; none are asked for without.
    pub clients: Option<ClientTrust>,
    /// Whether HTTP/2 is offered beside HTTP/1.1.
    pub http2: bool,
    /// The clock by which certificates expire.
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Names {
    default: ServerIdentity,
    by_name: Vec<(String, ServerIdentity)>,
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|asked| {
            self.by_name.iter().find(|(name, _)| name.eq_ignore_ascii_case(asked)).map(|(_, identity)| identity)
        });
        Some(Arc::clone(&named.unwrap_or(&self.default).0))
    }
}

struct State {
    acceptor: TlsAcceptor,
    verifier: Option<Arc<verifier::ClientVerifier>>,
}

/// The TLS settings of a listener; cheap to clone, replaceable while connections are open.
#[derive(Clone)]
pub struct TlsSettings(Arc<ArcSwap<State>>);

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsSettings")
    }
}

/// Outgoing TLS records wait in a buffer of this size, so that one write carries many of them.
const RECORDS_BYTES: usize = 128 * 1024;

impl TlsSettings {
    /// Checks and compiles the options.
    ///
    /// # Errors
    /// If a certificate is not readable.
    pub fn new(options: TlsOptions) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(ArcSwap::from_pointee(State::build(options)?))))
    }

    /// Replaces the settings for connections to come.
    ///
    /// # Errors
    /// If a certificate is not readable; the old settings stay.
    pub fn replace(&self, options: TlsOptions) -> Result<(), TlsError> {
        self.0.store(Arc::new(State::build(options)?));
        Ok(())
    }

    /// Takes the server's part of a handshake and judges the client's certificate.
    ///
    /// # Errors
    /// If the handshake fails. A certificate never makes it fail, unless the peer cannot prove its key.
    pub async fn accept<I>(&self, io: I) -> std::io::Result<(TlsStream<I>, Option<PeerCertificate>)>
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        let state = self.0.load_full();
        let stream =
            state.acceptor.accept_with(io, |connection| connection.set_buffer_limit(Some(RECORDS_BYTES))).await?;
        let certificate = state
            .verifier
            .as_ref()
            .zip(stream.get_ref().1.peer_certificates())
            .and_then(|(verifier, chain)| verifier.judge(chain));
        Ok((stream, certificate))
    }
}

impl State {
    fn build(options: TlsOptions) -> Result<Self, TlsError> {
        let builder = rustls::ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Settings)?;
        let verifier = match &options.clients {
            Some(trust) => Some(Arc::new(verifier::ClientVerifier::new(trust, Arc::clone(&options.clock))?)),
            None => None,
        };
        let builder = match &verifier {
            Some(verifier) => {
                let verifier: Arc<dyn rustls::server::danger::ClientCertVerifier> =
                    Arc::<verifier::ClientVerifier>::clone(verifier);
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        let names = Names { default: options.identity, by_name: options.by_name };
        let mut config = builder.with_cert_resolver(Arc::new(names));
        config.ignore_client_order = true;
        config.alpn_protocols =
            if options.http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), verifier })
    }
}

/// The cryptography of every connection; AES-128-GCM first, the cheapest where the processor knows AES.
fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| {
        !matches!(
            suite.suite(),
            rustls::CipherSuite::TLS13_AES_128_GCM_SHA256
                | rustls::CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | rustls::CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        )
    });
    Arc::new(provider)
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::Unreadable { what: "certificate", reason: error.to_string() })?;
    if found.is_empty() {
        return Err(TlsError::Unreadable { what: "certificate", reason: "no certificate in it".to_owned() });
    }
    Ok(found)
}
