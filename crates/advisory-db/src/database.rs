//! An open database, and what can be asked of it.

use std::path::Path;
use std::sync::OnceLock;

use file_map::FileMap;
use vuln::{Advisory, AdvisorySource, Affect, Epss, Kev, Namespace};
use zstd::dict::DecoderDictionary;

use crate::build::{Tables, content_digest};
use crate::error::Error;
use crate::file::{Kind, Layout, Table};
use crate::meta::Meta;
use crate::record::{Scores, pair, read_advisory, read_affects, read_repository, read_scores, read_speakers};
use crate::table::{INDEX_ENTRY_BYTES, KeptBlocks, Parts};

/// An open database. It may be asked from several threads at once.
#[derive(Debug)]
pub struct Database {
    bytes: Bytes,
    layout: Layout,
    meta: Meta,
    dictionary: OnceLock<Dictionary>,
    kept: [KeptBlocks; 5],
}

#[derive(Debug)]
enum Bytes {
    Mapped(FileMap),
    Owned(Vec<u8>),
}

/// A dictionary that is ready to decompress with.
struct Dictionary(DecoderDictionary<'static>);

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dictionary")
    }
}

impl Bytes {
    fn get(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Database {
    /// Opens a file that is only ever replaced by a rename; it is mapped, and read where it is asked.
    ///
    /// # Errors
    /// If it cannot be opened, is no database, is damaged, or is of a newer format.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let map = FileMap::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        Self::of(Bytes::Mapped(map))
    }

    /// Opens bytes.
    ///
    /// # Errors
    /// If they are no database, are damaged, or are of a newer format.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        Self::of(Bytes::Owned(bytes))
    }

    fn of(bytes: Bytes) -> Result<Self, Error> {
        let layout = Layout::read(bytes.get())?;
        let meta = layout.section(bytes.get(), Kind::META)?;
        let meta = serde_json::from_slice(meta).map_err(|error| Error::damaged(format!("its description: {error}")))?;
        let database = Self { bytes, layout, meta, dictionary: OnceLock::new(), kept: Default::default() };
        for table in Table::ALL {
            if !database.parts(table)?.index.len().is_multiple_of(INDEX_ENTRY_BYTES) {
                return Err(Error::damaged("an index has half an entry"));
            }
        }
        Ok(database)
    }

    /// Returns what is in here, and of when.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Returns the file's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get()
    }

    /// Returns the file's bytes, copied if they are mapped.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self.bytes {
            Bytes::Mapped(map) => map.to_vec(),
            Bytes::Owned(bytes) => bytes,
        }
    }

    /// Returns the namespaces, sorted.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.meta.namespaces.keys().map(String::as_str)
    }

    pub(crate) fn parts(&self, table: Table) -> Result<Parts<'_>, Error> {
        if table == Table::Repositories && !(0..3).any(|part| self.layout.has(Kind::table(table, part))) {
            return Ok(Parts { blocks: &[], index: &[], keys: &[] });
        }
        let section = |part| self.layout.section(self.bytes.get(), Kind::table(table, part));
        Ok(Parts { blocks: section(0)?, index: section(1)?, keys: section(2)? })
    }

    pub(crate) fn dictionary(&self) -> Result<&DecoderDictionary<'static>, Error> {
        if let Some(made) = self.dictionary.get() {
            return Ok(&made.0);
        }
        let bytes = self.layout.section(self.bytes.get(), Kind::DICTIONARY).unwrap_or_default();
        let made = DecoderDictionary::try_copy(bytes).map_err(|_| Error::damaged("its dictionary is none"))?;
        Ok(&self.dictionary.get_or_init(|| Dictionary(made)).0)
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let [affects, advisories, ids, scores, repositories] = &self.kept;
        let kept = match table {
            Table::Affects => affects,
            Table::Advisories => advisories,
            Table::Ids => ids,
            Table::Scores => scores,
            Table::Repositories => repositories,
        };
        self.parts(table)?.get(key, self.dictionary()?, kept)
    }

    /// Returns everything that is said of packages of exactly this name.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn affects(&self, namespace: &str, name: &str) -> Result<Vec<Affect>, Error> {
        let key = pair(namespace, name);
        self.get(Table::Affects, &key)?.map_or(Ok(Vec::new()), |value| read_affects(&key, &value))
    }

    /// Returns one source's advisory, with what is known of its exploitation.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn advisory(&self, source: &str, id: &str) -> Result<Option<Advisory>, Error> {
        let key = pair(source, id);
        let Some(value) = self.get(Table::Advisories, &key)? else { return Ok(None) };
        let mut advisory = read_advisory(&key, &value)?;
        let cves = std::iter::once(&advisory.id).chain(&advisory.aliases).filter(|id| id.starts_with("CVE-"));
        let mut scores = Scores::default();
        for cve in cves.take(64) {
            let found = self.scores(cve)?;
            scores.kev = scores.kev.or(found.kev);
            scores.epss = scores.epss.max(found.epss);
        }
        (advisory.kev, advisory.epss) = (scores.kev, scores.epss);
        Ok(Some(advisory))
    }

    /// Returns the advisories of every source that have this id, or name it as an alias.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn records(&self, id: &str) -> Result<Vec<Advisory>, Error> {
        let Some(value) = self.get(Table::Ids, id.as_bytes())? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (source, id) in read_speakers(&value)? {
            found.extend(self.advisory(&source, &id)?);
        }
        Ok(found)
    }

    /// Returns what is known of a CVE's exploitation.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn scores(&self, cve: &str) -> Result<Scores, Error> {
        self.get(Table::Scores, cve.as_bytes())?.map_or(Ok(Scores::default()), |value| read_scores(&value))
    }

    /// Returns the CPEs that Red Hat's statements call a content set by; empty if it is not known.
    ///
    /// # Errors
    /// If the file is damaged.
    pub fn repository_cpes(&self, content_set: &str) -> Result<Vec<String>, Error> {
        let found = self.get(Table::Repositories, content_set.as_bytes())?;
        found.map_or(Ok(Vec::new()), |value| read_repository(&value))
    }

    /// Reads everything, and compares it with every digest.
    ///
    /// # Errors
    /// If anything is damaged.
    pub fn check(&self) -> Result<(), Error> {
        self.layout.check(self.bytes.get(), true)?;
        let tables = self.tables()?;
        for (key, value) in tables.get(&Table::Affects).into_iter().flatten() {
            read_affects(key, value)?;
        }
        for (key, value) in tables.get(&Table::Advisories).into_iter().flatten() {
            read_advisory(key, value)?;
        }
        for value in tables.get(&Table::Ids).into_iter().flat_map(|entries| entries.values()) {
            read_speakers(value)?;
        }
        for value in tables.get(&Table::Scores).into_iter().flat_map(|entries| entries.values()) {
            read_scores(value)?;
        }
        for value in tables.get(&Table::Repositories).into_iter().flat_map(|entries| entries.values()) {
            read_repository(value)?;
        }
        let content = content_digest(&tables);
        if content == self.meta.content {
            Ok(())
        } else {
            Err(Error::damaged("its content is not what its description says"))
        }
    }

    /// Reads all entries into memory.
    pub(crate) fn tables(&self) -> Result<Tables, Error> {
        let mut tables = Tables::new();
        for table in Table::ALL {
            let entries = tables.entry(table).or_default();
            self.parts(table)?.each(self.dictionary()?, |key, value| {
                entries.insert(key.to_vec(), value.to_vec());
                Ok(())
            })?;
        }
        Ok(tables)
    }
}

impl AdvisorySource for Database {
    type Error = Error;

    fn affects(&self, namespace: &Namespace, name: &str) -> Result<Vec<Affect>, Error> {
        Self::affects(self, &namespace.0, name)
    }

    fn covers(&self, namespace: &Namespace) -> Result<bool, Error> {
        Ok(self.meta.namespaces.contains_key(&namespace.0))
    }

    fn records(&self, id: &str) -> Result<Vec<Advisory>, Error> {
        Self::records(self, id)
    }

    fn exploitation(&self, cve: &str) -> Result<(Option<Kev>, Option<Epss>), Error> {
        self.scores(cve).map(|scores| (scores.kev, scores.epss))
    }

    fn repository_cpes(&self, content_set: &str) -> Result<Vec<String>, Error> {
        Self::repository_cpes(self, content_set)
    }
}
