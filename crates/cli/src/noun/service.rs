//! Swarm services.

use std::fmt::Write;

use anyhow::{Context, Result};
use api_model::{LogLineView, ServiceScale};
use clap::Subcommand;

use super::{Operator, every, given};
use crate::args::Format;
use crate::output::say;

/// What to do with services.
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Lists services
    Ls {
        /// Only names, images or stacks that contain this
        #[arg(long, short)]
        filter: Option<String>,
        /// Only in or below this collection
        #[arg(long)]
        collection: Option<String>,
    },
    /// Shows a service
    View {
        /// The service's name or id
        service: String,
    },
    /// Lists the tasks of a service
    Ps {
        /// The service's name or id
        service: String,
    },
    /// Shows the logs of a service
    Logs {
        /// The service's name or id
        service: String,
        /// Goes on with new lines
        #[arg(long, short)]
        follow: bool,
        /// Begins with the last lines, this many
        #[arg(long, short = 'n', default_value_t = 500)]
        tail: u32,
    },
    /// Scales a service
    Scale {
        /// SERVICE=REPLICAS
        target: String,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: ServiceCommand) -> Result<()> {
    let (client, output) = (&operator.client, operator.output);
    match command {
        ServiceCommand::Ls { filter, collection } => service_list(operator, filter, collection).await,
        ServiceCommand::View { service } => output.one(&client.service_view(&service).await?),
        ServiceCommand::Ps { service } => output.list(&client.task_list(&service).await?.items),
        ServiceCommand::Logs { service, follow, tail } => service_logs(operator, &service, follow, tail).await,
        ServiceCommand::Scale { target } => service_scale(operator, &target).await,
    }
}

async fn service_list(operator: &Operator, filter: Option<String>, collection: Option<String>) -> Result<()> {
    let mut parameters = Vec::new();
    given(&mut parameters, "q", filter);
    given(&mut parameters, "collection", collection);
    let page = |parameters: super::Parameters| async move { operator.client.service_list(&parameters).await };
    operator.output.list(&every(&parameters, page).await?)
}

async fn service_logs(operator: &Operator, service: &str, follow: bool, tail: u32) -> Result<()> {
    let parameters = [("follow", follow.to_string()), ("tail", tail.to_string())];
    let mut stream = operator.client.service_logs(service, &parameters).await?;
    while let Some(line) = stream.next().await? {
        let text = match operator.global.format() {
            Format::Json => format!("{}\n", serde_json::to_string(&line)?),
            _ => log_line(&line),
        };
        operator.output.text(&text)?;
    }
    if let Some(why) = stream.end() {
        say(&format!("the stream ended: {why}"));
    }
    Ok(())
}

fn log_line(line: &LogLineView) -> String {
    let mut text = String::new();
    if let Some(task) = &line.task {
        // Writing to a String cannot fail.
        let _ = write!(text, "{task}");
        if let Some(node) = &line.node {
            let _ = write!(text, "@{node}");
        }
        text.push_str(" | ");
    }
    text.push_str(&line.line);
    text.push('\n');
    text
}

async fn service_scale(operator: &Operator, target: &str) -> Result<()> {
    let (service, replicas) = target.split_once('=').context("say SERVICE=REPLICAS")?;
    let replicas = replicas.parse().with_context(|| format!("`{replicas}` is no number"))?;
    operator.output.one(&operator.client.service_scale(service, &ServiceScale { replicas }).await?)
}
