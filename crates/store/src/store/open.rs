//! Opening a store: directory, database, log, engine, then readiness.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use openraft::{BasicNode, Config, RaftState, ServerState, SnapshotPolicy, TokioInstant};
use parking_lot::Mutex;
use tokio::task::spawn_blocking;

use crate::apply::Applier;
use crate::batcher::Batcher;
use crate::database;
use crate::dir::{self, Dir, Disk};
use crate::engine::Core;
use crate::error::OpenError;
use crate::handler::Receiver;
use crate::log::{Checkpoint, LogStore};
use crate::machine::Machine;
use crate::network::Network;
use crate::options::{Identity, Init, Options};
use crate::readers::{Readers, StartError};
use crate::shared::Shared;
use crate::snapshot::Snapshots;
use crate::state_machine::StateMachine;
use crate::store::{Inner, Parts, Store};
use crate::types::Raft;
use crate::upkeep::Upkeep;
use crate::watch::Ring;

/// How long a lone member may take to become ready; replaying a log takes a while.
const READY: Duration = Duration::from_secs(120);

/// What is opened before the engine starts.
struct Files<M: Machine> {
    dir: Dir,
    log: LogStore,
    log_bytes: u64,
    state: StateMachine,
    applying: std::thread::JoinHandle<()>,
    snapshots: Arc<Snapshots>,
    readers: Readers,
    ring: Arc<Ring<M::Event>>,
    shared: Arc<Shared>,
}

impl<M: Machine> Store<M> {
    /// Reads whose a directory is; `None` if it holds no store.
    ///
    /// # Errors
    /// If the record is damaged or of a newer version.
    pub fn identity(dir: &Path) -> Result<Option<Identity>, OpenError> {
        dir::read_identity(dir)
    }

    /// Opens a store. A lone member is ready, at its newest version, when this returns; others become
    /// ready when they have caught up.
    ///
    /// # Errors
    /// See [`OpenError`]: each names what is wrong with the directory.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let given = options.clone();
        let opened = spawn_blocking(move || files::<M>(&given)).await;
        let files = opened.map_err(|error| OpenError::Engine { message: error.to_string() })??;
        start(options, files).await
    }
}

/// Opens all files; nothing is sent or applied yet.
fn files<M: Machine>(options: &Options) -> Result<Files<M>, OpenError> {
    if M::MIGRATIONS.iter().zip(1..).any(|(migration, version)| migration.version != version) {
        return Err(OpenError::Migrations { machine: M::NAME });
    }
    let dir = Dir::open(options, M::NAME)?;
    let path = dir.path.clone();
    let sql = |operation| move |source| dir::failed_sql(&options.dir, operation, source);
    let io = |operation| move |source| dir::failed(&options.dir, operation, source);
    let connection = database::open_writer(&dir.database()).map_err(sql("opening the database"))?;
    let recorded = database::recorded(&connection).map_err(sql("reading the applied entry"))?;
    let newer = |what, found, known| Err(OpenError::Newer { dir: path.clone(), what, found, known });
    if recorded.format > database::FORMAT {
        return newer("database format", recorded.format, database::FORMAT);
    }
    if recorded.version > M::newest_version() {
        return newer("schema", recorded.version, M::newest_version());
    }
    let snapshots = Snapshots::open(dir.database(), dir.snapshots()).map_err(io("opening the snapshots"))?;
    let shared = Arc::new(Shared::new(options.fatal.clone()));
    let log = LogStore::open(&dir.log(), options.log_segment_bytes, checkpoint(dir.database()), Arc::clone(&shared))
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::InvalidData => OpenError::Damaged { path: dir.log(), message: source.to_string() },
            _ => dir::failed(&options.dir, "opening the log", source),
        })?;
    let readers = Readers::start(&dir.database(), M::NAME, options.readers).map_err(|error| match error {
        StartError::Open(source) => dir::failed_sql(&options.dir, "opening a reader", source),
        StartError::Thread(source) => dir::failed(&options.dir, "starting a reader", source),
    })?;
    let ring = Ring::new(options.watch_events);
    let snapshots = Arc::new(snapshots);
    let applier = Applier::<M>::new(connection, recorded, Arc::clone(&ring), Arc::clone(&shared));
    let (state, applying) =
        StateMachine::start(applier, Arc::clone(&snapshots)).map_err(io("starting the applying thread"))?;
    let log_bytes = log.disk_bytes();
    Ok(Files { dir, log, log_bytes, state, applying, snapshots, readers, ring, shared })
}

fn checkpoint(database: PathBuf) -> Checkpoint {
    Arc::new(move || {
        let database = database.clone();
        async move {
            let done = spawn_blocking(move || database::checkpoint(&database)).await;
            done.map_err(|error| error.to_string())?.map_err(|error| base::chain(&error))
        }
        .boxed()
    })
}

fn engine_config(options: &Options, name: &str) -> Result<Arc<Config>, OpenError> {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let config = Config {
        cluster_name: name.to_owned(),
        heartbeat_interval: millis(options.timers.heartbeat),
        election_timeout_min: millis(options.timers.election_min),
        election_timeout_max: millis(options.timers.election_max),
        install_snapshot_timeout: 10_000,
        max_payload_entries: 16,
        // A member gets a snapshot when the entries that it lacks are purged, not before.
        replication_lag_threshold: u64::MAX / 2,
        snapshot_policy: SnapshotPolicy::Never,
        snapshot_max_chunk_size: 1 << 20,
        max_in_snapshot_log_to_keep: options.snapshot_keep_entries,
        ..Config::default()
    };
    config.validate().map(Arc::new).map_err(engine)
}

fn engine(error: impl std::fmt::Display) -> OpenError {
    OpenError::Engine { message: error.to_string() }
}

async fn start<M: Machine>(options: Options, files: Files<M>) -> Result<Store<M>, OpenError> {
    let Files { dir, log, log_bytes, state, applying, snapshots, readers, ring, shared } = files;
    let (member, cluster) = (dir.identity.member, dir.identity.cluster);
    let network =
        Network { transport: Arc::clone(&options.transport), cluster, member, backoff: options.timers.heartbeat };
    let config = engine_config(&options, M::NAME)?;
    let raft = Raft::new(member.0, config, network.clone(), log.clone(), state).await.map_err(engine)?;
    let core = Arc::new(Core {
        raft,
        shared,
        network,
        clock: Arc::clone(&options.clock),
        disk: Disk::new(dir.path.clone(), options.disk_reserve_bytes),
        cluster,
        member,
        newest: M::newest_version(),
        attempt: options.timers.election_max * 4,
    });
    let (batcher, batching) = Batcher::start(Arc::clone(&core));
    options.transport.serve(member, Arc::new(Receiver { core: Arc::clone(&core), batcher: batcher.clone() }));
    let lone = match lead_if_alone(&core, &options).await {
        Ok(lone) => lone,
        Err(error) => {
            options.transport.withdraw(member);
            batching.abort();
            // The first failure is what matters.
            let _ = core.raft.shutdown().await;
            return Err(error);
        }
    };
    let upkeep = Upkeep {
        core: Arc::clone(&core),
        batcher: batcher.clone(),
        log_bytes: log.appended_bytes(),
        snapshot_log_bytes: options.snapshot_log_bytes,
        snapshot_age: options.snapshot_age,
    };
    let upkeep = tokio::spawn(upkeep.run(log_bytes));
    let store = Store(Arc::new(Inner {
        core,
        batcher,
        readers,
        ring,
        snapshots,
        write_deadline: options.write_deadline,
        read_deadline: options.read_deadline,
        database: dir.database(),
        parts: Mutex::new(Some(Parts { dir, log, applying, tasks: vec![batching, upkeep] })),
    }));
    await_ready(store, lone).await
}

/// Makes the cluster if that was asked, and spares a lone member the wait for an election. Returns whether
/// this member is the only one.
async fn lead_if_alone(core: &Core, options: &Options) -> Result<bool, OpenError> {
    let member = core.member.0;
    let known = core.raft.is_initialized().await.map_err(engine)?;
    let (lone, leads) = core.raft.with_raft_state(move |state| describe(member, state)).await.map_err(engine)?;
    if !known && options.init == Init::Create {
        let nodes = BTreeMap::from([(core.member.0, BasicNode::new(&options.address))]);
        core.raft.initialize(nodes).await.map_err(engine)?;
        return Ok(true);
    }
    if !known && options.init == Init::Existing {
        // The process ended between taking the directory and making the cluster.
        return Err(OpenError::Empty { dir: options.dir.clone() });
    }
    if lone && !leads {
        core.raft.trigger().elect().await.map_err(engine)?;
    }
    Ok(lone)
}

/// Reads from the engine itself, whose published state lags behind it.
fn describe(member: u64, state: &RaftState<u64, BasicNode, TokioInstant>) -> (bool, bool) {
    let lone = state.membership_state.effective().membership().nodes().map(|(id, _)| *id).eq([member]);
    (lone, state.server_state == ServerState::Leader)
}

async fn await_ready<M: Machine>(store: Store<M>, lone: bool) -> Result<Store<M>, OpenError> {
    if !lone {
        return Ok(store);
    }
    if store.wait_ready(READY).await && store.wait_version(M::newest_version(), READY).await {
        return Ok(store);
    }
    store.shutdown().await;
    Err(OpenError::NotReady { within: READY })
}
