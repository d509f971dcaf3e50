//! Snapshots: copies of the database at one log position, made by a connection of their own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use openraft::{BasicNode, Snapshot, SnapshotMeta};
use parking_lot::Mutex;

use crate::database::{self, Recorded};
use crate::types::{Engine, SnapshotFile};

/// What a snapshot holds.
pub(crate) type Meta = SnapshotMeta<u64, BasicNode>;

/// Failures of snapshots.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{operation}: {source}")]
    Sql { operation: &'static str, source: rusqlite::Error },
    #[error("{operation}: {source}")]
    Io { operation: &'static str, source: io::Error },
}

fn sql(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| Error::Sql { operation, source }
}

fn io(operation: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { operation, source }
}

/// The snapshots of a member.
#[derive(Debug)]
pub(crate) struct Snapshots {
    database: PathBuf,
    dir: PathBuf,
    current: Mutex<Option<(Meta, PathBuf)>>,
    counter: AtomicU64,
}

impl Snapshots {
    /// Opens the directory: finds the newest snapshot and removes what was left half-done.
    pub(crate) fn open(database: PathBuf, dir: PathBuf) -> io::Result<Self> {
        fs_err::create_dir_all(&dir)?;
        let mut found: Vec<(Meta, PathBuf)> = Vec::new();
        for entry in fs_err::read_dir(&dir)? {
            let path = entry?.path();
            let whole = path.extension().is_some_and(|e| e == "snapshot");
            match describe(&path) {
                Ok(meta) if whole => found.push((meta, path)),
                _ => fs_err::remove_file(&path)?,
            }
        }
        found.sort_by_key(|(meta, _)| meta.last_log_id);
        let current = found.pop();
        for (_, path) in found {
            fs_err::remove_file(path)?;
        }
        Ok(Self { database, dir, current: Mutex::new(current), counter: AtomicU64::new(0) })
    }

    /// Makes a snapshot of what is applied now.
    ///
    /// A lone member has nobody to send it to: its database is the snapshot, made durable before the log is
    /// purged, and no copy is made.
    pub(crate) fn build(&self) -> Result<(Meta, PathBuf), Error> {
        let recorded = self.recorded()?;
        if recorded.membership.nodes().count() != 1 {
            return self.build_copy();
        }
        if let Some((_, old)) = self.current.lock().take() {
            fs_err::remove_file(old).map_err(io("removing the last snapshot"))?;
        }
        let id = format!("{}-lone", position(&recorded));
        let meta = Meta { last_log_id: recorded.applied, last_membership: recorded.membership, snapshot_id: id };
        Ok((meta, PathBuf::from("/dev/null")))
    }

    /// Copies the database; writes go on meanwhile.
    pub(crate) fn build_copy(&self) -> Result<(Meta, PathBuf), Error> {
        let draft = self.fresh("draft");
        copy(&self.database, &draft).map_err(sql("copying the database"))?;
        let recorded = read(&draft).map_err(sql("reading the copy"))?;
        sync(&draft).map_err(io("syncing the copy"))?;
        let name = format!("{}-{}.snapshot", position(&recorded), self.counter.fetch_add(1, Ordering::Relaxed));
        self.adopt(&draft, &self.dir.join(name))
    }

    /// Takes a received file in as the current snapshot.
    pub(crate) fn receive(&self, meta: &Meta, received: &Path) -> Result<PathBuf, Error> {
        let place = self.dir.join(format!("{}.snapshot", file_name(&meta.snapshot_id)));
        if received == place {
            return Ok(place);
        }
        let draft = if received.starts_with(&self.dir) && received.extension().is_none_or(|e| e != "snapshot") {
            received.to_owned()
        } else {
            let draft = self.fresh("draft");
            fs_err::copy(received, &draft).map_err(io("copying the received snapshot"))?;
            draft
        };
        sync(&draft).map_err(io("syncing the received snapshot"))?;
        self.adopt(&draft, &place).map(|(_, path)| path)
    }

    fn adopt(&self, draft: &Path, place: &Path) -> Result<(Meta, PathBuf), Error> {
        fs_err::rename(draft, place).map_err(io("naming the snapshot"))?;
        fs_err::File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(io("syncing the snapshots"))?;
        let meta = describe(place).map_err(sql("reading the snapshot"))?;
        let before = self.current.lock().replace((meta.clone(), place.to_owned()));
        if let Some((_, old)) = before.filter(|(_, old)| old != place) {
            // A transfer that reads it keeps it open.
            fs_err::remove_file(old).map_err(io("removing the last snapshot"))?;
        }
        Ok((meta, place.to_owned()))
    }

    /// Returns the current snapshot; makes one if others may ask for it and there is none.
    pub(crate) fn current(&self) -> Result<Option<(Meta, PathBuf)>, Error> {
        if let Some(current) = self.current.lock().clone() {
            return Ok(Some(current));
        }
        let recorded = self.recorded()?;
        if recorded.applied.is_none() || recorded.membership.nodes().count() < 2 {
            return Ok(None);
        }
        self.build_copy().map(Some)
    }

    /// Returns a name for a file to receive into; removes what was received in part before.
    pub(crate) fn incoming(&self) -> Result<PathBuf, Error> {
        let listed = fs_err::read_dir(&self.dir).map_err(io("listing the snapshots"))?;
        for path in listed.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            if path.extension().is_some_and(|e| e == "incoming") {
                fs_err::remove_file(path).map_err(io("removing a snapshot received in part"))?;
            }
        }
        Ok(self.fresh("incoming"))
    }

    fn fresh(&self, what: &str) -> PathBuf {
        self.dir.join(format!("{}.{what}", self.counter.fetch_add(1, Ordering::Relaxed)))
    }

    fn recorded(&self) -> Result<Recorded, Error> {
        read(&self.database).map_err(sql("reading the applied entry"))
    }
}

/// Opens a snapshot for the engine.
pub(crate) async fn open(meta: Meta, path: PathBuf) -> io::Result<Snapshot<Engine>> {
    let file = tokio::fs::File::open(&path).await?;
    Ok(Snapshot { meta, snapshot: Box::new(SnapshotFile { file, path }) })
}

/// Copies a database, consistent at one position, to a new file.
pub(crate) fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let connection = database::open_beside(from)?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map(drop)
}

pub(crate) fn sync(path: &Path) -> io::Result<()> {
    fs_err::File::open(path)?.sync_all()
}

fn read(path: &Path) -> rusqlite::Result<Recorded> {
    database::recorded(&database::open_reader(path)?)
}

fn describe(path: &Path) -> rusqlite::Result<Meta> {
    let recorded = read(path)?;
    let snapshot_id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Meta { last_log_id: recorded.applied, last_membership: recorded.membership, snapshot_id })
}

fn position(recorded: &Recorded) -> String {
    recorded.applied.map_or_else(
        || "empty".to_owned(),
        |applied| format!("{}-{}-{}", applied.leader_id.term, applied.leader_id.node_id, applied.index),
    )
}

/// Bounds a name that came from another member.
fn file_name(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(100).collect()
}
