//! Sealed secrets: AES-256-GCM under a data key, which is itself sealed to each member's key.
//!
//! A sealed value is `1 byte version · 8 bytes key id · 12 bytes nonce · ciphertext · 16 bytes tag`. The
//! caller's associated data (what the value is and to whom it belongs) and the header are authenticated, so
//! a value moved to another row does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base::Secret;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::token::random_bytes;

const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES;

/// Bytes that only the holder of the key can read.
pub type Sealed = Vec<u8>;

/// The data key of a store; every member holds it, wrapped to its own [`MemberKey`].
pub struct SealKey {
    id: [u8; KEY_ID_BYTES],
    bytes: Zeroizing<[u8; 32]>,
    cipher: RandomizedNonceKey,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", hex::encode(self.id))
    }
}

impl SealKey {
    /// Makes a new data key.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn random() -> Result<Self, Error> {
        Self::from_parts(random_bytes()?, Zeroizing::new(random_bytes()?))
    }

    fn from_parts(id: [u8; KEY_ID_BYTES], bytes: Zeroizing<[u8; 32]>) -> Result<Self, Error> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, bytes.as_slice()).map_err(|_| Error::Random)?;
        Ok(Self { id, bytes, cipher })
    }

    /// Returns the key's id, which stands in front of everything sealed with it.
    #[must_use]
    pub fn id(&self) -> String {
        hex::encode(self.id)
    }

    /// Seals a value for one place: `associated` names it and must be given again to open it.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Sealed, Error> {
        let mut header = [0; HEADER_BYTES];
        header[0] = VERSION;
        header[1..].copy_from_slice(&self.id);
        let mut body = plain.to_vec();
        let nonce = self
            .cipher
            .seal_in_place_append_tag(Aad::from(bound(&header, associated)), &mut body)
            .map_err(|_| Error::Random)?;
        let mut sealed = Vec::with_capacity(HEADER_BYTES + NONCE_BYTES + body.len());
        sealed.extend_from_slice(&header);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// If it was changed, belongs to another place, or was sealed with another key.
    pub fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (header, rest) = sealed.split_at_checked(HEADER_BYTES).ok_or(Error::Sealed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or(Error::Sealed)?;
        if header.first() != Some(&VERSION) || header.get(1..) != Some(&self.id) || body.len() < TAG_BYTES {
            return Err(Error::Sealed);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::Sealed)?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher
            .open_in_place(nonce, Aad::from(bound(header, associated)), &mut plain)
            .map_err(|_| Error::Sealed)?;
        plain.truncate(body.len() - TAG_BYTES);
        Ok(plain)
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// As [`SealKey::open`], or if the value is no text.
    pub fn open_text(&self, sealed: &[u8], associated: &[u8]) -> Result<Secret, Error> {
        let plain = self.open(sealed, associated)?;
        std::str::from_utf8(&plain).map(Secret::new).map_err(|_| Error::Sealed)
    }

    /// Seals this key to a member, for the member's own row or file.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn wrap(&self, member: &MemberKey) -> Result<Sealed, Error> {
        let mut plain = Zeroizing::new(Vec::with_capacity(KEY_ID_BYTES + 32));
        plain.extend_from_slice(&self.id);
        plain.extend_from_slice(self.bytes.as_slice());
        member.0.seal(&plain, WRAPPED)
    }

    /// Takes a key that was sealed to this member.
    ///
    /// # Errors
    /// If it was changed or sealed to another member.
    pub fn unwrap(wrapped: &[u8], member: &MemberKey) -> Result<Self, Error> {
        let plain = member.0.open(wrapped, WRAPPED)?;
        let (id, bytes) = plain.split_at_checked(KEY_ID_BYTES).ok_or(Error::Sealed)?;
        let id = id.try_into().map_err(|_| Error::Sealed)?;
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes).map_err(|_| Error::Sealed)?);
        Self::from_parts(id, bytes)
    }
}

const WRAPPED: &[u8] = b"holdfast data key";

/// The key of one member; kept in a file that only the server may read (mode 0600).
#[derive(Debug)]
pub struct MemberKey(SealKey);

impl MemberKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn random() -> Result<Self, Error> {
        SealKey::random().map(Self)
    }

    /// Returns the bytes for the file.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(self.0.id.to_vec());
        bytes.extend_from_slice(self.0.bytes.as_slice());
        bytes
    }

    /// Reads the bytes of the file.
    ///
    /// # Errors
    /// If they do not have the length of a key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let malformed = || Error::unreadable("member key", "it is 40 bytes long");
        let (id, key) = bytes.split_at_checked(KEY_ID_BYTES).ok_or_else(malformed)?;
        let id = id.try_into().map_err(|_| malformed())?;
        let key = Zeroizing::new(<[u8; 32]>::try_from(key).map_err(|_| malformed())?);
        SealKey::from_parts(id, key).map(Self)
    }
}

fn bound(header: &[u8], associated: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(header.len() + associated.len());
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(associated);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_sealed_value_opens_at_its_place_alone(plain: Vec<u8>, place: Vec<u8>, other: Vec<u8>) {
            let key = SealKey::random().unwrap();
            let sealed = key.seal(&plain, &place).unwrap();
            prop_assert_eq!(&*key.open(&sealed, &place).unwrap(), &plain);
            prop_assert_eq!(key.open(&sealed, &other).is_ok(), place == other);
            prop_assert!(SealKey::random().unwrap().open(&sealed, &place).is_err());
        }

        #[test]
        fn opening_garbage_is_refused(garbage: Vec<u8>) {
            prop_assert!(SealKey::random().unwrap().open(&garbage, b"").is_err());
        }

        #[test]
        fn a_changed_bit_is_found(position in 0_usize..1000, bit in 0_u8..8) {
            let key = SealKey::random().unwrap();
            let mut sealed = key.seal(b"the secret", b"place").unwrap();
            let position = position % sealed.len();
            sealed[position] ^= 1 << bit;
            prop_assert!(key.open(&sealed, b"place").is_err());
        }
    }

    #[test]
    fn a_data_key_is_wrapped_to_one_member() {
        let member = MemberKey::random().unwrap();
        let key = SealKey::random().unwrap();
        let wrapped = key.wrap(&member).unwrap();
        let again = MemberKey::from_bytes(&member.to_bytes()).unwrap();
        let unwrapped = SealKey::unwrap(&wrapped, &again).unwrap();
        let sealed = key.seal(b"x", b"p").unwrap();
        assert_eq!(&**unwrapped.open(&sealed, b"p").unwrap(), b"x");
        assert!(SealKey::unwrap(&wrapped, &MemberKey::random().unwrap()).is_err());
        assert!(!format!("{member:?}{key:?}").contains(&hex::encode(key.bytes.as_slice())));
    }
}
