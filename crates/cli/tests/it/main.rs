//! The command line as people type it.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod compose;
mod help;
mod image;
mod sealed;
