//! The token service: short-lived tokens that say who asks and bound what may be asked.

mod claims;
mod keys;

use std::sync::{Arc, PoisonError, RwLock};

use base::{RepositoryName, Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation};
use opctx::{AccountCaller, Authority, Caller, OpContext, PullCaller, TokenLimit, TokenScope, Via};
use sha2::{Digest as _, Sha256};

use self::claims::{Bearer, Claims};
use self::keys::Key;
use crate::error::Error;
use crate::registry::Registry;
use crate::rights::{self, Action};
use crate::sealer::Sealer;

/// For how long a token holds: long enough for a layer, short enough to be no credential.
const LIFE_SECS: i64 = 300;
/// How far the clocks of two machines may be apart.
const LEEWAY_SECS: i64 = 60;
const SCOPES: usize = 64;
const VERDICTS: u64 = 10_000;

/// A token that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of ours, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// The credential behind it is gone.
    #[error("the credential behind the token is gone")]
    Gone,
}

impl TokenError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> base::ErrorKind {
        match self {
            Self::Invalid | Self::Expired | Self::Gone => base::ErrorKind::Unauthenticated,
        }
    }
}

/// A token that was given out.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token.
    pub token: base::Secret,
    /// For how long it holds.
    pub expires_in_secs: i64,
    /// Since when.
    pub issued_at: Timestamp,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    sealer: Arc<dyn Sealer>,
    names: Vec<String>,
    keys: RwLock<Vec<Key>>,
    /// Tokens whose signature was found good, by their hash.
    verdicts: moka::sync::Cache<[u8; 32], Arc<Claims>>,
}

impl Tokens {
    pub(crate) fn new(sealer: Arc<dyn Sealer>, names: Vec<String>) -> Self {
        Self { sealer, names, keys: RwLock::default(), verdicts: moka::sync::Cache::new(VERDICTS) }
    }

    fn sign(&self, claims: &Claims) -> Option<String> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.first()?;
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(key.id.clone());
        jsonwebtoken::encode(&header, claims, &key.signing).ok()
    }

    fn check(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(claims) = self.verdicts.get(&hash) {
            return Ok(claims);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let id = header.kid.ok_or(TokenError::Invalid)?;
        let verifying = {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            keys.iter().find(|key| key.id == id).map(|key| key.verifying.clone()).ok_or(TokenError::Invalid)?
        };
        let mut validation = Validation::new(Algorithm::ES256);
        // Times are checked at each use, by our own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_audience(&self.names);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        let decoded =
            jsonwebtoken::decode::<Claims>(token, &verifying, &validation).map_err(|_| TokenError::Invalid)?;
        let claims = Arc::new(decoded.claims);
        self.verdicts.insert(hash, Arc::clone(&claims));
        Ok(claims)
    }
}

impl Registry {
    /// Gives out a token for what is asked, cut down to what the caller may do now.
    ///
    /// # Errors
    /// If the caller's account is gone, the copy of accounts is behind, or no key is there to sign.
    pub async fn token_issue(
        &self,
        ctx: &OpContext,
        service: Option<&str>,
        scopes: &[String],
    ) -> Result<IssuedToken, Error> {
        self.accounts_caught_up().await;
        rights::alive(ctx)?;
        let mut granted = Vec::new();
        for scope in scopes.iter().flat_map(|text| text.split_ascii_whitespace()).take(SCOPES) {
            if let Some(scope) = self.scope_granted(ctx, scope).await? {
                granted.push(scope);
            }
        }
        let now = self.clock.now();
        let audience = service.filter(|service| self.tokens.names.iter().any(|name| name == service));
        let first = self.tokens.names.first().map_or("holdfast", String::as_str);
        let claims = Claims::new(ctx.caller(), first, audience.unwrap_or(first), now, LIFE_SECS, granted);
        let token = self.tokens.sign(&claims).ok_or_else(|| Error::Keys { reason: "no key signs".to_owned() })?;
        Ok(IssuedToken { token: base::Secret::new(token), expires_in_secs: LIFE_SECS, issued_at: now })
    }

    async fn scope_granted(&self, ctx: &OpContext, text: &str) -> Result<Option<TokenScope>, Error> {
        let Some((kind, rest)) = text.split_once(':') else { return Ok(None) };
        let Some((name, actions)) = rest.rsplit_once(':') else { return Ok(None) };
        let asked = |action: &str| actions.split(',').any(|one| one == action || one == "*");
        let actions: Vec<String> = match kind {
            // The catalog shows each caller its own repositories.
            "registry" if name == "catalog" && asked("*") => vec!["*".to_owned()],
            "repository" => {
                let Ok(name) = name.parse::<RepositoryName>() else { return Ok(None) };
                let known = self.lookup(&name).await?;
                let level = match &known {
                    Some(known) => rights::explain(ctx, known).level,
                    None if self.may_create(ctx, &name) => Some(state::registry::Level::Admin),
                    None => None,
                };
                [Action::Pull, Action::Push, Action::Delete]
                    .into_iter()
                    .filter(|action| {
                        asked(action.scope())
                            && level >= Some(action.level())
                            && rights::token_covers(ctx, &name, *action)
                    })
                    .map(|action| action.scope().to_owned())
                    .collect()
            }
            _ => Vec::new(),
        };
        if actions.is_empty() {
            return Ok(None);
        }
        Ok(Some(TokenScope { kind: kind.to_owned(), name: name.to_owned(), actions }))
    }

    /// Finds out who bears a token. Whether the account may still do anything is decided with each request.
    ///
    /// # Errors
    /// If the token is not ours, was changed, is over, or its credential is gone.
    pub fn token_verify(&self, authority: &Authority, token: &str) -> Result<Caller, TokenError> {
        let claims = self.tokens.check(token)?;
        let now = self.clock.now().as_secs();
        if claims.exp < now {
            return Err(TokenError::Expired);
        }
        if claims.nbf > now.saturating_add(LEEWAY_SECS) {
            return Err(TokenError::Invalid);
        }
        let limit = Some(TokenLimit { scopes: claims.scopes() });
        match &claims.bearer {
            Bearer::Anonymous => Ok(Caller::Anonymous),
            Bearer::Account { id, name, epoch, via } => Ok(Caller::Account(AccountCaller {
                id: *id,
                name: name.clone(),
                is_admin: false,
                epoch: *epoch,
                via: Via::from(*via),
                limit,
            })),
            Bearer::Workload { credential } => {
                let live = authority.credentials().pull_by_id(*credential).ok_or(TokenError::Gone)?;
                Ok(Caller::Workload(PullCaller {
                    credential: live.id,
                    cluster: live.cluster,
                    service: live.service.clone(),
                    service_name: live.service_name.clone(),
                    owner: live.owner,
                    repositories: live.repositories.clone(),
                }))
            }
        }
    }
}
