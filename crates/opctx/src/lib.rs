//! The `opctx` crate.
