//! Archives, layers and sources, made in the tests and read as an attacker or an engine would write them.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod archives;
mod hostile;
mod layers;
mod links;
mod registry;
mod sandbox;
mod sources;
mod tars;
