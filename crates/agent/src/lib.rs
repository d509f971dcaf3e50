//! The agent beside an engine: joins the cluster, keeps tunnels to the managers, reports the engine's state
//! and events, and makes the engine trust the cluster's registries.
//!
//! [`run`] is `holdfast agent`; [`embedded`] is the same within a server's process.

mod certs;
mod dial;
mod engine;
mod events;
mod identity;
mod join;
mod run;

pub use certs::{CertsDir, CertsError};
pub use run::{AgentOptions, EmbeddedOptions, JoinOptions, embedded, run};
