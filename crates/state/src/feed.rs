//! What travels from the control store to the registry's store: accounts, organizations, teams,
//! memberships, token hashes, account epochs and pull credentials, in the order of the control store.
//!
//! The control store keeps a log of changes (`control_log`); [`collect`] reads what a copy misses, as entries or,
//! where the log does not reach back, as a whole snapshot in parts. The registry's machine embeds [`FeedBatch`]
//! in one of its commands and calls [`apply`]. [`copy`] reads the tables that this fills.

mod apply;
mod collect;
pub mod copy;
mod log;
#[cfg(test)]
mod tests;

use base::{AccountId, AccountName, ClusterId, Index, RepositoryName, TeamId, TeamName, Timestamp, TokenId};
use serde::{Deserialize, Serialize};

pub use self::apply::{Error, apply};
pub use self::collect::{collect, head};
pub use self::copy::COPY_TABLES;
pub(crate) use self::log::{LOG_TABLE, append};
pub use crate::control::AccountKind;
use crate::control::TokenHash;

/// An account as the registry knows it: no password, no full name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name, which is a namespace of the registry.
    pub name: AccountName,
    /// User or organization.
    pub kind: AccountKind,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether it is an administrator of the whole product.
    pub is_admin: bool,
    /// Counts up whenever all that was given out before must end.
    pub epoch: u64,
}

/// A team as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyTeam {
    /// Its id.
    pub id: TeamId,
    /// The organization it belongs to.
    pub organization: AccountId,
    /// Its name within the organization.
    pub name: TeamName,
}

/// An access token as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyToken {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// The hash of the secret.
    pub hash: TokenHash,
    /// When it ends; never if absent.
    pub expires: Option<Timestamp>,
}

/// The right of one service's nodes to pull its images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyPullCredential {
    /// Its id; the user name that nodes present.
    pub id: TokenId,
    /// The cluster whose nodes pull.
    pub cluster: ClusterId,
    /// The engine's id of the service; absent until the service was created.
    pub service: Option<String>,
    /// The service's name.
    pub service_name: String,
    /// The account on whose rights it rests.
    pub owner: AccountId,
    /// What may be pulled.
    pub repositories: Vec<RepositoryName>,
    /// The hash of the secret.
    pub hash: TokenHash,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedEntry {
    /// An account is new or changed.
    Account(CopyAccount),
    /// An account is gone, with all that belonged to it.
    AccountRemoved(AccountId),
    /// A user is a member of an organization, or changed its standing.
    Member {
        /// The organization.
        organization: AccountId,
        /// The user.
        account: AccountId,
        /// Whether the user administers the organization.
        is_owner: bool,
    },
    /// A user left an organization and all its teams.
    MemberRemoved {
        /// The organization.
        organization: AccountId,
        /// The user.
        account: AccountId,
    },
    /// A team is new or changed.
    Team(CopyTeam),
    /// A team is gone.
    TeamRemoved(TeamId),
    /// A user is in a team.
    TeamMember {
        /// The team.
        team: TeamId,
        /// The user.
        account: AccountId,
    },
    /// A user left a team.
    TeamMemberRemoved {
        /// The team.
        team: TeamId,
        /// The user.
        account: AccountId,
    },
    /// An access token is new or changed.
    AccessToken(CopyToken),
    /// An access token is gone.
    AccessTokenRemoved(TokenId),
    /// A pull credential is new or changed.
    PullCredential(CopyPullCredential),
    /// A pull credential is gone.
    PullCredentialRemoved(TokenId),
}

/// What a batch holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedContent {
    /// The changes after `from` up to `to`, in order.
    Entries(Vec<FeedEntry>),
    /// One part of everything there is at `to`; the copy keeps its old position until the last part came.
    Snapshot {
        /// What this part brings.
        entries: Vec<FeedEntry>,
        /// The number of this part, from 0.
        part: u32,
        /// Whether this is the last part: rows that no part named go away with it.
        last: bool,
    },
}

/// A step of the copy from one position of the control store to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedBatch {
    /// The position that the copy must have (entries only).
    pub from: Index,
    /// The position that the copy has afterwards.
    pub to: Index,
    /// What changes.
    pub content: FeedContent,
}

impl FeedBatch {
    /// Returns the entries inside.
    #[must_use]
    pub fn entries(&self) -> &[FeedEntry] {
        match &self.content {
            FeedContent::Entries(entries) | FeedContent::Snapshot { entries, .. } => entries,
        }
    }
}
