//! The tar around a bundle, written and read strictly: plain files in one order, nothing in the gaps.

use std::collections::BTreeMap;
use std::io::Cursor;

use tar::{Archive, Builder, EntryType, Header};

use crate::error::Error;

const BLOCK: usize = 512;
/// An OCI layout of ours has five files.
const MAX_FILES: usize = 16;

/// Writes the files.
pub(super) fn write(files: &[(String, &[u8])]) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Make { what: "the bundle", source };
    let mut builder = Builder::new(Vec::new());
    for (name, bytes) in files {
        builder.append(&header(name, bytes.len()).map_err(failed)?, Cursor::new(bytes)).map_err(failed)?;
    }
    builder.into_inner().map_err(failed)
}

/// The one header that a file of this name and size has.
fn header(name: &str, size: usize) -> std::io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_size(u64::try_from(size).unwrap_or(u64::MAX));
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    Ok(header)
}

/// The files of a bundle.
pub(super) struct Files<'a>(BTreeMap<String, &'a [u8]>);

impl<'a> Files<'a> {
    /// Reads the tar; anything but plain files as [`write`] writes them is refused.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        if !super::is_bundle(bytes) {
            return Err(Error::Foreign { what: "bundle of an advisory database" });
        }
        let wrong = |error: std::io::Error| Error::altered(format!("its archive: {error}"));
        let place = |at: u64| usize::try_from(at).map_err(|_| Error::altered("its archive is too large"));
        let mut files = BTreeMap::new();
        let mut end = 0;
        let mut archive = Archive::new(Cursor::new(bytes));
        for entry in archive.entries().map_err(wrong)?.raw(true) {
            let entry = entry.map_err(wrong)?;
            let name =
                std::str::from_utf8(&entry.path_bytes()).map_err(|_| Error::altered("a file's name"))?.to_owned();
            let (from, size) = (place(entry.raw_file_position())?, place(entry.size())?);
            let content = from.checked_add(size).and_then(|to| bytes.get(from..to));
            let content = content.ok_or_else(|| Error::altered("its archive ends in the middle"))?;
            let expected = header(&name, size).map_err(wrong)?;
            if entry.header().as_bytes() != expected.as_bytes() || from.checked_sub(BLOCK) != Some(end) {
                return Err(Error::altered(format!("the entry of `{name}`")));
            }
            end = (from + size).next_multiple_of(BLOCK);
            if !is_zero(bytes.get(from + size..end)) || files.insert(name, content).is_some() || files.len() > MAX_FILES
            {
                return Err(Error::altered("its archive"));
            }
        }
        // Two blocks of zeros end a tar.
        if is_zero(bytes.get(end..)) && bytes.len().checked_sub(end) == Some(2 * BLOCK) {
            Ok(Self(files))
        } else {
            Err(Error::altered("what follows its archive"))
        }
    }

    pub(super) fn get(&self, name: &str) -> Result<&'a [u8], Error> {
        self.0.get(name).copied().ok_or_else(|| Error::altered(format!("`{name}` is missing")))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

fn is_zero(bytes: Option<&[u8]>) -> bool {
    bytes.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}
