//! Berkeley DB's hash, read only: every value of every page of items, in file order (Berkeley DB's `db_page.h`).

use super::Sink;
use crate::findings::ParseError;
use crate::limits::Limits;
use crate::os::bytes::{Order, slice};

const FORMAT: &str = "Berkeley DB";
const HASH_MAGIC: u32 = 0x0006_1561;
const PAGE_HEADER: usize = 26;
const HASH_META: u8 = 8;
const OVERFLOW: u8 = 7;
/// Items of a hash bucket; 2 is the form that does not sort them.
const HASH_PAGES: [u8; 2] = [2, 13];
/// An item that lies in the page.
const ITEM_INLINE: u8 = 1;
/// An item that lies on a chain of overflow pages.
const ITEM_OFF_PAGE: u8 = 3;

struct File<'a> {
    bytes: &'a [u8],
    order: Order,
    page_size: usize,
}

/// Tells whether a file begins as a hash does.
pub(super) fn order_of(bytes: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.u32(bytes, 12) == Some(HASH_MAGIC))
}

/// Calls `sink` with each package's header.
pub(super) fn each_value(bytes: &[u8], limits: &Limits, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let order = order_of(bytes).ok_or_else(|| ParseError::malformed(FORMAT, 12, "the magic number is wrong"))?;
    let page_size = order.word(bytes, 20).filter(|size| size.is_power_of_two() && (512..=65536).contains(size));
    let page_size = page_size.ok_or_else(|| ParseError::malformed(FORMAT, 20, "impossible page size"))?;
    if bytes.get(24).is_some_and(|algorithm| *algorithm != 0) {
        return Err(ParseError::unsupported(FORMAT, "encryption"));
    }
    if bytes.get(25) != Some(&HASH_META) {
        return Err(ParseError::malformed(FORMAT, 25, "the first page does not describe a hash"));
    }
    if bytes.get(26).is_some_and(|flags| flags & 1 != 0) {
        return Err(ParseError::unsupported(FORMAT, "page checksums"));
    }
    let file = File { bytes, order, page_size };
    // Chains may share pages in a hostile file; together they may not give more than some times its size.
    let mut budget = bytes.len().saturating_mul(2);
    for (index, page) in bytes.chunks_exact(page_size).enumerate().skip(1) {
        if page.get(25).is_some_and(|kind| HASH_PAGES.contains(kind)) {
            file.each_item(index * page_size, page, &mut budget, limits, sink)?;
        }
    }
    Ok(())
}

impl File<'_> {
    /// Keys and values stand in turns; an item reaches from its offset to that of the item before.
    fn each_item(
        &self,
        base: usize,
        page: &[u8],
        budget: &mut usize,
        limits: &Limits,
        sink: &mut Sink<'_>,
    ) -> Result<(), ParseError> {
        let count = self.order.short(page, 20).unwrap_or_default().min(page.len() / 2);
        for value in (1..count).step_by(2) {
            let at = |item: usize| self.order.short(page, PAGE_HEADER + 2 * item);
            let (Some(start), Some(end)) = (at(value), at(value - 1)) else { break };
            match page.get(start) {
                Some(&ITEM_INLINE) => {
                    let inline = page.get(start + 1..end);
                    // Key 0 is no package but rpm's next free number.
                    if inline.is_some_and(|inline| inline.len() <= 4) {
                        continue;
                    }
                    sink(inline.ok_or_else(|| ParseError::malformed(FORMAT, base + start, "items overlap")))?;
                }
                Some(&ITEM_OFF_PAGE) => {
                    let chain = self.chain(page, base, start, budget, limits);
                    sink(chain.as_deref().map_err(Clone::clone))?;
                }
                _ => sink(Err(ParseError::malformed(FORMAT, base + start, "an item of unknown kind")))?,
            }
        }
        Ok(())
    }

    /// Puts together the pages of a chain.
    fn chain(
        &self,
        page: &[u8],
        base: usize,
        at: usize,
        budget: &mut usize,
        limits: &Limits,
    ) -> Result<Vec<u8>, ParseError> {
        let broken = |detail: &'static str| ParseError::malformed(FORMAT, base + at, detail);
        let first = self.order.word(page, at + 4).ok_or_else(|| broken("an item is cut off"))?;
        let length = self.order.word(page, at + 8).ok_or_else(|| broken("an item is cut off"))?;
        if length > self.bytes.len() || length > *budget || length as u64 > limits.unpacked_bytes {
            return Err(broken("a value longer than its file"));
        }
        *budget -= length;
        let mut value = Vec::with_capacity(length);
        let mut next = first;
        while next != 0 && value.len() < length {
            let start = next.checked_mul(self.page_size).ok_or_else(|| broken("a page behind the file's end"))?;
            let page =
                slice(self.bytes, start, self.page_size).ok_or_else(|| broken("a page behind the file's end"))?;
            let used = self.order.short(page, 22).unwrap_or_default();
            if page.get(25) != Some(&OVERFLOW) || used == 0 {
                return Err(broken("a chain leads to another kind of page"));
            }
            let part = slice(page, PAGE_HEADER, used).ok_or_else(|| broken("a page claims more than its size"))?;
            value.extend_from_slice(part);
            next = self.order.word(page, 16).unwrap_or_default();
        }
        if value.len() < length {
            return Err(broken("a chain ends early"));
        }
        value.truncate(length);
        Ok(value)
    }
}
