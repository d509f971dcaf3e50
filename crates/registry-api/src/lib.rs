//! The `registry-api` crate.
