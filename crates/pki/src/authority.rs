//! The two certificate authorities.

mod issue;

use std::fmt;

use base::{AccountName, ClusterId, MemberId, NodeId, Secret, Timestamp};
use rcgen::{ExtendedKeyUsagePurpose, Issuer, KeyPair};

use crate::error::Error;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// PEM.
    pub pem: String,
    /// DER.
    pub der: Vec<u8>,
    /// The SHA-256 of the DER.
    pub fingerprint: [u8; 32],
    /// When it ends.
    pub not_after: Timestamp,
}

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct KeyedCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// The private key (PKCS #8), PEM.
    pub key_pem: Secret,
    /// The public key, PEM: `cert.pub` of a client bundle.
    pub public_key_pem: String,
}

/// How long a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first moment; an hour is taken off for clocks that are late.
    pub from: Timestamp,
    /// Its length in days.
    pub days: u32,
}

impl Validity {
    /// Ten years: an authority.
    #[must_use]
    pub fn authority(from: Timestamp) -> Self {
        Self { from, days: 3652 }
    }

    /// 825 days, the longest that clients accept of a server.
    #[must_use]
    pub fn leaf(from: Timestamp) -> Self {
        Self { from, days: 825 }
    }
}

struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

macro_rules! authority {
    ($(#[$doc:meta])* $name:ident, $common_name:literal) => {
        $(#[$doc])*
        pub struct $name(Authority);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(self.0.certificate.fingerprint))
            }
        }

        impl $name {
            /// Makes a new authority with a P-256 key.
            ///
            /// # Errors
            /// If the machine has no random numbers.
            pub fn create(cluster: ClusterId, validity: Validity) -> Result<Self, Error> {
                issue::create($common_name, cluster, validity).map(Self)
            }

            /// Takes an authority that was made before.
            ///
            /// # Errors
            /// If certificate or key is not readable, or they do not belong together.
            pub fn load(certificate_pem: &str, key_pem: &Secret) -> Result<Self, Error> {
                issue::load(certificate_pem, key_pem).map(Self)
            }

            /// Returns the authority's certificate.
            #[must_use]
            pub fn certificate(&self) -> &Certificate {
                &self.0.certificate
            }

            /// Returns the certificate as PEM: what trusts this authority.
            #[must_use]
            pub fn ca_pem(&self) -> &str {
                &self.0.certificate.pem
            }

            /// Returns the private key as PEM, to be sealed and stored.
            #[must_use]
            pub fn key_pem(&self) -> Secret {
                Secret::new(self.0.issuer.key().serialize_pem())
            }

            /// Issues a certificate for a server under the given host names and addresses.
            ///
            /// # Errors
            /// If a name is neither.
            pub fn issue_server(&self, names: &[String], validity: Validity) -> Result<KeyedCertificate, Error> {
                let common_name = names.first().map_or("holdfast", String::as_str);
                let subject = issue::Subject { common_name, organization: None, unit: None, names };
                issue::with_new_key(&self.0, &subject, &[ExtendedKeyUsagePurpose::ServerAuth], validity)
            }

            /// Returns a chain for a TLS server: the certificate, then this authority, so that a client that
            /// knows only the authority's fingerprint can check it.
            #[must_use]
            pub fn chain_pem(&self, certificate: &Certificate) -> String {
                format!("{}{}", certificate.pem, self.0.certificate.pem)
            }
        }
    };
}

authority!(
    /// Issues the certificates of members and agents: what connects our own parts.
    ClusterCa, "Holdfast Cluster CA");
authority!(
    /// Issues the certificates of users, and the server's own unless the operator gives one.
    ClientCa, "Holdfast Client CA");

/// The organizational unit in an agent's certificate.
const AGENT: &str = "agent";
/// The organizational unit in a member's certificate.
const MEMBER: &str = "member";

impl ClusterCa {
    /// Issues a certificate for a store's member, which is both server and client to the others.
    ///
    /// # Errors
    /// If a name is not a host name or address.
    pub fn issue_member(
        &self,
        cluster: ClusterId,
        member: MemberId,
        names: &[String],
        validity: Validity,
    ) -> Result<KeyedCertificate, Error> {
        let subject = issue::Subject {
            common_name: &member.to_string(),
            organization: Some(&cluster.to_string()),
            unit: Some(MEMBER),
            names,
        };
        let usages = [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        issue::with_new_key(&self.0, &subject, &usages, validity)
    }

    /// Signs an agent's request. Only its public key is taken; the subject is ours: common name = node,
    /// organization = cluster.
    ///
    /// # Errors
    /// If the request is malformed or not signed with its own key.
    pub fn sign_agent(
        &self,
        request_pem: &str,
        cluster: ClusterId,
        node: NodeId,
        validity: Validity,
    ) -> Result<Certificate, Error> {
        let subject = issue::Subject {
            common_name: &node.to_string(),
            organization: Some(&cluster.to_string()),
            unit: Some(AGENT),
            names: &[],
        };
        issue::for_request(&self.0, request_pem, &subject, &[ExtendedKeyUsagePurpose::ClientAuth], validity)
    }
}

impl ClientCa {
    /// Issues a user's certificate with a new key: a client bundle. Its common name is the user's.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn issue_user(&self, user: &AccountName, validity: Validity) -> Result<KeyedCertificate, Error> {
        let subject = issue::Subject { common_name: user.as_str(), organization: None, unit: None, names: &[] };
        issue::with_new_key(&self.0, &subject, &[ExtendedKeyUsagePurpose::ClientAuth], validity)
    }

    /// Signs a user's own request. Only its public key is taken.
    ///
    /// # Errors
    /// If the request is malformed or not signed with its own key.
    pub fn sign_user(&self, request_pem: &str, user: &AccountName, validity: Validity) -> Result<Certificate, Error> {
        let subject = issue::Subject { common_name: user.as_str(), organization: None, unit: None, names: &[] };
        issue::for_request(&self.0, request_pem, &subject, &[ExtendedKeyUsagePurpose::ClientAuth], validity)
    }
}

impl crate::CertificateFacts {
    /// Returns the node and cluster in an agent's certificate. The certificate must have been verified.
    #[must_use]
    pub fn agent(&self) -> Option<(ClusterId, NodeId)> {
        if self.unit.as_deref() != Some(AGENT) {
            return None;
        }
        Some((self.organization.as_deref()?.parse().ok()?, self.common_name.as_deref()?.parse().ok()?))
    }

    /// Returns the member and cluster in a member's certificate. The certificate must have been verified.
    #[must_use]
    pub fn member(&self) -> Option<(ClusterId, MemberId)> {
        if self.unit.as_deref() != Some(MEMBER) {
            return None;
        }
        let member = self.common_name.as_deref()?.parse().ok()?;
        Some((self.organization.as_deref()?.parse().ok()?, MemberId(member)))
    }
}

#[cfg(test)]
mod tests;
