//! A whole product for end-to-end tests: a real engine, a real server, users with client bundles.

mod world;

pub use world::{Person, World};
