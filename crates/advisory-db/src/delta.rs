//! Deltas: what changed between two databases, by key; and what a change means for packages.
//!
//! A delta is `HVDD\r\n\x1a\n`, the format (4 bytes, little-endian), the SHA-256 of what follows, and one zstd frame:
//! the JSON of [`DeltaHead`] with its length before it, then, until the end, a table's number, a key and a value each;
//! an absent value removes the key.

use std::collections::BTreeSet;
use std::io::Read;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::build::{Tables, write};
use crate::codec::{Reader, Writer};
use crate::database::Database;
use crate::error::{Error, FORMAT};
use crate::file::Table;
use crate::meta::Meta;
use crate::record::split_pair;
use crate::table::{Entries, Entry};

const MAGIC: &[u8; 8] = b"HVDD\r\n\x1a\n";
const LEVEL: i32 = 19;
/// No delta is larger uncompressed: a larger one is a full database.
const MAX_DELTA_BYTES: u64 = 1 << 30;

/// What a delta leads from and to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeltaHead {
    /// The content that it continues.
    pub base: String,
    /// The description of the result.
    pub target: Meta,
}

/// What changed between two databases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Namespace and name of packages of which something else is said now.
    pub packages: BTreeSet<(String, String)>,
    /// Source and id of new advisories.
    pub advisories_added: Vec<(String, String)>,
    /// Source and id of changed advisories.
    pub advisories_changed: Vec<(String, String)>,
    /// Source and id of advisories that are gone.
    pub advisories_removed: Vec<(String, String)>,
    /// CVEs whose exploitation is seen otherwise.
    pub scores: u64,
    /// Content sets of Red Hat whose CPEs are others now; all packages of `rhel` are among [`Self::packages`] then.
    pub repositories: u64,
}

/// Calls for every key whose value differs: absent, or the new one.
fn differing(
    old: &Database,
    new: &Database,
    table: Table,
    mut found: impl FnMut(&[u8], Option<&[u8]>, Option<&[u8]>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut left = Entries::new(old.parts(table)?, old.dictionary()?);
    let mut right = Entries::new(new.parts(table)?, new.dictionary()?);
    let own = |entry: Option<Entry<'_>>| entry.map(|(key, value)| (key.to_vec(), value.to_vec()));
    let (mut a, mut b) = (own(left.next_entry()?), own(right.next_entry()?));
    loop {
        let order = match (&a, &b) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        match (&a, &b) {
            (Some((key, value)), _) if order.is_lt() => found(key, Some(value), None)?,
            (_, Some((key, value))) if order.is_gt() => found(key, None, Some(value))?,
            (Some((key, before)), Some((_, after))) if before != after => found(key, Some(before), Some(after))?,
            _ => {}
        }
        if order.is_le() {
            a = own(left.next_entry()?);
        }
        if order.is_ge() {
            b = own(right.next_entry()?);
        }
    }
}

/// Tells what changed: whose verdicts must be looked at again, and what is new.
///
/// # Errors
/// If a file is damaged.
pub fn changes(old: &Database, new: &Database) -> Result<Changes, Error> {
    let mut out = Changes::default();
    let own = |key: &[u8]| split_pair(key).map(|(first, second)| (first.to_owned(), second.to_owned()));
    differing(old, new, Table::Affects, |key, _, _| {
        out.packages.insert(own(key)?);
        Ok(())
    })?;
    differing(old, new, Table::Advisories, |key, before, after| {
        let list = match (before, after) {
            (None, _) => &mut out.advisories_added,
            (_, None) => &mut out.advisories_removed,
            _ => &mut out.advisories_changed,
        };
        list.push(own(key)?);
        Ok(())
    })?;
    differing(old, new, Table::Scores, |_, _, _| {
        out.scores += 1;
        Ok(())
    })?;
    differing(old, new, Table::Repositories, |_, _, _| {
        out.repositories += 1;
        Ok(())
    })?;
    if out.repositories > 0 {
        // Which statement of a release counts hangs on the repositories: every one of them is weighed again.
        new.parts(Table::Affects)?.each(new.dictionary()?, |key, _| {
            if key.starts_with(b"rhel:") {
                out.packages.insert(own(key)?);
            }
            Ok(())
        })?;
    }
    Ok(out)
}

/// Makes the delta that leads from one database to another.
///
/// # Errors
/// If a file is damaged, or compression fails.
pub fn delta(old: &Database, new: &Database) -> Result<Vec<u8>, Error> {
    let head = DeltaHead { base: old.meta().content.clone(), target: new.meta().clone() };
    let failed = |source| Error::Make { what: "the delta", source };
    let mut body = Writer::default();
    body.bytes(&serde_json::to_vec(&head).map_err(|error| failed(error.into()))?);
    for table in Table::ALL {
        differing(old, new, table, |key, _, after| {
            body.number(u64::from(table.number()));
            body.bytes(key);
            match after {
                Some(value) => {
                    body.byte(1);
                    body.bytes(value);
                }
                None => body.byte(0),
            }
            Ok(())
        })?;
    }
    let packed = zstd::bulk::compress(&body.0, LEVEL).map_err(failed)?;
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(digest(&SHA256, &packed).as_ref());
    out.extend_from_slice(&packed);
    Ok(out)
}

/// Reads what a delta leads from and to.
///
/// # Errors
/// If it is no delta, is damaged, or is of a newer format.
pub fn delta_head(bytes: &[u8]) -> Result<DeltaHead, Error> {
    let body = unpack(bytes)?;
    head(&mut Reader(&body))
}

/// Makes the database that a delta leads to; the result is compared with what the delta says it must be.
///
/// # Errors
/// If the delta continues another database, or either is damaged.
pub fn apply(base: &Database, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let body = unpack(bytes)?;
    let mut reader = Reader(&body);
    let head = head(&mut reader)?;
    if head.base != base.meta().content {
        return Err(Error::DeltaBase { base: head.base, found: base.meta().content.clone() });
    }
    let mut tables: Tables = base.tables()?;
    while !reader.0.is_empty() {
        let table = u32::try_from(reader.number()?).ok().and_then(Table::from_number);
        let table = table.ok_or_else(|| Error::damaged("the delta names a table that is not there"))?;
        let entries = tables.entry(table).or_default();
        let key = reader.bytes()?.to_vec();
        match reader.byte()? {
            0 => drop(entries.remove(&key)),
            _ => drop(entries.insert(key, reader.bytes()?.to_vec())),
        }
    }
    let result = write(&tables, head.target.version, head.target.created)?;
    let database = Database::from_bytes(result)?;
    if *database.meta() == head.target {
        Ok(database.into_bytes())
    } else {
        Err(Error::damaged("the delta does not lead where it says"))
    }
}

fn head(reader: &mut Reader<'_>) -> Result<DeltaHead, Error> {
    serde_json::from_slice(reader.bytes()?).map_err(|error| Error::damaged(format!("the delta's head: {error}")))
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(Error::Foreign { what: "delta of an advisory database" })?;
    let (format, rest) = rest.split_first_chunk::<4>().ok_or_else(|| Error::damaged("the delta is short"))?;
    let format = u32::from_le_bytes(*format);
    if format > FORMAT {
        return Err(Error::NewerFormat { found: format });
    }
    let (expected, packed) = rest.split_first_chunk::<32>().ok_or_else(|| Error::damaged("the delta is short"))?;
    if digest(&SHA256, packed).as_ref() != expected {
        return Err(Error::damaged("the delta's body"));
    }
    let wrong = |error: std::io::Error| Error::damaged(format!("the delta's body: {error}"));
    let mut body = Vec::new();
    zstd::stream::read::Decoder::new(packed)
        .map_err(wrong)?
        .take(MAX_DELTA_BYTES)
        .read_to_end(&mut body)
        .map_err(wrong)?;
    Ok(body)
}
