//! Who presents this?

mod password;

use base::Secret;
use opctx::{AccountCaller, AccountRights, AuditEntry, Caller, ObjectRef, Origin, PullCaller, Via};
use state::control::{AccountKind, TokenHash};

use crate::error::AuthError;
use crate::identity::Identity;
use crate::used;

/// What a request presents to prove who asks.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Nothing.
    None,
    /// A name with a password, an access token, or a pull credential's secret.
    Basic {
        /// The name.
        user: String,
        /// The secret.
        password: Secret,
    },
    /// A session's token or an access token.
    Bearer(Secret),
    /// A client certificate whose key the peer has proved to hold.
    Certificate {
        /// The SHA-256 of the certificate.
        fingerprint: [u8; 32],
        /// Whether our client authority issued it.
        trusted: bool,
        /// Whether its time is over or has not begun.
        expired: bool,
    },
    /// A session's token from a cookie.
    Session(Secret),
}

/// Makes the caller of an account that may sign in.
fn caller(account: &AccountRights, via: Via) -> Option<AccountCaller> {
    (account.is_active && account.kind == AccountKind::User).then(|| AccountCaller {
        id: account.id,
        name: account.name.clone(),
        is_admin: account.is_admin,
        epoch: account.epoch,
        via,
        limit: None,
    })
}

impl Identity {
    /// Establishes who asks. What is presented and wrong is an error, never an anonymous caller.
    ///
    /// # Errors
    /// If the credential is not valid, too many attempts failed, or nothing can be decided now.
    pub async fn authenticate(&self, presented: Credential, origin: &Origin) -> Result<Caller, AuthError> {
        // A log that cannot be written holds work back here.
        self.contexts().audit().ready().await;
        if matches!(presented, Credential::None) {
            return Ok(Caller::Anonymous);
        }
        if !self.authority().is_current() {
            return Err(AuthError::OutOfTouch);
        }
        let found = match &presented {
            Credential::None => return Ok(Caller::Anonymous),
            Credential::Basic { user, password } => self.basic(user, password, origin).await,
            Credential::Bearer(token) => self.bearer(token).await.map(Caller::Account),
            Credential::Session(token) => self.session(token).await.map(Caller::Account),
            Credential::Certificate { fingerprint, trusted, expired } => {
                self.certificate(fingerprint, *trusted, *expired).await.map(Caller::Account)
            }
        };
        if let Err(error) = &found
            && error.kind() == base::ErrorKind::Unauthenticated
        {
            self.note_refusal(&presented, origin, error);
        }
        found
    }

    async fn basic(&self, user: &str, secret: &Secret, origin: &Origin) -> Result<Caller, AuthError> {
        let hash = TokenHash::of(secret.expose());
        if let Some(pull) = self.authority().credentials().pull(&hash)
            && pull.id.to_string() == user
        {
            let owner = self.snapshot().account(pull.owner).is_some_and(|owner| owner.is_active);
            return if owner {
                Ok(Caller::Workload(PullCaller {
                    credential: pull.id,
                    cluster: pull.cluster,
                    service: pull.service.clone(),
                    service_name: pull.service_name.clone(),
                    owner: pull.owner,
                    repositories: pull.repositories.clone(),
                }))
            } else {
                Err(AuthError::BadToken)
            };
        }
        if let Ok(found) = self.access_token(&hash)
            && found.name.as_str() == user
        {
            return Ok(Caller::Account(found));
        }
        self.password(user, secret, origin).await.map(Caller::Account)
    }

    async fn bearer(&self, token: &Secret) -> Result<AccountCaller, AuthError> {
        let hash = TokenHash::of(token.expose());
        if let Ok(found) = self.session_of(&hash).or_else(|_| self.access_token(&hash)) {
            return Ok(found);
        }
        self.catch_up().await;
        self.session_of(&hash).or_else(|_| self.access_token(&hash))
    }

    async fn session(&self, token: &Secret) -> Result<AccountCaller, AuthError> {
        let hash = TokenHash::of(token.expose());
        if let Ok(found) = self.session_of(&hash) {
            return Ok(found);
        }
        self.catch_up().await;
        self.session_of(&hash)
    }

    async fn certificate(
        &self,
        fingerprint: &[u8; 32],
        trusted: bool,
        expired: bool,
    ) -> Result<AccountCaller, AuthError> {
        if !trusted {
            return Err(AuthError::ForeignCertificate);
        }
        if expired {
            return Err(AuthError::ExpiredCertificate);
        }
        let fingerprint = TokenHash::from_bytes(*fingerprint);
        if let Ok(found) = self.certificate_of(&fingerprint) {
            return Ok(found);
        }
        self.catch_up().await;
        self.certificate_of(&fingerprint)
    }

    /// Lets this member's memory catch up with its own store: a credential made at another member a moment ago.
    async fn catch_up(&self) {
        self.authority().reach(self.store().applied()).await;
    }

    fn session_of(&self, hash: &TokenHash) -> Result<AccountCaller, AuthError> {
        let session = self.authority().credentials().session(hash).filter(|session| session.expires > self.now());
        let session = session.ok_or(AuthError::BadToken)?;
        let snapshot = self.snapshot();
        let account = snapshot.account(session.account).and_then(|account| caller(account, Via::Session(session.id)));
        self.0.used.note(used::Credential::Session(session.id));
        account.ok_or(AuthError::BadToken)
    }

    fn access_token(&self, hash: &TokenHash) -> Result<AccountCaller, AuthError> {
        let token = self.authority().credentials().token(hash);
        let token = token.filter(|token| token.expires.is_none_or(|expires| expires > self.now()));
        let token = token.ok_or(AuthError::BadToken)?;
        let snapshot = self.snapshot();
        let account = snapshot.account(token.account).and_then(|account| caller(account, Via::AccessToken(token.id)));
        self.0.used.note(used::Credential::Token(token.id));
        account.ok_or(AuthError::BadToken)
    }

    fn certificate_of(&self, fingerprint: &TokenHash) -> Result<AccountCaller, AuthError> {
        let found = self.authority().credentials().certificate(fingerprint).ok_or(AuthError::BadCertificate)?;
        if found.expires <= self.now() {
            return Err(AuthError::ExpiredCertificate);
        }
        let snapshot = self.snapshot();
        let account = snapshot.account(found.account).and_then(|account| caller(account, Via::Certificate(found.id)));
        self.0.used.note(used::Credential::Certificate(found.id));
        account.ok_or(AuthError::BadCertificate)
    }

    /// Notes who was judged and refused. A session that ended is everyday and not noted. Attempts that were held back
    /// without being judged, and certificates that anybody can make, are not either: they would let anybody fill the log.
    fn note_refusal(&self, presented: &Credential, origin: &Origin, error: &AuthError) {
        let name = match presented {
            Credential::Basic { user, .. } => user.chars().take(64).collect(),
            Credential::Certificate { fingerprint, trusted: true, .. } => {
                format!("certificate {}", hex::encode(fingerprint))
            }
            Credential::None
            | Credential::Bearer(_)
            | Credential::Session(_)
            | Credential::Certificate { trusted: false, .. } => return,
        };
        let ctx = self.contexts().context(Caller::Anonymous, origin.clone());
        ctx.audit(AuditEntry::refused("sign_in", ObjectRef::new("user", name), error.to_string()));
    }
}
