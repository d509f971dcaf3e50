//! Content digests: `sha256:…` and `sha512:…`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

/// A text that is no digest of an algorithm that is accepted here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a digest: expected `sha256:` and 64, or `sha512:` and 128 lower-case hexadecimal characters")]
pub struct DigestError {
    text: String,
}

/// The hash functions accepted for content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, what every client uses.
    Sha256,
    /// SHA-512, registered by the OCI image specification.
    Sha512,
}

impl Algorithm {
    /// Returns the name as it stands before the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn hex_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    /// Starts to hash.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher::Sha256(Sha256::new()),
            Self::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }
}

/// A digest: algorithm and hexadecimal value. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(Arc<str>);

impl Digest {
    /// Returns the whole text, `sha256:…`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        if self.0.starts_with("sha512") { Algorithm::Sha512 } else { Algorithm::Sha256 }
    }

    /// Returns the hexadecimal value.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// Returns the compact form, as stored: a byte for the algorithm, then the raw hash.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.algorithm() as u8 + 1];
        // The parser has checked that these are hexadecimal characters.
        bytes.extend(hex::decode(self.hex()).unwrap_or_default());
        bytes
    }

    /// Reads the compact form back.
    ///
    /// # Errors
    /// If the bytes are not of that form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DigestError> {
        let text = match bytes.split_first() {
            Some((1, hash)) => format!("sha256:{}", hex::encode(hash)),
            Some((2, hash)) => format!("sha512:{}", hex::encode(hash)),
            _ => String::new(),
        };
        text.parse()
    }

    /// Hashes bytes with SHA-256.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::compute(Algorithm::Sha256, bytes)
    }

    /// Hashes bytes with a given algorithm.
    #[must_use]
    pub fn compute(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = algorithm.hasher();
        hasher.update(bytes);
        hasher.finish()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let fits = text.split_once(':').is_some_and(|(algorithm, hex)| {
            let algorithm = match algorithm {
                "sha256" => Algorithm::Sha256,
                "sha512" => Algorithm::Sha512,
                _ => return false,
            };
            hex.len() == algorithm.hex_len() && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        });
        if fits { Ok(Self(text.into())) } else { Err(DigestError { text: text.chars().take(150).collect() }) }
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0.as_ref().to_owned()
    }
}

/// A hash under way.
#[derive(Debug, Clone)]
pub enum Hasher {
    /// SHA-256.
    Sha256(Sha256),
    /// SHA-512.
    Sha512(Sha512),
}

impl Hasher {
    /// Feeds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// Ends and returns the digest.
    #[must_use]
    pub fn finish(self) -> Digest {
        let text = match self {
            Self::Sha256(hasher) => format!("sha256:{}", hex::encode(hasher.finalize())),
            Self::Sha512(hasher) => format!("sha512:{}", hex::encode(hasher.finalize())),
        };
        Digest(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_keep_their_form() {
        let empty = Digest::of(b"");
        assert_eq!(empty.as_str(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(empty.as_str().parse::<Digest>().unwrap(), empty);
        assert_eq!(Digest::compute(Algorithm::Sha512, b"").hex().len(), 128);
        for digest in [&empty, &Digest::compute(Algorithm::Sha512, b"x")] {
            assert_eq!(&Digest::from_bytes(&digest.to_bytes()).unwrap(), digest);
        }
        assert!(Digest::from_bytes(&[3, 1]).is_err() && Digest::from_bytes(&[1, 1]).is_err());
        let upper = empty.as_str().to_uppercase();
        for bad in ["", "sha256:", "sha256", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:../..", &upper] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }
}
