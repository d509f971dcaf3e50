//! Who asks, how they proved it, and from where.

use std::fmt;
use std::net::IpAddr;

use base::{AccountId, AccountName, CertificateId, ClusterId, RepositoryName, RequestId, SessionId, TokenId};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular.
    Anonymous,
    /// A user.
    Account(AccountCaller),
    /// The nodes of one service, pulling its images.
    Workload(PullCaller),
    /// A part of our own, by name; may do everything.
    System(&'static str),
}

/// A user who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCaller {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// Whether it was an administrator when the credential was checked; decisions use the newest snapshot.
    pub is_admin: bool,
    /// The account's epoch when the credential was checked.
    pub epoch: u64,
    /// How it proved who it is.
    pub via: Via,
    /// What a registry token bounds its bearer to.
    pub limit: Option<TokenLimit>,
}

/// How a caller proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// Name and password.
    Password,
    /// A session's cookie or token.
    Session(SessionId),
    /// An access token.
    AccessToken(TokenId),
    /// A client bundle's certificate.
    Certificate(CertificateId),
    /// A token of the registry's token service.
    RegistryToken,
}

impl Via {
    /// Returns the word that the audit log and the API show.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Session(_) => "session",
            Self::AccessToken(_) => "access_token",
            Self::Certificate(_) => "certificate",
            Self::RegistryToken => "registry_token",
        }
    }
}

/// What a registry token bounds its bearer to; the rights of now decide within it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenLimit {
    /// The scopes granted.
    pub scopes: Vec<TokenScope>,
}

/// One scope of a registry token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenScope {
    /// `repository` or `registry`.
    pub kind: String,
    /// The repository's name, or `catalog`.
    pub name: String,
    /// `pull`, `push`, `delete`, `*`.
    pub actions: Vec<String>,
}

/// The nodes of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullCaller {
    /// The pull credential.
    pub credential: TokenId,
    /// The cluster whose nodes pull.
    pub cluster: ClusterId,
    /// The engine's id of the service, once it is known.
    pub service: Option<String>,
    /// The service's name.
    pub service_name: String,
    /// The account on whose rights it rests.
    pub owner: AccountId,
    /// What may be pulled.
    pub repositories: Vec<RepositoryName>,
}

impl Caller {
    /// Returns the user, if the caller is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountCaller> {
        match self {
            Self::Account(account) => Some(account),
            Self::Anonymous | Self::Workload(_) | Self::System(_) => None,
        }
    }

    /// Returns the word for how the caller proved who it is.
    #[must_use]
    pub fn via(&self) -> &'static str {
        match self {
            Self::Anonymous => "none",
            Self::Account(account) => account.via.as_str(),
            Self::Workload(_) => "workload",
            Self::System(_) => "system",
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Account(account) => account.name.fmt(f),
            Self::Workload(pull) => write!(f, "service {}", pull.service_name),
            Self::System(part) => f.write_str(part),
        }
    }
}

/// The protocol through which a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// Our REST API.
    Api,
    /// UCP's and DTR's own paths.
    Ucp,
    /// The Docker API.
    Docker,
    /// The registry.
    Registry,
    /// The console.
    Console,
    /// The Kubernetes API.
    Kubernetes,
    /// An agent's tunnel.
    Agent,
    /// No request: a job, a reconciler, a command on the machine.
    System,
}

impl Surface {
    /// Returns the word that the audit log shows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Ucp => "ucp",
            Self::Docker => "docker",
            Self::Registry => "registry",
            Self::Console => "console",
            Self::Kubernetes => "kubernetes",
            Self::Agent => "agent",
            Self::System => "system",
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address; none for unix sockets and our own parts.
    pub address: Option<IpAddr>,
    /// The request.
    pub request: RequestId,
    /// The protocol.
    pub surface: Surface,
    /// The client's own name (`User-Agent`).
    pub agent: String,
}

impl Origin {
    /// Makes the origin of what our own parts do.
    #[must_use]
    pub fn system() -> Self {
        Self { address: None, request: RequestId::random(), surface: Surface::System, agent: String::new() }
    }

    /// Returns the address as text; `local` if there is none.
    #[must_use]
    pub fn address_text(&self) -> String {
        self.address.map_or_else(|| "local".to_owned(), |address| address.to_string())
    }
}
