//! Readers of hostile bytes, each in a child process that gave everything away before it read the first byte.
//!
//! The child is this program again, with a hidden command. It gets bytes through one pipe and answers through another;
//! it has no network, opens no file, starts nothing, and its memory and time are bounded. Its parent only moves, counts
//! and hashes bytes, so that digests never depend on the word of a child.

mod child;
mod frame;
mod parent;
mod seal;

pub use child::{WORKER_COMMAND, worker_main};
pub use parent::{Feed, Worker};
pub use seal::{SealError, probe, seal};
