//! Certificate requests: the key stays with the one who asks.

use base::Secret;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};

use crate::error::Error;

/// A fresh key and a request for a certificate of it.
#[derive(Debug, Clone)]
pub struct CertificateRequest {
    /// The request (PKCS #10), PEM.
    pub request_pem: String,
    /// The private key (PKCS #8), PEM; never leaves the machine.
    pub key_pem: Secret,
}

/// Makes a P-256 key and a request signed with it. The subject is left to the issuer.
///
/// # Errors
/// If there are no random numbers.
pub fn certificate_request() -> Result<CertificateRequest, Error> {
    let make = |source| Error::Make { what: "certificate request", source };
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(make)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let request = params.serialize_request(&key).map_err(make)?;
    Ok(CertificateRequest { request_pem: request.pem().map_err(make)?, key_pem: Secret::new(key.serialize_pem()) })
}
