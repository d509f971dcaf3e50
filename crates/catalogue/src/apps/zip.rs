//! ZIP archives, read where they lie.
//!
//! The central directory is walked by hand instead of by a crate: a general reader looks for one that fits from every
//! possible end backwards, which an attacker turns into hours, and allocates for each member. Here the last end record
//! counts, sizes are believed only as far as the bytes reach, and all archives within one file share one budget.

use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::findings::ParseError;
use crate::limits::Limits;

const FORMAT: &str = "ZIP";
const END: [u8; 4] = *b"PK\x05\x06";
const END64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR64: [u8; 4] = *b"PK\x06\x07";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Below this, a ratio says nothing.
const RATIO_FLOOR: u64 = 16 << 20;

/// What all archives within one file may use together.
#[derive(Debug)]
pub(crate) struct Budget {
    entries: usize,
    unpacked_bytes: u64,
    limits: Limits,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { entries: limits.entries, unpacked_bytes: limits.unpacked_bytes, limits: *limits }
    }

    /// Inflates, up to the budget and to `cap` bytes.
    fn inflate(&mut self, packed: &[u8], cap: u64) -> Result<Vec<u8>, ParseError> {
        let by_ratio = (packed.len() as u64).saturating_mul(self.limits.ratio).max(RATIO_FLOOR);
        let limit = cap.min(self.unpacked_bytes).min(by_ratio);
        let mut out = Vec::new();
        let read = DeflateDecoder::new(packed).take(limit.saturating_add(1)).read_to_end(&mut out);
        self.unpacked_bytes = self.unpacked_bytes.saturating_sub(out.len() as u64);
        if out.len() as u64 > limit {
            return Err(ParseError::too_large(FORMAT, "unpacked bytes", usize::try_from(limit).unwrap_or(usize::MAX)));
        }
        read.map_err(|_| ParseError::malformed(FORMAT, 0, "a member does not inflate"))?;
        Ok(out)
    }
}

/// One member of an archive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    name: &'a [u8],
    method: u16,
    encrypted: bool,
    packed_bytes: u64,
    header_offset: u64,
}

impl Member<'_> {
    /// Its name; bytes that are no UTF-8 become U+FFFD.
    pub(crate) fn name(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.name)
    }
}

/// An archive, which may have anything in front of it.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    start: u64,
    members: Vec<Member<'a>>,
}

impl<'a> Archive<'a> {
    /// Reads the list of members.
    ///
    /// # Errors
    /// There is no archive, or it has more members than the budget.
    pub(crate) fn open(bytes: &'a [u8], budget: &mut Budget) -> Result<Self, ParseError> {
        let end =
            find_end(bytes).ok_or_else(|| ParseError::malformed(FORMAT, bytes.len(), "there is no end record"))?;
        let directory = directory(bytes, end)?;
        let mut archive = Self { bytes, start: directory.start, members: Vec::new() };
        let mut at = directory.offset;
        for _ in 0..directory.count {
            let Some((member, next)) = member(bytes, at) else { break };
            budget.entries = budget
                .entries
                .checked_sub(1)
                .ok_or_else(|| ParseError::too_large(FORMAT, "members", budget.limits.entries))?;
            archive.members.push(member);
            at = next;
        }
        Ok(archive)
    }

    pub(crate) fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// Unpacks one member of at most `cap` bytes.
    ///
    /// # Errors
    /// It is packed or encrypted in a way that is not read, damaged, or larger than the budget or `cap`.
    pub(crate) fn read(&self, member: &Member<'_>, cap: u64, budget: &mut Budget) -> Result<Vec<u8>, ParseError> {
        let header = usize::try_from(member.header_offset.saturating_add(self.start)).unwrap_or(usize::MAX);
        let broken = || ParseError::malformed(FORMAT, header, "a member lies outside of the archive");
        if slice(self.bytes, header, 4) != Some(&LOCAL) {
            return Err(broken());
        }
        let field = |at: usize| u16_at(self.bytes, header.saturating_add(at)).map(usize::from);
        let (name, extra) = (field(26).ok_or_else(broken)?, field(28).ok_or_else(broken)?);
        let data = header.saturating_add(30).saturating_add(name).saturating_add(extra);
        let length = usize::try_from(member.packed_bytes).unwrap_or(usize::MAX);
        let packed = slice(self.bytes, data, length).ok_or_else(broken)?;
        if member.encrypted {
            return Err(ParseError::unsupported(FORMAT, "encryption"));
        }
        match member.method {
            0 if packed.len() as u64 > cap.min(budget.unpacked_bytes) => {
                Err(ParseError::too_large(FORMAT, "unpacked bytes", usize::try_from(cap).unwrap_or(usize::MAX)))
            }
            0 => {
                budget.unpacked_bytes -= packed.len() as u64;
                Ok(packed.to_vec())
            }
            8 => budget.inflate(packed, cap),
            method => Err(ParseError::unsupported(FORMAT, format!("packing method {method}"))),
        }
    }
}

struct Directory {
    start: u64,
    offset: usize,
    count: u64,
}

/// Finds the last end record; a comment of at most 64 KiB may follow it, and so may some padding.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(22 + 65_535 + 4096);
    let tail = bytes.get(from..)?;
    tail.windows(4).rposition(|window| window == END).map(|at| from + at).filter(|at| at + 22 <= bytes.len())
}

fn directory(bytes: &[u8], end: usize) -> Result<Directory, ParseError> {
    let broken = || ParseError::malformed(FORMAT, end, "the end record points nowhere");
    let mut count = u64::from(u16_at(bytes, end + 10).ok_or_else(broken)?);
    let mut size = u64::from(u32_at(bytes, end + 12).ok_or_else(broken)?);
    let mut offset = u64::from(u32_at(bytes, end + 16).ok_or_else(broken)?);
    let mut directory_end = end as u64;
    let locator = end.checked_sub(20).filter(|at| slice(bytes, *at, 4) == Some(&LOCATOR64));
    if let Some(locator) = locator
        && (count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff)
    {
        // The record lies straight before its locator, whatever precedes the archive.
        let record = locator.checked_sub(56).filter(|at| slice(bytes, *at, 4) == Some(&END64)).ok_or_else(broken)?;
        count = u64_at(bytes, record + 32).ok_or_else(broken)?;
        size = u64_at(bytes, record + 40).ok_or_else(broken)?;
        offset = u64_at(bytes, record + 48).ok_or_else(broken)?;
        directory_end = record as u64;
    }
    let real = directory_end.checked_sub(size).ok_or_else(broken)?;
    let start = real.checked_sub(offset).ok_or_else(broken)?;
    Ok(Directory { start, offset: usize::try_from(real).map_err(|_| broken())?, count })
}

/// Reads one entry of the central directory, and where the next begins.
fn member(bytes: &[u8], at: usize) -> Option<(Member<'_>, usize)> {
    if slice(bytes, at, 4)? != CENTRAL {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, at + 28)?);
    let extra_length = usize::from(u16_at(bytes, at + 30)?);
    let comment_length = usize::from(u16_at(bytes, at + 32)?);
    let name = slice(bytes, at + 46, name_length)?;
    let extra = slice(bytes, at + 46 + name_length, extra_length)?;
    let mut packed_bytes = u64::from(u32_at(bytes, at + 20)?);
    let mut header_offset = u64::from(u32_at(bytes, at + 42)?);
    let unpacked_wide = u32_at(bytes, at + 24)? == 0xffff_ffff;
    if let Some(wide) = wide_fields(extra) {
        // The field holds only those values that do not fit, in this order.
        let mut values = wide.chunks_exact(8).filter_map(|chunk| u64_at(chunk, 0));
        if unpacked_wide {
            values.next();
        }
        if packed_bytes == 0xffff_ffff {
            packed_bytes = values.next()?;
        }
        if header_offset == 0xffff_ffff {
            header_offset = values.next()?;
        }
    }
    let encrypted = u16_at(bytes, at + 8)? & 1 != 0;
    let member = Member { name, method: u16_at(bytes, at + 10)?, encrypted, packed_bytes, header_offset };
    Some((member, at + 46 + name_length + extra_length + comment_length))
}

/// The ZIP64 extra field, number 1.
fn wide_fields(mut extra: &[u8]) -> Option<&[u8]> {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let value = slice(extra, 4, usize::from(length))?;
        if id == 1 {
            return Some(value);
        }
        extra = extra.get(4 + usize::from(length)..)?;
    }
    None
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    slice(bytes, at, 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    slice(bytes, at, 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    slice(bytes, at, 8)?.try_into().ok().map(u64::from_le_bytes)
}
