//! The `engine-client` crate.
