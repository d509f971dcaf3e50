//! Notes which credentials were used, in batches: last use is shown coarsely, sessions are renewed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use base::{CertificateId, OperationId, SessionId, TokenId};
use moka::sync::Cache;
use parking_lot::Mutex;
use state::ControlStore;
use state::control::Command;
use state::control::sessions::CredentialsUsed;

/// How often notes are written.
const WRITE: Duration = Duration::from_secs(5);
/// How long a credential that was noted is not noted again.
const COARSE: Duration = Duration::from_secs(60);
/// How many credentials one write notes.
const BATCH: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Credential {
    Session(SessionId),
    Token(TokenId),
    Certificate(CertificateId),
}

/// Collects what was used.
#[derive(Debug)]
pub(crate) struct Used {
    noted: Cache<Credential, ()>,
    waiting: Mutex<CredentialsUsed>,
}

impl Used {
    /// Starts the task that writes; it ends with the last holder.
    pub(crate) fn start(store: ControlStore) -> Arc<Self> {
        let used = Arc::new(Self {
            noted: Cache::builder().max_capacity(100_000).time_to_live(COARSE).build(),
            waiting: Mutex::default(),
        });
        tokio::spawn(write(Arc::downgrade(&used), store));
        used
    }

    /// Notes a use; nearly always one look into a map.
    pub(crate) fn note(&self, credential: Credential) {
        if self.noted.contains_key(&credential) {
            return;
        }
        self.noted.insert(credential, ());
        let mut waiting = self.waiting.lock();
        match credential {
            Credential::Session(session) => waiting.sessions.push(session),
            Credential::Token(token) => waiting.tokens.push(token),
            Credential::Certificate(certificate) => waiting.certificates.push(certificate),
        }
    }

    fn take(&self) -> CredentialsUsed {
        let mut waiting = self.waiting.lock();
        let CredentialsUsed { sessions, tokens, certificates } = &mut *waiting;
        CredentialsUsed {
            sessions: sessions.drain(..sessions.len().min(BATCH)).collect(),
            tokens: tokens.drain(..tokens.len().min(BATCH)).collect(),
            certificates: certificates.drain(..certificates.len().min(BATCH)).collect(),
        }
    }

    /// Writes what was noted so far.
    pub(crate) async fn flush(&self, store: &ControlStore) {
        loop {
            let taken = self.take();
            if taken.is_empty() {
                return;
            }
            let command = Command::CredentialsUsed(taken);
            if let Err(error) = store.write(OperationId::random(), command).await {
                // What is lost is noted again at the next use.
                tracing::warn!(
                    "noting the use of credentials: {}",
                    base::chain(&error.map_rejected(|r| r.to_string()))
                );
                self.noted.invalidate_all();
                return;
            }
        }
    }
}

async fn write(used: Weak<Used>, store: ControlStore) {
    let mut tick = tokio::time::interval(WRITE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(used) = used.upgrade() else { return };
        used.flush(&store).await;
    }
}
