//! A file as bytes: the only crate that maps files into memory.
//!
//! Why the one `unsafe` here is sound enough. A mapping is undefined behaviour only if the bytes change, or the file
//! is cut short, while they are borrowed. Every file that this product maps is immutable by rule: it is written under
//! a temporary name, synced, and renamed into place, and what stands in place is replaced by a rename, never opened
//! for writing; an old mapping keeps the old inode. The folders belong to the user that runs the program. A file of
//! somebody else, who could change it meanwhile, belongs in [`read`], which copies.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// A file as bytes, read when they are touched.
#[derive(Debug)]
pub struct FileMap {
    /// An empty file cannot be mapped and needs no map.
    map: Option<Mmap>,
}

impl FileMap {
    /// Maps an immutable regular file: one that is only ever replaced by a rename.
    ///
    /// # Errors
    /// If the file cannot be opened or mapped, or is no regular file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = fs_err::File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{}` is no file", path.display())));
        }
        if metadata.len() == 0 {
            return Ok(Self { map: None });
        }
        Ok(Self { map: Some(map(file.file())?) })
    }

    /// Maps a file without a name, which its only holder leaves alone while it is mapped.
    ///
    /// # Errors
    /// If the file cannot be mapped, or is no regular file.
    pub fn of_unlinked(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
        }
        Ok(Self { map: (metadata.len() > 0).then(|| map(file)).transpose()? })
    }
}

impl Deref for FileMap {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }
}

impl AsRef<[u8]> for FileMap {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

#[expect(unsafe_code, reason = "the mapped file is replaced by renames, never changed in place (see the crate's text)")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the caller gives a file that nobody changes in place.
    unsafe { Mmap::map(file) }
}

/// Reads a whole file that somebody else may change, up to a limit in bytes.
///
/// # Errors
/// If the file cannot be read, or is larger.
pub fn read(path: &Path, limit_bytes: u64) -> io::Result<Vec<u8>> {
    let file = fs_err::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > limit_bytes) {
        let message = format!("`{}` is larger than {limit_bytes} bytes", path.display());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
