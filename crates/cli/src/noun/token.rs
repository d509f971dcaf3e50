//! Access tokens.

use anyhow::Result;
use api_model::TokenCreate;
use clap::Subcommand;

use super::Operator;
use crate::output::say;

/// What to do with access tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Lists access tokens
    Ls {
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
    /// Makes an access token and prints it, this once
    Create {
        /// What to call it
        label: String,
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
        /// How many days it lives; until revoked unless given
        #[arg(long)]
        days: Option<u64>,
    },
    /// Revokes an access token
    Rm {
        /// The token's id
        token: String,
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: TokenCommand) -> Result<()> {
    let client = &operator.client;
    match command {
        TokenCommand::Ls { user } => {
            let user = operator.user_or_self(user).await?;
            operator.output.list(&client.token_list(&user).await?.items)
        }
        TokenCommand::Create { label, user, days } => {
            let user = operator.user_or_self(user).await?;
            let ttl_secs = days.map(|days| days.saturating_mul(86_400));
            let created = client.token_create(&user, &TokenCreate { label, ttl_secs }).await?;
            operator.output.either(&created, || format!("{}\n", created.secret))?;
            say("the token is shown this once");
            Ok(())
        }
        TokenCommand::Rm { token, user } => token_delete(operator, &token, user).await,
    }
}

async fn token_delete(operator: &Operator, token: &str, user: Option<String>) -> Result<()> {
    let user = operator.user_or_self(user).await?;
    operator.confirm(&format!("Revoke the access token `{token}` of `{user}`?"))?;
    operator.client.token_delete(&user, token).await?;
    say(&format!("revoked the access token `{token}`"));
    Ok(())
}
