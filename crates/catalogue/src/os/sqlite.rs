//! A read-only look into SQLite files: table b-trees and overflow pages, with a write-ahead log laid over them
//! ("Database File Format", sqlite.org). Enough to list the rows of a table, and total on hostile bytes.

mod row;
mod wal;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::findings::ParseError;
use crate::os::bytes::{Order, slice};
pub(crate) use row::Row;
use row::varint;

const FORMAT: &str = "SQLite file";
const MAGIC: &[u8] = b"SQLite format 3\0";
const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

/// An SQLite file with its journal.
pub(crate) struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// What of a page is used; the rest is reserved for extensions.
    usable: usize,
    /// Pages of the journal that stand in for those of the file.
    overlay: BTreeMap<usize, &'a [u8]>,
}

/// What [`Database::each_row`] calls; an error ends the reading.
type Sink<'s> = dyn FnMut(Result<Row<'_>, ParseError>) -> Result<(), ParseError> + 's;

impl<'a> Database<'a> {
    /// Opens a file; `wal` is its `-wal` journal, empty if there is none.
    pub(crate) fn open(bytes: &'a [u8], wal: &'a [u8]) -> Result<Self, ParseError> {
        let from_wal = wal::pages(wal);
        // Page 1 may be in the journal alone, while the file is still empty.
        let first = from_wal.get(&1).copied().unwrap_or(bytes);
        if slice(first, 0, 16) != Some(MAGIC) {
            return Err(ParseError::malformed(FORMAT, 0, "the magic number is wrong"));
        }
        let page_size = match Order::Big.short(first, 16) {
            Some(1) => 65536,
            Some(size) if size >= 512 && size.is_power_of_two() => size,
            _ => return Err(ParseError::malformed(FORMAT, 16, "impossible page size")),
        };
        let reserved = usize::from(first.get(20).copied().unwrap_or_default());
        let usable = page_size - reserved;
        if usable < 480 {
            return Err(ParseError::malformed(FORMAT, 20, "pages with too little room"));
        }
        let overlay = from_wal.into_iter().filter(|(_, page)| page.len() == page_size).collect();
        Ok(Self { bytes, page_size, usable, overlay })
    }

    fn page(&self, number: usize) -> Result<&'a [u8], ParseError> {
        if let Some(page) = self.overlay.get(&number) {
            return Ok(page);
        }
        let at = number.checked_sub(1).and_then(|index| index.checked_mul(self.page_size));
        let at = at.ok_or_else(|| ParseError::malformed(FORMAT, 0, "page 0 is pointed to"))?;
        slice(self.bytes, at, self.page_size).ok_or_else(|| ParseError::truncated(FORMAT, at))
    }

    /// Returns the root page of a table.
    pub(crate) fn table_root(&self, table: &str) -> Result<usize, ParseError> {
        let mut root = None;
        self.each_row(1, 10_000, &mut |row| {
            let row = row?;
            if row.text(0) == Some(b"table")
                && row.text(1).is_some_and(|name| name.eq_ignore_ascii_case(table.as_bytes()))
            {
                root = row.integer(3).and_then(|page| usize::try_from(page).ok());
            }
            Ok(())
        })?;
        root.ok_or_else(|| ParseError::malformed(FORMAT, 100, format!("there is no table `{table}`")))
    }

    /// Calls `sink` with each row of a table, in the order of row ids; a broken page or row is handed over as a fault.
    ///
    /// # Errors
    /// Those of `sink`, and a table of more than `limit` rows.
    pub(crate) fn each_row(&self, root: usize, limit: usize, sink: &mut Sink<'_>) -> Result<(), ParseError> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![root];
        let mut rows = 0_usize;
        // Rows may share overflow pages in a hostile file; together they may not give more than some times its size.
        let mut budget = (self.bytes.len() + self.overlay.len() * self.page_size).saturating_mul(2);
        while let Some(number) = waiting.pop() {
            if !seen.insert(number) {
                sink(Err(ParseError::malformed(FORMAT, 0, format!("page {number} is part of the tree twice"))))?;
                continue;
            }
            match self.node(number) {
                Err(fault) => sink(Err(fault))?,
                // The last one in is the first one out.
                Ok(Node::Interior(children)) => waiting.extend(children.into_iter().rev()),
                Ok(Node::Leaf { page, cells }) => {
                    for cell in cells {
                        rows += 1;
                        if rows > limit {
                            return Err(ParseError::too_large(FORMAT, "rows", limit));
                        }
                        let payload = self.payload(page, cell, &mut budget);
                        sink(payload.and_then(Row::read))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn node(&self, number: usize) -> Result<Node<'a>, ParseError> {
        let page = self.page(number)?;
        // The file's header fills the beginning of page 1.
        let at = if number == 1 { 100 } else { 0 };
        let broken = |detail: &'static str| {
            let start = number.saturating_sub(1).saturating_mul(self.page_size);
            ParseError::malformed(FORMAT, start.saturating_add(at), detail)
        };
        let kind = page.get(at).copied().unwrap_or_default();
        let count = Order::Big.short(page, at + 3).unwrap_or_default();
        let pointers = |header: usize| {
            slice(page, at + header, count * 2)
                .map(|raw| raw.chunks_exact(2).filter_map(|pair| Order::Big.short(pair, 0)).collect::<Vec<_>>())
                .ok_or_else(|| broken("more cells than a page can hold"))
        };
        match kind {
            LEAF => Ok(Node::Leaf { page, cells: pointers(8)? }),
            INTERIOR => {
                let cells = pointers(12)?;
                let children = cells.iter().map(|cell| Order::Big.word(page, *cell));
                let children: Option<Vec<_>> = children.chain(std::iter::once(Order::Big.word(page, at + 8))).collect();
                Ok(Node::Interior(children.ok_or_else(|| broken("a cell behind its page's end"))?))
            }
            _ => Err(broken("a page that is no part of a table")),
        }
    }

    /// Puts a row's bytes together, which begin in its leaf and go on in overflow pages.
    fn payload(&self, page: &'a [u8], cell: usize, budget: &mut usize) -> Result<Cow<'a, [u8]>, ParseError> {
        let broken = |detail: &'static str| ParseError::malformed(FORMAT, cell, detail);
        let cut = || broken("a row is cut off");
        let (length, used) = varint(page, cell).ok_or_else(cut)?;
        let (_, used_by_id) = varint(page, cell + used).ok_or_else(cut)?;
        let start = cell + used + used_by_id;
        let length = usize::try_from(length).ok().filter(|length| *length <= *budget);
        let length = length.ok_or_else(|| broken("a row longer than its file"))?;
        *budget -= length;
        let local = self.local_length(length);
        let here = slice(page, start, local).ok_or_else(cut)?;
        if local == length {
            return Ok(Cow::Borrowed(here));
        }
        let mut whole = Vec::with_capacity(length);
        whole.extend_from_slice(here);
        let mut next = Order::Big.word(page, start + local).ok_or_else(cut)?;
        while whole.len() < length {
            let page = self.page(next)?;
            let rest = length - whole.len();
            let part = slice(page, 4, rest.min(self.usable - 4)).ok_or_else(cut)?;
            whole.extend_from_slice(part);
            next = Order::Big.word(page, 0).unwrap_or_default();
        }
        Ok(Cow::Owned(whole))
    }

    /// How much of a row lies in its leaf ("B-tree Pages", with U the usable size).
    fn local_length(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let wanted = least + (length - least) % (self.usable - 4);
        if wanted <= most { wanted } else { least }
    }
}

enum Node<'a> {
    Interior(Vec<usize>),
    Leaf { page: &'a [u8], cells: Vec<usize> },
}
