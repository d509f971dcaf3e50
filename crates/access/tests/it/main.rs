//! What the access model promises.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod policy;
mod properties;
mod roles;
