//! Signing in with a password.

use std::sync::Arc;
use std::time::Instant;

use base::{AccountId, AccountName, Secret};
use opctx::{AccountCaller, AccountRights, Origin, Via};
use sha2::{Digest, Sha256};
use state::control::accounts;

use crate::error::AuthError;
use crate::identity::Identity;
use crate::password::PasswordError;

impl Identity {
    /// Checks a name and password: throttled, remembered for a minute, at the same cost for unknown names.
    pub(crate) async fn password(
        &self,
        user: &str,
        password: &Secret,
        origin: &Origin,
    ) -> Result<AccountCaller, AuthError> {
        let name = user.parse::<AccountName>().ok();
        if let Some(found) = self.remembered(name.as_ref(), password) {
            return Ok(found);
        }
        // Clients push layers side by side, each with the same password: one of them is checked, the others follow.
        let flight = self.key_of(name.as_ref(), password).map(|(key, _)| self.0.flights.join(key));
        let _turn = match &flight {
            Some(flight) => {
                let turn = flight.turn().await;
                if let Some(found) = self.remembered(name.as_ref(), password) {
                    return Ok(found);
                }
                Some(turn)
            }
            None => None,
        };
        let attempt = self
            .0
            .throttle
            .begin(user, origin.address, Instant::now())
            .map_err(|wait| AuthError::Throttled { retry_after_secs: wait.as_secs().saturating_add(1) })?;
        let checked = self.check(name, password).await;
        match &checked {
            Err(AuthError::WrongPassword) => {}
            // Right, or not judged.
            Ok(_) | Err(_) => attempt.forgive(),
        }
        checked
    }

    async fn check(&self, name: Option<AccountName>, password: &Secret) -> Result<AccountCaller, AuthError> {
        let stored = match name {
            Some(name) => {
                let read = self.store().read(move |conn| accounts::password_by_name(conn, &name)).await;
                read.map_err(AuthError::Read)?
            }
            None => None,
        };
        let hash = stored.as_ref().and_then(|(_, hash)| hash.as_deref());
        let right = self.0.options.passwords.verify(password, hash).await.map_err(busy)?;
        let (account, _) = stored.filter(|(account, _)| right && account.is_active).ok_or(AuthError::WrongPassword)?;
        // The memory of this member may be a moment behind the store.
        if self.snapshot().account(account.id).is_none_or(|known| known.epoch != account.epoch) {
            self.authority().reach(self.store().applied()).await;
        }
        self.0.remembered.insert(self.remember_key(account.id, account.epoch, password), ());
        Ok(AccountCaller {
            id: account.id,
            name: account.name,
            is_admin: account.is_admin,
            epoch: account.epoch,
            via: Via::Password,
            limit: None,
        })
    }

    fn remembered(&self, name: Option<&AccountName>, password: &Secret) -> Option<AccountCaller> {
        let (key, account) = self.key_of(name, password)?;
        self.0.remembered.get(&key)?;
        super::caller(&account, Via::Password)
    }

    /// Returns under which key a password of an account that is known here is remembered.
    fn key_of(&self, name: Option<&AccountName>, password: &Secret) -> Option<([u8; 32], Arc<AccountRights>)> {
        let account = self.snapshot().account_by_name(name?).cloned()?;
        Some((self.remember_key(account.id, account.epoch, password), account))
    }

    /// A keyed hash, so that memory holds nothing that could be tried offline without the process's own key.
    fn remember_key(&self, account: AccountId, epoch: u64, password: &Secret) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0.remember_key);
        hash.update(account.as_bytes());
        hash.update(epoch.to_be_bytes());
        hash.update(password.expose().as_bytes());
        hash.finalize().into()
    }
}

fn busy(error: PasswordError) -> AuthError {
    AuthError::Busy(error)
}
