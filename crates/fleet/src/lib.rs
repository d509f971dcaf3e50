//! The `fleet` crate.
