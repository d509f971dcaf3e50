//! Whom the client trusts: one CA.

use std::sync::Arc;

use base::ErrorKind;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::call::Credential;
use crate::error::Error;

/// Whom to trust.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Servers whose certificate a CA of this PEM text issued.
    Ca(Vec<u8>),
    /// Nobody is asked: only good for fetching the CA, whose fingerprint a person then compares.
    AnyoneForTheCa,
}

/// Certificates or keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The CA text holds no certificate.
    #[error("the CA file holds no readable certificate")]
    Ca,
    /// The client certificate or its key cannot be read.
    #[error("the client certificate or its key cannot be read")]
    Identity,
    /// TLS cannot be set up.
    #[error("setting up TLS")]
    Tls(#[source] rustls::Error),
}

impl TrustError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Ca | Self::Identity | Self::Tls(_) => ErrorKind::Invalid,
        }
    }
}

/// Fetches the CA that a server shows at `/ca`, without trusting anybody: compare its fingerprint before using it.
///
/// # Errors
/// If the server cannot be reached or shows no CA.
pub async fn server_ca(url: &str) -> Result<Vec<u8>, Error> {
    let options = crate::Options { url: url.to_owned(), trust: Trust::AnyoneForTheCa, credential: Credential::None };
    let pem = crate::Client::new(options)?.ca().await?;
    fingerprint_of_pem(&pem)?;
    Ok(pem)
}

/// Returns the SHA-256 fingerprint of the first certificate in a PEM text, hexadecimal.
///
/// # Errors
/// If there is none.
pub fn fingerprint_of_pem(pem: &[u8]) -> Result<String, TrustError> {
    let first = certificates(pem)?.into_iter().next().ok_or(TrustError::Ca)?;
    let digest = aws_lc_rs::default_provider()
        .cipher_suites
        .iter()
        .filter_map(rustls::SupportedCipherSuite::tls13)
        .map(|suite| suite.common.hash_provider)
        .find(|hash| hash.algorithm() == rustls::crypto::hash::HashAlgorithm::SHA256)
        .ok_or(TrustError::Ca)?
        .hash(&first);
    Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Makes the TLS settings.
pub(crate) fn client_config(trust: &Trust, credential: &Credential) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Tls)?;
    let builder = match trust {
        Trust::Ca(pem) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(pem)? {
                roots.add(certificate).map_err(TrustError::Tls)?;
            }
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_webpki_verifier(verifier.map_err(|_| TrustError::Ca)?)
        }
        Trust::AnyoneForTheCa => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        }
    };
    let mut config = match credential {
        Credential::Certificate { certificate, key } => {
            let (chain, key) = (certificates(certificate)?, private_key(key.expose().as_bytes())?);
            builder.with_client_auth_cert(chain, key).map_err(TrustError::Tls)?
        }
        Credential::None | Credential::Basic { .. } | Credential::Bearer(_) => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let found: Result<Vec<_>, _> = rustls_pemfile::certs(&mut &*pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(TrustError::Ca)
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TrustError> {
    rustls_pemfile::private_key(&mut &*pem).ok().flatten().ok_or(TrustError::Identity)
}

/// Accepts every certificate whose key the server holds; used for nothing but fetching `/ca`.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
