//! Random tokens.

use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;

const JOIN_PREFIX: &str = "HFJ1";

/// Returns random bytes.
///
/// # Errors
/// If the machine has none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// Returns 32 random bytes as base64url: a session, an access token, a password.
///
/// # Errors
/// If the machine has no random numbers.
pub fn random_token() -> Result<Secret, Error> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?)))
}

/// Returns the SHA-256 under which a token is stored; its 256 random bits need no salt.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

/// A token with which a machine joins once: `HFJ1.<secret>.<sha-256 of the CA>`. The second half lets
/// the new machine know the server before it trusts anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinToken {
    /// The secret; the server stores its hash.
    pub secret: Secret,
    /// The SHA-256 of the last certificate of the server's chain.
    pub ca_sha256: [u8; 32],
}

impl JoinToken {
    /// Makes a new token for a CA.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn random(ca_sha256: [u8; 32]) -> Result<Self, Error> {
        Ok(Self { secret: random_token()?, ca_sha256 })
    }

    /// Returns the whole token as text, to be shown once.
    #[must_use]
    pub fn text(&self) -> Secret {
        Secret::new(format!("{JOIN_PREFIX}.{}.{}", self.secret.expose(), hex::encode(self.ca_sha256)))
    }
}

impl FromStr for JoinToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unreadable = || Error::unreadable("join token", "it is `HFJ1.`, 43 characters, `.`, 64 hexadecimal digits");
        let mut parts = text.trim().split('.');
        let (Some(JOIN_PREFIX), Some(secret), Some(sha256), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(unreadable());
        };
        let well_formed = URL_SAFE_NO_PAD.decode(secret).is_ok_and(|bytes| bytes.len() == 32);
        let mut ca_sha256 = [0; 32];
        if !well_formed || hex::decode_to_slice(sha256, &mut ca_sha256).is_err() {
            return Err(unreadable());
        }
        Ok(Self { secret: Secret::new(secret), ca_sha256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_token_goes_through_its_text() {
        let token = JoinToken::random([7; 32]).unwrap();
        assert_eq!(token.text().expose().parse::<JoinToken>().unwrap(), token);
        for bad in ["", "HFJ1", "HFJ2.a.b", "HFJ1..", "HFJ1.YQ.00", &format!("{}.x", token.text().expose())] {
            assert!(bad.parse::<JoinToken>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(random_token().unwrap(), random_token().unwrap());
    }
}
