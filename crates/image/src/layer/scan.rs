//! The pass over a layer's entries.

use std::io::Read;
use std::time::Instant;

use catalogue::{
    Analyser, Findings, LayerBuilder, LayerFile, LayerRecord, Limits, NOT_READ, ParseError, analyse_pair, companion,
    escape, normalise, select,
};
use oci::Digest;

use super::asked::{AskedFiles, Role};
use super::read::{guarded, may_be_large, read_all, read_file};
use crate::layer::LayerJob;
use crate::spill::Spill;
use crate::tar::{Entry, EntryKind, TarError, TarReader};

/// First bytes of a file that are shown to who chooses.
const HEAD_BYTES: usize = 64;

/// Journals of databases that are kept until their databases are read.
const MAX_KEPT_BYTES: usize = 32 << 20;

/// Journals that are noted, though they are not kept.
const MAX_LOST_JOURNALS: usize = 10_000;

/// A file that somebody wants to read.
struct Chosen {
    /// The name that it is read under.
    name: String,
    /// Its path where links of folders are followed.
    real: String,
    /// The path of its journal, if it may have one.
    companion: Option<String>,
    /// Its number in the layer, where it is read when all entries are: they may link to it or replace it.
    number: Option<usize>,
    analyser: Analyser,
    size_bytes: u64,
    mode: u32,
}

/// A database that waits for its journal.
struct Waiting {
    file: Chosen,
    companion: String,
    bytes: Vec<u8>,
}

pub(super) struct Scan<'a, R> {
    tar: TarReader<R>,
    job: &'a LayerJob,
    asked: AskedFiles<'a>,
    spill: Option<Spill>,
    deadline: Instant,
    builder: LayerBuilder,
    limits: Limits,
    buffer: Vec<u8>,
    waiting: Vec<Waiting>,
    journals: Vec<(String, Vec<u8>)>,
    kept_bytes: usize,
    /// Journals that were too large to be kept.
    lost_journals: Vec<String>,
    /// Databases that were read without a look at their journals.
    unpaired: Vec<(String, String)>,
    entries: u64,
    /// Bytes of files that were read, holes included.
    read_bytes: u64,
    /// A file was read since the clock was looked at.
    has_worked: bool,
}

impl<'a, R: Read> Scan<'a, R> {
    pub(super) fn new(input: R, job: &'a LayerJob, spill: Option<Spill>, deadline: Instant) -> Self {
        Self {
            tar: TarReader::new(input),
            job,
            asked: AskedFiles::new(&job.asked),
            spill,
            deadline,
            builder: LayerBuilder::new(),
            limits: Limits::default(),
            buffer: Vec::new(),
            waiting: Vec::new(),
            journals: Vec::new(),
            kept_bytes: 0,
            lost_journals: Vec::new(),
            unpaired: Vec::new(),
            entries: 0,
            read_bytes: 0,
            has_worked: false,
        }
    }

    pub(super) fn run(&mut self, watch: &mut dyn FnMut(&str)) {
        if let Err(error) = self.entries(watch) {
            self.builder.unreadable("/", base::chain(&error));
        }
        self.databases(watch);
        for name in self.asked.unmet() {
            self.builder.unreadable(name, NOT_READ);
        }
        // What comes behind the end belongs to the layer's digest.
        if let Err(error) = self.tar.drain() {
            self.builder.unreadable("/", base::chain(&error));
        }
    }

    pub(super) fn finish(self, diff_id: Digest) -> LayerRecord {
        let size = self.tar.offset();
        self.builder.finish(diff_id, size, self.entries)
    }

    fn entries(&mut self, watch: &mut dyn FnMut(&str)) -> Result<(), TarError> {
        while let Some(entry) = self.tar.next_entry()? {
            self.entries += 1;
            if self.entries > self.job.limits.entries {
                return Err(TarError::TooLarge { what: "entries", limit: self.job.limits.entries });
            }
            if (std::mem::take(&mut self.has_worked) || self.entries.is_multiple_of(256))
                && Instant::now() > self.deadline
            {
                return Err(TarError::TooLarge { what: "seconds of work", limit: self.job.limits.deadline.as_secs() });
            }
            self.entry(&entry, watch)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, watch: &mut dyn FnMut(&str)) -> Result<(), TarError> {
        let Some(path) = normalise(&entry.name) else {
            self.builder
                .unreadable(&escape(entry.name.get(..200).unwrap_or(&entry.name)), "the entry has no valid name");
            return Ok(());
        };
        if path == "/" || self.builder.whiteout(&path) {
            return Ok(());
        }
        let placed = match entry.kind {
            EntryKind::Dir => self.builder.dir(&path),
            EntryKind::Symlink => self.builder.link(&path, escape(&entry.link)),
            EntryKind::HardLink => self.builder.hard_link(&path, &entry.link),
            EntryKind::Device => self.builder.plain(&path).map(drop),
            EntryKind::Unreadable => {
                self.builder.unreadable(&path, escape(&entry.link));
                Ok(())
            }
            EntryKind::Other => Ok(()),
            EntryKind::File => return self.file(&path, entry, watch),
        };
        if let Err(refused) = placed {
            self.builder.unreadable(&path, refused.to_string());
        }
        Ok(())
    }

    fn file(&mut self, path: &str, entry: &Entry, watch: &mut dyn FnMut(&str)) -> Result<(), TarError> {
        let real = match self.builder.plain(path) {
            Ok(real) => real,
            Err(refused) => {
                self.builder.unreadable(path, refused.to_string());
                return Ok(());
            }
        };
        let role = self.asked.role(&real);
        let path = match role {
            Role::Nothing => return Ok(()),
            Role::Asked(asked) => asked.read_as.as_str(),
            Role::Own | Role::Journal => path,
        };
        let size = entry.size_bytes;
        if size > self.job.limits.file_bytes {
            self.builder.unreadable(path, format!("it is larger than {} bytes", self.job.limits.file_bytes));
            return Ok(());
        }
        let mut head = [0; HEAD_BYTES];
        let got = self.tar.fill_data(&mut head)?;
        let head = head.get(..got).unwrap_or_default();
        // A name below a link to a folder may mean nothing where the true one does.
        let names: &[&str] = match role {
            Role::Own => &[&real, path],
            Role::Asked(_) => &[path],
            Role::Journal | Role::Nothing => &[],
        };
        let chosen = names.iter().find_map(|name| Some((select(name, entry.mode, size, head)?, *name)));
        let Some((analyser, name)) = chosen else {
            let is_journal = matches!(role, Role::Journal) || real.ends_with("-wal");
            return if is_journal { self.journal(&real, size, head) } else { Ok(()) };
        };
        let companion = companion(analyser, name);
        let companion = if let Role::Asked(asked) = role { companion.and(asked.journal.clone()) } else { companion };
        let (name, mode) = (name.to_owned(), entry.mode);
        self.chosen(Chosen { name, real, companion, number: None, analyser, size_bytes: size, mode }, head, watch)
    }

    fn chosen(&mut self, file: Chosen, head: &[u8], watch: &mut dyn FnMut(&str)) -> Result<(), TarError> {
        let (path, size) = (file.name.as_str(), file.size_bytes);
        if self.job.skip.iter().any(|skipped| skipped == path) {
            self.builder.unreadable(path, "its reader died of it");
            return Ok(());
        }
        watch(path);
        self.has_worked = true;
        self.read_bytes = self.read_bytes.saturating_add(size);
        // Holes take no room in the archive, but here they do.
        if self.read_bytes > self.job.limits.layer_bytes {
            let limit = self.job.limits.layer_bytes;
            return Err(TarError::TooLarge { what: "bytes in files, holes included", limit });
        }
        if size > self.job.limits.memory_bytes {
            return self.large(file, head);
        }
        let mut bytes = std::mem::take(&mut self.buffer);
        read_all(&mut self.tar, size, head, &mut bytes)?;
        if let Some(companion) = file.companion.clone() {
            self.wait(Waiting { file, companion, bytes });
            return Ok(());
        }
        let findings = guarded(|| read_file(file.analyser, path, &bytes, &self.limits));
        self.buffer = bytes;
        self.found(file, findings);
        Ok(())
    }

    /// Keeps a journal that may belong to a database.
    fn journal(&mut self, path: &str, size: u64, head: &[u8]) -> Result<(), TarError> {
        let fits = usize::try_from(size).is_ok_and(|size| self.kept_bytes.saturating_add(size) <= MAX_KEPT_BYTES);
        if size == 0 {
            return Ok(());
        }
        if !fits && self.lost_journals.len() < MAX_LOST_JOURNALS {
            self.lost_journals.push(path.to_owned());
        } else if fits {
            let mut bytes = Vec::new();
            read_all(&mut self.tar, size, head, &mut bytes)?;
            self.kept_bytes += bytes.len();
            self.journals.push((path.to_owned(), bytes));
        }
        Ok(())
    }

    fn wait(&mut self, mut waiting: Waiting) {
        // Few images hold more than one such database; what is beyond the bound is read without its journal.
        if self.kept_bytes.saturating_add(waiting.bytes.len()) > MAX_KEPT_BYTES {
            let Waiting { file, companion, bytes } = waiting;
            self.unpaired.push((file.name.clone(), companion));
            let findings = guarded(|| read_file(file.analyser, &file.name, &bytes, &self.limits));
            self.found(file, findings);
            return;
        }
        match self.builder.reserve(&waiting.file.real) {
            Ok(number) => waiting.file.number = Some(number),
            Err(refused) => return self.builder.unreadable(&waiting.file.name, refused.to_string()),
        }
        self.kept_bytes += waiting.bytes.len();
        self.waiting.push(waiting);
    }

    /// Reads the databases that waited for their journals.
    fn databases(&mut self, watch: &mut dyn FnMut(&str)) {
        for Waiting { file, companion, bytes } in std::mem::take(&mut self.waiting) {
            if Instant::now() > self.deadline {
                self.builder.unreadable("/", "there was no time left for its databases");
                return;
            }
            watch(&file.name);
            let journal = self.journals.iter().rev().find(|(path, _)| *path == companion);
            let findings = match journal {
                Some((_, journal)) => {
                    guarded(|| analyse_pair(file.analyser, &file.name, &bytes, journal, &self.limits))
                }
                None => {
                    self.unpaired.push((file.name.clone(), companion));
                    guarded(|| read_file(file.analyser, &file.name, &bytes, &self.limits))
                }
            };
            self.found(file, findings);
        }
        // What a journal holds is not in its database yet.
        for (path, companion) in std::mem::take(&mut self.unpaired) {
            let is_kept = self.journals.iter().any(|(journal, _)| *journal == companion);
            if is_kept || self.lost_journals.contains(&companion) {
                self.builder.unreadable(&path, "its journal was not read: what was installed last may be missing");
            }
        }
    }

    /// Reads a file that is too large for memory, if it is of a kind that may be.
    fn large(&mut self, file: Chosen, head: &[u8]) -> Result<(), TarError> {
        let (path, size, analyser) = (file.name.as_str(), file.size_bytes, file.analyser);
        let limit = self.job.limits.memory_bytes;
        if !may_be_large(analyser, head) {
            self.builder.unreadable(path, format!("it is larger than {limit} bytes"));
            return Ok(());
        }
        let Some(mut spill) = self.spill.take() else {
            self.builder.accident(path, "there is no room for large files");
            return Ok(());
        };
        if size > self.job.limits.spill_bytes {
            self.builder.unreadable(path, format!("it is larger than {} bytes", self.job.limits.spill_bytes));
            self.spill = Some(spill);
            return Ok(());
        }
        if let Some(companion) = file.companion.clone() {
            self.unpaired.push((path.to_owned(), companion));
        }
        let filled = self.pour(&mut spill, head)?;
        let findings =
            filled.and_then(|()| spill.with(|bytes| guarded(|| read_file(analyser, path, bytes, &self.limits))));
        match findings {
            Ok(findings) => self.found(file, findings),
            Err(error) => self.builder.accident(path, format!("setting it aside: {error}")),
        }
        if spill.clear().is_ok() {
            self.spill = Some(spill);
        }
        Ok(())
    }

    /// Writes the rest of an entry's data to the spill file. The outer failure is the archive's, the inner the file's.
    fn pour(&mut self, spill: &mut Spill, head: &[u8]) -> Result<std::io::Result<()>, TarError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(1 << 20, 0);
        let mut written = spill.clear().and_then(|()| spill.write(head));
        while written.is_ok() {
            let got = self.tar.fill_data(&mut buffer)?;
            if got == 0 {
                break;
            }
            written = spill.write(buffer.get(..got).unwrap_or_default());
        }
        self.buffer = buffer;
        Ok(written)
    }

    fn found(&mut self, file: Chosen, findings: Result<Result<Findings, ParseError>, ()>) {
        let Chosen { name, real, number, analyser, size_bytes, mode, .. } = file;
        match findings {
            Ok(Ok(findings)) if findings.is_empty() => {}
            Ok(Ok(findings)) => {
                let says = LayerFile { read_as: name.clone(), paths: Vec::new(), size_bytes, mode, analyser, findings };
                match number {
                    Some(number) => self.builder.fill(number, says),
                    None => {
                        if let Err(refused) = self.builder.file(&real, says) {
                            self.builder.unreadable(&name, refused.to_string());
                        }
                    }
                }
            }
            Ok(Err(error)) => self.builder.unreadable(&name, error.to_string()),
            Err(()) => self.builder.unreadable(&name, "its reader failed"),
        }
    }
}
