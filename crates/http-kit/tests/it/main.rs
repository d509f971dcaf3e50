//! Real listeners on loopback, real handshakes.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

extern crate holdfast_http_kit as http_kit;

mod certificates;
mod limits;
mod server;
mod streams;
