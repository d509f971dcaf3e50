//! Tunnels, against a small engine of our own and, where one is installed, a real one.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

extern crate holdfast_engine_client as engine_client;

mod control;
mod dockerd;
mod requests;
mod rig;
mod small_engine;
