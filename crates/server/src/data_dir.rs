//! The data directory: one process at a time, a known layout, private to its owner.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The layout that this binary writes.
const FORMAT: u32 = 1;

/// What stands in `holdfast.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Marker {
    format: u32,
    written_by: String,
}

/// A data directory, locked for this process as long as the value lives.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: fs_err::File,
}

impl DataDir {
    /// Opens or makes the directory.
    ///
    /// # Errors
    /// If another process uses it, a newer version wrote it, or it cannot be written.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        fs_err::create_dir_all(path).map_err(explain)?;
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(explain)?;
        let path = fs_err::canonicalize(path)?;
        let lock = fs_err::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(explain)?;
        if lock.file().try_lock().is_err() {
            bail!(
                "the data directory `{}` is in use by another process: stop it, or give another --data-dir",
                path.display()
            );
        }
        let directory = Self { path, _lock: lock };
        directory.check_marker()?;
        Ok(directory)
    }

    /// Returns the directory.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a path within.
    pub(crate) fn join(&self, part: &str) -> PathBuf {
        self.path.join(part)
    }

    fn check_marker(&self) -> Result<()> {
        let file = self.join("holdfast.json");
        match fs_err::read(&file) {
            Ok(bytes) => {
                let marker: Marker = serde_json::from_slice(&bytes)
                    .with_context(|| format!("`{}` is damaged: restore the directory from a backup", file.display()))?;
                if marker.format > FORMAT {
                    bail!(
                        "the data directory `{}` was written by a newer version ({}): this is {}; use that version",
                        self.path.display(),
                        marker.written_by,
                        env!("CARGO_PKG_VERSION")
                    );
                }
                // A full or read-only disk is found here rather than at the first write.
                write_durable(&self.join("writable"), b"")
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let marker = Marker { format: FORMAT, written_by: env!("CARGO_PKG_VERSION").to_owned() };
                write_durable(&file, &serde_json::to_vec_pretty(&marker)?)
            }
            Err(error) => Err(explain(error)),
        }
    }
}

/// Writes a file whole or not at all, readable by its owner only.
pub(crate) fn write_durable(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs_err::File::create(&temporary).map_err(explain)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(explain)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(explain)?;
    fs_err::rename(&temporary, path).map_err(explain)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs_err::File::open(folder)?.sync_all().map_err(explain)
}

/// Says what to do about the errors that a person can mend.
fn explain(error: std::io::Error) -> anyhow::Error {
    let hint = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("the disk is full: free some space and start again"),
        ErrorKind::ReadOnlyFilesystem => Some("the disk is mounted read-only: mount it writable and start again"),
        ErrorKind::PermissionDenied => {
            Some("this user may not write there: give another --data-dir or change its owner")
        }
        _ => None,
    };
    match hint {
        Some(hint) => anyhow::Error::new(error).context(hint),
        None => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_serves_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDir::open(folder.path()).unwrap();
        let refused = DataDir::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("in use"), "{refused}");
        drop(first);
        assert!(DataDir::open(folder.path()).is_ok());
    }

    #[test]
    fn a_directory_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("holdfast.json"), r#"{"format":2,"written_by":"9.0.0"}"#).unwrap();
        let refused = DataDir::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("9.0.0"), "{refused}");
    }
}
