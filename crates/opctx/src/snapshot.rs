//! What decisions are made from: accounts and policy at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Operation, Policy, Subject, builtin};
use base::{AccountId, AccountName, CollectionId, Index, TeamId, TeamName};
use state::control::AccountKind;

/// An account with everything through which a right may reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRights {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// User or organization.
    pub kind: AccountKind,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether it is an administrator.
    pub is_admin: bool,
    /// Counts up whenever all that was given out before must end.
    pub epoch: u64,
    /// Where its objects go that name no collection.
    pub default_collection: Option<CollectionId>,
    /// The organizations it belongs to.
    pub organizations: Vec<OrganizationMembership>,
    /// The teams it is in, of all organizations.
    pub teams: Vec<TeamId>,
}

/// An account's standing in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrganizationMembership {
    /// The organization.
    pub organization: AccountId,
    /// Whether the account administers it.
    pub is_owner: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRights {
    /// Its id.
    pub id: TeamId,
    /// The organization it belongs to.
    pub organization: AccountId,
    /// Its name within the organization.
    pub name: TeamName,
}

impl AccountRights {
    /// Returns the subject for decisions; an inactive account has no right at all.
    #[must_use]
    pub fn subject(&self) -> Subject {
        if !self.is_active || self.kind != AccountKind::User {
            return Subject::default();
        }
        Subject {
            account: Some(self.id),
            is_admin: self.is_admin,
            organizations: self.organizations.iter().map(|membership| membership.organization).collect(),
            teams: self.teams.clone(),
        }
    }

    /// Reports whether the account administers an organization as its owner.
    #[must_use]
    pub fn owns(&self, organization: AccountId) -> bool {
        self.organizations.iter().any(|membership| membership.organization == organization && membership.is_owner)
    }

    /// Reports whether the account is a member of an organization.
    #[must_use]
    pub fn is_member(&self, organization: AccountId) -> bool {
        self.organizations.iter().any(|membership| membership.organization == organization)
    }
}

/// All accounts and teams.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    by_id: HashMap<AccountId, Arc<AccountRights>>,
    by_name: HashMap<AccountName, AccountId>,
    teams: HashMap<TeamId, Arc<TeamRights>>,
}

impl Accounts {
    /// Collects accounts and teams.
    #[must_use]
    pub fn new(accounts: Vec<AccountRights>, teams: Vec<TeamRights>) -> Self {
        let mut all = Self::default();
        for account in accounts {
            all.put(account);
        }
        for team in teams {
            all.teams.insert(team.id, Arc::new(team));
        }
        all
    }

    pub(crate) fn put(&mut self, account: AccountRights) {
        self.by_name.insert(account.name.clone(), account.id);
        self.by_id.insert(account.id, Arc::new(account));
    }

    pub(crate) fn remove(&mut self, id: AccountId) {
        if let Some(account) = self.by_id.remove(&id)
            && self.by_name.get(&account.name) == Some(&id)
        {
            self.by_name.remove(&account.name);
        }
    }

    pub(crate) fn team_set(&mut self, id: TeamId, team: Option<TeamRights>) {
        match team {
            Some(team) => self.teams.insert(id, Arc::new(team)),
            None => self.teams.remove(&id),
        };
    }

    /// Finds an account by its id.
    #[must_use]
    pub fn by_id(&self, id: AccountId) -> Option<&Arc<AccountRights>> {
        self.by_id.get(&id)
    }

    /// Finds an account by its name.
    #[must_use]
    pub fn by_name(&self, name: &AccountName) -> Option<&Arc<AccountRights>> {
        self.by_name.get(name).and_then(|id| self.by_id.get(id))
    }

    /// Finds a team.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Option<&Arc<TeamRights>> {
        self.teams.get(&id)
    }

    /// Returns the names of the active administrators, sorted.
    #[must_use]
    pub fn administrators(&self) -> Vec<AccountName> {
        let admins = self.by_id.values().filter(|account| account.is_admin && account.is_active);
        let mut names: Vec<_> = admins.map(|account| account.name.clone()).collect();
        names.sort();
        names
    }

    /// Returns the number of accounts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Reports whether there is no account.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// Accounts and policy at one moment; immutable.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The compiled grants.
    pub policy: Arc<Policy>,
    /// Accounts and teams.
    pub accounts: Arc<Accounts>,
    /// Counts up with every change.
    pub revision: u64,
    /// The store's index that it stands for.
    pub index: Index,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            policy: Arc::new(Policy::default()),
            accounts: Arc::new(Accounts::default()),
            revision: 0,
            index: Index(0),
        }
    }
}

impl Snapshot {
    /// Finds an account by its id.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Arc<AccountRights>> {
        self.accounts.by_id(id)
    }

    /// Finds an account by its name.
    #[must_use]
    pub fn account_by_name(&self, name: &AccountName) -> Option<&Arc<AccountRights>> {
        self.accounts.by_name(name)
    }

    /// Reports whether a subject may know that a collection exists: if it has any right there. What everybody has
    /// on `/Shared`, to see and use its nodes, shows nobody's private collection.
    #[must_use]
    pub fn knows(&self, subject: &Subject, collection: &CollectionId) -> bool {
        let mut rights = self.policy.rights(subject, collection);
        let private = builtin::private();
        if *collection != private && self.policy.ancestors(collection).any(|ancestor| ancestor.id == private) {
            rights.withdraw(Operation::NodeView);
            rights.withdraw(Operation::NodeSchedule);
        }
        !rights.is_empty()
    }

    /// Returns an account's subject; one without any right if it is unknown or inactive.
    #[must_use]
    pub fn subject(&self, id: AccountId) -> Subject {
        self.account(id).map(|account| account.subject()).unwrap_or_default()
    }
}
