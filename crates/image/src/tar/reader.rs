//! The stream of entries.

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom};

use super::TarError;
use super::header::{BLOCK, Block, Header};
use super::pax::{self, Extended};
use super::sparse::{self, MAX_PIECES, MapLines, Piece};

/// What one read asks of the stream.
const BUFFER_BYTES: usize = 256 * 1024;

/// Bytes of a long name or of one extended header, as in Go's `archive/tar`.
const MAX_EXTENDED_BYTES: u64 = 1 << 20;

/// The type of [`EntryKind::Unreadable`]; the format leaves capital letters to vendors.
pub(crate) const UNREADABLE_FLAG: u8 = b'U';

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file with data.
    File,
    /// Another name of a file.
    HardLink,
    /// A symbolic link.
    Symlink,
    /// A folder.
    Dir,
    /// A device or pipe.
    Device,
    /// A file of a folder that could not be read, its link being the reason: written by this crate alone.
    Unreadable,
    /// Something that engines do not unpack.
    Other,
}

/// An entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name as written.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
    /// Where a link points to, as written.
    pub link: Vec<u8>,
    /// Bytes of its data, holes included.
    pub size_bytes: u64,
    /// Its permissions.
    pub mode: u32,
}

/// Data of the entry that is being read.
#[derive(Debug, Default)]
struct Data {
    /// Bytes in the stream that are the entry's, with the padding behind them.
    stored: u64,
    /// Pieces that are still to come, `None` if the file has no holes.
    pieces: Option<VecDeque<Piece>>,
    /// Where in the file the reader is.
    at: u64,
    /// The file's size.
    size: u64,
}

/// Reads an archive entry by entry. Data that is not asked for is skipped.
#[derive(Debug)]
pub struct TarReader<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    data: Data,
    padding: u64,
    is_done: bool,
}

impl<R: Read> TarReader<R> {
    /// Starts to read.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            offset: 0,
            data: Data::default(),
            padding: 0,
            is_done: false,
        }
    }

    /// Returns how many bytes of the archive were consumed.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads on to the next entry; nothing at the archive's end.
    ///
    /// # Errors
    /// When the archive is malformed or ends early; there is no next entry then.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, TarError> {
        if self.is_done {
            return Ok(None);
        }
        let entry = self.advance();
        if !matches!(entry, Ok(Some(_))) {
            self.is_done = true;
        }
        entry
    }

    fn advance(&mut self) -> Result<Option<Entry>, TarError> {
        let rest = std::mem::take(&mut self.data).stored.saturating_add(std::mem::take(&mut self.padding));
        self.skip(rest)?;
        let mut extended = Extended::default();
        let (mut long_name, mut long_link) = (None, None);
        loop {
            let offset = self.offset;
            let Some(block) = self.block()? else { return Ok(None) };
            let header = Header(&block);
            if header.is_zero() {
                return Ok(None);
            }
            if !header.is_sound() {
                return Err(TarError::Malformed { offset, detail: "the sum of a header" });
            }
            let size = header.size().ok_or(TarError::Malformed { offset, detail: "a size" })?;
            match header.type_flag() {
                b'x' => {
                    let records = self.extended(size)?;
                    extended = pax::parse(&records, MAX_PIECES * 2)
                        .ok_or(TarError::Malformed { offset, detail: "an extended header" })?;
                }
                b'g' => {
                    self.extended(size)?;
                }
                b'L' => long_name = Some(cut(self.extended(size)?)),
                b'K' => long_link = Some(cut(self.extended(size)?)),
                _ => return self.entry(&header, extended, long_name, long_link, offset).map(Some),
            }
        }
    }

    fn entry(
        &mut self,
        header: &Header<'_>,
        extended: Extended,
        long_name: Option<Vec<u8>>,
        long_link: Option<Vec<u8>>,
        offset: u64,
    ) -> Result<Entry, TarError> {
        let sparse_name = extended.sparse.name.clone().filter(|name| !name.is_empty() && extended.sparse.is_sparse());
        let name = sparse_name.or(long_name).or(extended.path).unwrap_or_else(|| header.name());
        let link = long_link.or(extended.link).unwrap_or_else(|| header.link());
        let kind = match header.type_flag() {
            b'1' => EntryKind::HardLink,
            b'2' => EntryKind::Symlink,
            b'3' | b'4' | b'6' => EntryKind::Device,
            b'5' => EntryKind::Dir,
            // Only archives older than POSIX call folders so.
            0 if name.ends_with(b"/") => EntryKind::Dir,
            b'0' | 0 | b'7' | b'S' => EntryKind::File,
            UNREADABLE_FLAG => EntryKind::Unreadable,
            _ => EntryKind::Other,
        };
        let stored = match kind {
            // Only a header, whatever its size says.
            EntryKind::HardLink | EntryKind::Symlink | EntryKind::Device | EntryKind::Dir | EntryKind::Unreadable => 0,
            EntryKind::File | EntryKind::Other => extended.size.or_else(|| header.size()).unwrap_or(0),
        };
        let padding = (BLOCK as u64 - stored % BLOCK as u64) % BLOCK as u64;
        let malformed = |detail| TarError::Malformed { offset, detail };
        if stored > u64::MAX / 2 {
            return Err(malformed("a size"));
        }
        self.padding = padding;
        self.data = Data { stored, pieces: None, at: 0, size: stored };
        if kind == EntryKind::File {
            self.map(header, &extended.sparse, offset)?;
        }
        Ok(Entry { name, kind, link, size_bytes: self.data.size, mode: header.mode() })
    }

    /// Reads the map of a sparse file, if this is one.
    fn map(&mut self, header: &Header<'_>, records: &pax::SparseRecords, offset: u64) -> Result<(), TarError> {
        let malformed = || TarError::Malformed { offset, detail: "the map of a sparse file" };
        let (pieces, size) = if header.type_flag() == b'S' && header.is_gnu() {
            let mut pieces = Vec::new();
            let (fields, mut more) = header.sparse();
            sparse::of_header(fields, &mut pieces).ok_or_else(malformed)?;
            while more {
                let block = self.block()?.ok_or(TarError::Truncated { offset: self.offset })?;
                let (fields, rest) = block.split_at(504);
                sparse::of_header(fields, &mut pieces).ok_or_else(malformed)?;
                more = rest.first().is_some_and(|more| *more != 0);
            }
            (pieces, header.real_size().ok_or_else(malformed)?)
        } else if records.major == Some(1) && records.minor == Some(0) {
            let mut lines = MapLines::default();
            loop {
                let left = self.data.stored.checked_sub(BLOCK as u64).ok_or_else(malformed)?;
                let block = self.block()?.ok_or(TarError::Truncated { offset: self.offset })?;
                self.data.stored = left;
                if lines.take(&block).ok_or_else(malformed)? {
                    break;
                }
            }
            (sparse::of_numbers(&lines.numbers).ok_or_else(malformed)?, records.real_size.ok_or_else(malformed)?)
        } else if records.has_map && records.is_sparse() {
            let size = records.real_size.ok_or_else(malformed)?;
            (sparse::of_numbers(&records.numbers).ok_or_else(malformed)?, size)
        } else {
            return Ok(());
        };
        sparse::check(&pieces, size, self.data.stored, offset)?;
        self.data.pieces = Some(pieces.into());
        self.data.size = size;
        Ok(())
    }

    /// Reads data of the entry, holes as zeros; 0 at its end.
    ///
    /// # Errors
    /// When the archive ends early.
    pub fn read_data(&mut self, into: &mut [u8]) -> Result<usize, TarError> {
        let left = usize::try_from(self.data.size - self.data.at).unwrap_or(usize::MAX);
        let want = into.len().min(left);
        let Some(into) = into.get_mut(..want).filter(|into| !into.is_empty()) else { return Ok(0) };
        let (want, is_hole) = match &mut self.data.pieces {
            None => (want, false),
            Some(pieces) => {
                while pieces.front().is_some_and(|piece| piece.offset + piece.len <= self.data.at) {
                    pieces.pop_front();
                }
                let (until, is_hole) = match pieces.front() {
                    Some(piece) if piece.offset > self.data.at => (piece.offset, true),
                    Some(piece) => (piece.offset + piece.len, false),
                    None => (self.data.size, true),
                };
                (want.min(usize::try_from(until - self.data.at).unwrap_or(usize::MAX)), is_hole)
            }
        };
        let Some(into) = into.get_mut(..want) else { return Ok(0) };
        let got = if is_hole {
            into.fill(0);
            want
        } else {
            self.take(into)?
        };
        if got == 0 {
            return Err(TarError::Truncated { offset: self.offset });
        }
        self.data.at += got as u64;
        if !is_hole {
            self.data.stored -= got as u64;
        }
        Ok(got)
    }

    /// Reads data until `into` is full or the entry ends.
    ///
    /// # Errors
    /// When the archive ends early.
    pub fn fill_data(&mut self, into: &mut [u8]) -> Result<usize, TarError> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read_data(rest)? {
                0 => break,
                got => filled += got,
            }
        }
        Ok(filled)
    }

    /// Reads what comes behind the archive's end, so that whoever counts or hashes the stream sees all of it.
    ///
    /// # Errors
    /// When the stream fails.
    pub fn drain(&mut self) -> Result<(), TarError> {
        loop {
            self.offset += (self.end - self.start) as u64;
            (self.start, self.end) = (0, 0);
            if !self.refill()? {
                return Ok(());
            }
        }
    }

    fn refill(&mut self) -> Result<bool, TarError> {
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(got) => {
                    (self.start, self.end) = (0, got.min(self.buffer.len()));
                    return Ok(got > 0);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(TarError::Read(error)),
            }
        }
    }

    fn take(&mut self, into: &mut [u8]) -> Result<usize, TarError> {
        if self.start == self.end && !self.refill()? {
            return Ok(0);
        }
        let from = self.buffer.get(self.start..self.end).unwrap_or_default();
        let got = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..got), from.get(..got)) {
            into.copy_from_slice(from);
        }
        self.start += got;
        self.offset += got as u64;
        Ok(got)
    }

    fn skip(&mut self, mut bytes: u64) -> Result<(), TarError> {
        while bytes > 0 {
            if self.start == self.end && !self.refill()? {
                return Err(TarError::Truncated { offset: self.offset });
            }
            let step = (self.end - self.start).min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.start += step;
            self.offset += step as u64;
            bytes -= step as u64;
        }
        Ok(())
    }

    /// Reads a whole block; nothing if the stream is at its end.
    fn block(&mut self) -> Result<Option<Block>, TarError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.take(rest)? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(TarError::Truncated { offset: self.offset }),
                got => filled += got,
            }
        }
        Ok(Some(block))
    }

    /// Reads the data of a long name or extended header.
    fn extended(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > MAX_EXTENDED_BYTES {
            return Err(TarError::TooLarge { what: "bytes in an extended header", limit: MAX_EXTENDED_BYTES });
        }
        let len = usize::try_from(size).unwrap_or(0);
        let mut data = vec![0; len.next_multiple_of(BLOCK)];
        let mut filled = 0;
        while let Some(rest) = data.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.take(rest)? {
                0 => return Err(TarError::Truncated { offset: self.offset }),
                got => filled += got,
            }
        }
        data.truncate(len);
        Ok(data)
    }
}

impl<R: Read + Seek> TarReader<R> {
    /// Skips the entry's data without reading it; that it is all there is not checked.
    ///
    /// # Errors
    /// When the file cannot be sought.
    pub fn seek_over_data(&mut self) -> Result<(), TarError> {
        let rest = std::mem::take(&mut self.data).stored.saturating_add(std::mem::take(&mut self.padding));
        let buffered = (self.end - self.start) as u64;
        let Some(beyond) = rest.checked_sub(buffered) else { return self.skip(rest) };
        (self.start, self.end) = (0, 0);
        let to = i64::try_from(beyond).map_err(|_| TarError::Truncated { offset: self.offset })?;
        self.input.seek(SeekFrom::Current(to)).map_err(TarError::Read)?;
        self.offset = self.offset.saturating_add(rest);
        Ok(())
    }
}

/// Cuts a long name at its first zero byte.
fn cut(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = name.iter().position(|byte| *byte == 0) {
        name.truncate(end);
    }
    name
}
