//! How a store is opened.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, ClusterId, MemberId, SystemClock};
use serde::{Deserialize, Serialize};

use crate::transport::{Alone, Transport};

/// What to do about a directory that holds no store yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Init {
    /// Refuses: the directory must hold a member already.
    #[default]
    Existing,
    /// Makes a new cluster of this one member; opens what is there if the directory holds a member already.
    Create,
    /// Waits, empty, until a cluster takes this member in; opens what is there if it holds one already.
    Join,
}

/// The heartbeat and the bounds of the election timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// How often the leader is heard.
    pub heartbeat: Duration,
    /// The shortest silence after which a member stands for election.
    pub election_min: Duration,
    /// The longest one.
    pub election_max: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(100),
            election_min: Duration::from_millis(300),
            election_max: Duration::from_millis(600),
        }
    }
}

/// Whose a directory is, as recorded in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The version of the directory's layout.
    pub format: u32,
    /// The machine's name.
    pub machine: String,
    /// The cluster.
    pub cluster: ClusterId,
    /// The member.
    pub member: MemberId,
}

/// A failure after which this member must not go on.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct Fatal {
    /// The operation that failed.
    pub operation: &'static str,
    /// What it said.
    pub message: String,
}

/// What is called on a fatal failure.
#[derive(Clone)]
pub struct FatalHandler(Arc<dyn Fn(&Fatal) + Send + Sync>);

impl FatalHandler {
    /// Makes a handler; tests observe failures with it.
    pub fn new(handler: impl Fn(&Fatal) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handler))
    }

    /// Calls it.
    pub(crate) fn call(&self, fatal: &Fatal) {
        (self.0)(fatal);
    }
}

impl Default for FatalHandler {
    /// Ends the process: the log brings the member up again at the next start.
    fn default() -> Self {
        Self::new(|fatal| {
            tracing::error!(operation = fatal.operation, "store cannot go on: {fatal}");
            std::process::abort();
        })
    }
}

impl fmt::Debug for FatalHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FatalHandler")
    }
}

/// How a store is opened; begin with [`Options::new`] and change fields.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory; made if missing.
    pub dir: PathBuf,
    /// What to do if it holds no store yet.
    pub init: Init,
    /// The cluster it must belong to; `None` takes the recorded one, or a new one when creating.
    pub cluster: Option<ClusterId>,
    /// This member's id.
    pub member: MemberId,
    /// Where others reach this member; kept in the membership.
    pub address: String,
    /// How others are reached.
    pub transport: Arc<dyn Transport>,
    /// The clock that the leader stamps with.
    pub clock: Arc<dyn Clock>,
    /// Raft's timers.
    pub timers: Timers,
    /// The number of reader threads.
    pub readers: usize,
    /// How long a write is repeated while its outcome is unknown.
    pub write_deadline: Duration,
    /// How long `read_at` waits.
    pub read_deadline: Duration,
    /// The bytes of log after which a snapshot is cut and the log is purged.
    pub snapshot_log_bytes: u64,
    /// The age after which a snapshot is cut if anything was written.
    pub snapshot_age: Duration,
    /// The log entries kept behind a snapshot for members that lag a little.
    pub snapshot_keep_entries: u64,
    /// The size of one log file.
    pub log_segment_bytes: usize,
    /// The free disk space below which writes are refused.
    pub disk_reserve_bytes: u64,
    /// The number of events kept for slow watchers.
    pub watch_events: usize,
    /// What is called when the member must not go on.
    pub fatal: FatalHandler,
}

impl Options {
    /// Makes options for a lone member 1 with defaults.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            init: Init::default(),
            cluster: None,
            member: MemberId(1),
            address: String::new(),
            transport: Arc::new(Alone),
            clock: Arc::new(SystemClock),
            timers: Timers::default(),
            readers: 4,
            write_deadline: Duration::from_secs(10),
            read_deadline: Duration::from_secs(2),
            snapshot_log_bytes: 256 << 20,
            snapshot_age: Duration::from_secs(3600),
            snapshot_keep_entries: 128,
            log_segment_bytes: 4 << 20,
            disk_reserve_bytes: 32 << 20,
            watch_events: 10_000,
            fatal: FatalHandler::default(),
        }
    }

    /// Makes the cluster if the directory holds none.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.init = Init::Create;
        self
    }
}
