//! Why a command is refused.

use base::{AccountId, AccountName, CertificateId, CollectionId, CollectionPath, ErrorKind, NodeId, RoleId, SessionId};
use base::{TeamId, TeamName, TokenId};
use serde::{Deserialize, Serialize};

/// A typed refusal of a command; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reject {
    /// Users and organizations share one space of names.
    #[error("the name `{name}` is taken")]
    NameTaken {
        /// The name.
        name: AccountName,
    },
    /// No such account.
    #[error("account {account} does not exist")]
    AccountUnknown {
        /// The account.
        account: AccountId,
    },
    /// A user was needed.
    #[error("account {account} is not a user")]
    NotUser {
        /// The account.
        account: AccountId,
    },
    /// An organization was needed.
    #[error("account {account} is not an organization")]
    NotOrganization {
        /// The account.
        account: AccountId,
    },
    /// Somebody must be able to administer.
    #[error("the last active administrator can be neither deleted, deactivated nor demoted")]
    LastAdmin,
    /// The account is not active.
    #[error("account {account} is not active")]
    AccountInactive {
        /// The account.
        account: AccountId,
    },
    /// The account changed since the credential was checked.
    #[error("account {account} changed meanwhile; sign in again")]
    EpochChanged {
        /// The account.
        account: AccountId,
    },
    /// Built-in things stay as they are.
    #[error("{what} is built in and cannot be changed or deleted")]
    BuiltIn {
        /// What it is.
        what: String,
    },
    /// The user is not a member of the organization.
    #[error("account {account} is not a member of organization {organization}")]
    NotMember {
        /// The organization.
        organization: AccountId,
        /// The user.
        account: AccountId,
    },
    /// No such team.
    #[error("team {team} does not exist")]
    TeamUnknown {
        /// The team.
        team: TeamId,
    },
    /// Team names are unique within an organization.
    #[error("a team named `{name}` exists in the organization already")]
    TeamNameTaken {
        /// The name.
        name: TeamName,
    },
    /// The user is not in the team.
    #[error("account {account} is not in team {team}")]
    NotTeamMember {
        /// The team.
        team: TeamId,
        /// The user.
        account: AccountId,
    },
    /// An id was given twice with different contents; ids are made at random.
    #[error("{what} exists already")]
    Exists {
        /// What it is.
        what: String,
    },
    /// No such session.
    #[error("session {session} does not exist")]
    SessionUnknown {
        /// The session.
        session: SessionId,
    },
    /// No such token.
    #[error("token {token} does not exist")]
    TokenUnknown {
        /// The token.
        token: TokenId,
    },
    /// An account may have so many of something.
    #[error("an account may have at most {limit} {what}")]
    TooMany {
        /// What there are too many of.
        what: String,
        /// The bound.
        limit: u32,
    },
    /// No such certificate.
    #[error("certificate {certificate} does not exist")]
    CertificateUnknown {
        /// The certificate.
        certificate: CertificateId,
    },
    /// No such role.
    #[error("role `{role}` does not exist")]
    RoleUnknown {
        /// The role.
        role: RoleId,
    },
    /// Role names are unique.
    #[error("a role named `{name}` exists already")]
    RoleNameTaken {
        /// The name.
        name: String,
    },
    /// Grants use the role.
    #[error("role `{role}` is used by {grants} grants")]
    RoleUsed {
        /// The role.
        role: RoleId,
        /// How many grants.
        grants: u64,
    },
    /// No such collection.
    #[error("collection `{collection}` does not exist")]
    CollectionUnknown {
        /// The collection.
        collection: CollectionId,
    },
    /// The path is taken.
    #[error("collection `{path}` exists already")]
    CollectionTaken {
        /// The path.
        path: CollectionPath,
    },
    /// The path would be too deep or its name is not valid.
    #[error("`{name}` is not a valid name for a collection there")]
    CollectionName {
        /// The name.
        name: String,
    },
    /// Only empty collections can be deleted.
    #[error("collection `{path}` is not empty: it holds {count} {what}")]
    CollectionNotEmpty {
        /// The path.
        path: CollectionPath,
        /// How many.
        count: u64,
        /// Of what.
        what: String,
    },
    /// The subject of a grant does not exist.
    #[error("the subject of the grant does not exist")]
    SubjectUnknown,
    /// No such grant.
    #[error("the grant does not exist")]
    GrantUnknown,
    /// The join token is unknown, used or expired.
    #[error("the join token is not valid any more")]
    JoinTokenInvalid,
    /// No such node.
    #[error("node {node} does not exist")]
    NodeUnknown {
        /// The node.
        node: NodeId,
    },
    /// Another node has that name.
    #[error("a node named `{name}` exists already")]
    NodeNameTaken {
        /// The name.
        name: String,
    },
    /// The value is larger than its bound.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What it is.
        what: String,
        /// The bound.
        limit: u32,
    },
}

impl Reject {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NameTaken { .. }
            | Self::LastAdmin
            | Self::AccountInactive { .. }
            | Self::BuiltIn { .. }
            | Self::TeamNameTaken { .. }
            | Self::Exists { .. }
            | Self::TooMany { .. }
            | Self::RoleNameTaken { .. }
            | Self::RoleUsed { .. }
            | Self::CollectionTaken { .. }
            | Self::CollectionNotEmpty { .. }
            | Self::NodeNameTaken { .. } => ErrorKind::Conflict,
            Self::AccountUnknown { .. }
            | Self::NotMember { .. }
            | Self::TeamUnknown { .. }
            | Self::NotTeamMember { .. }
            | Self::SessionUnknown { .. }
            | Self::TokenUnknown { .. }
            | Self::CertificateUnknown { .. }
            | Self::RoleUnknown { .. }
            | Self::CollectionUnknown { .. }
            | Self::GrantUnknown
            | Self::NodeUnknown { .. }
            | Self::SubjectUnknown => ErrorKind::NotFound,
            Self::NotUser { .. } | Self::NotOrganization { .. } | Self::CollectionName { .. } => ErrorKind::Invalid,
            Self::EpochChanged { .. } | Self::JoinTokenInvalid => ErrorKind::Unauthenticated,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameTaken { .. } => "NAME_TAKEN",
            Self::AccountUnknown { .. } => "ACCOUNT_NOT_FOUND",
            Self::NotUser { .. } => "NOT_A_USER",
            Self::NotOrganization { .. } => "NOT_AN_ORGANIZATION",
            Self::LastAdmin => "LAST_ADMIN",
            Self::AccountInactive { .. } => "ACCOUNT_INACTIVE",
            Self::EpochChanged { .. } => "ACCOUNT_CHANGED",
            Self::BuiltIn { .. } => "BUILT_IN",
            Self::NotMember { .. } => "MEMBER_NOT_FOUND",
            Self::TeamUnknown { .. } => "TEAM_NOT_FOUND",
            Self::TeamNameTaken { .. } => "TEAM_NAME_TAKEN",
            Self::NotTeamMember { .. } => "TEAM_MEMBER_NOT_FOUND",
            Self::Exists { .. } => "EXISTS",
            Self::SessionUnknown { .. } => "SESSION_NOT_FOUND",
            Self::TokenUnknown { .. } => "TOKEN_NOT_FOUND",
            Self::TooMany { .. } => "TOO_MANY_OBJECTS",
            Self::CertificateUnknown { .. } => "BUNDLE_NOT_FOUND",
            Self::RoleUnknown { .. } => "ROLE_NOT_FOUND",
            Self::RoleNameTaken { .. } => "ROLE_NAME_TAKEN",
            Self::RoleUsed { .. } => "ROLE_IN_USE",
            Self::CollectionUnknown { .. } => "COLLECTION_NOT_FOUND",
            Self::CollectionTaken { .. } => "COLLECTION_EXISTS",
            Self::CollectionName { .. } => "COLLECTION_NAME_INVALID",
            Self::CollectionNotEmpty { .. } => "COLLECTION_NOT_EMPTY",
            Self::SubjectUnknown => "SUBJECT_NOT_FOUND",
            Self::GrantUnknown => "GRANT_NOT_FOUND",
            Self::JoinTokenInvalid => "JOIN_TOKEN_INVALID",
            Self::NodeUnknown { .. } => "NODE_NOT_FOUND",
            Self::NodeNameTaken { .. } => "NODE_NAME_TAKEN",
            Self::TooLarge { .. } => "VALUE_TOO_LARGE",
        }
    }
}
