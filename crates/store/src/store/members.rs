//! Changes of the membership.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::MemberId;
use openraft::error::{ClientWriteError, RaftError};
use openraft::{BasicNode, ChangeMembers};
use tokio::task::spawn_blocking;

use crate::error::{MemberError, NotLeader};
use crate::machine::Machine;
use crate::store::Store;

type Failed = RaftError<u64, ClientWriteError<u64, BasicNode>>;

impl<M: Machine> Store<M> {
    /// Takes a member in: first as a learner, then with a vote when it has caught up.
    ///
    /// # Errors
    /// If this member does not lead, or the change is refused.
    pub async fn member_add(&self, member: MemberId, address: &str) -> Result<(), MemberError> {
        let core = &self.0.core;
        if !core.leads() {
            return Err(MemberError::NotLeader(NotLeader { leader: core.leader() }));
        }
        if core.alone() {
            self.first_copy().await?;
        }
        let node = BasicNode::new(address);
        core.raft.add_learner(member.0, node, true).await.map_err(|error| self.changed(error))?;
        let voters = ChangeMembers::AddVoterIds(BTreeSet::from([member.0]));
        core.raft.change_membership(voters, true).await.map_err(|error| self.changed(error))?;
        Ok(())
    }

    /// Takes a member out.
    ///
    /// # Errors
    /// If this member does not lead, or the change is refused.
    pub async fn member_remove(&self, member: MemberId) -> Result<(), MemberError> {
        let raft = &self.0.core.raft;
        let gone = BTreeSet::from([member.0]);
        let voters = ChangeMembers::RemoveVoters(gone.clone());
        raft.change_membership(voters, true).await.map_err(|error| self.changed(error))?;
        let nodes = ChangeMembers::RemoveNodes(gone);
        raft.change_membership(nodes, false).await.map_err(|error| self.changed(error))?;
        Ok(())
    }

    /// A lone member keeps no copy of its database; the first newcomer needs one, and making it while it
    /// waits would hold writes up.
    async fn first_copy(&self) -> Result<(), MemberError> {
        let snapshots = Arc::clone(&self.0.snapshots);
        let copied = spawn_blocking(move || snapshots.build_copy().map(drop)).await;
        let message = match copied {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        Err(MemberError::Engine { message })
    }

    fn changed(&self, error: Failed) -> MemberError {
        match error {
            RaftError::APIError(ClientWriteError::ForwardToLeader(_)) => {
                MemberError::NotLeader(NotLeader { leader: self.0.core.leader() })
            }
            other => MemberError::Engine { message: other.to_string() },
        }
    }
}
