//! The advisory database as its users see it.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod bundles;
mod deltas;
mod file;
mod foreign;
mod made;
