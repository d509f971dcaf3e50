//! The registry's protocol over a real listener, with real stores, identity and files.
#![expect(clippy::unwrap_used, reason = "tests")]

mod access;
mod crash;
mod peer;
mod pull;
mod push;
mod strangers;
mod token;
mod world;
