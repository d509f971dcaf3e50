//! The file: a head with a list of sections, then the sections.
//!
//! | Bytes | Hold |
//! |---|---|
//! | 0..8 | `HVDB\r\n\x1a\n`: what a text transfer would break |
//! | 8..12 | format, little-endian as every number here |
//! | 12..16 | how many sections |
//! | 16..24 | length of the file |
//! | 24..56 | SHA-256 of bytes 0..24 and of the list of sections |
//! | 56.. | a section each 56 bytes: kind (4), zero (4), offset (8), length (8), SHA-256 (32) |
//!
//! The sections follow without gaps. Opening checks the head and every section but the blocks, which carry checksums of
//! their own; [`crate::Database::check`] checks everything.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256, digest};

use crate::error::{Error, FORMAT};

const MAGIC: &[u8; 8] = b"HVDB\r\n\x1a\n";
const HEAD_BYTES: usize = 56;
const SECTION_BYTES: usize = 56;
const MAX_SECTIONS: usize = 64;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind(pub(crate) u32);

impl Kind {
    /// JSON: what is in here, of when.
    pub(crate) const META: Self = Self(1);
    /// The dictionary of all blocks.
    pub(crate) const DICTIONARY: Self = Self(2);

    /// Blocks, index or keys of a table.
    pub(crate) fn table(table: Table, part: u32) -> Self {
        Self(table.number() * 16 + part)
    }

    fn is_blocks(self) -> bool {
        self.0 >= 16 && self.0.is_multiple_of(16)
    }
}

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// Namespace and name → what is said.
    Affects,
    /// Source and id → the advisory.
    Advisories,
    /// An id or alias → who speaks of it.
    Ids,
    /// A CVE → how it is exploited.
    Scores,
    /// A content set → the CPEs of its repository; absent in files of format 1.
    Repositories,
}

impl Table {
    pub(crate) const ALL: [Self; 5] = [Self::Affects, Self::Advisories, Self::Ids, Self::Scores, Self::Repositories];

    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Affects => 1,
            Self::Advisories => 2,
            Self::Ids => 3,
            Self::Scores => 4,
            Self::Repositories => 5,
        }
    }

    pub(crate) fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.number() == number)
    }
}

/// Puts a file together.
pub(crate) fn assemble(sections: &[(Kind, &[u8])]) -> Vec<u8> {
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let mut offset = HEAD_BYTES + sections.len() * SECTION_BYTES;
    let mut list = Vec::new();
    for (kind, bytes) in sections {
        list.extend_from_slice(&kind.0.to_le_bytes());
        list.extend_from_slice(&[0; 4]);
        list.extend_from_slice(&number(offset).to_le_bytes());
        list.extend_from_slice(&number(bytes.len()).to_le_bytes());
        list.extend_from_slice(digest(&SHA256, bytes).as_ref());
        offset += bytes.len();
    }
    let mut out = Vec::with_capacity(offset);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&u32::try_from(sections.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&number(offset).to_le_bytes());
    let head = head_digest(&out, &list);
    out.extend_from_slice(&head);
    out.extend_from_slice(&list);
    for (_, bytes) in sections {
        out.extend_from_slice(bytes);
    }
    out
}

fn head_digest(head: &[u8], list: &[u8]) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(head);
    context.update(list);
    context.finish().as_ref().to_vec()
}

/// Where the sections of a file are.
#[derive(Debug)]
pub(crate) struct Layout {
    sections: BTreeMap<Kind, Section>,
}

#[derive(Debug)]
struct Section {
    from: usize,
    to: usize,
    digest: [u8; 32],
}

impl Layout {
    /// Reads the head and checks everything but the blocks.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let foreign = || Error::Foreign { what: "advisory database" };
        let head = bytes.first_chunk::<HEAD_BYTES>().ok_or_else(foreign)?;
        if !head.starts_with(MAGIC) {
            return Err(foreign());
        }
        let mut fields = Fields(head.get(8..).unwrap_or_default());
        let (format, count, length) = (fields.small()?, fields.small()?, fields.large()?);
        if format > FORMAT {
            return Err(Error::NewerFormat { found: format });
        }
        if length != bytes.len() {
            return Err(Error::damaged(format!("it has {} bytes and should have {length}", bytes.len())));
        }
        let count = usize::try_from(count).ok().filter(|count| *count <= MAX_SECTIONS);
        let count = count.ok_or_else(|| Error::damaged("it has too many sections"))?;
        let end = HEAD_BYTES + count * SECTION_BYTES;
        let list = bytes.get(HEAD_BYTES..end).ok_or_else(|| Error::damaged("its list of sections is short"))?;
        let start = bytes.get(..24).unwrap_or_default();
        if head.get(24..) != Some(head_digest(start, list).as_slice()) {
            return Err(Error::damaged("its head"));
        }
        let mut sections = BTreeMap::new();
        let mut fields = Fields(list);
        let mut expected = end;
        for _ in 0..count {
            let kind = Kind(fields.small()?);
            let (_, from, length) = (fields.small()?, fields.large()?, fields.large()?);
            let digest = fields.digest()?;
            let to = from.checked_add(length).filter(|to| *to <= bytes.len() && from == expected);
            let to = to.ok_or_else(|| Error::damaged("a section is out of place"))?;
            expected = to;
            if sections.insert(kind, Section { from, to, digest }).is_some() {
                return Err(Error::damaged("a section is there twice"));
            }
        }
        if expected != bytes.len() {
            return Err(Error::damaged("it goes on after its last section"));
        }
        let layout = Self { sections };
        layout.check(bytes, false)?;
        Ok(layout)
    }

    /// Compares the sections with their digests: all of them, or all but the blocks.
    pub(crate) fn check(&self, bytes: &[u8], with_blocks: bool) -> Result<(), Error> {
        for (kind, section) in &self.sections {
            let content = bytes.get(section.from..section.to).unwrap_or_default();
            if (with_blocks || !kind.is_blocks()) && digest(&SHA256, content).as_ref() != section.digest {
                return Err(Error::damaged(format!("section {}", kind.0)));
            }
        }
        Ok(())
    }

    /// Returns whether there is such a section.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.sections.contains_key(&kind)
    }

    /// Returns a section's bytes.
    pub(crate) fn section<'a>(&self, bytes: &'a [u8], kind: Kind) -> Result<&'a [u8], Error> {
        let section =
            self.sections.get(&kind).ok_or_else(|| Error::damaged(format!("section {} is missing", kind.0)))?;
        bytes.get(section.from..section.to).ok_or_else(|| Error::damaged("a section is out of place"))
    }
}

/// Fields of fixed size, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (field, rest) = self.0.split_first_chunk::<N>().ok_or_else(|| Error::damaged("its head is short"))?;
        self.0 = rest;
        Ok(*field)
    }

    fn small(&mut self) -> Result<u32, Error> {
        self.take().map(u32::from_le_bytes)
    }

    fn large(&mut self) -> Result<usize, Error> {
        let number = u64::from_le_bytes(self.take()?);
        usize::try_from(number).map_err(|_| Error::damaged("a number is too large"))
    }

    fn digest(&mut self) -> Result<[u8; 32], Error> {
        self.take()
    }
}

#[cfg(test)]
mod tests {
    use base::Timestamp;
    use vuln::Epss;
    use vuln::feed::Sink;

    use super::*;
    use crate::{Builder, Database, apply, changes, delta};

    /// The same file with other sections, and of another format.
    fn remade(bytes: &[u8], format: u32, change: impl Fn(Kind, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
        let layout = Layout::read(bytes).unwrap();
        let kept = layout.sections.keys().filter_map(|kind| {
            let content = layout.section(bytes, *kind).unwrap();
            change(*kind, content).map(|content| (*kind, content))
        });
        let kept: Vec<(Kind, Vec<u8>)> = kept.collect();
        let sections: Vec<(Kind, &[u8])> = kept.iter().map(|(kind, content)| (*kind, content.as_slice())).collect();
        let mut made = assemble(&sections);
        made[8..12].copy_from_slice(&format.to_le_bytes());
        let list = made[HEAD_BYTES..HEAD_BYTES + kept.len() * SECTION_BYTES].to_vec();
        let head = head_digest(&made[..24], &list);
        made[24..HEAD_BYTES].copy_from_slice(&head);
        made
    }

    fn made(cpe: Option<&str>) -> Vec<u8> {
        let mut builder = Builder::default();
        builder.epss("CVE-2026-1", Epss { probability_ppm: 1, percentile_ppm: 2 });
        if let Some(cpe) = cpe {
            builder.repository("crb-rpms", vec![cpe.to_owned()]);
        }
        builder.finish(1, Timestamp::from_millis(1_770_000_000_000)).unwrap()
    }

    #[test]
    fn a_file_without_repositories_is_read_and_continued() {
        let is_new = |kind: Kind| kind.0 / 16 == Table::Repositories.number();
        let old = remade(&made(None), 1, |kind, content| (!is_new(kind)).then(|| content.to_vec()));
        let old = Database::from_bytes(old).unwrap();
        old.check().unwrap();
        assert!(old.repository_cpes("crb-rpms").unwrap().is_empty());
        assert!(old.scores("CVE-2026-1").unwrap().epss.is_some());
        let new = Database::from_bytes(made(Some("cpe:/a:x"))).unwrap();
        assert_eq!(changes(&old, &new).unwrap().repositories, 1);
        let result = Database::from_bytes(apply(&old, &delta(&old, &new).unwrap()).unwrap()).unwrap();
        assert_eq!(result.repository_cpes("crb-rpms").unwrap(), ["cpe:/a:x"]);
    }

    #[test]
    fn half_a_table_of_repositories_is_damage() {
        let index = Kind::table(Table::Repositories, 1);
        let half = remade(&made(None), FORMAT, |kind, content| (kind != index).then(|| content.to_vec()));
        assert!(matches!(Database::from_bytes(half), Err(Error::Damaged { .. })));
    }

    #[test]
    fn a_crafted_dictionary_is_damage() {
        // It says that it is a dictionary of zstd, and goes on with nonsense.
        let crafted = [&0xEC30_A437_u32.to_le_bytes()[..], &[0xFF; 64]].concat();
        let bytes = remade(&made(None), FORMAT, |kind, content| {
            Some(if kind == Kind::DICTIONARY { crafted.clone() } else { content.to_vec() })
        });
        let broken = Database::from_bytes(bytes).unwrap();
        let whole = Database::from_bytes(made(None)).unwrap();
        assert!(matches!(broken.scores("CVE-2026-1"), Err(Error::Damaged { .. })));
        assert!(matches!(broken.affects("rhel:9", "x"), Err(Error::Damaged { .. })));
        assert!(matches!(broken.check(), Err(Error::Damaged { .. })));
        for (old, new) in [(&broken, &whole), (&whole, &broken)] {
            assert!(matches!(changes(old, new), Err(Error::Damaged { .. })));
            assert!(matches!(delta(old, new), Err(Error::Damaged { .. })));
        }
    }
}
