//! The audit trail.

use api_model::{AuditActorView, AuditObjectView, AuditOutcome, AuditView};
use identity::AuditLine;

/// Shows a row.
pub(crate) fn audit_view(line: AuditLine) -> AuditView {
    let row = line.row;
    let kind = match (row.account, row.via.as_str()) {
        (Some(_), _) => "account",
        (None, "workload") => "workload",
        (None, "system") => "system",
        (None, _) => "anonymous",
    };
    let object = (!row.object_kind.is_empty()).then_some(AuditObjectView {
        kind: row.object_kind,
        id: None,
        name: Some(row.object).filter(|name| !name.is_empty()),
        collection_path: row.collection,
    });
    AuditView {
        id: line.seq.to_string(),
        at: row.time,
        actor: AuditActorView {
            kind: kind.to_owned(),
            id: row.account.map(|account| account.to_string()),
            name: row.account_name.unwrap_or_else(|| "anonymous".to_owned()),
            via: Some(row.via).filter(|via| via != "none"),
        },
        address: row.address,
        surface: row.surface,
        action: row.operation,
        object,
        outcome: match row.outcome {
            opctx::AuditOutcome::Allowed => AuditOutcome::Allowed,
            opctx::AuditOutcome::Refused => AuditOutcome::Refused,
            opctx::AuditOutcome::Failed => AuditOutcome::Failed,
        },
        reason: Some(row.reason).filter(|reason| !reason.is_empty()),
        request_id: row.request.to_string(),
    }
}

/// Returns the domain's word for an outcome.
pub(crate) fn audit_outcome(outcome: AuditOutcome) -> opctx::AuditOutcome {
    match outcome {
        AuditOutcome::Allowed => opctx::AuditOutcome::Allowed,
        AuditOutcome::Refused => opctx::AuditOutcome::Refused,
        AuditOutcome::Failed => opctx::AuditOutcome::Failed,
    }
}
