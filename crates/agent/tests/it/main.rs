//! Agents against a fleet with a real store, over real TLS.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

extern crate holdfast_agent as agent;

mod embedded;
mod joined;
mod rig;
