//! Repositories of the registry.

use anyhow::Result;
use api_model::{RepositoryCreate, RepositoryUpdate, RightPut, RightsLevel, Visibility};
use clap::{Subcommand, ValueEnum};

use super::{Operator, every, given};
use crate::output::say;

/// What to do with repositories.
#[derive(Debug, Subcommand)]
pub enum RepositoryCommand {
    /// Lists repositories
    Ls {
        /// Only names that contain this
        #[arg(long, short)]
        filter: Option<String>,
        /// Only of this user or organization
        #[arg(long)]
        namespace: Option<String>,
    },
    /// Creates a repository
    Create {
        /// The whole name, namespace/name
        repository: String,
        /// Lets everyone pull
        #[arg(long)]
        public: bool,
        /// What it holds
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Shows a repository
    View {
        /// The whole name
        repository: String,
    },
    /// Changes a repository
    Update {
        /// The whole name
        repository: String,
        /// Lets everyone pull, or no longer
        #[arg(long, value_name = "BOOL")]
        public: Option<bool>,
        /// What it holds
        #[arg(long)]
        description: Option<String>,
    },
    /// Deletes a repository with its tags
    Rm {
        /// The whole name
        repository: String,
    },
    /// Lists tags
    Tags {
        /// The whole name
        repository: String,
        /// Only names that contain this
        #[arg(long, short)]
        filter: Option<String>,
    },
    /// Deletes a tag
    TagRm {
        /// The whole name
        repository: String,
        /// The tag
        tag: String,
    },
    /// Lists the rights of teams
    Rights {
        /// The whole name
        repository: String,
    },
    /// Gives a team a right
    Allow {
        /// The whole name
        repository: String,
        /// The team, in the organization that owns the namespace
        team: String,
        /// What it may do
        level: Level,
    },
    /// Takes a team's right back
    Disallow {
        /// The whole name
        repository: String,
        /// The team
        team: String,
    },
}

/// What a team may do; each level holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Pull
    Read,
    /// Push, delete tags
    Write,
    /// Change the repository and its rights
    Admin,
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: RepositoryCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        RepositoryCommand::Ls { filter, namespace } => repository_list(operator, filter, namespace).await,
        RepositoryCommand::Create { repository, public, description } => {
            let visibility = Some(if public { Visibility::Public } else { Visibility::Private });
            let body = RepositoryCreate { name: repository.parse()?, visibility, description };
            output.one(&client.repository_create(&body).await?)
        }
        RepositoryCommand::View { repository } => output.one(&client.repository_view(&repository).await?),
        RepositoryCommand::Update { repository, public, description } => {
            let visibility = public.map(|public| if public { Visibility::Public } else { Visibility::Private });
            output.one(&client.repository_update(&repository, &RepositoryUpdate { visibility, description }).await?)
        }
        RepositoryCommand::Rm { repository } => repository_delete(operator, &repository).await,
        RepositoryCommand::Tags { repository, filter } => tag_list(operator, &repository, filter).await,
        RepositoryCommand::TagRm { repository, tag } => tag_delete(operator, &repository, &tag).await,
        RepositoryCommand::Rights { repository } => output.list(&client.right_list(&repository).await?.items),
        RepositoryCommand::Allow { repository, team, level } => {
            output.one(&client.right_put(&repository, &team, &RightPut { level: level.into() }).await?)
        }
        RepositoryCommand::Disallow { repository, team } => right_delete(operator, &repository, &team).await,
    }
}

impl From<Level> for RightsLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Read => Self::Read,
            Level::Write => Self::Write,
            Level::Admin => Self::Admin,
        }
    }
}

async fn repository_list(operator: &Operator, filter: Option<String>, namespace: Option<String>) -> Result<()> {
    let mut parameters = Vec::new();
    given(&mut parameters, "q", filter);
    given(&mut parameters, "namespace", namespace);
    let page = |parameters: super::Parameters| async move { operator.client.repository_list(&parameters).await };
    operator.output.list(&every(&parameters, page).await?)
}

async fn tag_list(operator: &Operator, repository: &str, filter: Option<String>) -> Result<()> {
    let mut parameters = Vec::new();
    given(&mut parameters, "q", filter);
    let page = |parameters: super::Parameters| async move { operator.client.tag_list(repository, &parameters).await };
    operator.output.list(&every(&parameters, page).await?)
}

async fn repository_delete(operator: &Operator, repository: &str) -> Result<()> {
    operator.confirm(&format!("Delete the repository `{repository}` with all its tags?"))?;
    operator.client.repository_delete(repository).await?;
    say(&format!("deleted the repository `{repository}`; its space is not given back yet"));
    Ok(())
}

async fn tag_delete(operator: &Operator, repository: &str, tag: &str) -> Result<()> {
    operator.confirm(&format!("Delete the tag `{repository}:{tag}`?"))?;
    operator.client.tag_delete(repository, tag).await?;
    say(&format!("deleted the tag `{repository}:{tag}`; its space is not given back yet"));
    Ok(())
}

async fn right_delete(operator: &Operator, repository: &str, team: &str) -> Result<()> {
    operator.confirm(&format!("Take the right of the team `{team}` in `{repository}` back?"))?;
    operator.client.right_delete(repository, team).await?;
    say("took the right back");
    Ok(())
}
