//! Identity over a real store.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests end at the first surprise")]

extern crate holdfast_identity as identity;

mod access;
mod accounts;
mod authenticate;
mod bundles;
mod revoked;
mod strangers;
mod world;
