//! The `blob` crate.
