//! How members reach each other: opaque frames over a transport that the program chooses.

mod in_process;

use std::fmt;
use std::sync::Arc;

use base::{ErrorKind, MemberId};
use futures_util::future::BoxFuture;

pub use self::in_process::InProcess;

/// A member and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The member.
    pub member: MemberId,
    /// Its address, as kept in the membership.
    pub address: String,
}

/// What travels; a transport gives each lane a connection of its own, so that a heartbeat never waits
/// behind a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Votes, heartbeats and entries.
    Consensus,
    /// Forwarded writes and read points.
    Request,
    /// Snapshots.
    Snapshot,
}

/// A frame did not arrive, or its answer did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The frame certainly never reached the member.
    #[error("member {0} is not reachable")]
    Unreachable(MemberId),
    /// The frame may have been handled.
    #[error("the answer of member {0} was lost")]
    Lost(MemberId),
}

impl TransportError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreachable(_) | Self::Lost(_) => ErrorKind::Unavailable,
        }
    }
}

/// The receiving end of a store.
pub trait Handler: Send + Sync + 'static {
    /// Answers one frame.
    fn handle(&self, frame: Vec<u8>) -> BoxFuture<'static, Vec<u8>>;
}

/// Carries frames between members. It authenticates the other end; what is in a frame is the store's.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends a frame and waits for its answer.
    fn call(&self, to: Peer, lane: Lane, frame: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, TransportError>>;

    /// Gives the transport the end that answers frames for a member; replaced at each opening.
    fn serve(&self, member: MemberId, handler: Arc<dyn Handler>);

    /// Stops answering for a member.
    fn withdraw(&self, member: MemberId);
}

/// The transport of a lone member: nobody is reachable.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Transport for Alone {
    fn call(&self, to: Peer, _lane: Lane, _frame: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, TransportError>> {
        Box::pin(async move { Err(TransportError::Unreachable(to.member)) })
    }

    fn serve(&self, _member: MemberId, _handler: Arc<dyn Handler>) {}

    fn withdraw(&self, _member: MemberId) {}
}
