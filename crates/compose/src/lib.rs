//! Compose files: read as their authors meant them, and what becomes of them on Swarm, on classic engines and on Kubernetes.
//!
//! Pure: files, environment and clock come in through parameters.

mod canonical;
pub mod classic;
mod decode;
mod diagnostic;
mod env_file;
mod interpolate;
mod json;
pub mod kubernetes;
mod load;
mod merge;
pub mod model;
mod notes;
pub mod plan;
pub mod print;
pub mod report;
mod schema;
mod shell;
mod sink;
pub mod swarm;
mod tree;
mod units;
mod yaml;

pub use diagnostic::{Diagnostic, Severity};
pub use json::Json;
pub use load::{Outcome, ReadError, Reader, Request, load, suggest_client};
pub use schema::{KeyRow, keys};
