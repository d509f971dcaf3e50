//! The engine's outgoing calls, as frames over the transport.

use std::sync::Arc;
use std::time::Duration;

use base::{ClusterId, MemberId};
use openraft::error::{
    InstallSnapshotError, NetworkError, RPCError, RaftError, RemoteError, SnapshotMismatch, Unreachable,
};
use openraft::network::{Backoff, RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};
use openraft::{AnyError, BasicNode, SnapshotSegmentId};

use crate::message::{self, Envelope, Reply, Request};
use crate::transport::{Lane, Peer, Transport, TransportError};
use crate::types::Engine;

/// Sends requests to other members.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) cluster: ClusterId,
    pub(crate) member: MemberId,
    pub(crate) backoff: Duration,
}

/// Why a call has no usable reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error(transparent)]
    Transport(TransportError),
    #[error("member {member} answered what cannot be read")]
    Unreadable { member: MemberId },
    #[error("member {member} refused the call: {why}")]
    Refused { member: MemberId, why: String },
}

impl CallError {
    /// Reports whether the call certainly was not handled.
    pub(crate) fn is_unheard(&self) -> bool {
        matches!(self, Self::Transport(TransportError::Unreachable(_)) | Self::Refused { .. })
    }
}

impl Network {
    /// Sends a request and reads the reply.
    pub(crate) async fn call(&self, to: Peer, lane: Lane, request: &Request) -> Result<Reply, CallError> {
        let member = to.member;
        let envelope = Envelope { cluster: self.cluster, from: self.member, to: member };
        let frame = message::request(&envelope, request);
        let answer = self.transport.call(to, lane, frame).await.map_err(CallError::Transport)?;
        match message::read_reply(&answer) {
            Ok(Reply::Refused(why)) => Err(CallError::Refused { member, why }),
            Ok(reply) => Ok(reply),
            Err(_) => Err(CallError::Unreadable { member }),
        }
    }
}

/// The engine's link to one member.
#[derive(Debug)]
pub(crate) struct Link {
    network: Network,
    peer: Peer,
}

impl RaftNetworkFactory<Engine> for Network {
    type Network = Link;

    async fn new_client(&mut self, target: u64, node: &BasicNode) -> Link {
        Link { network: self.clone(), peer: Peer { member: MemberId(target), address: node.addr.clone() } }
    }
}

impl Link {
    async fn call<E: std::error::Error>(
        &self,
        lane: Lane,
        request: &Request,
    ) -> Result<Reply, RPCError<u64, BasicNode, E>> {
        self.network.call(self.peer.clone(), lane, request).await.map_err(|error| match &error {
            CallError::Transport(TransportError::Lost(_)) | CallError::Unreadable { .. } => {
                RPCError::Network(NetworkError::new(&error))
            }
            CallError::Transport(TransportError::Unreachable(_)) | CallError::Refused { .. } => {
                RPCError::Unreachable(Unreachable::new(&error))
            }
        })
    }

    fn unexpected<E: std::error::Error>(&self) -> RPCError<u64, BasicNode, E> {
        let text = format!("member {} answered something else than was asked", self.peer.member);
        RPCError::Network(NetworkError::from(AnyError::error(text)))
    }
}

impl RaftNetwork<Engine> for Link {
    async fn append_entries(
        &mut self,
        append: AppendEntriesRequest<Engine>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, RPCError<u64, BasicNode, RaftError<u64>>> {
        match self.call(Lane::Consensus, &Request::Append(append)).await? {
            Reply::Append(answer) => Ok(answer),
            _ => Err(self.unexpected()),
        }
    }

    async fn install_snapshot(
        &mut self,
        part: InstallSnapshotRequest<Engine>,
        _option: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, RPCError<u64, BasicNode, RaftError<u64, InstallSnapshotError>>> {
        let (id, offset) = (part.meta.snapshot_id.clone(), part.offset);
        match self.call(Lane::Snapshot, &Request::Snapshot(part)).await? {
            Reply::Snapshot(vote) => Ok(InstallSnapshotResponse { vote }),
            Reply::SnapshotMismatch => {
                let mismatch = InstallSnapshotError::SnapshotMismatch(SnapshotMismatch {
                    expect: SnapshotSegmentId { id: id.clone(), offset: 0 },
                    got: SnapshotSegmentId { id, offset },
                });
                let source = RaftError::APIError(mismatch);
                Err(RPCError::RemoteError(RemoteError::new(self.peer.member.0, source)))
            }
            _ => Err(self.unexpected()),
        }
    }

    async fn vote(
        &mut self,
        vote: VoteRequest<u64>,
        _option: RPCOption,
    ) -> Result<VoteResponse<u64>, RPCError<u64, BasicNode, RaftError<u64>>> {
        match self.call(Lane::Consensus, &Request::Vote(vote)).await? {
            Reply::Vote(answer) => Ok(answer),
            _ => Err(self.unexpected()),
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(std::iter::repeat(self.network.backoff))
    }
}
