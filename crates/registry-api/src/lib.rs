//! The registry's protocol: Docker Registry v2 and OCI distribution 1.1 under `/v2/`, the token endpoint at
//! `/auth/token`.
//!
//! One total parser of routes, one handler per route, no rule of its own: the domain decides, this crate
//! speaks. Errors are in the OCI form.

mod api;
mod blobs;
mod caller;
mod challenge;
mod manifests;
mod names;
mod query;
mod range;
mod reply;
mod route;
mod tags;
mod token;
mod uploads;

pub use api::{Options, RegistryApi};
pub use caller::Authenticator;
pub use names::Names;
pub use route::{Route, RouteError};
