//! The live credentials, by the hash under which they are presented.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use base::{AccountId, CertificateId, SessionId, Timestamp, TokenId};
use parking_lot::RwLock;
use state::control::TokenHash;
use state::control::certificates::CertificateKey;
use state::feed::CopyPullCredential;

/// What a look-up needs of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionKey {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The hash of its token.
    pub hash: TokenHash,
    /// When it was last noted as used.
    pub used: Timestamp,
    /// When it ends unless it is used.
    pub expires: Timestamp,
    /// Below which remaining time use renews it.
    pub renewal_secs: i64,
}

/// What a look-up needs of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenKey {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// The hash of its secret.
    pub hash: TokenHash,
    /// When it ends; never if absent.
    pub expires: Option<Timestamp>,
}

/// Entries found by hash and by id.
#[derive(Debug)]
pub(crate) struct Directory<I, E> {
    by_hash: HashMap<TokenHash, E>,
    by_id: HashMap<I, TokenHash>,
}

impl<I, E> Default for Directory<I, E> {
    fn default() -> Self {
        Self { by_hash: HashMap::new(), by_id: HashMap::new() }
    }
}

impl<I: Copy + Eq + Hash, E> Directory<I, E> {
    pub(crate) fn set(&mut self, id: I, entry: Option<(TokenHash, E)>) {
        if let Some(old) = self.by_id.remove(&id) {
            self.by_hash.remove(&old);
        }
        if let Some((hash, entry)) = entry {
            self.by_id.insert(id, hash);
            self.by_hash.insert(hash, entry);
        }
    }

    fn by_id(&self, id: &I) -> Option<&E> {
        self.by_id.get(id).and_then(|hash| self.by_hash.get(hash))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) sessions: Directory<SessionId, SessionKey>,
    pub(crate) tokens: Directory<TokenId, TokenKey>,
    pub(crate) certificates: Directory<CertificateId, CertificateKey>,
    pub(crate) pulls: Directory<TokenId, Arc<CopyPullCredential>>,
}

/// All live credentials of a store, kept true by its watch. A look-up takes a read lock for the time of one hash
/// map access and allocates nothing.
#[derive(Debug, Default)]
pub struct Credentials(RwLock<Live>);

impl Credentials {
    pub(crate) fn change(&self, f: impl FnOnce(&mut Live)) {
        f(&mut self.0.write());
    }

    /// Finds a session by the hash of its token; its end is the caller's to check.
    #[must_use]
    pub fn session(&self, hash: &TokenHash) -> Option<SessionKey> {
        self.0.read().sessions.by_hash.get(hash).copied()
    }

    /// Finds a session by its id.
    #[must_use]
    pub fn session_by_id(&self, id: SessionId) -> Option<SessionKey> {
        self.0.read().sessions.by_id(&id).copied()
    }

    /// Finds an access token by the hash of its secret; its end is the caller's to check.
    #[must_use]
    pub fn token(&self, hash: &TokenHash) -> Option<TokenKey> {
        self.0.read().tokens.by_hash.get(hash).copied()
    }

    /// Finds an access token by its id.
    #[must_use]
    pub fn token_by_id(&self, id: TokenId) -> Option<TokenKey> {
        self.0.read().tokens.by_id(&id).copied()
    }

    /// Finds a client bundle's certificate by its fingerprint; its end is the caller's to check.
    #[must_use]
    pub fn certificate(&self, fingerprint: &TokenHash) -> Option<CertificateKey> {
        self.0.read().certificates.by_hash.get(fingerprint).copied()
    }

    /// Finds a client bundle's certificate by its id.
    #[must_use]
    pub fn certificate_by_id(&self, id: CertificateId) -> Option<CertificateKey> {
        self.0.read().certificates.by_id(&id).copied()
    }

    /// Finds a pull credential by the hash of its secret.
    #[must_use]
    pub fn pull(&self, hash: &TokenHash) -> Option<Arc<CopyPullCredential>> {
        self.0.read().pulls.by_hash.get(hash).cloned()
    }

    /// Finds a pull credential by its id.
    #[must_use]
    pub fn pull_by_id(&self, id: TokenId) -> Option<Arc<CopyPullCredential>> {
        self.0.read().pulls.by_id(&id).cloned()
    }
}
