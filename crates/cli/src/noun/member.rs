//! Members of organizations and teams.

use anyhow::Result;
use api_model::MemberPut;
use clap::{Args, Subcommand};

use super::{Operator, every};
use crate::output::say;

/// What to do with members.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Lists the members of an organization or of a team
    Ls {
        /// The organization's name
        organization: String,
        /// Only this team's
        #[arg(long, short)]
        team: Option<String>,
    },
    /// Makes a user a member
    Add {
        /// Who and where
        #[command(flatten)]
        place: MemberArgs,
        /// Lets them administer the organization
        #[arg(long, conflicts_with = "team")]
        admin: bool,
    },
    /// Ends a membership
    Rm {
        /// Who and where
        #[command(flatten)]
        place: MemberArgs,
    },
}

/// Who, and where.
#[derive(Debug, Args)]
#[group(skip)]
pub struct MemberArgs {
    /// The organization's name
    pub organization: String,
    /// The user's name
    pub user: String,
    /// In this team, instead of the whole organization
    #[arg(long, short)]
    pub team: Option<String>,
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: MemberCommand) -> Result<()> {
    match command {
        MemberCommand::Ls { organization, team } => member_list(operator, &organization, team.as_deref()).await,
        MemberCommand::Add { place, admin } => member_put(operator, &place, admin).await,
        MemberCommand::Rm { place } => member_delete(operator, &place).await,
    }
}

async fn member_list(operator: &Operator, organization: &str, team: Option<&str>) -> Result<()> {
    let client = &operator.client;
    if let Some(team) = team {
        let page = |parameters: super::Parameters| async move {
            client.team_member_list(organization, team, &parameters).await
        };
        return operator.output.list(&every(&Vec::new(), page).await?);
    }
    let page = |parameters: super::Parameters| async move { client.member_list(organization, &parameters).await };
    operator.output.list(&every(&Vec::new(), page).await?)
}

async fn member_put(operator: &Operator, place: &MemberArgs, is_admin: bool) -> Result<()> {
    match &place.team {
        Some(team) => operator.client.team_member_put(&place.organization, team, &place.user).await?,
        None => operator.client.member_put(&place.organization, &place.user, &MemberPut { is_admin }).await?,
    }
    say(&format!("`{}` is a member of `{}`", place.user, place.name()));
    Ok(())
}

async fn member_delete(operator: &Operator, place: &MemberArgs) -> Result<()> {
    operator.confirm(&format!("Take `{}` out of `{}`?", place.user, place.name()))?;
    match &place.team {
        Some(team) => operator.client.team_member_delete(&place.organization, team, &place.user).await?,
        None => operator.client.member_delete(&place.organization, &place.user).await?,
    }
    say(&format!("`{}` is no longer a member of `{}`", place.user, place.name()));
    Ok(())
}

impl MemberArgs {
    fn name(&self) -> String {
        self.team.as_ref().map_or_else(|| self.organization.clone(), |team| format!("{}/{team}", self.organization))
    }
}
