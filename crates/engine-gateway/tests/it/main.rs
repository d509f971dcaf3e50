//! What the Docker API promises, against a small stand-in for an engine; and, where one is named, against a real engine.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests; a failure is the test's, a skip is said"
)]

mod access;
mod create;
mod lists;
mod own;
mod real;
mod stub;
mod world;
