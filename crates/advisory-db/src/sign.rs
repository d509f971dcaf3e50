//! Ed25519 keys in PEM, as OpenSSL writes them, and signatures over a payload and its type (DSSE 1.0).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What stands before the 32 bytes of a public key in its SPKI form (RFC 8410).
const SPKI_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// No bundle has more signatures.
const MAX_SIGNATURES: usize = 16;

/// A private key.
pub struct SigningKey(Ed25519KeyPair);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

impl SigningKey {
    /// Makes a new key, with its PKCS#8 in PEM.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn generate() -> Result<(Self, String), Error> {
        let failed = |_| Error::Make { what: "a key", source: std::io::Error::other("no randomness") };
        let pair = Ed25519KeyPair::generate().map_err(failed)?;
        let der = pair.to_pkcs8v1().map_err(failed)?;
        let pem = pem("PRIVATE KEY", der.as_ref());
        Ok((Self(pair), pem))
    }

    /// Reads PKCS#8 in PEM.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let bad = || Error::Key { what: "private key" };
        let Ok(Some(rustls_pemfile::Item::Pkcs8Key(der))) = rustls_pemfile::read_one(&mut text.as_bytes()) else {
            return Err(bad());
        };
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).map(Self).map_err(|_| bad())
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.0.public_key().as_ref()) {
            *to = *from;
        }
        PublicKey(bytes)
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads SPKI in PEM.
    ///
    /// # Errors
    /// If it is no Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let bad = || Error::Key { what: "public key" };
        let Ok(Some(rustls_pemfile::Item::SubjectPublicKeyInfo(der))) = rustls_pemfile::read_one(&mut text.as_bytes())
        else {
            return Err(bad());
        };
        let key = der.as_ref().strip_prefix(&SPKI_HEAD).ok_or_else(bad)?;
        key.try_into().map(Self).map_err(|_| bad())
    }

    /// Returns its SPKI in PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem("PUBLIC KEY", &self.spki())
    }

    /// Returns its id: the SHA-256 of its SPKI, hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        digest(&SHA256, &self.spki()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn spki(&self) -> Vec<u8> {
        [SPKI_HEAD.as_slice(), &self.0].concat()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// A signed payload (DSSE).
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

impl Envelope {
    /// Signs a payload.
    pub(crate) fn sign(kind: &str, payload: &[u8], key: &SigningKey) -> Self {
        let signature = key.0.sign(&authenticated(kind, payload));
        Self {
            payload_type: kind.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![Signature { keyid: key.public().id(), sig: STANDARD.encode(signature.as_ref()) }],
        }
    }

    /// Returns the payload without checking who signed it: only good for telling why it is refused.
    pub(crate) fn unchecked(&self) -> Result<Vec<u8>, Error> {
        STANDARD.decode(&self.payload).map_err(|_| Error::altered("its statement is no base64"))
    }

    /// Returns the payload and the id of the key, if one that is trusted has signed it.
    pub(crate) fn verify(&self, kind: &str, trusted: &[PublicKey]) -> Result<(Vec<u8>, String), Error> {
        let payload = self.unchecked()?;
        if self.payload_type != kind {
            return Err(Error::altered("its statement is of another type"));
        }
        let message = authenticated(kind, &payload);
        let mut stranger = None;
        for signature in self.signatures.iter().take(MAX_SIGNATURES) {
            let Some(key) = trusted.iter().find(|key| key.id() == signature.keyid) else {
                stranger.get_or_insert_with(|| signature.keyid.chars().take(64).collect::<String>());
                continue;
            };
            let bytes = STANDARD.decode(&signature.sig).unwrap_or_default();
            return match UnparsedPublicKey::new(&ED25519, key.0).verify(&message, &bytes) {
                Ok(()) => Ok((payload, signature.keyid.clone())),
                Err(_) => Err(Error::altered("its signature does not fit its statement")),
            };
        }
        match stranger {
            Some(key) => Err(Error::Stranger { key, trusted: trusted.len() }),
            None => Err(Error::altered("it has no signature")),
        }
    }
}

/// What is signed: type and payload with their lengths (DSSE, "PAE").
fn authenticated(kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}
