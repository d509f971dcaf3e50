//! What stands in a certificate.

use aws_lc_rs::digest::{SHA256, digest};
use base::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::error::Error;

/// What stands in a certificate; nothing here is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject's common name.
    pub common_name: Option<String>,
    /// The subject's organization: the cluster, in certificates of members and agents.
    pub organization: Option<String>,
    /// The subject's organizational unit: `member` or `agent` in those.
    pub unit: Option<String>,
    /// Names and addresses of a server.
    pub names: Vec<String>,
    /// When it begins.
    pub not_before: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// Whether it may issue others.
    pub is_ca: bool,
}

/// Returns the SHA-256 of a certificate's DER.
#[must_use]
pub fn fingerprint(der: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, der).as_ref());
    bytes
}

/// Reads a certificate's DER.
///
/// # Errors
/// If it is malformed.
pub fn certificate_facts(der: &[u8]) -> Result<CertificateFacts, Error> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|error| Error::unreadable("certificate", error))?;
    let subject = certificate.subject();
    let names = match certificate.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.iter().filter_map(name).collect(),
        Ok(None) | Err(_) => Vec::new(),
    };
    Ok(CertificateFacts {
        common_name: text(subject, X509Name::iter_common_name),
        organization: text(subject, X509Name::iter_organization),
        unit: text(subject, X509Name::iter_organizational_unit),
        names,
        not_before: time(certificate.validity().not_before),
        not_after: time(certificate.validity().not_after),
        serial: hex::encode(certificate.raw_serial()),
        is_ca: certificate.is_ca(),
    })
}

/// Reads all certificates of a PEM text as DER.
///
/// # Errors
/// If the text is malformed or has none.
pub fn certificates_from_pem(pem: &str) -> Result<Vec<Vec<u8>>, Error> {
    let mut found = Vec::new();
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let block = block.map_err(|error| Error::unreadable("certificate", error))?;
        if block.label == "CERTIFICATE" {
            found.push(block.contents);
        }
    }
    if found.is_empty() {
        return Err(Error::unreadable("certificate", "no certificate in it"));
    }
    Ok(found)
}

fn text<'a, I>(subject: &'a X509Name<'a>, part: impl FnOnce(&'a X509Name<'a>) -> I) -> Option<String>
where
    I: Iterator<Item = &'a AttributeTypeAndValue<'a>>,
{
    part(subject).next().and_then(|value| value.as_str().ok()).map(str::to_owned)
}

fn time(time: x509_parser::time::ASN1Time) -> Timestamp {
    Timestamp::from_millis(time.timestamp().saturating_mul(1000))
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match *bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
        },
        _ => None,
    }
}
