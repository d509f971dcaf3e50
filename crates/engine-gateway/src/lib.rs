//! The Docker API: each request is understood, decided, built anew, sent to an engine, and its answer filtered.
//!
//! No byte of a client's request head or JSON body is passed on. What is in no table is refused; what a caller may not
//! see does not exist; streams end within a second of the caller's right.

mod archive;
mod build;
mod create;
mod credentials;
mod decide;
mod error;
mod events;
mod forward;
mod gateway;
mod hijack;
mod images;
mod list;
mod own;
mod relay;

pub use gateway::{EngineGateway, GatewayOptions};
pub use images::{ImageRight, ImageRights};
