//! Nodes: who they are, how they join, and the tunnels to their engines.
//!
//! [`Fleet`] knows the nodes of the store and the links that are up now. Loading a node for a caller is
//! authorizing it: what the caller may not see does not exist for them.

mod error;
mod fleet;
mod join;
mod link;
mod live;
mod node;
mod token;

pub use engine_client::{EngineInventory, EngineLink, EngineNotice, JoinRequest, JoinResponse, RegistryTrust, Weight};
pub use error::Error;
pub use fleet::{Fleet, FleetOptions};
pub use node::Node;
pub use state::control::join_tokens::JoinToken;
pub use state::control::nodes::NodeRole;
pub use token::NewJoinToken;
