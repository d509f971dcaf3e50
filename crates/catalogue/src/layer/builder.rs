//! From a layer's entries, in their order, to its record.

use oci::Digest;

use super::answer::NOT_READ;
use super::path::{join, normalise, split};
use super::record::{INDEXER_VERSION, LayerDir, LayerFile, LayerLink, LayerRecord, Unreadable};
use super::tree::{Node, Tree};
use crate::select::is_telling;

/// What cannot be read of one layer is listed up to here.
const MAX_UNREADABLE: usize = 10_000;

/// Hard links that name data of another name are kept up to here.
const MAX_LINKED: usize = 100_000;

/// An entry that has no place in the tree: its name is malformed, or its links go in circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entry's name is malformed, its link is too long, or its links go in circles")]
pub struct Refused;

#[derive(Debug, Clone)]
enum Content {
    /// It says nothing.
    Plain,
    /// It is the file of this number, or says nothing where that is missing.
    Says(usize),
    /// Its data lies in a lower layer, under this path.
    Below(String),
    /// Its data lies in this layer, under this path, and says nothing by that name.
    Linked(Box<str>),
}

/// Builds a [`LayerRecord`] entry by entry.
#[derive(Debug)]
pub struct LayerBuilder {
    tree: Tree<Content>,
    files: Vec<Option<LayerFile>>,
    whiteouts: Vec<String>,
    opaque: Vec<String>,
    unreadable: Vec<Unreadable>,
    had_accident: bool,
    linked: usize,
}

impl Default for LayerBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl LayerBuilder {
    /// Starts an empty layer.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tree: Tree::new(),
            files: Vec::new(),
            whiteouts: Vec::new(),
            opaque: Vec::new(),
            unreadable: Vec::new(),
            had_accident: false,
            linked: 0,
        }
    }

    /// Takes a whiteout in, if the path (normalised) is one; answers whether it was. Names of aufs's own bookkeeping are
    /// whiteouts of nothing.
    pub fn whiteout(&mut self, path: &str) -> bool {
        let Some((folder, name)) = split(path) else { return false };
        // Files below `.wh..wh.plnk` are aufs's, too; engines skip them at the root alone.
        if path.starts_with("/.wh..wh.") && path != "/.wh..wh..opq" {
            return true;
        }
        let Some(hidden) = name.strip_prefix(".wh.") else { return false };
        if name == ".wh..wh..opq" {
            self.opaque.push(folder.to_owned());
            // The folder is there, or there would be nothing to hide in it.
            let _ = self.tree.put_dir(folder, false);
        } else if !hidden.is_empty() && !hidden.starts_with(".wh.") && !matches!(hidden, "." | "..") {
            self.whiteouts.push(join(folder, hidden));
        }
        true
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn dir(&mut self, path: &str) -> Result<(), Refused> {
        self.tree.put_dir(path, true).map(|_| ()).map_err(|_| Refused)
    }

    /// Adds a symbolic link, its target as written (escaped).
    ///
    /// # Errors
    /// [`Refused`].
    pub fn link(&mut self, path: &str, target: String) -> Result<(), Refused> {
        self.tree.put(path, Node::Link(target.into_boxed_str())).map(|_| ()).map_err(|_| Refused)
    }

    /// Adds a hard link; its target may lie in this layer or in a lower one.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn hard_link(&mut self, path: &str, target: &[u8]) -> Result<(), Refused> {
        let target = normalise(target).ok_or(Refused)?;
        let found = self.tree.find_entry(&target);
        let mut data = None;
        let node = match found.and_then(|(id, real)| Some((self.tree.node(id)?, real))) {
            // A folder is not even copied: it may hold a million names, and be linked to as often.
            Some((Node::Dir { .. }, _)) => return Err(Refused),
            Some((Node::File(Content::Plain), real)) => {
                data = Some(real.into_boxed_str());
                Node::File(Content::Plain)
            }
            Some((Node::File(Content::Linked(of)), _)) => {
                data = Some(of.clone());
                Node::File(Content::Plain)
            }
            Some((Node::File(content), _)) => Node::File(content.clone()),
            Some((Node::Link(target), _)) => Node::Link(target.clone()),
            None => Node::File(Content::Below(target)),
        };
        let (real, _) = self.tree.put(path, node).map_err(|_| Refused)?;
        match data.filter(|data| is_telling(&real) && !is_telling(data)) {
            Some(data) => self.linked(&real, data),
            None => Ok(()),
        }
    }

    /// Notes that a name that tells what it is was given to data of another name.
    fn linked(&mut self, path: &str, data: Box<str>) -> Result<(), Refused> {
        if self.linked >= MAX_LINKED {
            self.unreadable(path, NOT_READ);
            return Ok(());
        }
        self.linked += 1;
        self.tree.put(path, Node::File(Content::Linked(data))).map(|_| ()).map_err(|_| Refused)
    }

    /// Adds a file (or a device) that says nothing. Answers with the path that it has in this layer, where links of folders
    /// are followed.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn plain(&mut self, path: &str) -> Result<String, Refused> {
        self.tree.put(path, Node::File(Content::Plain)).map(|(real, _)| real).map_err(|_| Refused)
    }

    /// Adds a file that says something; its paths are filled in at the end.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn file(&mut self, path: &str, file: LayerFile) -> Result<(), Refused> {
        let number = self.reserve(path)?;
        self.fill(number, file);
        Ok(())
    }

    /// Adds a file that is read later, so that links to it and entries in its place meanwhile mean what they say. Answers
    /// with the number to [`Self::fill`].
    ///
    /// # Errors
    /// [`Refused`].
    pub fn reserve(&mut self, path: &str) -> Result<usize, Refused> {
        let number = self.files.len();
        self.tree.put(path, Node::File(Content::Says(number))).map_err(|_| Refused)?;
        self.files.push(None);
        Ok(number)
    }

    /// Gives what a file says that was added before.
    pub fn fill(&mut self, number: usize, file: LayerFile) {
        if let Some(place) = self.files.get_mut(number) {
            *place = Some(file);
        }
    }

    /// Notes what could not be read.
    pub fn unreadable(&mut self, path: &str, reason: impl Into<String>) {
        if self.unreadable.len() < MAX_UNREADABLE {
            self.unreadable.push(Unreadable { path: path.to_owned(), reason: reason.into() });
        }
    }

    /// Notes what could not be read for a reason that lies in this machine, and may be gone the next time.
    pub fn accident(&mut self, path: &str, reason: impl Into<String>) {
        self.had_accident = true;
        self.unreadable(path, reason);
    }

    /// Ends the layer.
    #[must_use]
    pub fn finish(self, diff_id: Digest, size_bytes: u64, entries: u64) -> LayerRecord {
        let Self { tree, files, whiteouts, opaque, unreadable, had_accident, .. } = self;
        let mut record = LayerRecord {
            indexer: INDEXER_VERSION,
            diff_id,
            size_bytes,
            entries,
            dirs: Vec::new(),
            whiteouts,
            opaque,
            links: Vec::new(),
            hard_links: Vec::new(),
            linked: Vec::new(),
            files: Vec::new(),
            unreadable,
            had_accident,
            answers: Vec::new(),
        };
        let mut paths: Vec<Vec<String>> = vec![Vec::new(); files.len()];
        let mut names: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
        tree.visit("/".to_owned(), Tree::<Content>::ROOT, |path, node| match node {
            Node::Dir { is_explicit, .. } => {
                record.dirs.push(LayerDir { path: path.to_owned(), is_explicit: *is_explicit, names: Vec::new() });
            }
            Node::Link(target) => {
                record.links.push(LayerLink { path: path.to_owned(), target: target.to_string() });
            }
            Node::File(Content::Says(number)) if files.get(*number).is_some_and(Option::is_some) => {
                if let Some(paths) = paths.get_mut(*number) {
                    paths.push(path.to_owned());
                }
            }
            Node::File(Content::Plain | Content::Says(_)) => {
                if let Some((folder, name)) = split(path) {
                    names.entry(folder.to_owned()).or_default().push(name.to_owned());
                }
            }
            Node::File(Content::Below(target)) => {
                record.hard_links.push(LayerLink { path: path.to_owned(), target: target.clone() });
            }
            Node::File(Content::Linked(data)) => {
                record.linked.push(LayerLink { path: path.to_owned(), target: data.to_string() });
            }
        });
        for dir in &mut record.dirs {
            dir.names = names.remove(&dir.path).unwrap_or_default();
        }
        // A file that a later entry of the same layer replaced is gone.
        record.files = files
            .into_iter()
            .zip(paths)
            .filter(|(_, paths)| !paths.is_empty())
            .filter_map(|(file, paths)| Some(LayerFile { paths, ..file? }))
            .collect();
        record.files.sort_by(|a, b| a.paths.cmp(&b.paths));
        for list in [&mut record.whiteouts, &mut record.opaque] {
            list.sort();
            list.dedup();
        }
        record.unreadable.sort();
        record.unreadable.dedup();
        record
    }
}
