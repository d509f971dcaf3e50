//! The task that keeps an authority true.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use access::Policy;
use base::{AccountId, CertificateId, Index, SessionId, TeamId, TokenId};
use futures_util::FutureExt;
use state::control::TokenHash;
use state::control::certificates::CertificateKey;
use state::feed::CopyPullCredential;
use store::{Notice, ReadError, Store, Watch};

use super::{Authority, Source};
use crate::credentials::{Live, SessionKey, TokenKey};
use crate::snapshot::{AccountRights, Accounts, Snapshot, TeamRights};

/// How often the leader's silence is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// The silence after which no decision is made.
const SILENCE_MS: u64 = 1000;
/// The pause after a read that failed.
const AGAIN: Duration = Duration::from_millis(100);

/// What is untrue in the snapshot since events came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dirty {
    /// Everything.
    pub all: bool,
    /// Roles, collections or grants.
    pub policy: bool,
    /// These accounts.
    pub accounts: BTreeSet<AccountId>,
    /// These teams.
    pub teams: BTreeSet<TeamId>,
    /// These sessions.
    pub sessions: BTreeSet<SessionId>,
    /// These access tokens.
    pub tokens: BTreeSet<TokenId>,
    /// These certificates.
    pub certificates: BTreeSet<CertificateId>,
    /// These pull credentials.
    pub pulls: BTreeSet<TokenId>,
}

/// What was read anew. Where everything was asked, the lists are whole and replace what was there.
#[derive(Debug, Default)]
pub struct Update {
    /// The compiled grants.
    pub policy: Option<Policy>,
    /// Accounts; `None` for one that is gone.
    pub accounts: Vec<(AccountId, Option<AccountRights>)>,
    /// Teams; `None` for one that is gone.
    pub teams: Vec<(TeamId, Option<TeamRights>)>,
    /// Sessions; `None` for one that is gone.
    pub sessions: Vec<(SessionId, Option<SessionKey>)>,
    /// Access tokens; `None` for one that is gone.
    pub tokens: Vec<(TokenId, Option<TokenKey>)>,
    /// Certificates; `None` for one that is gone.
    pub certificates: Vec<(CertificateId, Option<CertificateKey>)>,
    /// Pull credentials; `None` for one that is gone.
    pub pulls: Vec<(TokenId, Option<CopyPullCredential>)>,
}

/// The task's state.
pub(super) struct Follower<S: Source> {
    store: Store<S::Machine>,
    watch: Watch<<S::Machine as store::Machine>::Event>,
    authority: Weak<Authority>,
    dirty: Dirty,
    source: PhantomData<fn() -> S>,
}

impl<S: Source> Follower<S> {
    /// Reads everything for the first time.
    pub(super) async fn begin(
        store: &Store<S::Machine>,
        authority: &Arc<Authority>,
    ) -> Result<Self, ReadError<rusqlite::Error>> {
        // Watched first, so that nothing falls between the read and the watch.
        let watch = store.watch();
        let mut follower = Self {
            store: store.clone(),
            watch,
            authority: Arc::downgrade(authority),
            dirty: Dirty { all: true, ..Dirty::default() },
            source: PhantomData,
        };
        follower.refresh(authority).await?;
        Ok(follower)
    }

    /// Follows until the store is shut down or nobody holds the authority any more.
    pub(super) async fn run(mut self) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while let Some(authority) = self.authority.upgrade() {
            let open = tokio::select! {
                notice = self.watch.next() => self.note(notice),
                () = authority.poke.notified() => true,
                _ = look.tick() => true,
            };
            self.judge_leader(&authority, open);
            if !open {
                return;
            }
            if let Err(error) = self.refresh(&authority).await {
                tracing::warn!(store = %<S::Machine as store::Machine>::NAME, "refreshing rights: {error}");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Notes what a notice makes untrue; false if there will be no more.
    fn note(&mut self, notice: Option<Notice<<S::Machine as store::Machine>::Event>>) -> bool {
        match notice {
            Some(Notice::Event { events, .. }) => {
                for event in events.iter() {
                    S::note(event, &mut self.dirty);
                }
                true
            }
            Some(Notice::Resync) => {
                self.dirty.all = true;
                true
            }
            None => false,
        }
    }

    /// Refuses decisions while the leader is silent.
    fn judge_leader(&self, authority: &Authority, open: bool) {
        let status = self.store.status();
        let current = open && status.ready && status.leader.is_some() && status.leader_silence_ms <= SILENCE_MS;
        if authority.current.swap(current, Ordering::Relaxed) != current {
            tracing::info!(current, "decisions are {}", if current { "made again" } else { "refused: no leader" });
            // Open streams look again.
            authority.revision.send_modify(|revision| *revision += 1);
        }
    }

    /// Takes what waits in the watch, reads what it made untrue, and publishes. On a failure all stays noted.
    async fn refresh(&mut self, authority: &Authority) -> Result<(), ReadError<rusqlite::Error>> {
        // Events of an entry are told before the entry counts as applied.
        let applied = self.store.applied();
        while let Some(notice) = self.watch.next().now_or_never() {
            if !self.note(notice) {
                break;
            }
        }
        if self.dirty != Dirty::default() {
            let dirty = std::mem::take(&mut self.dirty);
            let asked = dirty.clone();
            match self.store.read(move |conn| S::read(conn, &asked)).await {
                Ok(update) => publish(authority, update, dirty.all, applied),
                Err(error) => {
                    self.dirty.all |= dirty.all;
                    self.dirty.merge(dirty);
                    return Err(error);
                }
            }
        }
        authority.reached.send_if_modified(|reached| {
            let further = applied > *reached;
            *reached = applied.max(*reached);
            further
        });
        Ok(())
    }
}

impl Dirty {
    fn merge(&mut self, other: Self) {
        self.all |= other.all;
        self.policy |= other.policy;
        self.accounts.extend(other.accounts);
        self.teams.extend(other.teams);
        self.sessions.extend(other.sessions);
        self.tokens.extend(other.tokens);
        self.certificates.extend(other.certificates);
        self.pulls.extend(other.pulls);
    }
}

/// Puts an update into force.
fn publish(authority: &Authority, update: Update, all: bool, index: Index) {
    let Update { policy, accounts, teams, sessions, tokens, certificates, pulls } = update;
    let old = authority.snapshot.load();
    let accounts = if all {
        let whole = accounts.into_iter().filter_map(|(_, account)| account).collect();
        Arc::new(Accounts::new(whole, teams.into_iter().filter_map(|(_, team)| team).collect()))
    } else if accounts.is_empty() && teams.is_empty() {
        Arc::clone(&old.accounts)
    } else {
        let mut next = Accounts::clone(&old.accounts);
        for (id, account) in accounts {
            match account {
                Some(account) => next.put(account),
                None => next.remove(id),
            }
        }
        for (id, team) in teams {
            next.team_set(id, team);
        }
        Arc::new(next)
    };
    authority.credentials.change(|live| {
        if all {
            *live = Live::default();
        }
        for (id, session) in sessions {
            live.sessions.set(id, session.map(|session| (session.hash, session)));
        }
        for (id, token) in tokens {
            live.tokens.set(id, token.map(|token| (token.hash, token)));
        }
        for (id, certificate) in certificates {
            live.certificates.set(id, certificate.map(|certificate| (certificate.fingerprint, certificate)));
        }
        for (id, pull) in pulls {
            live.pulls.set(id, pull.map(|pull| -> (TokenHash, _) { (pull.hash, Arc::new(pull)) }));
        }
    });
    let policy = policy.map_or_else(|| Arc::clone(&old.policy), Arc::new);
    let revision = *authority.revision.borrow() + 1;
    authority.snapshot.store(Arc::new(Snapshot { policy, accounts, revision, index }));
    authority.revision.send_replace(revision);
}
