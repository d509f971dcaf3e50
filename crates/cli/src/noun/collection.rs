//! Collections.

use anyhow::Result;
use api_model::CollectionCreate;
use clap::Subcommand;

use super::Operator;
use crate::output::say;

/// What to do with collections.
#[derive(Debug, Subcommand)]
pub enum CollectionCommand {
    /// Lists collections, parents first
    Ls,
    /// Creates a collection under one that exists
    Create {
        /// The whole path, such as /prod
        path: String,
    },
    /// Shows a collection
    View {
        /// The path or id
        collection: String,
    },
    /// Deletes a collection that is empty
    Rm {
        /// The path or id
        collection: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: CollectionCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        CollectionCommand::Ls => output.list(&client.collection_list().await?.items),
        CollectionCommand::Create { path } => {
            output.one(&client.collection_create(&CollectionCreate { path: path.parse()? }).await?)
        }
        CollectionCommand::View { collection } => output.one(&client.collection_view(&collection).await?),
        CollectionCommand::Rm { collection } => collection_delete(operator, &collection).await,
    }
}

async fn collection_delete(operator: &Operator, collection: &str) -> Result<()> {
    operator.confirm(&format!("Delete the collection `{collection}` with the grants on it?"))?;
    operator.client.collection_delete(collection).await?;
    say(&format!("deleted the collection `{collection}`"));
    Ok(())
}
