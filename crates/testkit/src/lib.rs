//! What tests with real parts share: Docker engines in network namespaces of their own, a server process,
//! docker clients, images made from nothing, and a place to say what was skipped.
//!
//! Everything started here ends when its value is dropped, by process id.

mod docker;
mod engine;
mod host;
mod image;
mod port;
mod process;
mod server;
mod skip;
mod wait;

pub use docker::{Docker, Ran};
pub use engine::Engine;
pub use host::Host;
pub use image::{busybox_root, import_busybox};
pub use port::free_port;
pub use process::Process;
pub use server::{Server, ServerBuilder};
pub use skip::{missing, skip};
pub use wait::{eventually, wait_for};
