//! The closed enum of commands, their replies, and what watchers are told.

use base::{AccountId, CertificateId, ClusterId, CollectionId, NodeId, RoleId, SessionId, TeamId, TokenId};
use serde::{Deserialize, Serialize};

use super::accounts::{AccountUpdate, OrganizationCreate, PasswordSet, UserCreate};
use super::audit::AuditRow;
use super::certificates::CertificateAdd;
use super::collections::CollectionCreate;
use super::hash::TokenHash;
use super::join_tokens::JoinTokenCreate;
use super::members::MemberSet;
use super::nodes::{NodeRegister, NodeReport};
use super::pull_credentials::PullCredentialCreate;
use super::sessions::{CredentialsUsed, SessionCreate};
use super::settings::{SecretSet, SettingSet};
use super::teams::{TeamCreate, TeamUpdate};
use super::tokens::TokenCreate;

/// One change of the control store. Ids, secrets' hashes and salts come with it; the time is the leader's stamp.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Makes an administrator unless an account of that name exists; answers [`Reply::Created`] or
    /// [`Reply::Unchanged`].
    AdminEnsure(UserCreate),
    /// Sets or removes a setting.
    SettingSet(SettingSet),
    /// Sets or removes a sealed secret.
    SecretSet(SecretSet),
    /// Makes a user with its private collection and default grants.
    UserCreate(UserCreate),
    /// Makes an organization.
    OrganizationCreate(OrganizationCreate),
    /// Changes an account.
    AccountUpdate(AccountUpdate),
    /// Sets a user's password.
    PasswordSet(PasswordSet),
    /// Deletes an account with everything that belongs to it.
    AccountDelete(AccountId),
    /// Makes a user a member of an organization, or changes its standing.
    MemberSet(MemberSet),
    /// Takes a user out of an organization and its teams.
    MemberRemove {
        /// The organization.
        organization: AccountId,
        /// The user.
        account: AccountId,
    },
    /// Makes a team.
    TeamCreate(TeamCreate),
    /// Changes a team's name or description.
    TeamUpdate(TeamUpdate),
    /// Deletes a team with its grants.
    TeamDelete(TeamId),
    /// Puts a user into a team, and into its organization.
    TeamMemberAdd {
        /// The team.
        team: TeamId,
        /// The user.
        account: AccountId,
    },
    /// Takes a user out of a team.
    TeamMemberRemove {
        /// The team.
        team: TeamId,
        /// The user.
        account: AccountId,
    },
    /// Begins a session.
    SessionCreate(SessionCreate),
    /// Ends a session; nothing happens if it is gone.
    SessionEnd(SessionId),
    /// Ends all sessions of an account.
    SessionsEnd(AccountId),
    /// Notes when credentials were last used, and renews sessions; written in batches.
    CredentialsUsed(CredentialsUsed),
    /// Makes an access token.
    TokenCreate(TokenCreate),
    /// Deletes an access token.
    TokenDelete(TokenId),
    /// Registers a client bundle's certificate.
    CertificateAdd(CertificateAdd),
    /// Revokes a client bundle's certificate.
    CertificateDelete(CertificateId),
    /// Makes a custom role.
    RoleCreate(access::Role),
    /// Deletes a custom role that no grant uses.
    RoleDelete(RoleId),
    /// Makes a collection.
    CollectionCreate(CollectionCreate),
    /// Deletes an empty collection with its grants.
    CollectionDelete(CollectionId),
    /// Adds a grant; [`Reply::Unchanged`] if it was there.
    GrantAdd(access::Grant),
    /// Removes a grant.
    GrantRemove(access::Grant),
    /// Makes a token with which one node may join.
    JoinTokenCreate(JoinTokenCreate),
    /// Deletes a join token.
    JoinTokenDelete(TokenId),
    /// Uses up a join token and records the node.
    NodeJoin {
        /// The hash of the token's secret.
        token: TokenHash,
        /// The node.
        node: NodeRegister,
    },
    /// Records a node without a token (the engine beside a server); [`Reply::Unchanged`] if it is known as given.
    NodeRegister(NodeRegister),
    /// Records what a node's agent reports.
    NodeReport(NodeReport),
    /// Notes that nodes were seen.
    NodesSeen(Vec<NodeId>),
    /// Moves a node to another collection.
    NodeMove {
        /// The node.
        node: NodeId,
        /// The collection.
        collection: CollectionId,
    },
    /// Records a node's new certificate.
    NodeCertificate {
        /// The node.
        node: NodeId,
        /// The certificate's fingerprint.
        fingerprint: TokenHash,
    },
    /// Forgets a node; its certificate is not taken any more.
    NodeRemove(NodeId),
    /// Makes a pull credential for a service about to be created.
    PullCredentialCreate(PullCredentialCreate),
    /// Binds a pull credential to the service that was created with it.
    PullCredentialBind {
        /// The credential.
        credential: TokenId,
        /// The engine's id of the service.
        service: String,
    },
    /// Deletes a pull credential.
    PullCredentialDelete(TokenId),
    /// Deletes the pull credentials of a service that is gone.
    PullCredentialsEnd {
        /// The cluster.
        cluster: ClusterId,
        /// The engine's id of the service.
        service: String,
    },
    /// Adds rows to the audit log.
    AuditAppend(Vec<AuditRow>),
}

impl Command {
    /// Returns the schema version that the command needs.
    #[must_use]
    pub fn version(&self) -> u32 {
        1
    }
}

/// What a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It was done.
    Done,
    /// Something new was made.
    Created,
    /// All was so already.
    Unchanged,
}

/// What watchers are told; a hint what to read anew, never the data itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An account, its memberships or its teams changed, or it is gone.
    Account(AccountId),
    /// A team changed or is gone.
    Team(TeamId),
    /// A session began, was renewed or ended.
    Session(SessionId),
    /// An access token was made or is gone.
    Token(TokenId),
    /// A certificate was registered or revoked.
    Certificate(CertificateId),
    /// A role, collection or grant changed.
    Access,
    /// A join token changed.
    JoinToken(TokenId),
    /// A node changed or is gone.
    Node(NodeId),
    /// A pull credential changed or is gone.
    PullCredential(TokenId),
    /// A setting or a sealed secret changed.
    Setting(String),
    /// Rows were added to the audit log.
    Audit,
    /// Entries were added to the feed log.
    Feed,
}
