//! The write-ahead log ("WAL File Format"): frames that hold the newest form of pages.

use std::collections::BTreeMap;

use crate::os::bytes::{Order, slice};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The magic number; its lowest bit tells in which order the checksums read their words.
const MAGIC: u32 = 0x377f_0682;

/// Returns the newest committed form of each page. A log that is none, or what follows the first frame that is not
/// whole, is passed over, as SQLite itself does after a crash.
pub(super) fn pages(wal: &[u8]) -> BTreeMap<usize, &[u8]> {
    let mut committed = BTreeMap::new();
    let Some(magic) = Order::Big.u32(wal, 0).filter(|magic| magic & !1 == MAGIC) else { return committed };
    let order = if magic & 1 == 1 { Order::Big } else { Order::Little };
    let Some(page_size) = Order::Big.word(wal, 8).filter(|size| size.is_power_of_two() && (512..=65536).contains(size))
    else {
        return committed;
    };
    let salts = slice(wal, 16, 8);
    let mut sum = checksum(order, (0, 0), slice(wal, 0, 24).unwrap_or_default());
    if !matches(sum, wal, 24) {
        return committed;
    }
    let mut waiting = BTreeMap::new();
    for frame in wal.get(HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + page_size) {
        let (head, page) = frame.split_at(FRAME_HEADER);
        sum = checksum(order, checksum(order, sum, head.get(..8).unwrap_or_default()), page);
        if slice(head, 8, 8) != salts || !matches(sum, head, 16) {
            break;
        }
        waiting.insert(Order::Big.word(head, 0).unwrap_or_default(), page);
        // A frame that names the file's new size ends a transaction.
        if Order::Big.u32(head, 4).is_some_and(|size| size != 0) {
            committed.append(&mut waiting);
        }
    }
    committed
}

fn matches(sum: (u32, u32), bytes: &[u8], at: usize) -> bool {
    (Order::Big.u32(bytes, at), Order::Big.u32(bytes, at + 4)) == (Some(sum.0), Some(sum.1))
}

fn checksum(order: Order, start: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    bytes.chunks_exact(8).fold(start, |(first, second), pair| {
        let word = |at| order.u32(pair, at).unwrap_or_default();
        let first = first.wrapping_add(word(0)).wrapping_add(second);
        (first, second.wrapping_add(word(4)).wrapping_add(first))
    })
}
