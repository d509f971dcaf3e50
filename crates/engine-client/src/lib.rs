//! The tunnel between a manager and the engines of its nodes, both ends, and requests through it.
//!
//! The agent dials out. Its first connection carries yamux: the manager opens streams in it for short
//! requests, the agent opens one for control. Upgraded and bulk streams each get a connection of their own from
//! a pool that the agent keeps warm. An agent in the manager's own process speaks the same protocol over an
//! in-process pipe.

mod control;
mod engine;
mod error;
mod inventory;
mod io;
mod join;
mod link;
pub mod tunnel;
mod wire;

pub use control::{AgentHandler, Control, EngineEvent, EngineNotice};
pub use engine::EngineSocket;
pub use error::Error;
pub use inventory::{EngineInventory, SwarmInventory};
pub use io::{BoxIo, Dial, Io};
pub use join::{JoinRequest, JoinResponse, RegistryTrust};
pub use link::{EngineLink, Weight};
pub use wire::{AgentIdentity, MAX_PROTOCOL};
