//! The API over real stores.
#![cfg(test)]

extern crate holdfast_control_api as control_api;

mod audit;
mod events;
mod session;
mod surface;
mod ucp;
mod world;
