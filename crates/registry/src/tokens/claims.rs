//! What a token says.

use base::{AccountId, AccountName, CertificateId, SessionId, Timestamp, TokenId};
use opctx::{Caller, TokenScope, Via};
use serde::{Deserialize, Serialize};

/// The claims of the Docker token specification, and one of our own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: i64,
    pub(crate) nbf: i64,
    pub(crate) iat: i64,
    pub(crate) jti: String,
    pub(crate) access: Vec<Access>,
    /// Who bears it; our own claim.
    #[serde(rename = "holdfast")]
    pub(crate) bearer: Bearer,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    actions: Vec<String>,
}

/// Who bears a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bearer {
    Anonymous,
    Account { id: AccountId, name: AccountName, epoch: u64, via: Proof },
    Workload { credential: TokenId },
}

/// How the bearer proved who it is: what ends with a session or an access token ends its tokens too.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Proof {
    Password,
    Session(SessionId),
    AccessToken(TokenId),
    Certificate(CertificateId),
}

impl From<Proof> for Via {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Password => Self::RegistryToken,
            Proof::Session(id) => Self::Session(id),
            Proof::AccessToken(id) => Self::AccessToken(id),
            Proof::Certificate(id) => Self::Certificate(id),
        }
    }
}

impl From<Via> for Proof {
    fn from(via: Via) -> Self {
        match via {
            Via::Password | Via::RegistryToken => Self::Password,
            Via::Session(id) => Self::Session(id),
            Via::AccessToken(id) => Self::AccessToken(id),
            Via::Certificate(id) => Self::Certificate(id),
        }
    }
}

impl Claims {
    pub(crate) fn new(
        caller: &Caller,
        issuer: &str,
        audience: &str,
        now: Timestamp,
        life_secs: i64,
        granted: Vec<TokenScope>,
    ) -> Self {
        let (sub, bearer) = match caller {
            // Our own parts need no tokens; one that asks gets the rights of nobody.
            Caller::Anonymous | Caller::System(_) => (String::new(), Bearer::Anonymous),
            Caller::Account(account) => (
                account.name.to_string(),
                Bearer::Account {
                    id: account.id,
                    name: account.name.clone(),
                    epoch: account.epoch,
                    via: account.via.into(),
                },
            ),
            Caller::Workload(pull) => (pull.service_name.clone(), Bearer::Workload { credential: pull.credential }),
        };
        let access = granted
            .into_iter()
            .map(|scope| Access { kind: scope.kind, name: scope.name, actions: scope.actions })
            .collect();
        Self {
            iss: issuer.to_owned(),
            sub,
            aud: audience.to_owned(),
            exp: now.as_secs().saturating_add(life_secs),
            nbf: now.as_secs(),
            iat: now.as_secs(),
            jti: base::RequestId::random().to_string(),
            access,
            bearer,
        }
    }

    pub(crate) fn scopes(&self) -> Vec<TokenScope> {
        self.access
            .iter()
            .map(|one| TokenScope { kind: one.kind.clone(), name: one.name.clone(), actions: one.actions.clone() })
            .collect()
    }
}
