//! What a member knows of itself.

use base::{ClusterId, Index, MemberId, Timestamp};

/// A member's part in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It takes writes.
    Leader,
    /// It follows.
    Follower,
    /// It stands for election.
    Candidate,
    /// It follows without a vote.
    Learner,
    /// It is shut down.
    Stopped,
}

/// The state of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The cluster.
    pub cluster: ClusterId,
    /// This member.
    pub member: MemberId,
    /// Its part.
    pub role: Role,
    /// The leader, as far as it knows.
    pub leader: Option<MemberId>,
    /// The members with a vote.
    pub voters: Vec<MemberId>,
    /// The members without one.
    pub learners: Vec<MemberId>,
    /// Raft's term.
    pub term: u64,
    /// The last applied entry.
    pub applied: Index,
    /// The last entry of the log.
    pub last_log: Index,
    /// The last entry that a snapshot holds.
    pub snapshot: Index,
    /// The last purged entry.
    pub purged: Index,
    /// The schema version that holds.
    pub version: u32,
    /// Whether reads are answered.
    pub ready: bool,
    /// For how long the leader has not been heard by a quorum, in milliseconds; 0 on followers.
    pub leader_silence_ms: u64,
    /// The newest stamped time applied.
    pub now: Timestamp,
}
