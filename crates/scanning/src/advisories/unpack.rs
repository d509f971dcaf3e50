//! Documents out of files, folders and archives, one at a time, whatever they are packed in.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::error::Error;

/// How much is read at most: feeds come from elsewhere, and an archive can claim anything.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One document, in bytes.
    pub document_bytes: u64,
    /// All that an archive unpacks to, in bytes, whether it is read or skipped.
    pub archive_bytes: u64,
    /// Documents of an archive, and files of a folder.
    pub documents: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document_bytes: 1 << 30, archive_bytes: 64 << 30, documents: 5_000_000 }
    }
}

/// An archive in an archive (a compressed tar is one step, not two).
const MAX_NESTING: usize = 2;
const MAX_FOLDERS: usize = 32;
/// An xz stream may ask for a dictionary of gigabytes; none that is needed has more than this.
const XZ_MEMORY_KIB: u32 = 256 << 10;
/// All headers before one entry of a tar, with its long name and its extensions: those are kept in memory as a whole.
const TAR_HEADERS_BYTES: u64 = 1 << 20;
const TAR_BLOCK_BYTES: u64 = 512;

/// Takes documents.
pub(crate) trait Visitor {
    /// Takes one: its path within what was given, with `/`, and its bytes.
    fn document(&mut self, name: &str, bytes: &[u8]);
    /// Takes that something could not be read.
    fn unreadable(&mut self, name: &str, reason: &str);
    /// Takes a whole database of another scanner, as a file; true if it was one.
    fn database(&mut self, path: &Path) -> bool;
}

/// Visits every document under a path, in the order of their names.
pub(crate) fn visit(path: &Path, limits: Limits, visitor: &mut dyn Visitor) -> Result<(), Error> {
    let metadata = fs_err::metadata(path).map_err(Error::read(path))?;
    if !metadata.is_dir() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        file(path, &name, limits, visitor);
        return Ok(());
    }
    let mut left = limits.documents;
    folder(path, "", limits, &mut left, 0, visitor)
}

fn folder(
    path: &Path,
    prefix: &str,
    limits: Limits,
    left: &mut u64,
    depth: usize,
    visitor: &mut dyn Visitor,
) -> Result<(), Error> {
    let entries = fs_err::read_dir(path).map_err(Error::read(path))?;
    let mut entries: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let Some(file_name) = entry.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        let name = format!("{prefix}{file_name}");
        // Links could lead anywhere; feeds have none.
        let Ok(metadata) = fs_err::symlink_metadata(&entry) else { continue };
        if metadata.is_dir() && depth < MAX_FOLDERS && !file_name.starts_with('.') {
            folder(&entry, &format!("{name}/"), limits, left, depth + 1, visitor)?;
        } else if metadata.is_file() {
            let Some(rest) = left.checked_sub(1) else {
                visitor.unreadable(&name, "there are more files than are read");
                return Ok(());
            };
            *left = rest;
            file(&entry, &name, limits, visitor);
        }
    }
    Ok(())
}

/// An archive is read as it lies on the disk, so that memory does not follow its size.
fn file(path: &Path, name: &str, limits: Limits, visitor: &mut dyn Visitor) {
    if visitor.database(path) {
        return;
    }
    let mut unpacking = Unpacking { limits, left_bytes: limits.archive_bytes, left: limits.documents, visitor };
    let opened = fs_err::File::open(path).and_then(|mut file| {
        let mut head = Vec::new();
        file.by_ref().take(512).read_to_end(&mut head)?;
        file.rewind()?;
        Ok((file, packing(&head)))
    });
    match opened {
        Ok((file, Some(packing))) => unpacking.packed(packing, name, BufReader::new(file), 0),
        // Read, not mapped: nobody promises that a feed's file stays as it is.
        Ok((_, None)) => match file_map::read(path, limits.document_bytes) {
            Ok(bytes) => unpacking.visitor.document(name, &bytes),
            Err(error) => unpacking.visitor.unreadable(name, &error.to_string()),
        },
        Err(error) => unpacking.visitor.unreadable(name, &error.to_string()),
    }
}

/// What a file is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
    Xz,
    Zip,
    Tar,
}

/// Goes by what the bytes are, not by what the name says.
fn packing(head: &[u8]) -> Option<Packing> {
    let magics: [(&[u8], Packing); 4] = [
        (&[0x1f, 0x8b], Packing::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd),
        (b"\xfd7zXZ\0", Packing::Xz),
        (b"PK\x03\x04", Packing::Zip),
    ];
    let found = magics.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, packing)| *packing);
    found.or_else(|| is_tar(head).then_some(Packing::Tar))
}

struct Unpacking<'a> {
    limits: Limits,
    left_bytes: u64,
    left: u64,
    visitor: &'a mut dyn Visitor,
}

impl Unpacking<'_> {
    fn any(&mut self, name: &str, bytes: Vec<u8>, depth: usize) {
        match packing(&bytes).filter(|_| depth <= MAX_NESTING) {
            Some(packing) => self.packed(packing, name, Cursor::new(bytes), depth),
            None => self.visitor.document(name, &bytes),
        }
    }

    fn packed(&mut self, packing: Packing, name: &str, reader: impl Read + Seek, depth: usize) {
        let stem = |suffixes: &[&str]| {
            let found = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
            found.unwrap_or(name).to_owned()
        };
        match packing {
            Packing::Gzip => self.stream(&stem(&[".gz", ".tgz"]), MultiGzDecoder::new(BufReader::new(reader)), depth),
            Packing::Zstd => match zstd::stream::read::Decoder::new(reader) {
                Ok(decoder) => self.stream(&stem(&[".zst"]), decoder, depth),
                Err(error) => self.visitor.unreadable(name, &error.to_string()),
            },
            Packing::Xz => {
                let decoder = lzma_rust2::XzReader::new_mem_limit(reader, true, XZ_MEMORY_KIB);
                self.stream(&stem(&[".xz", ".txz"]), decoder, depth);
            }
            Packing::Zip => self.zip(name, reader, depth),
            Packing::Tar => self.tar(name, reader, depth),
        }
    }

    /// A compressed tar is read as it is decompressed; anything else is decompressed as a whole.
    fn stream(&mut self, name: &str, mut reader: impl Read, depth: usize) {
        let mut head = Vec::new();
        if let Err(error) = reader.by_ref().take(512).read_to_end(&mut head) {
            return self.visitor.unreadable(name, &error.to_string());
        }
        let is_tar = is_tar(&head);
        let whole = Cursor::new(head).chain(reader);
        if is_tar {
            return self.tar(name, whole, depth);
        }
        match self.whole(whole) {
            Ok(bytes) => self.any(name, bytes, depth + 1),
            Err(error) => self.visitor.unreadable(name, &error.to_string()),
        }
    }

    fn whole(&mut self, reader: impl Read) -> io::Result<Vec<u8>> {
        let limit = self.limits.document_bytes.min(self.left_bytes);
        let mut bytes = Vec::new();
        let outcome = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        // What is refused was unpacked all the same.
        self.left_bytes = self.left_bytes.saturating_sub(length);
        outcome?;
        if length > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it unpacks to more than {limit} bytes")));
        }
        Ok(bytes)
    }

    fn tar(&mut self, name: &str, reader: impl Read, depth: usize) {
        let gate = Gate::default();
        let mut archive = tar::Archive::new(Gated { reader, gate: &gate });
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.visitor.unreadable(name, &error.to_string()),
        };
        // What the archive still has of the entry before; asking for the next one skips it.
        let mut rest_bytes: u64 = 0;
        loop {
            let allowed = rest_bytes.saturating_add(TAR_HEADERS_BYTES);
            gate.open(allowed.min(self.left_bytes));
            let next = entries.next();
            self.left_bytes = self.left_bytes.saturating_sub(gate.passed.get());
            let entry = match next {
                None => return,
                Some(Ok(entry)) => entry,
                Some(Err(_)) if gate.is_shut.get() => {
                    let reason = if self.left_bytes == 0 {
                        format!("the archive unpacks to more than {} bytes", self.limits.archive_bytes)
                    } else {
                        format!("the headers of an entry have more than {TAR_HEADERS_BYTES} bytes")
                    };
                    return self.visitor.unreadable(name, &reason);
                }
                Some(Err(error)) => return self.visitor.unreadable(name, &error.to_string()),
            };
            let kind = entry.header().entry_type();
            if kind.is_gnu_sparse() {
                // Its size is that of the file it stands for: what the archive has of it, and so the bound, is unknown.
                return self.visitor.unreadable(name, "the archive has a sparse file, and no feed needs one");
            }
            // Entries are padded to whole blocks.
            rest_bytes = entry.size().saturating_add(TAR_BLOCK_BYTES);
            if !kind.is_file() {
                continue;
            }
            let inner = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            // From here the content is bounded, and counted, where it is read.
            gate.open(u64::MAX);
            if !self.one(&inner, entry, depth) {
                return;
            }
            rest_bytes = rest_bytes.saturating_sub(gate.passed.get());
        }
    }

    fn zip(&mut self, name: &str, reader: impl Read + Seek, depth: usize) {
        let mut archive = match zip::ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => return self.visitor.unreadable(name, &error.to_string()),
        };
        for index in 0..archive.len() {
            let inner = match archive.by_index(index) {
                Ok(inner) => inner,
                Err(error) => {
                    self.visitor.unreadable(name, &error.to_string());
                    continue;
                }
            };
            if inner.is_file() {
                let inner_name = inner.name().to_owned();
                if !self.one(&inner_name, inner, depth) {
                    return;
                }
            }
        }
    }

    /// Reads one file of an archive; false once the archive has used up what it may.
    fn one(&mut self, name: &str, reader: impl Read, depth: usize) -> bool {
        let Some(left) = self.left.checked_sub(1).filter(|_| self.left_bytes > 0) else {
            self.visitor.unreadable(name, "the archive holds more than is read");
            return false;
        };
        self.left = left;
        match self.whole(reader) {
            Ok(bytes) => self.any(name, bytes, depth + 1),
            Err(error) => self.visitor.unreadable(name, &error.to_string()),
        }
        true
    }
}

/// How much may pass until somebody allows more.
#[derive(Debug, Default)]
struct Gate {
    left: Cell<u64>,
    /// How much has passed since it was opened.
    passed: Cell<u64>,
    /// Whether more was asked for than may pass.
    is_shut: Cell<bool>,
}

impl Gate {
    fn open(&self, bytes: u64) {
        self.left.set(bytes);
        self.passed.set(0);
        self.is_shut.set(false);
    }
}

/// A reader behind a gate.
struct Gated<'a, R> {
    reader: R,
    gate: &'a Gate,
}

impl<R: Read> Read for Gated<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.gate.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            self.gate.is_shut.set(true);
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let count = self.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        let passed = u64::try_from(count).unwrap_or(u64::MAX);
        self.gate.left.set(self.gate.left.get().saturating_sub(passed));
        self.gate.passed.set(self.gate.passed.get().saturating_add(passed));
        Ok(count)
    }
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}
