//! The `oci` crate.
