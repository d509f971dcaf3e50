//! The rights of teams, in a repository or in a whole namespace.

use base::{AccountId, AccountName, RepositoryName, RepositoryNamespace, TeamName};
use opctx::{AuditEntry, Caller, Denied, ObjectRef, OpContext};
use state::registry::{self as rows, Command, Level, Reject, RightRow, RightScope};

use super::object;
use crate::error::Error;
use crate::registry::Registry;
use crate::rights::{self, Action};

/// A team's right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The organization.
    pub organization: AccountName,
    /// The team.
    pub team: TeamName,
    /// What it may do.
    pub level: Level,
    /// Whether in the whole namespace.
    pub is_namespace: bool,
}

impl Registry {
    /// Lists the rights of teams that hold in a repository.
    ///
    /// # Errors
    /// If the caller does not administer it.
    pub async fn right_list(&self, ctx: &OpContext, name: &RepositoryName) -> Result<Vec<Right>, Error> {
        let known = self.authorize(ctx, name, Action::Administer).await?;
        Ok(named(ctx, &known.rights))
    }

    /// Gives a team of the owning organization a right in a repository, or takes it.
    ///
    /// # Errors
    /// If the caller does not administer the repository, or the organization has no such team.
    pub async fn right_set(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        team: &TeamName,
        level: Option<Level>,
    ) -> Result<(), Error> {
        let known = self.authorize(ctx, name, Action::Administer).await?;
        self.right_write(ctx, RightScope::Repository(known.row.id), known.row.owner, team, level, object(name)).await?;
        self.known.invalidate(name);
        Ok(())
    }

    /// Lists the rights of teams that hold in a whole namespace.
    ///
    /// # Errors
    /// If the caller does not administer the namespace.
    pub async fn namespace_right_list(
        &self,
        ctx: &OpContext,
        namespace: &RepositoryNamespace,
    ) -> Result<Vec<Right>, Error> {
        let owner = self.namespace_owner(ctx, namespace)?;
        let found = self.read("listing rights", move |conn| rows::rights::of_namespace(conn, owner)).await?;
        Ok(named(ctx, &found))
    }

    /// Gives a team a right in a whole namespace, or takes it.
    ///
    /// # Errors
    /// If the caller does not administer the namespace, or the organization has no such team.
    pub async fn namespace_right_set(
        &self,
        ctx: &OpContext,
        namespace: &RepositoryNamespace,
        team: &TeamName,
        level: Option<Level>,
    ) -> Result<(), Error> {
        let owner = self.namespace_owner(ctx, namespace)?;
        let object = ObjectRef::new("namespace", namespace.as_str());
        self.right_write(ctx, RightScope::Namespace(owner), owner, team, level, object).await?;
        self.known.clear();
        Ok(())
    }

    fn namespace_owner(&self, ctx: &OpContext, namespace: &RepositoryNamespace) -> Result<AccountId, Error> {
        rights::alive(ctx)?;
        self.creator(ctx, namespace).ok_or_else(|| match ctx.caller() {
            Caller::Anonymous => Error::Denied(Denied::unauthenticated()),
            _ if ctx.is_admin() => Error::NamespaceUnknown { namespace: namespace.clone() },
            _ => Error::Denied(Denied::forbidden(format!("you do not administer the namespace `{namespace}`"))),
        })
    }

    async fn right_write(
        &self,
        ctx: &OpContext,
        scope: RightScope,
        owner: AccountId,
        team: &TeamName,
        level: Option<Level>,
        object: ObjectRef,
    ) -> Result<(), Error> {
        let snapshot = ctx.snapshot();
        let organization = snapshot.account(owner).map(|account| account.name.clone());
        let unknown = || match &organization {
            Some(organization) => Error::TeamUnknown { organization: organization.clone(), team: team.clone() },
            None => Error::Denied(Denied::forbidden("the namespace's account is gone")),
        };
        self.accounts_caught_up().await;
        let wanted = team.clone();
        let id = self
            .read("finding a team", move |conn| state::feed::copy::team_by_name(conn, owner, &wanted))
            .await?
            .ok_or_else(unknown)?
            .id;
        let command = Command::RightSet { scope, team: id, level };
        let refused = |reject| match reject {
            Reject::TeamUnknown => unknown(),
            reject => Error::Refused { operation: "setting a right", reject },
        };
        self.write("setting a right", ctx.operation_id(), command, refused).await?;
        ctx.audit(AuditEntry::allowed("repository_right_set", object));
        Ok(())
    }
}

/// Puts names to rights; those of teams that this member does not know yet are left out.
fn named(ctx: &OpContext, found: &[RightRow]) -> Vec<Right> {
    let snapshot = ctx.snapshot();
    found
        .iter()
        .filter_map(|right| {
            let team = snapshot.accounts.team(right.team)?;
            let organization = snapshot.account(team.organization)?;
            Some(Right {
                organization: organization.name.clone(),
                team: team.name.clone(),
                level: right.level,
                is_namespace: right.is_namespace,
            })
        })
        .collect()
}
