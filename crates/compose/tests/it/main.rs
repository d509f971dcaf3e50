//! Tests of the crate from outside.

#![cfg(test)]

mod coverage;
mod files;
mod golden;
mod invariants;
mod load;
mod mapping;
mod memory;
mod plans;
mod projects;
mod properties;
mod recording;
mod recordings;
mod schemas;
mod stacks;
mod stand_in;
