//! The database, asked once for each thing.

use std::collections::HashMap;
use std::rc::Rc;

use super::source::AdvisorySource;
use crate::advisory::{Advisory, Affect, Epss, Kev, Namespace};

/// Most records of one id that are looked at.
const MOST_RECORDS: usize = 200;

/// Everything that is said of one name, sorted.
pub(super) type Affects = Rc<[Rc<Affect>]>;

pub(super) struct Records<'a, S: AdvisorySource> {
    source: &'a S,
    covers: HashMap<Namespace, bool>,
    records: HashMap<String, Rc<[Rc<Advisory>]>>,
    /// The last look-up: a package is asked about several times in a row.
    affects: Option<(Namespace, String, Affects)>,
}

impl<'a, S: AdvisorySource> Records<'a, S> {
    pub(super) fn new(source: &'a S) -> Self {
        Self { source, covers: HashMap::new(), records: HashMap::new(), affects: None }
    }

    pub(super) fn affects(&mut self, namespace: &Namespace, name: &str) -> Result<Affects, S::Error> {
        if let Some((known_namespace, known_name, affects)) = &self.affects
            && known_namespace == namespace
            && known_name == name
        {
            return Ok(Rc::clone(affects));
        }
        let mut found = self.source.affects(namespace, name)?;
        found.sort();
        let affects: Affects = found.into_iter().map(Rc::new).collect();
        self.affects = Some((namespace.clone(), name.to_owned(), Rc::clone(&affects)));
        Ok(affects)
    }

    pub(super) fn covers(&mut self, namespace: &Namespace) -> Result<bool, S::Error> {
        if let Some(covers) = self.covers.get(namespace) {
            return Ok(*covers);
        }
        let covers = self.source.covers(namespace)?;
        self.covers.insert(namespace.clone(), covers);
        Ok(covers)
    }

    pub(super) fn records(&mut self, id: &str) -> Result<Rc<[Rc<Advisory>]>, S::Error> {
        if let Some(records) = self.records.get(id) {
            return Ok(Rc::clone(records));
        }
        let mut found = self.source.records(id)?;
        found.sort();
        found.truncate(MOST_RECORDS);
        let records: Rc<[Rc<Advisory>]> = found.into_iter().map(Rc::new).collect();
        self.records.insert(id.to_owned(), Rc::clone(&records));
        Ok(records)
    }

    /// Returns how a CVE is exploited.
    pub(super) fn exploitation(&mut self, cve: &str) -> Result<(Option<Kev>, Option<Epss>), S::Error> {
        self.source.exploitation(cve)
    }

    /// Returns an advisory by its source and id.
    pub(super) fn own(&mut self, advisory: &(String, String)) -> Result<Option<Rc<Advisory>>, S::Error> {
        let records = self.records(&advisory.1)?;
        Ok(records.iter().find(|record| record.source == advisory.0 && record.id == advisory.1).cloned())
    }
}
