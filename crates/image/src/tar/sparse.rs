//! Files with holes.

use super::TarError;
use super::header::number;
use super::pax::decimal;

/// Pieces that one file may have.
pub(super) const MAX_PIECES: usize = 200_000;

/// A piece of a file that is in the archive; between pieces there are zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) offset: u64,
    pub(super) len: u64,
}

/// Reads pieces as GNU headers list them: pairs of numbers of 12 bytes, the first empty one ends the list.
pub(super) fn of_header(fields: &[u8], pieces: &mut Vec<Piece>) -> Option<()> {
    for pair in fields.chunks_exact(24) {
        let (offset, len) = pair.split_at(12);
        if offset.first() == Some(&0) || len.first() == Some(&0) {
            break;
        }
        pieces.push(Piece { offset: number(offset)?, len: number(len)? });
    }
    (pieces.len() <= MAX_PIECES).then_some(())
}

/// Pairs numbers up.
pub(super) fn of_numbers(numbers: &[u64]) -> Option<Vec<Piece>> {
    let pairs = numbers.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    Some(pairs.filter_map(|pair| Some(Piece { offset: *pair.first()?, len: *pair.get(1)? })).collect())
}

/// Checks that pieces stand in order, inside the file, and are as long together as the data.
pub(super) fn check(pieces: &[Piece], real_size: u64, data: u64, offset: u64) -> Result<(), TarError> {
    let malformed = TarError::Malformed { offset, detail: "the map of a sparse file" };
    let (mut end, mut sum) = (0_u64, 0_u64);
    for piece in pieces {
        let Some(after) = piece.offset.checked_add(piece.len) else { return Err(malformed) };
        if piece.offset < end || after > real_size {
            return Err(malformed);
        }
        end = after;
        sum += piece.len;
    }
    if sum == data { Ok(()) } else { Err(malformed) }
}

/// The map that stands before the data in version 1.0: a count, then offsets and lengths, a line each.
#[derive(Debug, Default)]
pub(super) struct MapLines {
    line: Vec<u8>,
    count: Option<usize>,
    pub(super) numbers: Vec<u64>,
}

impl MapLines {
    /// Takes a block; answers whether the map is complete.
    pub(super) fn take(&mut self, block: &[u8]) -> Option<bool> {
        for byte in block {
            if *byte != b'\n' {
                self.line.push(*byte);
                if self.line.len() > 20 {
                    return None;
                }
                continue;
            }
            let value = decimal(&self.line)?;
            self.line.clear();
            match self.count {
                None => {
                    let count = usize::try_from(value).ok().filter(|count| *count <= MAX_PIECES)?;
                    self.count = Some(count * 2);
                }
                Some(_) => self.numbers.push(value),
            }
            // What stands behind the last line of a complete map fills up the block.
            if self.count == Some(self.numbers.len()) {
                return Some(true);
            }
        }
        Some(false)
    }
}
