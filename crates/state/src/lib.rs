//! The `state` crate.
