//! A store's directory: whose it is, and that one process uses it.

use std::fs::TryLockError;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use base::ClusterId;

use crate::error::OpenError;
use crate::options::{Identity, Init, Options};

/// The version of the directory's layout.
const FORMAT: u32 = 1;
const IDENTITY: &str = "store.json";
const LOCK: &str = "lock";
const DATABASE: &str = "state.db";

/// An opened directory; the lock is held while this lives.
#[derive(Debug)]
pub(crate) struct Dir {
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
    _lock: fs_err::File,
}

impl Dir {
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots")
    }

    /// Takes the directory, and records whose it is if it is new and may be made.
    pub(crate) fn open(options: &Options, machine: &'static str) -> Result<Self, OpenError> {
        let path = options.dir.clone();
        make_dir(&path).map_err(|source| failed(&path, "making the directory", source))?;
        let lock = lock(&path)?;
        if free_bytes(&path).is_some_and(|free| free < options.disk_reserve_bytes) {
            return Err(OpenError::DiskFull { dir: path });
        }
        let identity = match read_identity(&path)? {
            Some(found) => {
                check(&path, &found, options, machine)?;
                found
            }
            None => make(&path, options, machine)?,
        };
        Ok(Self { path, identity, _lock: lock })
    }
}

/// Makes the directory for its owner alone; one that exists keeps its mode.
fn make_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs_err::create_dir_all(path)?;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

fn lock(dir: &Path) -> Result<fs_err::File, OpenError> {
    let path = dir.join(LOCK);
    let file = fs_err::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|source| failed(dir, "opening the lock", source))?;
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(dir, "locking the directory", source)),
    }
}

/// Reads whose a directory is.
pub(crate) fn read_identity(dir: &Path) -> Result<Option<Identity>, OpenError> {
    let path = dir.join(IDENTITY);
    let bytes = match fs_err::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(dir, "reading the identity", source)),
    };
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let damaged = |error: serde_json::Error| OpenError::Damaged { path: path.clone(), message: error.to_string() };
    // The version first: what a newer program wrote may look different.
    let Format { format: found } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if found > FORMAT {
        return Err(OpenError::Newer { dir: dir.to_owned(), what: "layout", found, known: FORMAT });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

fn check(dir: &Path, found: &Identity, options: &Options, machine: &'static str) -> Result<(), OpenError> {
    let foreign = |what: &'static str, found: String, expected: String| {
        Err(OpenError::Foreign { dir: dir.to_owned(), what, found, expected })
    };
    if found.machine != machine {
        return foreign("store", found.machine.clone(), machine.to_owned());
    }
    if found.member != options.member {
        return foreign("member", found.member.to_string(), options.member.to_string());
    }
    match options.cluster {
        Some(cluster) if cluster != found.cluster => foreign("cluster", found.cluster.to_string(), cluster.to_string()),
        _ => Ok(()),
    }
}

fn make(dir: &Path, options: &Options, machine: &'static str) -> Result<Identity, OpenError> {
    let cluster = match (options.init, options.cluster) {
        (Init::Existing, _) => return Err(OpenError::Empty { dir: dir.to_owned() }),
        (Init::Join, None) => return Err(OpenError::NoCluster),
        (Init::Create, None) => ClusterId::random(),
        (Init::Create | Init::Join, Some(cluster)) => cluster,
    };
    let database = dir.join(DATABASE);
    if database.exists() {
        let message = "the database has no identity beside it".to_owned();
        return Err(OpenError::Damaged { path: database, message });
    }
    let identity = Identity { format: FORMAT, machine: machine.to_owned(), cluster, member: options.member };
    write_identity(dir, &identity).map_err(|source| failed(dir, "recording the identity", source))?;
    Ok(identity)
}

fn write_identity(dir: &Path, identity: &Identity) -> io::Result<()> {
    let draft = dir.join("store.json.draft");
    let mut file = fs_err::File::create(&draft)?;
    file.write_all(&serde_json::to_vec_pretty(identity).map_err(io::Error::other)?)?;
    file.sync_all()?;
    fs_err::rename(draft, dir.join(IDENTITY))?;
    fs_err::File::open(dir)?.sync_all()
}

/// Watches that a directory's disk keeps a reserve: what is taken before it is gone can be written whole.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: PathBuf,
    reserve_bytes: u64,
    full: AtomicBool,
}

impl Disk {
    pub(crate) fn new(dir: PathBuf, reserve_bytes: u64) -> Self {
        Self { dir, reserve_bytes, full: AtomicBool::new(false) }
    }

    /// Reports whether a copy of the database has room beside it without touching the reserve.
    pub(crate) fn has_room_for_copy(&self) -> bool {
        let size = fs_err::metadata(self.dir.join(DATABASE)).map_or(0, |database| database.len());
        free_bytes(&self.dir).is_none_or(|free| free >= size.saturating_add(self.reserve_bytes))
    }

    /// Looks whether the reserve is touched; one system call.
    pub(crate) fn is_full(&self) -> bool {
        let full = free_bytes(&self.dir).is_some_and(|free| free < self.reserve_bytes);
        if self.full.swap(full, Ordering::Relaxed) != full {
            tracing::warn!(full, "the disk {}", if full { "is nearly full: writes are refused" } else { "has space" });
        }
        full
    }
}

/// Returns the free bytes of a directory's disk.
pub(crate) fn free_bytes(dir: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(dir).ok()?;
    Some(space.f_bavail.saturating_mul(space.f_frsize))
}

/// Sorts a failure of the file system.
pub(crate) fn failed(dir: &Path, operation: &'static str, source: io::Error) -> OpenError {
    let dir = dir.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull { dir },
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => OpenError::ReadOnly { dir, source },
        _ => OpenError::Io { dir, operation, source },
    }
}

/// Sorts a failure of the database.
pub(crate) fn failed_sql(dir: &Path, operation: &'static str, source: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode;
    let dir = dir.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => OpenError::DiskFull { dir },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            OpenError::ReadOnly { dir, source: io::Error::other(source) }
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: dir.join(DATABASE), message: source.to_string() }
        }
        _ => OpenError::Sql { operation, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_when_its_reserve_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Disk::new(dir.path().to_owned(), u64::MAX).is_full());
        assert!(!Disk::new(dir.path().to_owned(), 0).is_full());
    }
}
