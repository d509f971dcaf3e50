//! Grants.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::role::role_id;
use super::{Operator, given};
use crate::output::say;

/// What to do with grants.
#[derive(Debug, Subcommand)]
pub enum GrantCommand {
    /// Lists grants
    Ls {
        /// Only of this user, organization, or organization/team
        #[arg(long)]
        subject: Option<String>,
        /// Only of this role's id
        #[arg(long)]
        role: Option<String>,
        /// Only on this collection
        #[arg(long)]
        collection: Option<String>,
    },
    /// Grants a role on a collection
    Create(GrantArgs),
    /// Takes a grant back
    Rm(GrantArgs),
}

/// Who, what, where.
#[derive(Debug, Args)]
pub struct GrantArgs {
    /// To whom
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// The role's id or name, such as restrictedcontrol
    #[arg(long)]
    pub role: String,
    /// The collection's path or id
    #[arg(long)]
    pub collection: String,
}

/// To whom.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct SubjectArgs {
    /// A user
    #[arg(long)]
    pub user: Option<String>,
    /// A team, organization/team
    #[arg(long)]
    pub team: Option<String>,
    /// Every member of an organization
    #[arg(long)]
    pub org: Option<String>,
    /// Everyone who is signed in
    #[arg(long)]
    pub everyone: bool,
}

impl SubjectArgs {
    fn parts(&self) -> (&'static str, &str) {
        match (&self.user, &self.team, &self.org) {
            (Some(user), _, _) => ("user", user),
            (_, Some(team), _) => ("team", team),
            (_, _, Some(organization)) => ("organization", organization),
            _ => ("authenticated", "all"),
        }
    }
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: GrantCommand) -> Result<()> {
    match command {
        GrantCommand::Ls { subject, role, collection } => {
            let mut parameters = Vec::new();
            given(&mut parameters, "subject", subject);
            given(&mut parameters, "role", role);
            given(&mut parameters, "collection", collection);
            operator.output.list(&operator.client.grant_list(&parameters).await?.items)
        }
        GrantCommand::Create(args) => grant_put(operator, &args).await,
        GrantCommand::Rm(args) => grant_delete(operator, &args).await,
    }
}

async fn grant_put(operator: &Operator, args: &GrantArgs) -> Result<()> {
    let (kind, subject) = args.subject.parts();
    let role = role_id(operator, &args.role).await?;
    operator.output.one(&operator.client.grant_put(kind, subject, &role, &args.collection).await?)
}

async fn grant_delete(operator: &Operator, args: &GrantArgs) -> Result<()> {
    let (kind, subject) = args.subject.parts();
    operator.confirm(&format!("Take `{}` on `{}` back from {kind} `{subject}`?", args.role, args.collection))?;
    let role = role_id(operator, &args.role).await?;
    operator.client.grant_delete(kind, subject, &role, &args.collection).await?;
    say("took the grant back");
    Ok(())
}
