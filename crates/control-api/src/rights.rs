//! What a caller holds anywhere; for what to offer, never for what to allow.

use access::Operation;
use opctx::OpContext;

/// Reports whether the caller holds an operation in some collection.
pub(crate) fn holds(ctx: &OpContext, operation: Operation) -> bool {
    let snapshot = ctx.snapshot();
    let subject = ctx.subject_in(&snapshot);
    let has = |grant: &access::Grant| snapshot.policy.role(&grant.role).is_some_and(|role| role.rights.has(operation));
    subject.is_admin || snapshot.policy.grants_of(&subject).any(has)
}
