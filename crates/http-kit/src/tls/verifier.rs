//! A verifier of client certificates that lets every handshake through.

use std::sync::Arc;

use base::{Clock, Timestamp};
use bytes::Bytes;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use webpki::{EndEntityCert, anchor_from_trusted_cert};

use super::{ClientTrust, TlsError, certificates, provider, verdict};
use crate::peer::PeerCertificate;

/// Asks for a certificate of our client CA, takes any or none, and proves only that the peer holds its key.
/// Who it is and whether it may do anything is decided for each request.
#[derive(Debug)]
pub(super) struct ClientVerifier {
    anchors: Vec<TrustAnchor<'static>>,
    hints: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
    clock: Arc<dyn Clock>,
}

impl ClientVerifier {
    pub(super) fn new(trust: &ClientTrust, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        let mut anchors = Vec::new();
        for der in certificates(&trust.ca_pem)? {
            let anchor = anchor_from_trusted_cert(&der)
                .map_err(|error| TlsError::Unreadable { what: "client CA", reason: error.to_string() })?;
            anchors.push(anchor.to_owned());
        }
        let hints = anchors.iter().map(|anchor| DistinguishedName::in_sequence(&anchor.subject)).collect();
        Ok(Self { anchors, hints, algorithms: provider().signature_verification_algorithms, clock })
    }

    /// Returns what is known about a certificate after the handshake.
    pub(super) fn judge(&self, chain: &[CertificateDer<'_>]) -> Option<PeerCertificate> {
        let leaf = chain.first()?;
        let facts = pki::certificate_facts(leaf).ok();
        Some(PeerCertificate {
            fingerprint: pki::fingerprint(leaf),
            verdict: verdict::judge(chain, &self.anchors, self.clock.now()),
            not_after: facts.as_ref().map_or(Timestamp::default(), |facts| facts.not_after),
            subject_cn: facts.and_then(|facts| facts.common_name),
            der: Bytes::copy_from_slice(leaf),
        })
    }

    /// What cannot be read cannot prove a key either; it is let in and judged foreign, always and again.
    fn unreadable(certificate: &CertificateDer<'_>) -> bool {
        EndEntityCert::try_from(certificate).is_err()
    }
}

impl ClientCertVerifier for ClientVerifier {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if Self::unreadable(certificate) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if Self::unreadable(certificate) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
