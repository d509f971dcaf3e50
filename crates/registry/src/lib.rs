//! The `registry` crate.
