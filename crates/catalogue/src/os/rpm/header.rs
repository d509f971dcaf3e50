//! The header of an rpm package, as every rpm database holds it (rpm's `format_v4`, "Header").

use crate::findings::ParseError;
use crate::os::bytes::{Order, slice, until_zero};

const FORMAT: &str = "rpm header";
/// Bytes of an index entry: tag, type, offset, count.
const ENTRY: usize = 16;
/// More entries than any real header has; rpm itself refuses more than 65,535.
const ENTRIES: usize = 0xffff;

/// Tags that are read.
pub(crate) mod tag {
    pub(crate) const NAME: u32 = 1000;
    pub(crate) const VERSION: u32 = 1001;
    pub(crate) const RELEASE: u32 = 1002;
    pub(crate) const EPOCH: u32 = 1003;
    pub(crate) const VENDOR: u32 = 1011;
    pub(crate) const LICENSE: u32 = 1014;
    pub(crate) const ARCH: u32 = 1022;
    pub(crate) const OLD_FILENAMES: u32 = 1027;
    pub(crate) const SOURCE_RPM: u32 = 1044;
    pub(crate) const DIR_INDEXES: u32 = 1116;
    pub(crate) const BASE_NAMES: u32 = 1117;
    pub(crate) const DIR_NAMES: u32 = 1118;
    pub(crate) const MODULARITY_LABEL: u32 = 5096;
}

const TYPE_INT16: u32 = 3;
const TYPE_INT32: u32 = 4;
const TYPE_STRING: u32 = 6;
const TYPE_STRING_ARRAY: u32 = 8;
const TYPE_I18N: u32 = 9;

/// A header blob, checked at its edges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Takes a blob apart: counts of index entries and data bytes, the entries, the data.
    pub(crate) fn read(blob: &'a [u8]) -> Result<Self, ParseError> {
        let truncated = |offset| ParseError::truncated(FORMAT, offset);
        let entries = Order::Big.word(blob, 0).ok_or_else(|| truncated(0))?;
        let data_length = Order::Big.word(blob, 4).ok_or_else(|| truncated(4))?;
        if entries == 0 || entries > ENTRIES {
            return Err(ParseError::malformed(FORMAT, 0, "impossible number of index entries"));
        }
        let index = slice(blob, 8, entries * ENTRY).ok_or_else(|| truncated(8))?;
        let data = slice(blob, 8 + entries * ENTRY, data_length).ok_or_else(|| truncated(8 + index.len()))?;
        Ok(Self { index, data })
    }

    fn entry(&self, wanted: u32) -> Option<(u32, usize, usize)> {
        let entry = self.index.chunks_exact(ENTRY).find(|entry| Order::Big.u32(entry, 0) == Some(wanted))?;
        Some((Order::Big.u32(entry, 4)?, Order::Big.word(entry, 8)?, Order::Big.word(entry, 12)?))
    }

    /// Returns the first text of a tag; rpm's "(none)" counts as absent.
    pub(crate) fn text(&self, wanted: u32) -> Option<&'a [u8]> {
        let (kind, offset, _) = self.entry(wanted)?;
        if !matches!(kind, TYPE_STRING | TYPE_STRING_ARRAY | TYPE_I18N) {
            return None;
        }
        let value = until_zero(self.data, offset)?;
        (!value.is_empty() && value != b"(none)").then_some(value)
    }

    /// Returns the texts of a tag.
    pub(crate) fn texts(&self, wanted: u32) -> impl Iterator<Item = &'a [u8]> {
        let (offset, count) = match self.entry(wanted) {
            Some((TYPE_STRING | TYPE_STRING_ARRAY | TYPE_I18N, offset, count)) => (offset, count),
            _ => (0, 0),
        };
        let mut at = offset;
        let data = self.data;
        std::iter::from_fn(move || {
            if at >= data.len() {
                return None;
            }
            let value = until_zero(data, at)?;
            at += value.len() + 1;
            Some(value)
        })
        .take(count)
    }

    /// Returns the numbers of a tag.
    pub(crate) fn numbers(&self, wanted: u32) -> impl Iterator<Item = u32> {
        let (kind, offset, count) = self.entry(wanted).unwrap_or((0, 0, 0));
        let data = self.data;
        (0..count).map_while(move |index| match kind {
            TYPE_INT16 => Order::Big.u16(data, offset.checked_add(index.checked_mul(2)?)?).map(u32::from),
            TYPE_INT32 => Order::Big.u32(data, offset.checked_add(index.checked_mul(4)?)?),
            _ => None,
        })
    }
}
