//! Teams of organizations.

use base::{AccountId, AccountName, Page, PageLimit, PageToken, TeamId, TeamName};
use opctx::{ObjectRef, OpContext};
use state::control::teams::{self, Team, TeamCreate, TeamMember, TeamUpdate};
use state::control::{Command, Reject};

use crate::error::Error;
use crate::identity::Identity;

fn object(organization: &AccountName, team: &TeamName) -> ObjectRef {
    ObjectRef::new("team", format!("{organization}/{team}"))
}

impl Identity {
    async fn team(&self, operation: &'static str, organization: AccountId, name: &TeamName) -> Result<Team, Error> {
        let wanted = name.clone();
        let found = self.read(operation, move |conn| teams::by_name(conn, organization, &wanted)).await?;
        found.ok_or_else(|| Error::not_found("team", name))
    }

    /// Lists the teams of an organization that the caller is a member of; of any for administrators.
    ///
    /// # Errors
    /// If the caller may not know of it.
    pub async fn team_list(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        after: Option<PageToken>,
        limit: PageLimit,
    ) -> Result<Page<Team>, Error> {
        let id = self.account(ctx, organization, "organization")?.id;
        self.read("team_list", move |conn| teams::list(conn, id, after.as_ref(), limit)).await
    }

    /// Returns a team.
    ///
    /// # Errors
    /// If the caller may not know of it.
    pub async fn team_view(&self, ctx: &OpContext, organization: &AccountName, name: &TeamName) -> Result<Team, Error> {
        let id = self.account(ctx, organization, "organization")?.id;
        self.team("team_view", id, name).await
    }

    /// Makes a team; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not or the name is taken.
    pub async fn team_create(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        name: &TeamName,
        description: &str,
    ) -> Result<Team, Error> {
        let id = self.own_organization(ctx, organization, "team_create")?.id;
        let create = TeamCreate {
            id: TeamId::random(),
            organization: id,
            name: name.clone(),
            description: description.to_owned(),
        };
        self.write(ctx, "team_create", object(organization, name), Command::TeamCreate(create)).await?;
        self.team("team_create", id, name).await
    }

    /// Changes a team; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not or the new name is taken.
    pub async fn team_update(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        name: &TeamName,
        new_name: Option<TeamName>,
        description: Option<String>,
    ) -> Result<Team, Error> {
        let id = self.own_organization(ctx, organization, "team_update")?.id;
        let team = self.team("team_update", id, name).await?;
        let update = TeamUpdate { id: team.id, name: new_name.clone(), description };
        self.write(ctx, "team_update", object(organization, name), Command::TeamUpdate(update)).await?;
        self.team("team_update", id, new_name.as_ref().unwrap_or(name)).await
    }

    /// Deletes a team with its grants; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn team_delete(&self, ctx: &OpContext, organization: &AccountName, name: &TeamName) -> Result<(), Error> {
        let id = self.own_organization(ctx, organization, "team_delete")?.id;
        let team = self.team("team_delete", id, name).await?;
        self.write(ctx, "team_delete", object(organization, name), Command::TeamDelete(team.id)).await?;
        Ok(())
    }

    /// Lists the members of a team of an organization that the caller is a member of.
    ///
    /// # Errors
    /// If the caller may not know of it.
    pub async fn team_member_list(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        name: &TeamName,
        after: Option<PageToken>,
        limit: PageLimit,
    ) -> Result<Page<TeamMember>, Error> {
        let id = self.account(ctx, organization, "organization")?.id;
        let team = self.team("team_member_list", id, name).await?.id;
        self.read("team_member_list", move |conn| teams::members(conn, team, after.as_ref(), limit)).await
    }

    /// Puts a user into a team, and into its organization; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not, or there is no such user.
    pub async fn team_member_add(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        name: &TeamName,
        user: &AccountName,
    ) -> Result<(), Error> {
        let id = self.own_organization(ctx, organization, "team_member_add")?.id;
        let team = self.team("team_member_add", id, name).await?.id;
        let account = self.user_to_add(user)?.id;
        let object = ObjectRef::new("team_member", format!("{organization}/{name}/{user}"));
        self.write(ctx, "team_member_add", object, Command::TeamMemberAdd { team, account }).await?;
        Ok(())
    }

    /// Takes a user out of a team; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not, or the user is not in the team.
    pub async fn team_member_remove(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        name: &TeamName,
        user: &AccountName,
    ) -> Result<(), Error> {
        let id = self.own_organization(ctx, organization, "team_member_remove")?.id;
        let team = self.team("team_member_remove", id, name).await?.id;
        let account = self.user_to_add(user)?.id;
        let object = ObjectRef::new("team_member", format!("{organization}/{name}/{user}"));
        let removed = self.write(ctx, "team_member_remove", object, Command::TeamMemberRemove { team, account }).await;
        match removed {
            Err(Error::Rejected(Reject::NotTeamMember { .. })) => Err(Error::not_found("member", user)),
            other => other.map(drop),
        }
    }
}
