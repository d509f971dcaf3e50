//! What the stock Compose clients send: a stand-in for an engine that records it, and the corpus that is sent through it.
//!
//! The stand-in keeps enough state for a client to go through a whole deployment, an update, a prune and a removal. Everything it invents
//! (ids, digests, versions) follows from names alone, so that two recordings of one case are equal.

mod case;
mod engine;
mod recording;
mod run;
mod serve;

pub use case::{Case, Client, Step, cases};
pub use engine::{Engine, digest_of};
pub use recording::{Recording, Request, StepRecording, canonical, ordered};
pub use run::{installed, record};
pub use serve::Server;
