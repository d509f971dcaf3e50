//! A sorted table: keys and values in compressed blocks, and an index of each block's first key.
//!
//! | Part | Holds |
//! |---|---|
//! | blocks | zstd frames with checksum, of entries: length, key, length, value |
//! | index | 32 bytes a block: where it is (8), its length (4), its length uncompressed (4), where its first key is in the keys (8), the key's length (4), how many entries it has (4); little-endian |
//! | keys | the first keys, one after the other |

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::DecoderDictionary;

use crate::codec::{Reader, Writer};
use crate::error::Error;

/// A block is closed once it has so many bytes: small enough that one look-up stays cheap, large enough to compress.
const BLOCK_BYTES: usize = 32 * 1024;
/// No block, and so no value, is larger uncompressed.
const MAX_BLOCK_BYTES: usize = 64 << 20;
pub(crate) const INDEX_ENTRY_BYTES: usize = 32;

/// Writes a table; keys must come in order.
pub(crate) struct TableWriter<'a> {
    compressor: Compressor<'a>,
    pub(crate) blocks: Vec<u8>,
    pub(crate) index: Vec<u8>,
    pub(crate) keys: Vec<u8>,
    open: Writer,
    open_key: Vec<u8>,
    open_count: u32,
}

impl<'a> TableWriter<'a> {
    pub(crate) fn new(dictionary: &'a zstd::dict::EncoderDictionary<'a>) -> Result<Self, Error> {
        let failed = |source| Error::Make { what: "a compressor", source };
        let mut compressor = Compressor::with_prepared_dictionary(dictionary).map_err(failed)?;
        compressor.include_checksum(true).map_err(failed)?;
        Ok(Self {
            compressor,
            blocks: Vec::new(),
            index: Vec::new(),
            keys: Vec::new(),
            open: Writer::default(),
            open_key: Vec::new(),
            open_count: 0,
        })
    }

    pub(crate) fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        if self.open_count == 0 {
            self.open_key = key.to_vec();
        }
        self.open.bytes(key);
        self.open.bytes(value);
        self.open_count += 1;
        if self.open.0.len() >= BLOCK_BYTES { self.close() } else { Ok(()) }
    }

    pub(crate) fn close(&mut self) -> Result<(), Error> {
        if self.open_count == 0 {
            return Ok(());
        }
        let raw = std::mem::take(&mut self.open.0);
        let failed = |source| Error::Make { what: "a block", source };
        let too_large = || failed(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
        if raw.len() > MAX_BLOCK_BYTES {
            return Err(too_large());
        }
        let packed = self.compressor.compress(&raw).map_err(failed)?;
        let small = |number: usize| u32::try_from(number).map_err(|_| too_large());
        let large = |number: usize| u64::try_from(number).map_err(|_| too_large());
        self.index.extend_from_slice(&large(self.blocks.len())?.to_le_bytes());
        self.index.extend_from_slice(&small(packed.len())?.to_le_bytes());
        self.index.extend_from_slice(&small(raw.len())?.to_le_bytes());
        self.index.extend_from_slice(&large(self.keys.len())?.to_le_bytes());
        self.index.extend_from_slice(&small(self.open_key.len())?.to_le_bytes());
        self.index.extend_from_slice(&self.open_count.to_le_bytes());
        self.blocks.extend_from_slice(&packed);
        self.keys.extend_from_slice(&self.open_key);
        self.open_count = 0;
        Ok(())
    }
}

/// The parts of a table in the file's bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) blocks: &'a [u8],
    pub(crate) index: &'a [u8],
    pub(crate) keys: &'a [u8],
}

/// A block's place.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    packed: &'a [u8],
    raw_bytes: usize,
    key: &'a [u8],
    entries: u32,
}

/// So many bytes of blocks are kept of each table.
const KEPT_BYTES: usize = 8 << 20;

/// A block, uncompressed, and where its entries are: they are sought more often than read.
#[derive(Debug)]
struct Block {
    bytes: Vec<u8>,
    /// The keys and the values.
    entries: Vec<(Range<usize>, Range<usize>)>,
}

impl Block {
    fn of(bytes: Vec<u8>) -> Result<Self, Error> {
        let mut entries = Vec::new();
        let mut reader = Reader(&bytes);
        while !reader.0.is_empty() {
            let mut range = || {
                let length = reader.bytes()?.len();
                let end = bytes.len() - reader.0.len();
                Ok::<_, Error>(end - length..end)
            };
            entries.push((range()?, range()?));
        }
        Ok(Self { bytes, entries })
    }

    fn value(&self, key: &[u8]) -> Option<&[u8]> {
        let own = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        let at = self.entries.binary_search_by(|(known, _)| own(known).cmp(key)).ok()?;
        self.entries.get(at).map(|(_, value)| own(value))
    }
}

/// The blocks that were read last, the very last one first: what one image asks for comes again and again.
#[derive(Debug, Default)]
pub(crate) struct KeptBlocks(Mutex<VecDeque<(usize, Arc<Block>)>>);

impl KeptBlocks {
    fn get(&self, number: usize) -> Option<Arc<Block>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| *known == number)?;
        let found = kept.remove(at)?;
        let block = Arc::clone(&found.1);
        kept.push_front(found);
        Some(block)
    }

    fn put(&self, number: usize, block: &Arc<Block>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((number, Arc::clone(block)));
        let mut bytes = 0;
        // The last one is kept, whatever its size.
        let fitting = kept.iter().take_while(|(_, block)| {
            bytes += block.bytes.len();
            bytes <= KEPT_BYTES
        });
        let count = fitting.count().max(1);
        kept.truncate(count);
    }
}

impl<'a> Parts<'a> {
    pub(crate) fn block_count(&self) -> usize {
        self.index.len() / INDEX_ENTRY_BYTES
    }

    fn place(&self, number: usize) -> Result<Place<'a>, Error> {
        let wrong = || Error::damaged("the index points to nowhere");
        let at = number.checked_mul(INDEX_ENTRY_BYTES).ok_or_else(wrong)?;
        let entry = self.index.get(at..).and_then(|rest| rest.first_chunk::<INDEX_ENTRY_BYTES>()).ok_or_else(wrong)?;
        let (large, small) = (|from| u64_at(entry, from), |from| u32_at(entry, from));
        let slice = |whole: &'a [u8], from: u64, length: u32| {
            let from = usize::try_from(from).ok()?;
            whole.get(from..from.checked_add(usize::try_from(length).ok()?)?)
        };
        let packed = slice(self.blocks, large(0), small(8)).ok_or_else(wrong)?;
        let key = slice(self.keys, large(16), small(24)).ok_or_else(wrong)?;
        let raw_bytes = usize::try_from(small(12)).ok().filter(|bytes| *bytes <= MAX_BLOCK_BYTES).ok_or_else(wrong)?;
        Ok(Place { packed, raw_bytes, key, entries: small(28) })
    }

    fn block(&self, number: usize, dictionary: &DecoderDictionary<'_>) -> Result<Vec<u8>, Error> {
        let place = self.place(number)?;
        let wrong = |error: std::io::Error| Error::damaged(format!("block {number}: {error}"));
        let mut decompressor = Decompressor::with_prepared_dictionary(dictionary).map_err(wrong)?;
        let raw = decompressor.decompress(place.packed, place.raw_bytes).map_err(wrong)?;
        if raw.len() == place.raw_bytes { Ok(raw) } else { Err(Error::damaged(format!("block {number} is short"))) }
    }

    /// Returns the value of a key.
    pub(crate) fn get(
        &self,
        key: &[u8],
        dictionary: &DecoderDictionary<'_>,
        kept: &KeptBlocks,
    ) -> Result<Option<Vec<u8>>, Error> {
        let (mut low, mut high) = (0, self.block_count());
        while low < high {
            let middle = low.midpoint(high);
            if self.place(middle)?.key <= key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(number) = low.checked_sub(1) else { return Ok(None) };
        let block = match kept.get(number) {
            Some(block) => block,
            None => {
                let block = Arc::new(Block::of(self.block(number, dictionary)?)?);
                kept.put(number, &block);
                block
            }
        };
        Ok(block.value(key).map(<[u8]>::to_vec))
    }

    /// Calls for every entry in order, and checks the order as it goes.
    pub(crate) fn each(
        &self,
        dictionary: &DecoderDictionary<'_>,
        mut entry: impl FnMut(&[u8], &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut entries = Entries::new(*self, dictionary);
        while let Some((key, value)) = entries.next_entry()? {
            entry(key, value)?;
        }
        Ok(())
    }
}

/// A key and its value.
pub(crate) type Entry<'a> = (&'a [u8], &'a [u8]);

/// All entries in order, one block in memory.
pub(crate) struct Entries<'a> {
    parts: Parts<'a>,
    dictionary: &'a DecoderDictionary<'a>,
    next_block: usize,
    block: Vec<u8>,
    at: usize,
    left: u32,
    previous: Vec<u8>,
    is_first: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(parts: Parts<'a>, dictionary: &'a DecoderDictionary<'a>) -> Self {
        Self {
            parts,
            dictionary,
            next_block: 0,
            block: Vec::new(),
            at: 0,
            left: 0,
            previous: Vec::new(),
            is_first: true,
        }
    }

    /// Returns the next key and value.
    pub(crate) fn next_entry(&mut self) -> Result<Option<Entry<'_>>, Error> {
        let is_new = self.at >= self.block.len();
        if is_new {
            if self.left > 0 {
                return Err(Error::damaged("a block has fewer entries than its index says"));
            }
            if self.next_block >= self.parts.block_count() {
                return Ok(None);
            }
            self.left = self.parts.place(self.next_block)?.entries;
            self.block = self.parts.block(self.next_block, self.dictionary)?;
            self.at = 0;
        }
        let mut reader = Reader(self.block.get(self.at..).unwrap_or_default());
        let key_bytes = reader.bytes()?.len();
        let key_end = self.block.len() - reader.0.len();
        let value_bytes = reader.bytes()?.len();
        self.at = self.block.len() - reader.0.len();
        let key = self.block.get(key_end - key_bytes..key_end).unwrap_or_default();
        let value = self.block.get(self.at - value_bytes..self.at).unwrap_or_default();
        if !self.is_first && key <= self.previous.as_slice() {
            return Err(Error::damaged("keys are out of order"));
        }
        if is_new && self.parts.place(self.next_block)?.key != key {
            return Err(Error::damaged("a block does not begin with its index's key"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| Error::damaged("a block has more entries than said"))?;
        self.next_block += usize::from(is_new);
        self.is_first = false;
        self.previous.clear();
        self.previous.extend_from_slice(key);
        Ok(Some((key, value)))
    }
}

fn u64_at(entry: &[u8; INDEX_ENTRY_BYTES], from: usize) -> u64 {
    entry.get(from..).and_then(|rest| rest.first_chunk()).map_or(u64::MAX, |bytes| u64::from_le_bytes(*bytes))
}

fn u32_at(entry: &[u8; INDEX_ENTRY_BYTES], from: usize) -> u32 {
    entry.get(from..).and_then(|rest| rest.first_chunk()).map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes))
}
