//! The one file that a large file of a layer may pass through: unlinked from the beginning, reused, gone with its process.

use std::io::{Seek, SeekFrom, Write};

use file_map::FileMap;
use fs_err as fs;

/// The file, made before the process is sealed off.
#[derive(Debug)]
pub struct Spill {
    file: fs::File,
}

impl Spill {
    /// Makes the file in the system's folder for such.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir();
        let file = tempfile::tempfile_in(&folder)?;
        Ok(Self { file: fs::File::from_parts(file, folder) })
    }

    /// Empties it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn clear(&mut self) -> std::io::Result<()> {
        self.file.file().set_len(0)?;
        self.file.seek(SeekFrom::Start(0)).map(|_| ())
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Reads with all of its bytes.
    ///
    /// # Errors
    /// When it cannot be mapped.
    pub fn with<T>(&mut self, read: impl FnOnce(&[u8]) -> T) -> std::io::Result<T> {
        let map = FileMap::of_unlinked(self.file.file())?;
        Ok(read(&map))
    }
}
