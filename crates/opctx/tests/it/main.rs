//! Contexts, authorities and the audit sink.

#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

extern crate holdfast_opctx as opctx;

mod audit;
mod authority;
