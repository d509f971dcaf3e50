//! Registry hives, read only ("regf"; M. Suhanov, "Windows registry file format specification").

use crate::findings::ParseError;
use crate::os::bytes::{Order, slice, text, utf16};

const FORMAT: &str = "registry hive";
/// Offsets of cells count from behind the base block.
const BASE: usize = 0x1000;
/// A name that is stored in one byte a letter (Latin-1).
const KEY_NAME_IS_LATIN: u16 = 0x20;
const VALUE_NAME_IS_LATIN: u16 = 1;
/// Larger data is cut into segments of this size.
const SEGMENT: usize = 16_344;
/// Keys below one key that are looked at; the longest real list has some ten thousand.
const KEYS: usize = 65_536;
/// Values of one key that are looked at.
const VALUES: usize = 512;
/// The longest data that is read: texts and numbers only are asked for.
const DATA_BYTES: usize = 64 << 10;
/// Letters of a name or a text.
const LETTERS: usize = 1024;

/// A hive.
#[derive(Clone, Copy)]
pub(crate) struct Hive<'a> {
    bytes: &'a [u8],
}

/// A key: its node's cell.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    hive: Hive<'a>,
    node: &'a [u8],
}

/// The data of a value.
pub(crate) struct Value<'a> {
    kind: u32,
    data: std::borrow::Cow<'a, [u8]>,
}

impl<'a> Hive<'a> {
    /// Opens a hive and returns its root key.
    pub(crate) fn root(bytes: &'a [u8]) -> Result<Key<'a>, ParseError> {
        if slice(bytes, 0, 4) != Some(b"regf") {
            return Err(ParseError::malformed(FORMAT, 0, "the magic number is wrong"));
        }
        let hive = Self { bytes };
        let root = Order::Little.word(bytes, 36).ok_or_else(|| ParseError::truncated(FORMAT, 36))?;
        hive.key(root).ok_or_else(|| ParseError::malformed(FORMAT, 36, "there is no root key"))
    }

    /// Returns what a cell holds. Its size is negative while it is in use; a freed one is none.
    fn cell(self, offset: usize) -> Option<&'a [u8]> {
        let at = offset.checked_add(BASE)?;
        let size = Order::Little.u32(self.bytes, at)?.cast_signed();
        if size >= 0 {
            return None;
        }
        let size = usize::try_from(size.unsigned_abs()).ok()?.checked_sub(4)?;
        // A cell may claim more than the file holds, in a delta that was cut: what is there is taken.
        let rest = self.bytes.get(at + 4..)?;
        Some(rest.get(..size).unwrap_or(rest))
    }

    fn key(self, offset: usize) -> Option<Key<'a>> {
        let node = self.cell(offset)?;
        (slice(node, 0, 2) == Some(b"nk")).then_some(Key { hive: self, node })
    }

    /// Collects the offsets of keys from a list, or from a list of lists.
    fn list(self, offset: usize, is_inner: bool, out: &mut Vec<usize>) {
        let Some(cell) = self.cell(offset) else { return };
        let count = Order::Little.short(cell, 2).unwrap_or_default();
        let width = match slice(cell, 0, 2) {
            Some(b"lf" | b"lh") => 8,
            Some(b"li") => 4,
            Some(b"ri") if !is_inner => {
                for index in 0..count {
                    if let Some(inner) = Order::Little.word(cell, 4 + index * 4).filter(|_| out.len() < KEYS) {
                        self.list(inner, true, out);
                    }
                }
                return;
            }
            _ => return,
        };
        let offsets = (0..count).map_while(|index| Order::Little.word(cell, 4 + index * width));
        let room = KEYS.saturating_sub(out.len());
        out.extend(offsets.take(room));
    }

    fn data(self, size: usize, offset: usize) -> Option<std::borrow::Cow<'a, [u8]>> {
        let cell = self.cell(offset).filter(|_| size <= DATA_BYTES)?;
        if size <= SEGMENT || slice(cell, 0, 2) != Some(b"db") {
            return cell.get(..size).map(std::borrow::Cow::Borrowed);
        }
        let count = Order::Little.short(cell, 2)?;
        let segments = self.cell(Order::Little.word(cell, 4)?)?;
        let mut whole = Vec::new();
        for index in 0..count {
            let part = self.cell(Order::Little.word(segments, index * 4)?)?;
            whole.extend_from_slice(part.get(..part.len().min(SEGMENT).min(size - whole.len()))?);
            if whole.len() >= size {
                break;
            }
        }
        Some(std::borrow::Cow::Owned(whole))
    }
}

/// Reads a name that is either Latin-1 or UTF-16.
fn name(cell: &[u8], at: usize, length: usize, is_latin: bool) -> String {
    let raw = slice(cell, at, length).unwrap_or_default();
    if !is_latin {
        return utf16(raw, LETTERS);
    }
    let letters: String = raw.iter().take(LETTERS).map(|byte| char::from(*byte)).collect();
    text(letters.as_bytes(), LETTERS)
}

/// Compares a name without regard to case. Only one of the right length is read at all, as a hostile hive may hold very
/// many long ones.
fn is_named(cell: &[u8], at: usize, length: usize, is_latin: bool, wanted: &str) -> bool {
    let width = if is_latin { 1 } else { 2 };
    length == wanted.len() * width && name(cell, at, length, is_latin).eq_ignore_ascii_case(wanted)
}

impl<'a> Key<'a> {
    fn is_latin(self) -> bool {
        Order::Little.u16(self.node, 2).is_some_and(|flags| flags & KEY_NAME_IS_LATIN != 0)
    }

    fn name_length(self) -> usize {
        Order::Little.short(self.node, 72).unwrap_or_default()
    }

    /// Returns the key's name.
    pub(crate) fn name(self) -> String {
        name(self.node, 76, self.name_length(), self.is_latin())
    }

    /// Returns the keys below this one.
    pub(crate) fn children(self) -> impl Iterator<Item = Key<'a>> {
        let mut offsets = Vec::new();
        let count = Order::Little.word(self.node, 20).unwrap_or_default();
        if let Some(list) = Order::Little.word(self.node, 28).filter(|_| count > 0) {
            self.hive.list(list, false, &mut offsets);
        }
        offsets.into_iter().filter_map(move |offset| self.hive.key(offset))
    }

    /// Walks down from this key by names, without regard to case.
    pub(crate) fn descend(self, names: &[&str]) -> Option<Key<'a>> {
        names.iter().try_fold(self, |key, wanted| {
            key.children().find(|child| is_named(child.node, 76, child.name_length(), child.is_latin(), wanted))
        })
    }

    /// Returns a value by its name, without regard to case.
    pub(crate) fn value(self, wanted: &str) -> Option<Value<'a>> {
        let count = Order::Little.word(self.node, 36)?.min(VALUES);
        let list = self.hive.cell(Order::Little.word(self.node, 40)?)?;
        let cells = (0..count).map_while(|index| Order::Little.word(list, index * 4));
        let cell = cells.filter_map(|offset| self.hive.cell(offset)).find(|cell| {
            let is_latin = Order::Little.u16(cell, 16).is_some_and(|flags| flags & VALUE_NAME_IS_LATIN != 0);
            let length = Order::Little.short(cell, 2).unwrap_or_default();
            slice(cell, 0, 2) == Some(b"vk") && is_named(cell, 20, length, is_latin, wanted)
        })?;
        let size = Order::Little.u32(cell, 4)?;
        let kind = Order::Little.u32(cell, 12)?;
        // The highest bit tells that up to four bytes stand in place of the offset.
        let data = if size & 0x8000_0000 != 0 {
            slice(cell, 8, usize::try_from(size & 0x7fff_ffff).ok()?.min(4)).map(std::borrow::Cow::Borrowed)?
        } else {
            self.hive.data(usize::try_from(size).ok()?, Order::Little.word(cell, 8)?)?
        };
        Some(Value { kind, data })
    }

    /// Returns a value that is a text.
    pub(crate) fn text(self, wanted: &str) -> Option<String> {
        let value = self.value(wanted)?;
        // REG_SZ and REG_EXPAND_SZ.
        matches!(value.kind, 1 | 2).then(|| utf16(&value.data, LETTERS))
    }

    /// Returns a value that is a number of 32 bits.
    pub(crate) fn number(self, wanted: &str) -> Option<u32> {
        let value = self.value(wanted)?;
        // REG_DWORD.
        (value.kind == 4).then(|| Order::Little.u32(&value.data, 0))?
    }
}
