//! The frames between members: version, cluster, sender, receiver, then one request or reply.

use base::{ClusterId, MemberId};
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, VoteRequest, VoteResponse};

use crate::error::NotApplied;
use crate::snapshot::Meta;
use crate::types::{Engine, Item, LogId, Outcome, StoredMembership, Vote};
use crate::wire::{Error, Reader, Wire, Writer};

/// The version of all frames.
const FORMAT: u8 = 1;

/// Who sends to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) cluster: ClusterId,
    pub(crate) from: MemberId,
    pub(crate) to: MemberId,
}

/// What one member asks another.
#[derive(Debug)]
pub(crate) enum Request {
    Append(AppendEntriesRequest<Engine>),
    Vote(VoteRequest<u64>),
    Snapshot(InstallSnapshotRequest<Engine>),
    /// Commands that were written at a member which does not lead.
    Forward(Vec<Item>),
    /// The position that a linearizable read waits for.
    ReadIndex,
    /// The newest schema version that the member knows.
    Newest,
}

/// What it answers.
#[derive(Debug)]
pub(crate) enum Reply {
    Append(AppendEntriesResponse<u64>),
    Vote(VoteResponse<u64>),
    Snapshot(Vote),
    /// The receiver is at another place of the file: the sender begins anew.
    SnapshotMismatch,
    Forward(Vec<Answer>),
    ReadIndex(u64),
    Newest(u32),
    NotLeader,
    /// The frame is not for this member, or its engine is stopped.
    Refused(String),
}

/// How one forwarded command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Done(Outcome),
    NotLeader,
    DiskFull,
    Unknown,
}

impl Answer {
    pub(crate) fn from_result(result: Result<Outcome, Failure>) -> Self {
        match result {
            Ok(outcome) => Self::Done(outcome),
            Err(Failure::NotApplied(NotApplied::DiskFull)) => Self::DiskFull,
            Err(Failure::NotLeader | Failure::NotApplied(_)) => Self::NotLeader,
            Err(Failure::Unknown) => Self::Unknown,
        }
    }

    pub(crate) fn into_result(self) -> Result<Outcome, Failure> {
        match self {
            Self::Done(outcome) => Ok(outcome),
            Self::NotLeader => Err(Failure::NotLeader),
            Self::DiskFull => Err(Failure::NotApplied(NotApplied::DiskFull)),
            Self::Unknown => Err(Failure::Unknown),
        }
    }
}

/// Why one attempt at a write ended without an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No leader took it; it was not applied.
    NotLeader,
    /// It was not applied and will not be.
    NotApplied(NotApplied),
    /// It may have been applied.
    Unknown,
}

/// Makes a request's frame.
pub(crate) fn request(envelope: &Envelope, request: &Request) -> Vec<u8> {
    let mut to = Writer::default();
    FORMAT.put(&mut to);
    to.0.extend_from_slice(envelope.cluster.as_bytes());
    envelope.from.0.put(&mut to);
    envelope.to.0.put(&mut to);
    request.put(&mut to);
    to.0
}

/// Reads a request's frame.
pub(crate) fn read_request(frame: &[u8]) -> Result<(Envelope, Request), Error> {
    let mut from = Reader::new(frame);
    format(&mut from)?;
    let mut cluster = [0; 16];
    for byte in &mut cluster {
        *byte = u8::get(&mut from)?;
    }
    let cluster = ClusterId::from_slice(&cluster).map_err(|_| Error::Short)?;
    let envelope = Envelope { cluster, from: MemberId(u64::get(&mut from)?), to: MemberId(u64::get(&mut from)?) };
    let request = Request::get(&mut from)?;
    from.end()?;
    Ok((envelope, request))
}

/// Makes a reply's frame.
pub(crate) fn reply(reply: &Reply) -> Vec<u8> {
    let mut to = Writer::default();
    FORMAT.put(&mut to);
    reply.put(&mut to);
    to.0
}

/// Reads a reply's frame.
pub(crate) fn read_reply(frame: &[u8]) -> Result<Reply, Error> {
    let mut from = Reader::new(frame);
    format(&mut from)?;
    let reply = Reply::get(&mut from)?;
    from.end()?;
    Ok(reply)
}

fn format(from: &mut Reader<'_>) -> Result<(), Error> {
    match u8::get(from)? {
        FORMAT => Ok(()),
        found => Err(Error::Unknown { what: "version of a frame", found }),
    }
}

impl Wire for Meta {
    fn put(&self, to: &mut Writer) {
        self.last_log_id.put(to);
        self.last_membership.put(to);
        self.snapshot_id.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            last_log_id: Option::<LogId>::get(from)?,
            last_membership: StoredMembership::get(from)?,
            snapshot_id: String::get(from)?,
        })
    }
}

impl Wire for Request {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Append(append) => {
                0u8.put(to);
                append.vote.put(to);
                append.prev_log_id.put(to);
                append.entries.put(to);
                append.leader_commit.put(to);
            }
            Self::Vote(vote) => {
                1u8.put(to);
                vote.vote.put(to);
                vote.last_log_id.put(to);
            }
            Self::Snapshot(part) => {
                2u8.put(to);
                part.vote.put(to);
                part.meta.put(to);
                part.offset.put(to);
                to.bytes(&part.data);
                part.done.put(to);
            }
            Self::Forward(items) => {
                3u8.put(to);
                items.put(to);
            }
            Self::ReadIndex => 4u8.put(to),
            Self::Newest => 5u8.put(to),
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::get(from)? {
            0 => Self::Append(AppendEntriesRequest {
                vote: Vote::get(from)?,
                prev_log_id: Option::get(from)?,
                entries: Vec::get(from)?,
                leader_commit: Option::get(from)?,
            }),
            1 => Self::Vote(VoteRequest { vote: Vote::get(from)?, last_log_id: Option::get(from)? }),
            2 => Self::Snapshot(InstallSnapshotRequest {
                vote: Vote::get(from)?,
                meta: Meta::get(from)?,
                offset: u64::get(from)?,
                data: from.bytes()?.to_vec(),
                done: bool::get(from)?,
            }),
            3 => Self::Forward(Vec::get(from)?),
            4 => Self::ReadIndex,
            5 => Self::Newest,
            found => return Err(Error::Unknown { what: "request", found }),
        })
    }
}

impl Wire for Reply {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Append(append) => {
                0u8.put(to);
                append.put(to);
            }
            Self::Vote(vote) => {
                1u8.put(to);
                vote.vote.put(to);
                vote.vote_granted.put(to);
                vote.last_log_id.put(to);
            }
            Self::Snapshot(vote) => {
                2u8.put(to);
                vote.put(to);
            }
            Self::SnapshotMismatch => 3u8.put(to),
            Self::Forward(answers) => {
                4u8.put(to);
                answers.put(to);
            }
            Self::ReadIndex(index) => {
                5u8.put(to);
                index.put(to);
            }
            Self::Newest(version) => {
                6u8.put(to);
                version.put(to);
            }
            Self::NotLeader => 7u8.put(to),
            Self::Refused(why) => {
                8u8.put(to);
                why.put(to);
            }
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::get(from)? {
            0 => Self::Append(AppendEntriesResponse::get(from)?),
            1 => Self::Vote(VoteResponse {
                vote: Vote::get(from)?,
                vote_granted: bool::get(from)?,
                last_log_id: Option::get(from)?,
            }),
            2 => Self::Snapshot(Vote::get(from)?),
            3 => Self::SnapshotMismatch,
            4 => Self::Forward(Vec::get(from)?),
            5 => Self::ReadIndex(u64::get(from)?),
            6 => Self::Newest(u32::get(from)?),
            7 => Self::NotLeader,
            8 => Self::Refused(String::get(from)?),
            found => return Err(Error::Unknown { what: "reply", found }),
        })
    }
}

impl Wire for AppendEntriesResponse<u64> {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Success => 0u8.put(to),
            Self::PartialSuccess(matching) => {
                1u8.put(to);
                matching.put(to);
            }
            Self::Conflict => 2u8.put(to),
            Self::HigherVote(vote) => {
                3u8.put(to);
                vote.put(to);
            }
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::get(from)? {
            0 => Self::Success,
            1 => Self::PartialSuccess(Option::get(from)?),
            2 => Self::Conflict,
            3 => Self::HigherVote(Vote::get(from)?),
            found => return Err(Error::Unknown { what: "append reply", found }),
        })
    }
}

impl Wire for Answer {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Done(outcome) => {
                0u8.put(to);
                outcome.put(to);
            }
            Self::NotLeader => 1u8.put(to),
            Self::DiskFull => 2u8.put(to),
            Self::Unknown => 3u8.put(to),
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::get(from)? {
            0 => Self::Done(Outcome::get(from)?),
            1 => Self::NotLeader,
            2 => Self::DiskFull,
            3 => Self::Unknown,
            found => return Err(Error::Unknown { what: "answer", found }),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_frame_is_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some(first) = bytes.first_mut() {
                *first = FORMAT;
            }
            let _ = read_request(&bytes);
            let _ = read_reply(&bytes);
        }
    }

    #[test]
    fn a_frame_of_another_version_is_refused() {
        let mut frame = reply(&Reply::NotLeader);
        frame[0] = FORMAT + 1;
        assert!(matches!(read_reply(&frame), Err(Error::Unknown { .. })));
    }
}
