//! Data that only links call by names that tell what it is, read under such a name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{LayerFile, LayerRecord};

/// Why a file is listed whose name is a link to data that was not read.
pub const NOT_READ: &str = "its data lies under another name and was not read";

/// A file of a layer that is to be read as if it had another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    /// The path of the data's entry in its layer.
    pub data: String,
    /// The name that a link gives it.
    pub read_as: String,
    /// The entry of the same layer that is its journal.
    pub journal: Option<String>,
}

/// What a file said that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked.
    pub asked: Asked,
    /// What it says, if anything.
    pub file: Option<LayerFile>,
    /// Why it, or some of it, could not be read.
    pub unreadable: Vec<String>,
}

/// Takes the answers out of what a layer said that was read for them alone. Each question has one.
#[must_use]
pub fn answers(asked: Vec<Asked>, read: LayerRecord) -> Vec<Answer> {
    let is_whole = read.is_whole();
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in read.unreadable {
        reasons.entry(file.path).or_default().push(file.reason);
    }
    let mut files: BTreeMap<String, LayerFile> = BTreeMap::new();
    for file in read.files {
        // Where the data's name occurs twice, the link is to the one that it names now.
        let is_linked = file.paths.contains(&file.read_as);
        if is_linked || !files.contains_key(&file.read_as) {
            files.insert(file.read_as.clone(), file);
        }
    }
    asked
        .into_iter()
        .map(|asked| {
            let mut unreadable = reasons.get(&asked.read_as).cloned().unwrap_or_default();
            // Its names are the image's to tell.
            let file = files.remove(&asked.read_as).map(|file| LayerFile { paths: vec![asked.data.clone()], ..file });
            if file.is_none() && unreadable.is_empty() && !is_whole {
                unreadable.push(NOT_READ.to_owned());
            }
            Answer { asked, file, unreadable }
        })
        .collect()
}
