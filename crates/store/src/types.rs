//! The engine's types, bound once, and what a log entry holds.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use base::{OperationId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

openraft::declare_raft_types!(
    /// The engine's configuration.
    pub(crate) Engine:
        D = Arc<Batch>,
        R = Outcomes,
        NodeId = u64,
        Node = openraft::BasicNode,
        Entry = openraft::Entry<Engine>,
        SnapshotData = SnapshotFile,
);

/// The engine's log position.
pub(crate) type LogId = openraft::LogId<u64>;
/// The engine's vote.
pub(crate) type Vote = openraft::Vote<u64>;
/// The engine's membership.
pub(crate) type Membership = openraft::Membership<u64, openraft::BasicNode>;
/// The engine's membership with the entry that set it.
pub(crate) type StoredMembership = openraft::StoredMembership<u64, openraft::BasicNode>;
/// A log entry.
pub(crate) type Entry = openraft::Entry<Engine>;
/// What a log entry holds.
pub(crate) type Payload = openraft::EntryPayload<Engine>;
/// The running engine.
pub(crate) type Raft = openraft::Raft<Engine>;
/// A storage failure, as the engine wants it.
pub(crate) type StorageError = openraft::StorageError<u64>;

/// What one command of a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ItemKind {
    /// A command of the machine, encoded.
    Command,
    /// The step to a schema version; the item's version names it.
    SetVersion,
}

/// One command on its way through the log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// The operation id.
    pub(crate) operation: OperationId,
    /// What the body is.
    pub(crate) kind: ItemKind,
    /// The schema version that the command needs.
    pub(crate) version: u32,
    /// The encoded command; shared, so that a repeat copies nothing.
    pub(crate) body: Arc<[u8]>,
}

impl Item {
    /// Returns about how many bytes it takes in a log entry.
    #[must_use]
    pub(crate) fn size(&self) -> usize {
        self.body.len() + 32
    }
}

impl fmt::Debug for Item {
    // The body may hold what a user must not see in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({}, {:?}, {} bytes)", self.operation, self.kind, self.body.len())
    }
}

/// One log entry's commands, with the leader's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Batch {
    /// The leader's time.
    pub(crate) at: Timestamp,
    /// The commands, in order.
    pub(crate) items: Vec<Item>,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// It was applied; the body is the reply.
    Applied,
    /// It was refused; the body is the refusal.
    Rejected,
    /// It needs a version that does not hold; the body is empty.
    VersionNotOpen,
}

/// What `apply` answered for one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// How it ended.
    pub(crate) verdict: Verdict,
    /// The entry in which it was applied first.
    pub(crate) index: u64,
    /// The encoded reply or refusal.
    pub(crate) body: Vec<u8>,
}

/// What `apply` answered for one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcomes(pub(crate) Vec<Outcome>);

/// A snapshot's file and where it is.
#[derive(Debug)]
pub(crate) struct SnapshotFile {
    pub(crate) file: tokio::fs::File,
    pub(crate) path: std::path::PathBuf,
}

impl AsyncRead for SnapshotFile {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(cx, buf)
    }
}

impl AsyncWrite for SnapshotFile {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.file).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

impl AsyncSeek for SnapshotFile {
    fn start_seek(mut self: Pin<&mut Self>, position: io::SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.file).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.file).poll_complete(cx)
    }
}
