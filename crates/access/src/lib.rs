//! The access model: subject + role + collection = grant, and the decision over all of them.
//!
//! Pure data and pure functions: [`Policy`] is compiled once from roles, collections and grants and answers
//! without allocation, lock or I/O. Everything not granted is refused.

mod collection;
mod grant;
mod operation;
mod parameter;
mod policy;
mod rights;
mod role;

pub use collection::{Collection, builtin};
pub use grant::{Grant, GrantSubject, Subject};
pub use operation::{Category, Operation};
pub use parameter::{Parameter, ParameterSet};
pub use policy::{Decision, ExplainedGrant, Explanation, Policy, Reason};
pub use rights::{Rights, WireError};
pub use role::{Role, builtin_roles, role_ids};
