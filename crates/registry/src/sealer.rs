//! Sealing of secrets that stand in the store.

use std::fmt::Debug;

/// A secret that could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SealerError(pub String);

/// Seals secrets with the data key of the store; the place binds a secret to its row.
pub trait Sealer: Debug + Send + Sync + 'static {
    /// Seals a secret for a place.
    ///
    /// # Errors
    /// If there is no randomness.
    fn seal(&self, plain: &[u8], place: &[u8]) -> Result<Vec<u8>, SealerError>;

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// If it was sealed with another key or for another place.
    fn open(&self, sealed: &[u8], place: &[u8]) -> Result<Vec<u8>, SealerError>;
}

impl Sealer for pki::SealKey {
    fn seal(&self, plain: &[u8], place: &[u8]) -> Result<Vec<u8>, SealerError> {
        Self::seal(self, plain, place).map_err(|error| SealerError(base::chain(&error)))
    }

    fn open(&self, sealed: &[u8], place: &[u8]) -> Result<Vec<u8>, SealerError> {
        Self::open(self, sealed, place).map(|plain| plain.to_vec()).map_err(|error| SealerError(base::chain(&error)))
    }
}
