//! The running engine and what the parts of a member ask of it.

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, ClusterId, MemberId};
use openraft::error::{ClientWriteError, RaftError};
use tokio::time::timeout;

use crate::dir::Disk;
use crate::error::NotApplied;
use crate::message::{Answer, Failure, Reply, Request};
use crate::network::Network;
use crate::shared::Shared;
use crate::transport::{Lane, Peer};
use crate::types::{Batch, Item, Outcome, Raft};

/// The engine of a member.
pub(crate) struct Core {
    pub(crate) raft: Raft,
    pub(crate) shared: Arc<Shared>,
    pub(crate) network: Network,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) disk: Disk,
    pub(crate) cluster: ClusterId,
    pub(crate) member: MemberId,
    /// The newest schema version that this program knows.
    pub(crate) newest: u32,
    /// How long one attempt at a write or a read point may take.
    pub(crate) attempt: Duration,
}

impl Core {
    /// Returns the leader as far as this member knows.
    pub(crate) fn leader(&self) -> Option<MemberId> {
        self.raft.metrics().borrow().current_leader.map(MemberId)
    }

    /// Reports whether this member leads, as far as it knows.
    pub(crate) fn leads(&self) -> bool {
        self.leader() == Some(self.member)
    }

    /// Waits until some leader is known.
    pub(crate) async fn wait_leader(&self, within: Duration) -> bool {
        let mut metrics = self.raft.metrics();
        let known = metrics.wait_for(|metrics| metrics.current_leader.is_some());
        timeout(within, known).await.is_ok_and(|known| known.is_ok())
    }

    /// Returns where a member is reached.
    pub(crate) fn peer(&self, member: MemberId) -> Option<Peer> {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let node = metrics.membership_config.membership().get_node(&member.0)?;
        Some(Peer { member, address: node.addr.clone() })
    }

    /// Returns all members, with and without a vote.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let nodes = metrics.membership_config.nodes();
        nodes.map(|(id, node)| Peer { member: MemberId(*id), address: node.addr.clone() }).collect()
    }

    /// Reports whether this member is the only one.
    pub(crate) fn alone(&self) -> bool {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let mut nodes = metrics.membership_config.nodes();
        nodes.next().is_some_and(|(id, _)| *id == self.member.0) && nodes.next().is_none()
    }

    /// Cuts a snapshot, after which the log is purged. A copy that fails for want of space would end the
    /// member, so none is begun then.
    pub(crate) async fn cut_snapshot(&self) {
        if !self.alone() && !self.disk.has_room_for_copy() {
            tracing::warn!("no snapshot is cut: the disk has no room for a copy of the database");
            return;
        }
        if let Err(error) = self.raft.trigger().snapshot().await {
            tracing::warn!("no snapshot is cut: {error}");
        }
    }

    /// Puts commands into the log of this member and waits until they are applied.
    pub(crate) async fn propose(&self, items: Vec<Item>) -> Vec<Result<Outcome, Failure>> {
        let count = items.len();
        if self.disk.is_full() {
            return vec![Err(Failure::NotApplied(NotApplied::DiskFull)); count];
        }
        let batch = Arc::new(Batch { at: self.clock.now(), items });
        let failure = match timeout(self.attempt, self.raft.client_write(batch)).await {
            Ok(Ok(written)) if written.data.0.len() == count => {
                return written.data.0.into_iter().map(Ok).collect();
            }
            // The engine says so only of entries that it did not take or has cut off again.
            Ok(Err(RaftError::APIError(ClientWriteError::ForwardToLeader(_)))) => Failure::NotLeader,
            Ok(_) | Err(_) => Failure::Unknown,
        };
        vec![Err(failure); count]
    }

    /// Sends commands to the leader.
    pub(crate) async fn forward(&self, leader: MemberId, items: Vec<Item>) -> Vec<Result<Outcome, Failure>> {
        let count = items.len();
        let Some(peer) = self.peer(leader) else { return vec![Err(Failure::NotLeader); count] };
        let call = self.network.call(peer, Lane::Request, &Request::Forward(items)).await;
        let failure = match call {
            Ok(Reply::Forward(answers)) if answers.len() == count => {
                return answers.into_iter().map(Answer::into_result).collect();
            }
            Err(error) if error.is_unheard() => Failure::NotLeader,
            Ok(_) | Err(_) => Failure::Unknown,
        };
        vec![Err(failure); count]
    }

    /// Asks the leader, here or elsewhere, for the position that a linearizable read waits for.
    pub(crate) async fn read_index(&self) -> Option<u64> {
        if self.leads() {
            return self.read_index_here().await;
        }
        let peer = self.peer(self.leader()?)?;
        let call = self.network.call(peer, Lane::Request, &Request::ReadIndex);
        match timeout(self.attempt, call).await {
            Ok(Ok(Reply::ReadIndex(index))) => Some(index),
            _ => None,
        }
    }

    /// Confirms with a quorum that this member leads.
    pub(crate) async fn read_index_here(&self) -> Option<u64> {
        let confirmed = timeout(self.attempt, self.raft.get_read_log_id()).await;
        let (read, _) = confirmed.ok()?.ok()?;
        Some(read.map_or(0, |read| read.index))
    }
}
