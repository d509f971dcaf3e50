//! The `api-model` crate.
