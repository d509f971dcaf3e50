//! How identity's functions note what they did, and the audit log itself.

use base::{Page, PageLimit, PageToken};
use opctx::{AuditEntry, AuditOutcome, Denied, ObjectRef, OpContext};
use state::control::audit::{self, AuditFilter};

use crate::error::Error;
use crate::identity::Identity;

pub(crate) fn allowed(ctx: &OpContext, operation: &'static str, object: ObjectRef) {
    ctx.audit(AuditEntry::allowed(operation, object));
}

pub(crate) fn failed(ctx: &OpContext, operation: &'static str, object: ObjectRef, reason: &str) {
    ctx.audit_outcome(operation, object, AuditOutcome::Failed, reason);
}

/// Notes a refusal and turns it into the error.
pub(crate) fn refused(ctx: &OpContext, operation: &'static str, object: &ObjectRef, denied: Denied) -> Error {
    ctx.audit(AuditEntry::refused(operation, object.clone(), denied.message.clone()));
    Error::Denied(denied)
}

impl Identity {
    /// Lists the audit log, newest first; for administrators.
    ///
    /// # Errors
    /// If the caller is none.
    pub async fn audit_list(
        &self,
        ctx: &OpContext,
        filter: AuditFilter,
        after: Option<PageToken>,
        limit: PageLimit,
    ) -> Result<Page<audit::AuditEntry>, Error> {
        ctx.require_admin("audit_list")?;
        self.read("audit_list", move |conn| audit::list(conn, &filter, after.as_ref(), limit)).await
    }
}
