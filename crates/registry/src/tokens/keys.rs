//! The keys that sign tokens: made here, sealed in the store, rotated.

use std::fmt;
use std::sync::PoisonError;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base::{OperationId, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use state::registry::{Command, TokenKey, keys};

use super::Tokens;
use crate::error::Error;
use crate::registry::Registry;

/// After how long a new key signs. Older ones verify until they are dropped, days later.
const ROTATION_SECS: i64 = 24 * 3600;

/// A key in memory.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

fn place(id: &str) -> String {
    format!("registry token key {id}")
}

impl Tokens {
    fn make(&self) -> Result<TokenKey, Error> {
        let failed = |reason: &str| Error::Keys { reason: reason.to_owned() };
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| failed("no key can be made"))?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref())
            .map_err(|_| failed("a new key cannot be read"))?;
        let id = base::RequestId::random().to_string();
        let sealed = self
            .sealer
            .seal(pkcs8.as_ref(), place(&id).as_bytes())
            .map_err(|error| Error::Keys { reason: error.to_string() })?;
        Ok(TokenKey {
            sealed: STANDARD.encode(sealed),
            public: STANDARD.encode(pair.public_key().as_ref()),
            created: Timestamp::default(),
            id,
        })
    }

    fn open(&self, row: &TokenKey) -> Result<Key, Error> {
        let failed = |reason: String| Error::Keys { reason };
        let sealed = STANDARD.decode(&row.sealed).map_err(|error| failed(error.to_string()))?;
        let public = STANDARD.decode(&row.public).map_err(|error| failed(error.to_string()))?;
        let pkcs8 = self.sealer.open(&sealed, place(&row.id).as_bytes()).map_err(|error| failed(error.to_string()))?;
        Ok(Key {
            id: row.id.clone(),
            created: row.created,
            signing: EncodingKey::from_ec_der(&pkcs8),
            verifying: DecodingKey::from_ec_der(&public),
        })
    }

    fn newest(&self) -> Option<Timestamp> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).first().map(|key| key.created)
    }
}

impl Registry {
    /// Makes sure that a key signs which is not too old. Where a new one cannot be recorded (a full disk, no
    /// leader), the old one goes on.
    pub(crate) async fn token_keys_prepare(&self) -> Result<(), Error> {
        if self.tokens.newest().is_none() {
            self.token_keys_load().await?;
        }
        let oldest = self.clock.now().plus_secs(-ROTATION_SECS);
        if self.tokens.newest().is_some_and(|created| created > oldest) {
            return Ok(());
        }
        let command = Command::TokenKeyAdd(self.tokens.make()?);
        let operation = "recording a signing key";
        let refused = |reject| Error::Refused { operation, reject };
        match self.write(operation, OperationId::random(), command, refused).await {
            Ok(_) => self.token_keys_load().await,
            Err(error) if self.tokens.newest().is_some() => {
                tracing::warn!("rotating signing keys: {}", base::chain(&error));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn token_keys_load(&self) -> Result<(), Error> {
        let rows = self.read("reading signing keys", keys::list).await?;
        let opened: Vec<Key> = rows.iter().map(|row| self.tokens.open(row)).collect::<Result<_, _>>()?;
        *self.tokens.keys.write().unwrap_or_else(PoisonError::into_inner) = opened;
        Ok(())
    }

    /// Reads the keys anew after another member changed them.
    pub(crate) async fn token_keys_reload(&self) {
        if let Err(error) = self.token_keys_load().await {
            tracing::warn!("reading signing keys: {}", base::chain(&error));
        }
    }
}
