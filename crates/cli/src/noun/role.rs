//! Roles.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use api_model::RoleCreate;
use clap::Subcommand;

use super::Operator;
use crate::output::say;

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Lists roles
    Ls,
    /// Shows a role with its operations
    View {
        /// The role's id or name
        role: String,
    },
    /// Creates a role; roles never change afterwards
    Create {
        /// The role's name
        name: String,
        /// An operation that it allows, such as `Service View`; can be repeated
        #[arg(long, value_name = "OPERATION", required_unless_present = "from")]
        allow: Vec<String>,
        /// A file with the operations as UCP writes them: {"Container": {"Container View": []}}
        #[arg(long, value_name = "FILE", conflicts_with = "allow")]
        from: Option<PathBuf>,
    },
    /// Deletes a role that no grant uses
    Rm {
        /// The role's id or name
        role: String,
    },
    /// Lists every operation that a role can hold
    Operations,
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: RoleCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        RoleCommand::Ls => output.list(&client.role_list().await?.items),
        RoleCommand::View { role } => role_view(operator, &role).await,
        RoleCommand::Create { name, allow, from } => role_create(operator, name, &allow, from).await,
        RoleCommand::Rm { role } => role_delete(operator, &role).await,
        RoleCommand::Operations => output.list(&client.operation_list().await?.items),
    }
}

/// Finds a role's id by its id or name; what is neither goes to the server, which says so.
pub(crate) async fn role_id(operator: &Operator, text: &str) -> Result<String> {
    let roles = operator.client.role_list().await?.items;
    let by_id = roles.iter().find(|role| role.id.to_string() == text);
    let found = by_id.or_else(|| roles.iter().find(|role| role.name.eq_ignore_ascii_case(text)));
    Ok(found.map_or_else(|| text.to_owned(), |role| role.id.to_string()))
}

async fn role_view(operator: &Operator, role: &str) -> Result<()> {
    let role = operator.client.role_view(&role_id(operator, role).await?).await?;
    operator.output.either(&role, || {
        let mut text = crate::table::details(&role);
        for (operation, parameters) in role.operations.values().flatten() {
            let with = if parameters.is_empty() { String::new() } else { format!(" [{}]", parameters.join(", ")) };
            text.push_str(&format!("  {operation}{with}\n"));
        }
        text
    })
}

async fn role_create(operator: &Operator, name: String, allow: &[String], from: Option<PathBuf>) -> Result<()> {
    let operations = match from {
        Some(file) => serde_json::from_slice(&fs_err::read(&file)?)
            .with_context(|| format!("`{}` does not hold operations", file.display()))?,
        None => role_operations(allow)?,
    };
    operator.output.one(&operator.client.role_create(&RoleCreate { name, operations }).await?)
}

/// Sorts operations into their categories: the first word is the category.
fn role_operations(allow: &[String]) -> Result<BTreeMap<String, BTreeMap<String, Vec<String>>>> {
    let mut operations = BTreeMap::<String, BTreeMap<String, Vec<String>>>::new();
    for operation in allow {
        let (category, _) = operation
            .split_once(' ')
            .with_context(|| format!("`{operation}` is no operation; see `holdfast role operations`"))?;
        operations.entry(category.to_owned()).or_default().insert(operation.clone(), Vec::new());
    }
    Ok(operations)
}

async fn role_delete(operator: &Operator, role: &str) -> Result<()> {
    operator.confirm(&format!("Delete the role `{role}`?"))?;
    operator.client.role_delete(&role_id(operator, role).await?).await?;
    say(&format!("deleted the role `{role}`"));
    Ok(())
}
