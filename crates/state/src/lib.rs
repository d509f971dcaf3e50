//! The two replicated state machines: their tables, commands, events and read queries.
//!
//! All SQL of the product stands here. `control` belongs to the control plane, `registry` to the
//! trusted registry, `feed` is what travels from the first to the second.

pub mod control;
pub mod feed;
pub mod registry;

pub use control::ControlStore;
