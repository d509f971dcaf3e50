//! Building a database from what importers read.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{Context, SHA256};
use base::Timestamp;
use vuln::feed::Sink;
use vuln::{Advisory, Affect, Epss, Kev};
use zstd::dict::EncoderDictionary;

use crate::codec::Writer;
use crate::error::Error;
use crate::file::{Kind, Table, assemble};
use crate::meta::{Meta, SourceMeta};
use crate::record::{
    Scores, pair, read_advisory, read_affects, read_repository, read_scores, read_speakers, write_advisory,
    write_affects, write_repository, write_scores, write_speakers,
};
use crate::table::TableWriter;

/// Compression: what a build can afford; decompression costs the same at every level.
const LEVEL: i32 = 15;
const DICTIONARY_BYTES: usize = 112 * 1024;
/// So much of the entries is shown to the dictionary's training.
const SAMPLE_BYTES: usize = 8 << 20;

/// Entries of all tables, in order.
pub(crate) type Tables = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

/// Collects what importers read; kept encoded, so that memory follows the size of what is said.
#[derive(Debug, Default)]
pub struct Builder {
    /// Each affect encoded alone, with its length before it.
    affects: BTreeMap<Vec<u8>, Vec<u8>>,
    advisories: BTreeMap<Vec<u8>, Vec<u8>>,
    scores: BTreeMap<String, Scores>,
    /// What several documents say of one content set holds together: more counts, nothing is left out.
    repositories: BTreeMap<String, BTreeSet<String>>,
    unread: Unread,
}

/// What could not be read: how much, and the first reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Unread {
    /// How many parts.
    pub count: u64,
    /// Part and reason of the first ones.
    pub first: Vec<(String, String)>,
}

impl Unread {
    /// So many reasons are kept.
    pub const KEPT: usize = 20;

    /// Counts one.
    pub fn add(&mut self, part: &str, reason: &str) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push((part.to_owned(), reason.to_owned()));
        }
    }
}

impl Sink for Builder {
    fn advisory(&mut self, advisory: Advisory) {
        let key = pair(&advisory.source, &advisory.id);
        let value = write_advisory(&advisory);
        let Some(known) = self.advisories.get(&key) else {
            self.advisories.insert(key, value);
            return;
        };
        if *known != value {
            match read_advisory(&key, known) {
                Ok(known) => drop(self.advisories.insert(key, write_advisory(&merged(known, advisory)))),
                Err(error) => self.unread.add(&advisory.id, &error.to_string()),
            }
        }
    }

    fn affect(&mut self, affect: Affect) {
        let key = pair(&affect.namespace.0, &affect.name);
        let mut out = Writer(std::mem::take(self.affects.entry(key.clone()).or_default()));
        out.bytes(&write_affects(std::slice::from_ref(&affect)));
        self.affects.insert(key, out.0);
    }

    fn kev(&mut self, cve: &str, kev: Kev) {
        self.scores.entry(cve.to_owned()).or_default().kev = Some(kev);
    }

    fn epss(&mut self, cve: &str, epss: Epss) {
        self.scores.entry(cve.to_owned()).or_default().epss = Some(epss);
    }

    fn repository(&mut self, content_set: &str, cpes: Vec<String>) {
        self.repositories.entry(content_set.to_owned()).or_default().extend(cpes);
    }

    fn unread(&mut self, part: &str, reason: &str) {
        self.unread.add(part, reason);
    }
}

/// Puts together what two documents say of one advisory: the later change rules, nothing is lost.
fn merged(a: Advisory, b: Advisory) -> Advisory {
    let (mut newer, older) = if a.modified > b.modified { (a, b) } else { (b, a) };
    if newer.title.is_empty() {
        newer.title = older.title;
    }
    if newer.description.is_empty() {
        newer.description = older.description;
    }
    newer.published = newer.published.or(older.published);
    newer.aliases.extend(older.aliases);
    newer.aliases.sort_unstable();
    newer.aliases.dedup();
    newer.severities.extend(older.severities);
    newer.severities.sort_unstable();
    newer.severities.dedup();
    for reference in older.references {
        if newer.references.len() < 20 && !newer.references.contains(&reference) {
            newer.references.push(reference);
        }
    }
    newer.cwes.extend(older.cwes);
    newer.cwes.sort_unstable();
    newer.cwes.dedup();
    newer
}

impl Builder {
    /// Returns what has been reported as unread since the last call.
    pub fn take_unread(&mut self) -> Unread {
        std::mem::take(&mut self.unread)
    }

    /// Returns how many advisories and package names are collected.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.advisories.len(), self.affects.len())
    }

    /// Returns the database's bytes. Equal input gives equal bytes.
    ///
    /// # Errors
    /// If compression fails, or what is said of one package exceeds 64 MiB.
    pub fn finish(self, version: u64, created: Timestamp) -> Result<Vec<u8>, Error> {
        let mut tables = Tables::new();
        let affects = tables.entry(Table::Affects).or_default();
        for (key, values) in self.affects {
            let mut said = Vec::new();
            let mut reader = crate::codec::Reader(&values);
            while !reader.0.is_empty() {
                said.extend(read_affects(&key, reader.bytes()?)?);
            }
            said.sort_unstable();
            said.dedup();
            affects.insert(key, write_affects(&said));
        }
        let mut speakers: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (key, value) in &self.advisories {
            let advisory = read_advisory(key, value)?;
            for id in std::iter::once(&advisory.id).chain(&advisory.aliases) {
                speakers.entry(id.clone()).or_default().push((advisory.source.clone(), advisory.id.clone()));
            }
        }
        tables.insert(Table::Advisories, self.advisories);
        let ids = speakers.into_iter().map(|(id, speakers)| (id.into_bytes(), write_speakers(&speakers)));
        tables.insert(Table::Ids, ids.collect());
        let scores = self.scores.iter().map(|(cve, scores)| (cve.clone().into_bytes(), write_scores(scores)));
        tables.insert(Table::Scores, scores.collect());
        let repositories = self.repositories.into_iter().map(|(set, cpes)| {
            let cpes: Vec<String> = cpes.into_iter().collect();
            (set.into_bytes(), write_repository(&cpes))
        });
        tables.insert(Table::Repositories, repositories.collect());
        write(&tables, version, created)
    }
}

/// Returns the digest of everything that tables say.
pub(crate) fn content_digest(tables: &Tables) -> String {
    let mut context = Context::new(&SHA256);
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes();
    for table in Table::ALL {
        let entries = tables.get(&table);
        // Files of format 1 have no such table: what it does not say does not make their content another.
        if table == Table::Repositories && entries.is_none_or(BTreeMap::is_empty) {
            continue;
        }
        context.update(&table.number().to_le_bytes());
        context.update(&number(entries.map_or(0, BTreeMap::len)));
        for (key, value) in entries.into_iter().flatten() {
            context.update(&number(key.len()));
            context.update(key);
            context.update(&number(value.len()));
            context.update(value);
        }
    }
    let hex: String = context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Writes a database of entries.
pub(crate) fn write(tables: &Tables, version: u64, created: Timestamp) -> Result<Vec<u8>, Error> {
    let meta = meta(tables, version, created)?;
    let meta =
        serde_json::to_vec(&meta).map_err(|error| Error::Make { what: "the description", source: error.into() })?;
    let dictionary = dictionary(tables);
    let encoder = EncoderDictionary::copy(&dictionary, LEVEL);
    let mut written = Vec::new();
    for table in Table::ALL {
        let mut writer = TableWriter::new(&encoder)?;
        for (key, value) in tables.get(&table).into_iter().flatten() {
            writer.push(key, value)?;
        }
        writer.close()?;
        written.push((table, writer));
    }
    let mut sections: Vec<(Kind, &[u8])> = vec![(Kind::META, &meta), (Kind::DICTIONARY, &dictionary)];
    for (table, writer) in &written {
        for (part, bytes) in [(0, &writer.blocks), (1, &writer.index), (2, &writer.keys)] {
            sections.push((Kind::table(*table, part), bytes));
        }
    }
    Ok(assemble(&sections))
}

/// Trains a dictionary on evenly spread entries; without enough of them there is none.
fn dictionary(tables: &Tables) -> Vec<u8> {
    let total: usize = tables.values().flatten().map(|(key, value)| key.len() + value.len()).sum();
    let step = (total / SAMPLE_BYTES).max(1);
    let mut samples = Vec::new();
    for (number, (key, value)) in tables.values().flatten().enumerate() {
        if number.is_multiple_of(step) {
            samples.push([key.as_slice(), value.get(..4096).unwrap_or(value)].concat());
        }
    }
    if samples.len() < 1000 {
        return Vec::new();
    }
    zstd::dict::from_samples(&samples, DICTIONARY_BYTES).unwrap_or_default()
}

fn meta(tables: &Tables, version: u64, created: Timestamp) -> Result<Meta, Error> {
    let mut meta = Meta {
        version,
        created,
        content: content_digest(tables),
        sources: BTreeMap::new(),
        namespaces: BTreeMap::new(),
        packages: 0,
        affects: 0,
        advisories: 0,
        exploited: 0,
        scored: 0,
    };
    for (key, value) in tables.get(&Table::Affects).into_iter().flatten() {
        let affects = read_affects(key, value)?;
        let (namespace, _) = crate::record::split_pair(key)?;
        *meta.namespaces.entry(namespace.to_owned()).or_default() += 1;
        meta.packages += 1;
        for affect in affects {
            meta.affects += 1;
            meta.sources.entry(affect.advisory.0).or_default().affects += 1;
        }
    }
    for (key, value) in tables.get(&Table::Advisories).into_iter().flatten() {
        let advisory = read_advisory(key, value)?;
        meta.advisories += 1;
        let source: &mut SourceMeta = meta.sources.entry(advisory.source).or_default();
        source.advisories += 1;
        source.newest = source.newest.max(advisory.modified.or(advisory.published));
    }
    for (key, value) in tables.get(&Table::Ids).into_iter().flatten() {
        std::str::from_utf8(key).map_err(|_| Error::damaged("an id is no UTF-8"))?;
        read_speakers(value)?;
    }
    for value in tables.get(&Table::Repositories).into_iter().flat_map(BTreeMap::values) {
        read_repository(value)?;
    }
    for value in tables.get(&Table::Scores).into_iter().flat_map(BTreeMap::values) {
        let scores = read_scores(value)?;
        meta.exploited += u64::from(scores.kev.is_some());
        meta.scored += u64::from(scores.epss.is_some());
    }
    Ok(meta)
}
