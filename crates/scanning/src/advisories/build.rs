//! From files to a database.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use advisory_db::{Builder, Unread, import_grype, import_trivy, is_bolt, is_sqlite};
use base::Timestamp;
use serde::Serialize;
use vuln::feed::{Document, detect, import};

use super::error::Error;
use super::unpack::{Limits, Visitor, visit};

/// What became of what was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was read, by form (`osv`, `secdb`, `trivy`, …).
    pub forms: BTreeMap<String, FormReport>,
    /// Files that are no feed (licences, readmes).
    pub other_files: u64,
    /// The first of them.
    pub first_others: Vec<String>,
    /// What could not even be opened or unpacked.
    pub unreadable: Unread,
}

/// What was read in one form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormReport {
    /// Documents that were read, at least in part.
    pub documents: u64,
    /// Documents, or parts of them, that could not be read, with the first reasons.
    pub unread: Unread,
}

impl Report {
    /// Returns how many documents were read.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.forms.values().map(|form| form.documents).sum()
    }

    /// Returns how much could not be read.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unreadable.count + self.forms.values().map(|form| form.unread.count).sum::<u64>()
    }
}

/// A database in the making.
pub struct Build<'a> {
    builder: Builder,
    report: Report,
    limits: Limits,
    /// Called with the number of documents read so far.
    progress: Box<dyn FnMut(u64) + 'a>,
}

impl std::fmt::Debug for Build<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build").field("report", &self.report).finish_non_exhaustive()
    }
}

impl<'a> Build<'a> {
    /// Begins; `progress` is called with the number of documents read so far.
    pub fn new(limits: Limits, progress: impl FnMut(u64) + 'a) -> Self {
        Self { builder: Builder::default(), report: Report::default(), limits, progress: Box::new(progress) }
    }

    /// Reads a file, an archive or a folder of them, of any known forms.
    ///
    /// # Errors
    /// If the path itself cannot be read; what is wrong within is reported.
    pub fn add(&mut self, path: &Path) -> Result<(), Error> {
        visit(path, self.limits, self)
    }

    /// Returns what has been read so far.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Makes the database.
    ///
    /// # Errors
    /// If nothing was read, or compression fails.
    pub fn finish(self, version: u64, created: Timestamp) -> Result<(Vec<u8>, Report), Error> {
        if self.report.documents() == 0 {
            return Err(Error::Empty);
        }
        let bytes = self.builder.finish(version, created).map_err(|source| Error::Build { source })?;
        Ok((bytes, self.report))
    }

    /// Reads a database that came in an archive: SQLite wants a file.
    fn sqlite(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        file.write_all(bytes).map_err(|error| error.to_string())?;
        import_grype(file.path(), &mut self.builder).map_err(|error| base::chain(&error))
    }

    /// Books what an importer has left unread, and whether it came through.
    fn book(&mut self, form: &str, name: &str, failure: Option<String>) {
        let report = self.report.forms.entry(form.to_owned()).or_default();
        let unread = self.builder.take_unread();
        report.unread.count += unread.count;
        for (part, reason) in unread.first {
            if report.unread.first.len() < Unread::KEPT {
                report.unread.first.push((format!("{name}: {part}"), reason));
            }
        }
        match failure {
            Some(reason) => report.unread.add(name, &reason),
            None => report.documents += 1,
        }
        (self.progress)(self.report.documents());
    }
}

impl Visitor for Build<'_> {
    fn document(&mut self, name: &str, bytes: &[u8]) {
        if is_bolt(bytes) {
            let failure = import_trivy(bytes, &mut self.builder).err().map(|error| base::chain(&error));
            return self.book("trivy", name, failure);
        }
        if is_sqlite(bytes) {
            let failure = self.sqlite(bytes).err();
            return self.book("grype", name, failure);
        }
        let Some(format) = detect(name, bytes) else {
            self.report.other_files += 1;
            if self.report.first_others.len() < Unread::KEPT {
                self.report.first_others.push(name.to_owned());
            }
            return;
        };
        let failure = import(format, Document { name, bytes }, &mut self.builder).err();
        self.book(format.name(), name, failure.map(|error| base::chain(&error)));
    }

    fn unreadable(&mut self, name: &str, reason: &str) {
        self.report.unreadable.add(name, reason);
    }

    fn database(&mut self, path: &Path) -> bool {
        let mut head = [0; 16];
        let is_one =
            fs_err::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && is_sqlite(&head);
        if is_one {
            let failure = import_grype(path, &mut self.builder).err().map(|error| base::chain(&error));
            self.book("grype", &path.display().to_string(), failure);
        }
        is_one
    }
}
