//! Certificates, keys, tokens and sealed secrets. Bytes in, bytes out: nothing here reads a file or a clock.
//!
//! Two authorities: [`ClusterCa`] for members and agents, [`ClientCa`] for users and, unless the operator
//! gives a certificate, for the server itself. [`SealKey`] seals what the stores hold.

mod authority;
mod error;
mod facts;
mod request;
mod seal;
mod token;

pub use authority::{Certificate, ClientCa, ClusterCa, KeyedCertificate, Validity};
pub use error::Error;
pub use facts::{CertificateFacts, certificate_facts, certificates_from_pem, fingerprint};
pub use request::{CertificateRequest, certificate_request};
pub use seal::{MemberKey, SealKey, Sealed};
pub use token::{JoinToken, random_bytes, random_token, token_hash};
