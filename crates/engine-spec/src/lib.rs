//! The `engine-spec` crate.
