//! The `control-api` crate.
