//! A folder whose entries are made durable by one sync for all who wait.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::Error;

/// The file systems whose sync of a file commits the journal or log up to the file's last change, its renaming
/// included: ext4, XFS, btrfs. (tmpfs forgets everything alike.)
const ORDERED: [u64; 4] = [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994];

#[derive(Debug)]
pub(crate) struct Folder {
    file: fs_err::File,
    path: PathBuf,
    names_follow_files: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    asked: u64,
    synced: u64,
    is_running: bool,
}

impl Folder {
    pub(crate) fn open(path: PathBuf) -> Result<Self, Error> {
        let file = fs_err::File::open(&path).map_err(|source| Error::io("opening", &path, source))?;
        let names_follow_files = rustix::fs::fstatfs(file.file())
            .is_ok_and(|found| u64::try_from(found.f_type).is_ok_and(|kind| ORDERED.contains(&kind)));
        Ok(Self { file, path, names_follow_files, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Reports whether a file's own sync, made after its renaming, makes the new name durable too.
    pub(crate) fn names_follow_files(&self) -> bool {
        self.names_follow_files
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes all entries durable that were there at the call. Whoever comes while a sync runs waits for the
    /// next one, and one of those who wait does it for all. Blocks.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked += 1;
        let ticket = state.asked;
        loop {
            if state.synced >= ticket {
                return Ok(());
            }
            if state.is_running {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_running = true;
            let covers = state.asked;
            drop(state);
            let outcome = self.file.sync_all();
            state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.is_running = false;
            if outcome.is_ok() {
                state.synced = covers;
            }
            self.changed.notify_all();
            outcome.map_err(|source| Error::io("syncing", &self.path, source))?;
        }
    }
}
