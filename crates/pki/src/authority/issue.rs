//! How certificates are made.

use std::time::Duration;

use base::{ClusterId, Secret, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData,
    SerialNumber,
};

use super::{Authority, Certificate, KeyedCertificate, Validity};
use crate::error::Error;
use crate::facts::{certificate_facts, certificates_from_pem, fingerprint};
use crate::token::random_bytes;

/// Whom a certificate names.
pub(super) struct Subject<'a> {
    pub(super) common_name: &'a str,
    pub(super) organization: Option<&'a str>,
    pub(super) unit: Option<&'a str>,
    pub(super) names: &'a [String],
}

pub(super) fn create(common_name: &str, cluster: ClusterId, validity: Validity) -> Result<Authority, Error> {
    let make = |source| Error::Make { what: "certificate authority", source };
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(make)?;
    let organization = cluster.to_string();
    let subject = Subject { common_name, organization: Some(&organization), unit: None, names: &[] };
    let mut params = params(&subject, validity)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = finished(&params.self_signed(&key).map_err(make)?)?;
    Ok(Authority { certificate, issuer: Issuer::new(params, key) })
}

pub(super) fn load(certificate_pem: &str, key_pem: &Secret) -> Result<Authority, Error> {
    let der = certificates_from_pem(certificate_pem)?.into_iter().next().unwrap_or_default();
    let facts = certificate_facts(&der)?;
    if !facts.is_ca {
        return Err(Error::unreadable("certificate authority", "the certificate may not issue others"));
    }
    let key = KeyPair::from_pem(key_pem.expose()).map_err(|error| Error::unreadable("private key", error))?;
    if !has_key(&der, &key) {
        return Err(Error::unreadable("certificate authority", "certificate and key do not belong together"));
    }
    let issuer = Issuer::from_ca_cert_pem(certificate_pem, key)
        .map_err(|error| Error::unreadable("certificate authority", error))?;
    let certificate = Certificate {
        pem: certificate_pem.to_owned(),
        fingerprint: fingerprint(&der),
        der,
        not_after: facts.not_after,
    };
    Ok(Authority { certificate, issuer })
}

fn has_key(der: &[u8], key: &KeyPair) -> bool {
    use x509_parser::prelude::FromDer;
    x509_parser::certificate::X509Certificate::from_der(der)
        .is_ok_and(|(_, certificate)| certificate.public_key().subject_public_key.data == key.public_key_raw())
}

pub(super) fn with_new_key(
    authority: &Authority,
    subject: &Subject<'_>,
    usages: &[ExtendedKeyUsagePurpose],
    validity: Validity,
) -> Result<KeyedCertificate, Error> {
    let key =
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|source| Error::Make { what: "private key", source })?;
    Ok(KeyedCertificate {
        certificate: signed(authority, &key, subject, usages, validity)?,
        key_pem: Secret::new(key.serialize_pem()),
        public_key_pem: key.public_key_pem(),
    })
}

pub(super) fn for_request(
    authority: &Authority,
    request_pem: &str,
    subject: &Subject<'_>,
    usages: &[ExtendedKeyUsagePurpose],
    validity: Validity,
) -> Result<Certificate, Error> {
    if request_pem.len() > 16 * 1024 {
        return Err(Error::unreadable("certificate request", "it is larger than 16 KiB"));
    }
    // Reading it checks that it is signed with its own key.
    let request = CertificateSigningRequestParams::from_pem(request_pem)
        .map_err(|error| Error::unreadable("certificate request", error))?;
    signed(authority, &request.public_key, subject, usages, validity)
}

fn signed(
    authority: &Authority,
    key: &impl PublicKeyData,
    subject: &Subject<'_>,
    usages: &[ExtendedKeyUsagePurpose],
    validity: Validity,
) -> Result<Certificate, Error> {
    let mut params = params(subject, validity)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = usages.to_vec();
    let made =
        params.signed_by(key, &authority.issuer).map_err(|source| Error::Make { what: "certificate", source })?;
    finished(&made)
}

fn params(subject: &Subject<'_>, validity: Validity) -> Result<CertificateParams, Error> {
    let mut params =
        CertificateParams::new(subject.names.to_vec()).map_err(|source| Error::Make { what: "certificate", source })?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, subject.common_name);
    if let Some(organization) = subject.organization {
        name.push(DnType::OrganizationName, organization);
    }
    if let Some(unit) = subject.unit {
        name.push(DnType::OrganizationalUnitName, unit);
    }
    params.distinguished_name = name;
    // Positive and not zero, as RFC 5280 §4.1.2.2 asks.
    let mut serial = random_bytes::<16>()?;
    serial[0] = (serial[0] & 0x7f) | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let from = validity.from.plus_secs(-3600);
    // Dates are made from the only one that the library hands out, so that no library of time is needed.
    let date = |time: Timestamp| {
        let since_epoch = u64::try_from(time.as_secs()).unwrap_or(0).min(MAX_EPOCH_SECS);
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(since_epoch)
    };
    params.not_before = date(from);
    params.not_after = date(from.plus_secs(i64::from(validity.days).saturating_mul(86_400)));
    Ok(params)
}

/// The end of the year 9999 (RFC 5280 §4.1.2.5).
const MAX_EPOCH_SECS: u64 = 253_402_300_799;

fn finished(certificate: &rcgen::Certificate) -> Result<Certificate, Error> {
    let der = certificate.der().to_vec();
    let facts = certificate_facts(&der)?;
    Ok(Certificate { pem: certificate.pem(), fingerprint: fingerprint(&der), der, not_after: facts.not_after })
}
