//! Teams.

use anyhow::Result;
use api_model::TeamCreate;
use clap::Subcommand;

use super::{Operator, every};
use crate::output::say;

/// What to do with teams.
#[derive(Debug, Subcommand)]
pub enum TeamCommand {
    /// Lists the teams of an organization
    Ls {
        /// The organization's name
        organization: String,
    },
    /// Creates a team
    Create {
        /// The organization's name
        organization: String,
        /// The team's name
        team: String,
        /// What it is for
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Shows a team
    View {
        /// The organization's name
        organization: String,
        /// The team's name
        team: String,
    },
    /// Deletes a team with the rights given to it
    Rm {
        /// The organization's name
        organization: String,
        /// The team's name
        team: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: TeamCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        TeamCommand::Ls { organization } => team_list(operator, &organization).await,
        TeamCommand::Create { organization, team, description } => {
            let body = TeamCreate { name: team.parse()?, description };
            output.one(&client.team_create(&organization, &body).await?)
        }
        TeamCommand::View { organization, team } => output.one(&client.team_view(&organization, &team).await?),
        TeamCommand::Rm { organization, team } => team_delete(operator, &organization, &team).await,
    }
}

async fn team_list(operator: &Operator, organization: &str) -> Result<()> {
    let page =
        |parameters: super::Parameters| async move { operator.client.team_list(organization, &parameters).await };
    operator.output.list(&every(&Vec::new(), page).await?)
}

async fn team_delete(operator: &Operator, organization: &str, team: &str) -> Result<()> {
    operator.confirm(&format!("Delete the team `{organization}/{team}` with the rights given to it?"))?;
    operator.client.team_delete(organization, team).await?;
    say(&format!("deleted the team `{organization}/{team}`"));
    Ok(())
}
