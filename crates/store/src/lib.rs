//! The replicated store: openraft for consensus, an append-only log, and SQLite as the state machine.
//!
//! A product gives a [`Machine`]: a closed enum of commands, its migrations, and `apply`, which runs
//! inside one SQLite transaction on every member. A [`Store`] gives back writes that are never
//! doubled, reads that are never half-built, and a [`Watch`] of what was applied.
//!
//! - **Write path**: waiting commands are grouped into a batch; a batch is one log entry, one disk
//!   sync and one transaction with a savepoint per command.
//! - **Operation ids**: `apply` looks the id up first; a repeated one gets the stored reply.
//! - **Durability**: only the log is synced per batch. SQLite is checkpointed and synced before log
//!   entries are purged, so after a crash the log brings the database up; nothing is rebuilt.
//! - **Readiness**: reads are refused until the member has applied what was committed at its start.

mod apply;
mod batcher;
mod codec;
mod database;
mod dir;
mod engine;
mod error;
mod handler;
mod log;
mod machine;
mod message;
mod network;
mod options;
mod readers;
mod shared;
mod snapshot;
mod state_machine;
mod status;
mod store;
mod transport;
mod types;
mod upkeep;
mod watch;
mod wire;

#[cfg(test)]
mod suite;

pub use error::{BackupError, MemberError, NotApplied, NotLeader, OpenError, ReadError, WriteError};
pub use machine::{Applied, ApplyContext, ApplyError, Machine, Migration};
pub use options::{Fatal, FatalHandler, Identity, Init, Options, Timers};
pub use status::{Role, Status};
pub use store::{Store, Written};
pub use transport::{Alone, Handler, InProcess, Lane, Peer, Transport, TransportError};
pub use watch::{Notice, Watch};

/// The SQLite library that machines are written against.
pub use rusqlite;
