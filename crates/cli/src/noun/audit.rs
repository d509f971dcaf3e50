//! The audit trail.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::{Operator, given};

/// Which rows to show.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// How many rows, at most 1000
    #[arg(long, short = 'n', default_value_t = 50)]
    pub limit: usize,
    /// Only what this account did
    #[arg(long)]
    pub actor: Option<String>,
    /// Only this action, such as `Service Create`
    #[arg(long)]
    pub action: Option<String>,
    /// Only what was done to objects whose name contains this
    #[arg(long)]
    pub object: Option<String>,
    /// Only rows with this outcome
    #[arg(long)]
    pub outcome: Option<Outcome>,
    /// Only rows at or after this time (RFC 3339)
    #[arg(long)]
    pub since: Option<String>,
    /// Only rows before this time (RFC 3339)
    #[arg(long)]
    pub until: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// It was allowed
    Allowed,
    /// It was refused
    Refused,
    /// It was allowed and failed
    Failed,
}

/// Shows the audit trail, newest first.
pub(crate) async fn audit_list(operator: &Operator, args: AuditArgs) -> Result<()> {
    let outcome = args.outcome.map(|outcome| match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
    });
    let mut parameters = Vec::new();
    given(&mut parameters, "limit", Some(args.limit));
    given(&mut parameters, "actor", args.actor);
    given(&mut parameters, "action", args.action);
    given(&mut parameters, "object", args.object);
    given(&mut parameters, "outcome", outcome);
    given(&mut parameters, "since", args.since);
    given(&mut parameters, "until", args.until);
    operator.output.list(&operator.client.audit_list(&parameters).await?.items)
}
