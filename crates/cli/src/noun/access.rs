//! Why something is allowed, and who can do it.

use anyhow::Result;
use api_model::{ExplainRequest, ExplanationView, WhoCanView};
use clap::Subcommand;

use super::Operator;
use crate::table::rows;

/// What to ask.
#[derive(Debug, Subcommand)]
pub enum AccessCommand {
    /// Explains whether and why a user may do something
    Explain {
        /// The operation, such as `Service Create`
        #[arg(long)]
        operation: String,
        /// The collection's path or id
        #[arg(long)]
        collection: String,
        /// The user; yourself unless given
        #[arg(long)]
        user: Option<String>,
        /// A parameter asked with it, such as `Host Bind Mounts`; can be repeated
        #[arg(long)]
        parameter: Vec<String>,
    },
    /// Lists the grants by which someone can do something
    WhoCan {
        /// The operation, such as `Service Create`
        #[arg(long)]
        operation: String,
        /// The collection's path or id
        #[arg(long)]
        collection: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: AccessCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        AccessCommand::Explain { operation, collection, user, parameter } => {
            let body = ExplainRequest { user, operation, parameters: parameter, collection };
            let explanation = client.access_explain(&body).await?;
            output.either(&explanation, || explained(&explanation))
        }
        AccessCommand::WhoCan { operation, collection } => {
            let parameters = [("operation", operation), ("collection", collection)];
            let view = client.access_who_can(&parameters).await?;
            output.either(&view, || who_can(&view))
        }
    }
}

fn explained(explanation: &ExplanationView) -> String {
    let word = if explanation.is_allowed { "allowed" } else { "refused" };
    let mut text = format!("{word}: {}\n", explanation.reason);
    if !explanation.grants.is_empty() {
        text.push('\n');
        text.push_str(&rows(&explanation.grants));
    }
    text
}

fn who_can(view: &WhoCanView) -> String {
    let mut text = rows(&view.grants);
    if !view.administrators.is_empty() {
        text.push_str(&format!("\nand administrators: {}\n", view.administrators.join(", ")));
    }
    text
}
