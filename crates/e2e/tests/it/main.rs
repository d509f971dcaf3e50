//! The product as its users see it: stock clients, a real engine, a real server.

mod crash;
mod docker_job;
mod escapes;
mod service;
mod visibility;

/// The binary under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_holdfast-under-test");
