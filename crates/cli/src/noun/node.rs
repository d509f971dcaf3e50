//! Nodes and their join tokens.

use anyhow::Result;
use api_model::NodeTokenCreate;
use clap::Subcommand;

use super::{Operator, every};
use crate::output::say;

/// What to do with nodes.
#[derive(Debug, Subcommand)]
pub enum NodeCommand {
    /// Lists nodes
    Ls,
    /// Shows a node
    View {
        /// The node's name or id
        node: String,
    },
    /// Removes a node: its certificate ends and its tunnels are cut
    Rm {
        /// The node's name or id
        node: String,
    },
    /// Makes a one-use join token and prints it
    Token {
        /// What to call it
        #[arg(long, default_value = "")]
        label: String,
        /// How many minutes it can be used; an hour unless given
        #[arg(long)]
        minutes: Option<u64>,
    },
    /// Lists the join tokens that can still be used
    Tokens,
    /// Revokes a join token
    TokenRm {
        /// The token's id
        token: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: NodeCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        NodeCommand::Ls => {
            let page = |parameters: super::Parameters| async move { client.node_list(&parameters).await };
            output.list(&every(&Vec::new(), page).await?)
        }
        NodeCommand::View { node } => output.one(&client.node_view(&node).await?),
        NodeCommand::Rm { node } => node_delete(operator, &node).await,
        NodeCommand::Token { label, minutes } => node_token_create(operator, label, minutes).await,
        NodeCommand::Tokens => output.list(&client.node_token_list().await?.items),
        NodeCommand::TokenRm { token } => {
            client.node_token_delete(&token).await?;
            say(&format!("revoked the join token `{token}`"));
            Ok(())
        }
    }
}

async fn node_delete(operator: &Operator, node: &str) -> Result<()> {
    operator.confirm(&format!("Remove the node `{node}`? Its certificate ends and its tunnels are cut."))?;
    operator.client.node_delete(node).await?;
    say(&format!("removed the node `{node}`"));
    Ok(())
}

async fn node_token_create(operator: &Operator, label: String, minutes: Option<u64>) -> Result<()> {
    let ttl_secs = minutes.map(|minutes| minutes.saturating_mul(60));
    let created = operator.client.node_token_create(&NodeTokenCreate { label, ttl_secs }).await?;
    operator.output.either(&created, || format!("{}\n", created.secret))?;
    say("use it once on the new machine with `holdfast agent`; it is shown this once");
    Ok(())
}
