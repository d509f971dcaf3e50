//! Scanning as its users see it.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod advisories_build;
mod advisories_fetch;
mod advisories_store;
mod image_index;
mod image_links;
mod packages;
mod sarif;
