//! Organizations.

use anyhow::Result;
use api_model::OrganizationCreate;
use clap::Subcommand;

use super::{Operator, every, given};
use crate::output::say;

/// What to do with organizations.
#[derive(Debug, Subcommand)]
pub enum OrganizationCommand {
    /// Lists organizations
    Ls {
        /// Only names that contain this
        #[arg(long, short)]
        filter: Option<String>,
    },
    /// Creates an organization; its name is a namespace of the registry too
    Create {
        /// The organization's name
        organization: String,
        /// The name shown to people
        #[arg(long, default_value = "")]
        full_name: String,
    },
    /// Shows an organization
    View {
        /// The organization's name
        organization: String,
    },
    /// Deletes an organization with its teams
    Rm {
        /// The organization's name
        organization: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: OrganizationCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        OrganizationCommand::Ls { filter } => organization_list(operator, filter).await,
        OrganizationCommand::Create { organization, full_name } => {
            let body = OrganizationCreate { name: organization.parse()?, full_name };
            output.one(&client.organization_create(&body).await?)
        }
        OrganizationCommand::View { organization } => output.one(&client.organization_view(&organization).await?),
        OrganizationCommand::Rm { organization } => organization_delete(operator, &organization).await,
    }
}

async fn organization_list(operator: &Operator, filter: Option<String>) -> Result<()> {
    let mut parameters = Vec::new();
    given(&mut parameters, "q", filter);
    let page = |parameters: super::Parameters| async move { operator.client.organization_list(&parameters).await };
    operator.output.list(&every(&parameters, page).await?)
}

async fn organization_delete(operator: &Operator, organization: &str) -> Result<()> {
    operator.confirm(&format!("Delete the organization `{organization}` with its teams and their rights?"))?;
    operator.client.organization_delete(organization).await?;
    say(&format!("deleted the organization `{organization}`"));
    Ok(())
}
