//! The `telemetry` crate.
