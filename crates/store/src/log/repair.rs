//! Opening a log whose last write was torn.
//!
//! The log engine itself cuts a last record that ends early or is all zeros. What it refuses is other
//! bytes after the last whole record of the last file: the remains of a write that was never synced and
//! so never acknowledged. They are moved to a file beside the log, and the log is opened again.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use raft_log::chunked_wal::ChunkedWal;
use raft_log::codeq::Span;
use raft_log::{ChunkId, Config, RaftLog, RaftWalTypes};

use crate::log::types::LogTypes;

type Wal = ChunkedWal<RaftWalTypes<LogTypes>>;

/// Opens the log; if its last file ends in remains, cuts them once.
pub(super) fn open(config: Arc<Config>) -> io::Result<RaftLog<LogTypes>> {
    let refused = match RaftLog::open(Arc::clone(&config)) {
        Ok(log) => return Ok(log),
        Err(error) => error,
    };
    if matches!(refused.kind(), io::ErrorKind::StorageFull | io::ErrorKind::PermissionDenied) {
        return Err(refused);
    }
    match torn(&config)? {
        Some((path, good)) => cut(&path, good)?,
        None => return Err(refused),
    }
    RaftLog::open(config)
}

/// Finds where the last file's whole records end, if something follows them.
fn torn(config: &Config) -> io::Result<Option<(PathBuf, u64)>> {
    let lock = Wal::acquire_lock(&config.wal)?;
    let last = Wal::load_chunk_ids(&config.wal, &lock)?.pop();
    let Some(last) = last else { return Ok(None) };
    let mut good = 0;
    let mut damaged = None;
    let scanned = Wal::dump_records(&config.wal, &lock, |chunk, _, record| {
        match record {
            Ok((segment, _)) if chunk == last => good = segment.end().0,
            Ok(_) => {}
            // Only the last file may be torn: the ones before were synced when they were closed.
            Err(error) if chunk == last => damaged = Some(error),
            Err(error) => return Err(error),
        }
        Ok(())
    });
    scanned?;
    if damaged.is_none() || good == 0 {
        return Ok(None);
    }
    Ok(Some((path(config, last), good)))
}

fn path(config: &Config, chunk: ChunkId) -> PathBuf {
    PathBuf::from(config.wal.chunk_path(chunk))
}

/// Moves the remains to a file beside the log.
fn cut(path: &Path, good: u64) -> io::Result<()> {
    let mut file = fs_err::OpenOptions::new().read(true).write(true).open(path)?;
    let mut remains = Vec::new();
    file.seek(SeekFrom::Start(good))?;
    file.read_to_end(&mut remains)?;
    let beside = path.with_extension("torn");
    let mut kept = fs_err::File::create(&beside)?;
    kept.write_all(&remains)?;
    kept.sync_all()?;
    file.set_len(good)?;
    file.sync_all()?;
    tracing::warn!(bytes = remains.len(), file = %beside.display(), "cut the remains of a torn write off the log");
    Ok(())
}
