//! The context of one operation: who asks, what is decided, what is noted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use access::{Decision, Operation, Parameter, Subject};
use base::{AccountId, Clock, ClusterId, CollectionId, CollectionPath, OperationId, Timestamp};
use parking_lot::Mutex;

use crate::audit::{AuditEntry, AuditSink};
use crate::authority::Authority;
use crate::caller::{AccountCaller, Caller, Origin, Via};
use crate::denied::{Denied, ObjectRef};
use crate::snapshot::Snapshot;
use state::control::TokenHash;
use state::control::audit::{AuditOutcome, AuditRow};

/// The characters that a text of the audit log may have.
const AUDIT_TEXT: usize = 512;

struct Shared {
    authority: Arc<Authority>,
    audit: AuditSink,
    cluster: ClusterId,
    clock: Arc<dyn Clock>,
}

/// Makes contexts; cheap to clone.
#[derive(Clone)]
pub struct ContextFactory(Arc<Shared>);

impl fmt::Debug for ContextFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextFactory").field("cluster", &self.0.cluster).finish_non_exhaustive()
    }
}

impl ContextFactory {
    /// Makes a factory.
    #[must_use]
    pub fn new(authority: Arc<Authority>, audit: AuditSink, cluster: ClusterId, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { authority, audit, cluster, clock }))
    }

    /// Makes the context of one request.
    #[must_use]
    pub fn context(&self, caller: Caller, origin: Origin) -> OpContext {
        OpContext {
            shared: Arc::clone(&self.0),
            request: Arc::new(Request { caller, origin, operation: Mutex::new(None) }),
        }
    }

    /// Makes a context for a part of our own.
    #[must_use]
    pub fn system(&self, part: &'static str) -> OpContext {
        self.context(Caller::System(part), Origin::system())
    }

    /// Returns the authority that contexts decide with.
    #[must_use]
    pub fn authority(&self) -> &Arc<Authority> {
        &self.0.authority
    }

    /// Returns the sink of the audit log.
    #[must_use]
    pub fn audit(&self) -> &AuditSink {
        &self.0.audit
    }

    /// Returns the cluster.
    #[must_use]
    pub fn cluster(&self) -> ClusterId {
        self.0.cluster
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }
}

struct Request {
    caller: Caller,
    origin: Origin,
    operation: Mutex<Option<OperationId>>,
}

/// The context of one request; cheap to clone.
#[derive(Clone)]
pub struct OpContext {
    shared: Arc<Shared>,
    request: Arc<Request>,
}

impl fmt::Debug for OpContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpContext")
            .field("caller", &self.request.caller)
            .field("origin", &self.request.origin)
            .finish_non_exhaustive()
    }
}

impl OpContext {
    /// Returns who asks.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.request.caller
    }

    /// Returns from where.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.request.origin
    }

    /// Returns the cluster.
    #[must_use]
    pub fn cluster(&self) -> ClusterId {
        self.shared.cluster
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Returns the newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.authority.snapshot()
    }

    /// Returns the authority behind it.
    #[must_use]
    pub fn authority(&self) -> &Arc<Authority> {
        &self.shared.authority
    }

    /// Returns the caller's subject by the newest snapshot, not as it was at sign-in. A caller whose account is
    /// gone, inactive, or of another epoch has no right at all.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject_in(&self.snapshot())
    }

    /// Returns the caller's subject in a snapshot at hand.
    #[must_use]
    pub fn subject_in(&self, snapshot: &Snapshot) -> Subject {
        match self.caller() {
            Caller::Account(caller) => match snapshot.account(caller.id) {
                Some(account) if account.epoch == caller.epoch => account.subject(),
                _ => Subject::default(),
            },
            Caller::Anonymous | Caller::Workload(_) | Caller::System(_) => Subject::default(),
        }
    }

    /// Reports whether the caller may do everything now.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        match self.caller() {
            Caller::System(_) => true,
            Caller::Account(_) => self.shared.authority.is_current() && self.subject().is_admin,
            Caller::Anonymous | Caller::Workload(_) => false,
        }
    }

    /// Returns the caller's account, if it is a user.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.caller().account().map(|account| account.id)
    }

    /// Sets the key of the first write of this request, so that a client that repeats the request does it once. Bound to
    /// the caller: the same key of somebody else is another operation.
    #[must_use]
    pub fn with_operation(self, key: Option<OperationId>) -> Self {
        let bound = key.and_then(|key| {
            let hash = TokenHash::of(&format!("{:?} {key}", self.account()));
            OperationId::from_slice(&hash.as_bytes()[..16]).ok()
        });
        *self.request.operation.lock() = bound;
        self
    }

    /// Returns a fresh operation id; the first time the client's own, if it sent one.
    #[must_use]
    pub fn operation_id(&self) -> OperationId {
        self.request.operation.lock().take().unwrap_or_else(OperationId::random)
    }

    /// Decides without noting it: for lists, previews, and requests whose one audit row is written otherwise.
    ///
    /// # Errors
    /// If the caller may not; an object whose kind the caller may not see there is hidden.
    pub fn check(
        &self,
        object: &ObjectRef,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Result<(), Denied> {
        if matches!(self.caller(), Caller::System(_)) {
            return Ok(());
        }
        if !self.shared.authority.is_current() {
            return Err(Denied::unavailable());
        }
        let snapshot = self.snapshot();
        let subject = self.subject_in(&snapshot);
        if subject.account.is_none() {
            return Err(Denied::unauthenticated());
        }
        let decision = snapshot.policy.decide(&subject, operation, parameters, collection);
        let missing = match decision {
            Decision::Allowed => return Ok(()),
            Decision::MissingOperation => Vec::new(),
            Decision::MissingParameters(missing) => missing.iter().collect(),
        };
        let rights = snapshot.policy.rights(&subject, collection);
        if object.exists && !rights.sees(operation.category()) {
            return Err(Denied::hidden(object));
        }
        let known = snapshot.knows(&subject, collection).then(|| path(&snapshot, collection)).flatten();
        Err(Denied::missing(operation, missing, known))
    }

    /// Decides and notes it in the audit log: every refusal, and what was allowed beyond looking.
    ///
    /// # Errors
    /// If the caller may not; an object whose kind the caller may not see there is hidden.
    pub fn require(
        &self,
        object: &ObjectRef,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Result<(), Denied> {
        let decided = self.check(object, operation, parameters, collection);
        if decided.is_err() || operation != operation.category().view() {
            let within = path(&self.snapshot(), collection);
            self.audit(Self::entry(operation.name(), object, decided.as_ref().err()).within(within));
        }
        decided
    }

    fn entry(operation: &str, object: &ObjectRef, denied: Option<&Denied>) -> AuditEntry {
        match denied {
            None => AuditEntry::allowed(operation, object.clone()),
            Some(denied) => AuditEntry::refused(operation, object.clone(), denied.message.clone()),
        }
    }

    /// Requires an administrator; a refusal is noted.
    ///
    /// # Errors
    /// If the caller is none.
    pub fn require_admin(&self, what: &str) -> Result<(), Denied> {
        if self.is_admin() {
            return Ok(());
        }
        let denied = match self.require_signed_in() {
            Ok(_) => Denied::forbidden(format!("only an administrator may do this: {what}")),
            Err(denied) => denied,
        };
        self.audit(Self::entry(what, &ObjectRef::new("cluster", ""), Some(&denied)));
        Err(denied)
    }

    /// Requires a user who is active now.
    ///
    /// # Errors
    /// If the caller is none.
    pub fn require_signed_in(&self) -> Result<&AccountCaller, Denied> {
        if !self.shared.authority.is_current() {
            return Err(Denied::unavailable());
        }
        match self.caller() {
            Caller::Account(account) if self.subject().account.is_some() => Ok(account),
            Caller::Anonymous | Caller::Account(_) | Caller::Workload(_) | Caller::System(_) => {
                Err(Denied::unauthenticated())
            }
        }
    }

    /// Adds a row to the audit log.
    pub fn audit(&self, entry: AuditEntry) {
        let account = self.caller().account();
        self.shared.audit.push(AuditRow {
            time: self.now(),
            cluster: self.shared.cluster,
            account: account.map(|account| account.id),
            account_name: match self.caller() {
                Caller::Anonymous => None,
                caller => Some(cut(caller.to_string())),
            },
            via: self.caller().via().to_owned(),
            address: self.origin().address_text(),
            request: self.origin().request,
            surface: self.origin().surface.as_str().to_owned(),
            operation: cut(entry.operation),
            object_kind: entry.object.kind.to_owned(),
            object: cut(entry.object.name),
            collection: entry.collection.map(String::from),
            outcome: entry.outcome,
            reason: cut(entry.reason),
        });
    }

    /// Notes the outcome of something that is allowed or not by other means than a grant.
    pub fn audit_outcome(&self, operation: &str, object: ObjectRef, outcome: AuditOutcome, reason: &str) {
        self.audit(AuditEntry {
            operation: operation.to_owned(),
            object,
            collection: None,
            outcome,
            reason: reason.to_owned(),
        });
    }

    /// Waits until the caller or the right is gone; for streams that stay open. Looks again at every change of
    /// accounts, grants and credentials, and when the credential's own time is over.
    pub async fn until_revoked<F: Fn(&Self) -> bool>(&self, still_allowed: F) {
        let mut changes = self.shared.authority.changes();
        loop {
            changes.borrow_and_update();
            if !self.is_alive() || !still_allowed(self) {
                return;
            }
            let changed = changes.changed();
            match self.remaining() {
                None => {
                    if changed.await.is_err() {
                        return;
                    }
                }
                Some(remaining) => {
                    // A time that is over is judged above, in the next round.
                    if matches!(tokio::time::timeout(remaining, changed).await, Ok(Err(_))) {
                        return;
                    }
                }
            }
        }
    }

    /// Reports whether the caller could still sign in with the same credential: the account is active and of the
    /// same epoch, the session, token or certificate is there and its time is not over.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let credentials = self.shared.authority.credentials();
        match self.caller() {
            Caller::Anonymous | Caller::System(_) => true,
            Caller::Workload(pull) => {
                let snapshot = self.snapshot();
                credentials.pull_by_id(pull.credential).is_some()
                    && snapshot.account(pull.owner).is_some_and(|owner| owner.is_active)
            }
            Caller::Account(account) => {
                self.shared.authority.is_current()
                    && self.subject().account.is_some()
                    && self.end(account).is_some_and(|end| end.is_none_or(|end| end > self.now()))
            }
        }
    }

    /// Returns when the caller's credential ends: `None` if it is gone, `Some(None)` if it has no end.
    #[expect(clippy::option_option, reason = "gone and endless are different answers")]
    fn end(&self, account: &AccountCaller) -> Option<Option<Timestamp>> {
        let credentials = self.shared.authority.credentials();
        match account.via {
            Via::Password | Via::RegistryToken => Some(None),
            Via::Session(id) => credentials.session_by_id(id).map(|session| Some(session.expires)),
            Via::AccessToken(id) => credentials.token_by_id(id).map(|token| token.expires),
            Via::Certificate(id) => credentials.certificate_by_id(id).map(|certificate| Some(certificate.expires)),
        }
    }

    /// Returns how long the caller's credential lasts yet, if it has an end.
    fn remaining(&self) -> Option<Duration> {
        let end = self.end(self.caller().account()?)??;
        let millis = end.as_millis().saturating_sub(self.now().as_millis());
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0).max(1)))
    }
}

fn path(snapshot: &Snapshot, collection: &CollectionId) -> Option<CollectionPath> {
    snapshot.policy.collection(collection).map(|found| found.path.clone())
}

fn cut(text: String) -> String {
    if text.len() <= AUDIT_TEXT { text } else { text.chars().take(AUDIT_TEXT).collect() }
}
