//! What is asked of a layer that was read before.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Asked;

/// What a file is to who reads a layer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role<'a> {
    /// It is read if its own name or its first bytes say what it is.
    Own,
    /// It is wanted under another name.
    Asked(&'a Asked),
    /// It is the journal of such a file.
    Journal,
    /// It is of no interest.
    Nothing,
}

/// Files that are wanted under other names than their own.
#[derive(Debug)]
pub(super) struct AskedFiles<'a> {
    /// By the path of the data.
    asked: BTreeMap<&'a str, &'a Asked>,
    journals: BTreeSet<&'a str>,
    met: BTreeSet<&'a str>,
}

impl<'a> AskedFiles<'a> {
    pub(super) fn new(asked: &'a [Asked]) -> Self {
        Self {
            asked: asked.iter().map(|asked| (asked.data.as_str(), asked)).collect(),
            journals: asked.iter().filter_map(|asked| asked.journal.as_deref()).collect(),
            met: BTreeSet::new(),
        }
    }

    /// Tells what the file of this path is. Where nothing is asked, all files are as they are called.
    pub(super) fn role(&mut self, real: &str) -> Role<'a> {
        if self.asked.is_empty() {
            return Role::Own;
        }
        match self.asked.get_key_value(real) {
            Some((data, asked)) => {
                self.met.insert(data);
                Role::Asked(asked)
            }
            None if self.journals.contains(real) => Role::Journal,
            None => Role::Nothing,
        }
    }

    /// Returns the names of files that the layer does not have.
    pub(super) fn unmet(&self) -> Vec<&'a str> {
        let unmet = self.asked.iter().filter(|(data, _)| !self.met.contains(*data));
        unmet.map(|(_, asked)| asked.read_as.as_str()).collect()
    }
}
