//! What the log engine stores, in our own binary form.

use std::cmp::Ordering;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use openraft::storage::LogFlushed;
use raft_log::Callback;
use raft_log::codeq::{Decode, Encode};
use tokio::sync::oneshot;

use crate::options::Fatal;
use crate::shared::Shared;
use crate::types::{Engine, LogId, Payload, Vote};
use crate::wire::Wire;

/// The version of a record's form.
const FORMAT: u8 = 1;
/// No record is larger: a batch has at most 1 MiB, a command that travels alone a few more.
const RECORD_LIMIT: u32 = 64 << 20;

/// The log engine's configuration: small files and a small cache, no wait before a sync (batches are made
/// before the log).
pub(super) fn config(dir: &Path, segment_bytes: usize) -> raft_log::Config {
    let mut config = raft_log::Config::new(dir.display());
    config.wal.chunk_max_size = Some(segment_bytes);
    config.wal.read_buffer_size = Some(256 << 10);
    config.wal.flush_batch_wait = Some(Duration::ZERO);
    config.wal.flush_queue_max_bytes = Some(32 << 20);
    config.log_cache_max_items = Some(4096);
    config.log_cache_capacity = Some(segment_bytes);
    config
}

/// Binds the log engine's types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogTypes;

impl raft_log::Types for LogTypes {
    type LogId = Position;
    type LogPayload = Record;
    type Vote = VoteRecord;
    type Callback = Flushed;
    type UserData = u64;

    fn log_index(position: &Position) -> u64 {
        position.0.index
    }

    fn payload_size(record: &Record) -> u64 {
        record.size()
    }
}

/// A log position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position(pub(super) LogId);

/// A vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VoteRecord(pub(super) Vote);

impl PartialOrd for VoteRecord {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

/// An entry's payload; decoded once, shared afterwards.
#[derive(Debug, Clone)]
pub(super) struct Record(Arc<Stored>);

#[derive(Debug)]
struct Stored {
    payload: Payload,
    size: u64,
}

impl Record {
    pub(super) fn new(payload: Payload) -> Self {
        let size = match &payload {
            Payload::Blank => 1,
            Payload::Normal(batch) => batch.items.iter().map(|item| item.size() as u64).sum::<u64>() + 16,
            Payload::Membership(_) => 256,
        };
        Self(Arc::new(Stored { payload, size }))
    }

    /// Returns about how many bytes it takes.
    pub(super) fn size(&self) -> u64 {
        self.0.size
    }

    /// Returns the payload; a batch is shared, not copied.
    pub(super) fn payload(&self) -> Payload {
        self.0.payload.clone()
    }
}

fn encode<W: Write>(value: &impl Wire, mut to: W) -> io::Result<usize> {
    let bytes = value.to_bytes();
    let length = u32::try_from(bytes.len() + 1).ok().filter(|length| *length <= RECORD_LIMIT);
    let Some(length) = length else { return Err(io::Error::other("the log record is too large")) };
    to.write_all(&length.to_be_bytes())?;
    to.write_all(&[FORMAT])?;
    to.write_all(&bytes)?;
    Ok(4 + 1 + bytes.len())
}

fn decode<T: Wire, R: Read>(mut from: R) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length == 0 || length > RECORD_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the log record has an impossible length"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if bytes[0] != FORMAT {
        let message = format!("the log record has the unknown format {}", bytes[0]);
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    T::from_bytes(&bytes[1..]).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

macro_rules! codec {
    ($type:ty, $inner:ty, |$value:ident| $get:expr, $make:expr) => {
        impl Encode for $type {
            fn encode<W: Write>(&self, to: W) -> io::Result<usize> {
                let $value = self;
                encode(&$get, to)
            }
        }
        impl Decode for $type {
            fn decode<R: Read>(from: R) -> io::Result<Self> {
                decode::<$inner, R>(from).map($make)
            }
        }
    };
}

codec!(Position, LogId, |position| position.0, Position);
codec!(VoteRecord, Vote, |vote| vote.0, VoteRecord);
codec!(Record, Payload, |record| record.0.payload, Record::new);

/// What is told when a write is on disk.
pub(super) enum Flushed {
    /// The engine waits for its entries.
    Appended { callback: LogFlushed<Engine>, shared: Arc<Shared> },
    /// A task of ours waits.
    Waiting(oneshot::Sender<io::Result<()>>),
}

impl Callback for Flushed {
    fn send(self, result: io::Result<()>) {
        match self {
            Self::Appended { callback, shared } => {
                if let Err(error) = &result {
                    shared.fail(&Fatal { operation: "syncing the log", message: error.to_string() });
                }
                callback.log_io_completed(result);
            }
            // Nobody waits any more when the store shuts down.
            Self::Waiting(waiting) => drop(waiting.send(result)),
        }
    }
}
