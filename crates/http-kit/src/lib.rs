//! The `http-kit` crate.
