//! Licences of a whole database.

use std::collections::BTreeMap;

use crate::licence;

/// Distinct texts that are looked up; a real system has some hundreds. The rest stays as it is written.
const TEXTS: usize = 5000;

/// Looks each distinct text up once: many packages share a few, and a hostile database may not cost a look-up a package.
#[derive(Default)]
pub(crate) struct LicenceMemo {
    known: BTreeMap<String, String>,
}

impl LicenceMemo {
    /// Returns the SPDX expression of the words where there is one, else the words.
    pub(crate) fn settle(&mut self, raw: &str) -> String {
        if let Some(known) = self.known.get(raw) {
            return known.clone();
        }
        if self.known.len() >= TEXTS {
            return raw.to_owned();
        }
        let settled = licence::settle(raw);
        self.known.insert(raw.to_owned(), settled.clone());
        settled
    }
}
