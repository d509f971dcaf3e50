//! How the server does, and the versions.

use std::fmt::Write;

use anyhow::Result;
use api_model::StatusView;
use serde::Serialize;

use super::Operator;
use crate::args::Global;
use crate::output::Output;

/// Shows how the server, its stores and its nodes do.
pub(crate) async fn status_view(operator: &Operator) -> Result<()> {
    let status = operator.client.status_view().await?;
    operator.output.either(&status, || status_text(&status))
}

fn status_text(status: &StatusView) -> String {
    let word = if status.is_ready { "ready" } else { "not ready" };
    let mut text = format!("cluster {}, {word}, version {}\n", status.cluster.name, status.cluster.version);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "registry {}", status.cluster.registry);
    for store in &status.stores {
        let leader = store.leader.map_or_else(|| "none".to_owned(), |leader| leader.to_string());
        let state = if store.is_ready { "ready" } else { "catching up" };
        let _ = writeln!(
            text,
            "store {}: {state}, member {}, leader {leader}, applied {}",
            store.name, store.member, store.applied
        );
    }
    let _ = writeln!(text, "nodes: {} of {} connected", status.nodes_connected, status.nodes_total);
    for notice in &status.notices {
        let _ = writeln!(text, "notice: {notice}");
    }
    text
}

#[derive(Debug, Serialize)]
struct Versions {
    client: &'static str,
    server: Option<String>,
}

/// Shows the versions of this program and, if one is signed in, of the server.
pub(crate) async fn version_view(global: &Global) -> Result<()> {
    let server = match Operator::new(global) {
        Ok(operator) => operator.client.me_view().await.ok().map(|me| me.cluster.version),
        Err(_) => None,
    };
    let versions = Versions { client: env!("CARGO_PKG_VERSION"), server };
    Output::of(global).either(&versions, || {
        let server = versions.server.as_deref().unwrap_or("(not signed in or not reached)");
        format!("client {}\nserver {server}\n", versions.client)
    })
}
