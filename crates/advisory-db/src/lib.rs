//! The advisory database: one immutable file, memory-mapped, signed, with deltas; the bundle that carries it to
//! sealed-off places; and readers of other scanners' databases.

mod bolt;
mod build;
pub mod bundle;
mod codec;
mod constraint;
mod database;
mod delta;
mod error;
mod file;
mod foreign;
mod grype;
mod meta;
mod record;
mod sign;
mod table;
mod trivy;

pub use build::{Builder, Unread};
pub use database::Database;
pub use delta::{Changes, DeltaHead, apply, changes, delta, delta_head};
pub use error::{Error, FORMAT};
pub use grype::{import_grype, is_sqlite};
pub use meta::{Meta, SourceMeta};
pub use record::Scores;
pub use sign::{PublicKey, SigningKey};
pub use trivy::import_trivy;

/// Tells whether these are the beginning of a bbolt file.
#[must_use]
pub fn is_bolt(bytes: &[u8]) -> bool {
    bolt::is_bolt(bytes)
}
