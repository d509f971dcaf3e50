//! Both ends of a tunnel.

mod accept;
mod embedded;
mod listen;
pub(crate) mod mux;
mod serve;

pub use accept::{Accepted, Acceptor};
pub use embedded::EmbeddedDial;
pub use listen::listen;
pub use serve::{AgentEnd, serve};
