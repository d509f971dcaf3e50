//! Grants and the subjects that they name.

use base::{AccountId, CollectionId, RoleId, TeamId};
use serde::{Deserialize, Serialize};

/// Whom a grant names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum GrantSubject {
    /// One user.
    User(AccountId),
    /// The members of a team.
    Team(TeamId),
    /// The members of an organization.
    Organization(AccountId),
    /// Everybody who is signed in.
    Authenticated,
}

/// Subject + role + collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// Whom it names.
    pub subject: GrantSubject,
    /// What it allows.
    pub role: RoleId,
    /// Where: this collection and everything below.
    pub collection: CollectionId,
}

/// Who asks: an account with everything through which a grant may reach it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The account; none for an anonymous caller, who has no right at all.
    pub account: Option<AccountId>,
    /// An administrator needs no grant.
    pub is_admin: bool,
    /// The organizations that the account is a member of.
    pub organizations: Vec<AccountId>,
    /// The teams that the account is a member of.
    pub teams: Vec<TeamId>,
}

impl Subject {
    /// Returns the subjects of grants that reach this one.
    pub fn keys(&self) -> impl Iterator<Item = GrantSubject> {
        self.account.into_iter().flat_map(|account| [GrantSubject::User(account), GrantSubject::Authenticated]).chain(
            self.account.into_iter().flat_map(|_| {
                let organizations = self.organizations.iter().copied().map(GrantSubject::Organization);
                organizations.chain(self.teams.iter().copied().map(GrantSubject::Team))
            }),
        )
    }
}
