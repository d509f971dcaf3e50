//! The `engine-gateway` crate.
