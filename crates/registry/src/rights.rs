//! Rights in repositories, as DTR has them: owner, teams' levels in the repository or its namespace,
//! visibility.

use std::sync::Arc;

use base::{AccountName, RepositoryName, TeamName};
use opctx::{Caller, Denied, ObjectRef, OpContext, Snapshot};
use state::registry::{Level, RepositoryRow, RightRow, Visibility};

use crate::error::Error;

/// What a caller wants to do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Browse and pull.
    Pull,
    /// Push.
    Push,
    /// Delete tags, manifests and blobs.
    Delete,
    /// Change it and its rights, delete it.
    Administer,
}

impl Action {
    /// Returns the level that this needs.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Pull => Level::Read,
            Self::Push | Self::Delete => Level::Write,
            Self::Administer => Level::Admin,
        }
    }

    /// Returns the word of token scopes.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
            Self::Administer => "*",
        }
    }

    fn needs(self) -> &'static str {
        match self {
            Self::Pull => "read-only",
            Self::Push | Self::Delete => "read-write",
            Self::Administer => "admin",
        }
    }
}

/// Why somebody has a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Administrators may do everything.
    Administrator,
    /// It is the user's own namespace.
    OwnNamespace,
    /// The user administers the organization.
    OrganizationOwner {
        /// The organization.
        organization: AccountName,
    },
    /// A team has it.
    Team {
        /// The team.
        team: TeamName,
        /// Its level.
        level: Level,
        /// Whether in the whole namespace.
        is_namespace: bool,
    },
    /// Everyone may pull from a public repository.
    Public,
    /// The service may pull its own images.
    Service {
        /// Its name.
        service: String,
    },
    /// A part of our own.
    System,
}

/// What somebody may do in a repository, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The highest level of all reasons.
    pub level: Option<Level>,
    /// All reasons.
    pub reasons: Vec<Reason>,
}

/// What a caller may do in a repository.
#[expect(clippy::struct_excessive_bools, reason = "four independent rights")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Pull.
    pub pull: bool,
    /// Push.
    pub push: bool,
    /// Delete tags.
    pub delete: bool,
    /// Administer.
    pub administer: bool,
}

impl Permissions {
    pub(crate) fn of(level: Option<Level>) -> Self {
        Self {
            pull: level >= Some(Level::Read),
            push: level >= Some(Level::Write),
            delete: level >= Some(Level::Write),
            administer: level >= Some(Level::Admin),
        }
    }
}

/// A repository with the rights that hold in it, as decisions need them.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) row: RepositoryRow,
    pub(crate) rights: Vec<RightRow>,
}

fn add(found: &mut Explanation, level: Level, reason: Reason) {
    found.level = found.level.max(Some(level));
    found.reasons.push(reason);
}

/// Explains what an account may do in a repository.
pub(crate) fn explain_account(snapshot: &Snapshot, account: base::AccountId, known: &Known) -> Explanation {
    let mut found = Explanation { level: None, reasons: Vec::new() };
    if known.row.visibility == Visibility::Public {
        add(&mut found, Level::Read, Reason::Public);
    }
    let Some(account) = snapshot.account(account).filter(|account| account.is_active) else { return found };
    if account.is_admin {
        add(&mut found, Level::Admin, Reason::Administrator);
    }
    if account.id == known.row.owner {
        add(&mut found, Level::Admin, Reason::OwnNamespace);
    }
    if account.owns(known.row.owner)
        && let Some(organization) = snapshot.account(known.row.owner)
    {
        add(&mut found, Level::Admin, Reason::OrganizationOwner { organization: organization.name.clone() });
    }
    for right in &known.rights {
        if account.teams.contains(&right.team)
            && let Some(team) = snapshot.accounts.team(right.team)
        {
            let (team, level) = (team.name.clone(), right.level);
            add(&mut found, level, Reason::Team { team, level, is_namespace: right.is_namespace });
        }
    }
    found
}

/// Explains what the caller may do in a repository now.
pub(crate) fn explain(ctx: &OpContext, known: &Known) -> Explanation {
    let snapshot = ctx.snapshot();
    match ctx.caller() {
        Caller::System(_) => Explanation { level: Some(Level::Admin), reasons: vec![Reason::System] },
        Caller::Account(account) => explain_account(&snapshot, account.id, known),
        Caller::Anonymous => public(known),
        Caller::Workload(pull) => {
            let mut found = public(known);
            let owner = explain_account(&snapshot, pull.owner, known);
            // A service pulls its own images, as long as the account on whose rights it rests could.
            if pull.repositories.contains(&known.row.name) && owner.level >= Some(Level::Read) {
                add(&mut found, Level::Read, Reason::Service { service: pull.service_name.clone() });
            }
            found
        }
    }
}

fn public(known: &Known) -> Explanation {
    match known.row.visibility {
        Visibility::Public => Explanation { level: Some(Level::Read), reasons: vec![Reason::Public] },
        Visibility::Private => Explanation { level: None, reasons: Vec::new() },
    }
}

/// Refuses a caller whose account, session or token is gone.
pub(crate) fn alive(ctx: &OpContext) -> Result<(), Denied> {
    if ctx.is_alive() {
        return Ok(());
    }
    if matches!(ctx.caller(), Caller::Account(_)) && !ctx.authority().is_current() {
        return Err(Denied::unavailable());
    }
    Err(Denied::unauthenticated())
}

/// Reports whether the caller's token covers an action; callers without a token limit are covered.
pub(crate) fn token_covers(ctx: &OpContext, name: &RepositoryName, action: Action) -> bool {
    let Some(limit) = ctx.caller().account().and_then(|account| account.limit.as_ref()) else { return true };
    limit.scopes.iter().any(|scope| {
        scope.kind == "repository"
            && scope.name == name.as_str()
            && scope.actions.iter().any(|one| one == action.scope() || one == "*")
    })
}

/// Reports whether the caller's token covers lists of repositories; callers without a token limit are covered.
pub(crate) fn token_lists(ctx: &OpContext) -> bool {
    let Some(limit) = ctx.caller().account().and_then(|account| account.limit.as_ref()) else { return true };
    limit.scopes.iter().any(|scope| scope.kind == "registry" && scope.name == "catalog")
}

/// Decides about an action in a repository that may not exist.
pub(crate) fn decide(
    ctx: &OpContext,
    name: &RepositoryName,
    known: Option<&Arc<Known>>,
    action: Action,
) -> Result<(), Error> {
    alive(ctx)?;
    let level = known.and_then(|known| explain(ctx, known).level);
    if level < Some(action.level()) {
        return Err(refuse(ctx, name, level, action));
    }
    if !token_covers(ctx, name, action) {
        return Err(Error::ScopeMissing { repository: name.to_string(), action: action.scope() });
    }
    Ok(())
}

/// Says no so that whoever may not know of the repository learns nothing from it.
pub(crate) fn refuse(ctx: &OpContext, name: &RepositoryName, level: Option<Level>, action: Action) -> Error {
    let object = ObjectRef::new("repository", name.as_str());
    if matches!(ctx.caller(), Caller::Anonymous) {
        return Error::Denied(Denied::unauthenticated());
    }
    let message = format!(
        "you may not {} `{name}`: this needs the level {} there",
        match action {
            Action::Pull => "pull from",
            Action::Push => "push to",
            Action::Delete => "delete in",
            Action::Administer => "administer",
        },
        action.needs()
    );
    ctx.audit(opctx::AuditEntry::refused(format!("repository_{}", audit_word(action)), object, message.clone()));
    if level.is_none() && action == Action::Pull {
        return Error::RepositoryUnknown { repository: name.clone() };
    }
    Error::Denied(Denied::forbidden(message))
}

fn audit_word(action: Action) -> &'static str {
    match action {
        Action::Pull => "pull",
        Action::Push => "push",
        Action::Delete => "delete",
        Action::Administer => "administer",
    }
}
