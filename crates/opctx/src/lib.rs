//! The caller, the decision and the audit of one operation.
//!
//! [`Authority`] keeps a [`Snapshot`] of accounts, grants and live credentials in memory and follows the store's
//! watch, so that a change bites at once. [`ContextFactory`] makes an [`OpContext`] for each request: it knows
//! who asks and from where, decides over the newest snapshot, and writes the audit log through [`AuditSink`].

mod audit;
mod authority;
mod caller;
mod context;
mod credentials;
mod denied;
mod snapshot;

pub use audit::{AuditEntry, AuditSink, AuditWriteError, AuditWriter};
pub use authority::{Authority, AuthorityError, Dirty, Source, Update};
pub use caller::{AccountCaller, Caller, Origin, PullCaller, Surface, TokenLimit, TokenScope, Via};
pub use context::{ContextFactory, OpContext};
pub use credentials::{Credentials, SessionKey, TokenKey};
pub use denied::{Denied, ObjectRef};
pub use snapshot::{AccountRights, Accounts, OrganizationMembership, Snapshot, TeamRights};
pub use state::control::audit::{AuditOutcome, AuditRow};
