//! rpm's own store (`Packages.db`): pages of slots that point to blobs (rpm's `lib/backend/ndb/rpmpkg.c`).

use super::Sink;
use crate::findings::ParseError;
use crate::os::bytes::{Order, slice};

const FORMAT: &str = "rpm ndb";
const PAGE: usize = 4096;
const SLOT: usize = 16;
/// Blobs begin at multiples of this.
const BLOCK: usize = 16;
const BLOB_HEADER: usize = 16;

/// Calls `sink` with the header of each package.
pub(super) fn each_value(bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let number = |at| Order::Little.word(bytes, at).ok_or_else(|| ParseError::truncated(FORMAT, at));
    if slice(bytes, 0, 4) != Some(b"RpmP") {
        return Err(ParseError::malformed(FORMAT, 0, "the magic number is wrong"));
    }
    if number(4)? != 0 {
        return Err(ParseError::unsupported(FORMAT, "a later version of the format"));
    }
    let pages = number(12)?;
    let end = pages.checked_mul(PAGE).filter(|end| *end <= bytes.len() && *end > 0);
    let end = end.ok_or_else(|| ParseError::malformed(FORMAT, 12, "more slot pages than the file is long"))?;
    // The file's own header fills the first two slots.
    for at in (2 * SLOT..end).step_by(SLOT) {
        let package = number(at + 4)?;
        if slice(bytes, at, 4) != Some(b"Slot") {
            return Err(ParseError::malformed(FORMAT, at, "a slot without its magic number"));
        }
        if package != 0 {
            sink(blob(bytes, package, number(at + 8)?))?;
        }
    }
    Ok(())
}

fn blob(bytes: &[u8], package: usize, block: usize) -> Result<&[u8], ParseError> {
    let at = block.checked_mul(BLOCK).filter(|at| *at < bytes.len());
    let at = at.ok_or_else(|| ParseError::malformed(FORMAT, bytes.len(), "a slot points behind the file's end"))?;
    if slice(bytes, at, 4) != Some(b"BlbS") || Order::Little.word(bytes, at + 4) != Some(package) {
        return Err(ParseError::malformed(FORMAT, at, "a slot points to what is not its blob"));
    }
    let length = Order::Little.word(bytes, at + 12).ok_or_else(|| ParseError::truncated(FORMAT, at))?;
    slice(bytes, at + BLOB_HEADER, length).ok_or_else(|| ParseError::truncated(FORMAT, at + BLOB_HEADER))
}
