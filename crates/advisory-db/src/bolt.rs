//! A reader of bbolt files (version 2), enough to walk through them: pages, branches, leaves, buckets within buckets.
//!
//! A page begins with its number (8), flags (2), count of elements (2) and how many further pages it goes on over (4).
//! A file begins with two meta pages; the one with the higher transaction and a right checksum counts.

use std::cell::Cell;

use crate::error::Error;

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;
const PAGE_HEAD: usize = 16;
const BRANCH: u16 = 1;
const LEAF: u16 = 2;
const IS_BUCKET: u32 = 1;
/// Pages above pages, and buckets within buckets.
const MAX_DEPTH: usize = 32;
const ELEMENT: usize = 16;
/// The uppermost buckets are walked through a few times, everything else once.
const MOST_PASSES: usize = 4;

/// A bbolt file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bolt<'a> {
    bytes: &'a [u8],
    page_size: usize,
    root: u64,
    /// How many bytes may still be read, by whatever way: pages and buckets may point at each other.
    left: &'a Cell<usize>,
}

/// A bucket: the number of its root page, or the page itself where it is small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket<'a> {
    bolt: Bolt<'a>,
    root: u64,
    inline: Option<&'a [u8]>,
}

/// An entry of a bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    /// A value.
    Value(&'a [u8]),
    /// A bucket within.
    Bucket(Bucket<'a>),
}

fn wrong(what: &str) -> Error {
    Error::damaged(format!("the bbolt file: {what}"))
}

fn number<const N: usize>(bytes: &[u8], from: usize) -> Result<[u8; N], Error> {
    bytes.get(from..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or_else(|| wrong("it ends early"))
}

fn small(bytes: &[u8], from: usize) -> Result<u32, Error> {
    number(bytes, from).map(u32::from_le_bytes)
}

fn large(bytes: &[u8], from: usize) -> Result<u64, Error> {
    number(bytes, from).map(u64::from_le_bytes)
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Tells whether these are the beginning of a bbolt file.
pub(crate) fn is_bolt(bytes: &[u8]) -> bool {
    small(bytes, PAGE_HEAD).is_ok_and(|magic| magic == MAGIC)
}

impl<'a> Bolt<'a> {
    /// Reads the meta pages.
    ///
    /// `left` bounds the work on the whole file; see [`Bolt::budget`].
    pub(crate) fn open(bytes: &'a [u8], left: &'a Cell<usize>) -> Result<Self, Error> {
        if !is_bolt(bytes) {
            return Err(Error::Foreign { what: "bbolt file" });
        }
        let page_size = size(small(bytes, PAGE_HEAD + 8)?);
        if !page_size.is_power_of_two() || !(512..=(1 << 20)).contains(&page_size) {
            return Err(wrong("its page size"));
        }
        let metas = [0, page_size].into_iter().filter_map(|at| meta(bytes, at));
        let (_, root) = metas.max().ok_or_else(|| wrong("neither of its meta pages is whole"))?;
        Ok(Self { bytes, page_size, root, left })
    }

    /// Returns how many bytes are read of a file at most.
    pub(crate) fn budget(bytes: &[u8]) -> Cell<usize> {
        Cell::new(bytes.len().saturating_mul(MOST_PASSES))
    }

    fn spend(self, bytes: usize) -> Result<(), Error> {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.ok_or_else(|| wrong("its pages go in a circle, or are read again and again"))?);
        Ok(())
    }

    /// Returns the bucket of all buckets.
    pub(crate) fn root(self) -> Bucket<'a> {
        Bucket { bolt: self, root: self.root, inline: None }
    }

    /// Returns a page with what it goes on over.
    fn page(self, number: u64) -> Result<&'a [u8], Error> {
        let at = usize::try_from(number).ok().and_then(|number| number.checked_mul(self.page_size));
        let at = at.ok_or_else(|| wrong("a page's number"))?;
        let first = self.bytes.get(at..).ok_or_else(|| wrong("a page past its end"))?;
        let pages = size(small(first, 12)?).saturating_add(1);
        let length = pages.checked_mul(self.page_size).ok_or_else(|| wrong("a page's length"))?;
        if large(first, 0)? != number {
            return Err(wrong("a page that says it is another"));
        }
        first.get(..length).ok_or_else(|| wrong("a page past its end"))
    }
}

/// Returns transaction and root page of a meta page that is whole.
fn meta(bytes: &[u8], at: usize) -> Option<(u64, u64)> {
    let meta = bytes.get(at + PAGE_HEAD..)?;
    let is_ours = small(meta, 0).ok()? == MAGIC && small(meta, 4).ok()? == VERSION;
    let (root, transaction, checksum) = (large(meta, 16).ok()?, large(meta, 48).ok()?, large(meta, 56).ok()?);
    // FNV-1a over what stands before the checksum.
    let sum = meta
        .get(..56)?
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (is_ours && sum == checksum).then_some((transaction, root))
}

impl<'a> Bucket<'a> {
    /// Calls for every entry in order.
    pub(crate) fn each(self, mut found: impl FnMut(&'a [u8], Item<'a>) -> Result<(), Error>) -> Result<(), Error> {
        let first = match self.inline {
            Some(page) => page,
            None => self.bolt.page(self.root)?,
        };
        let mut open = vec![(first, 0)];
        while let Some((page, depth)) = open.pop() {
            self.bolt.spend(PAGE_HEAD)?;
            let (flags, count) = (number(page, 8).map(u16::from_le_bytes)?, number(page, 10).map(u16::from_le_bytes)?);
            match flags {
                BRANCH if depth < MAX_DEPTH => {
                    // Last in, first out: the first child is put in last.
                    for element in (0..usize::from(count)).rev() {
                        self.bolt.spend(ELEMENT)?;
                        let at = PAGE_HEAD + element * ELEMENT;
                        open.push((self.bolt.page(large(page, at + 8)?)?, depth + 1));
                    }
                }
                BRANCH => return Err(wrong("its pages are nested too deep")),
                LEAF => {
                    for element in 0..usize::from(count) {
                        let (key, item) = self.element(page, PAGE_HEAD + element * ELEMENT)?;
                        let value_bytes = if let Item::Value(value) = item { value.len() } else { 0 };
                        self.bolt.spend(ELEMENT + key.len() + value_bytes)?;
                        found(key, item)?;
                    }
                }
                _ => return Err(wrong("a page that is neither branch nor leaf")),
            }
        }
        Ok(())
    }

    /// Returns the bucket of that name within.
    pub(crate) fn bucket(self, name: &str) -> Result<Option<Bucket<'a>>, Error> {
        let mut out = None;
        self.each(|key, item| {
            if let Item::Bucket(bucket) = item
                && key == name.as_bytes()
            {
                out = Some(bucket);
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn element(self, page: &'a [u8], at: usize) -> Result<(&'a [u8], Item<'a>), Error> {
        let (flags, position) = (small(page, at)?, size(small(page, at + 4)?));
        let (key_size, value_size) = (size(small(page, at + 8)?), size(small(page, at + 12)?));
        let short = || wrong("an element past its page");
        let key_at = at.checked_add(position).ok_or_else(short)?;
        let value_at = key_at.checked_add(key_size).ok_or_else(short)?;
        let key = page.get(key_at..value_at).ok_or_else(short)?;
        let value = page.get(value_at..value_at.checked_add(value_size).ok_or_else(short)?).ok_or_else(short)?;
        if flags & IS_BUCKET == 0 {
            return Ok((key, Item::Value(value)));
        }
        let root = large(value, 0)?;
        let inline = if root == 0 { Some(value.get(16..).ok_or_else(short)?) } else { None };
        Ok((key, Item::Bucket(Bucket { bolt: self.bolt, root, inline })))
    }
}
