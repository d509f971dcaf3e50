//! One layer upon the others.

use std::collections::BTreeMap;

use crate::layer::LayerRecord;
use crate::layer::path::join;
use crate::layer::tree::{Node, NodeId, Tree};

/// A file that says something: the number of its layer, and its number in that layer's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileAt {
    pub(super) layer: usize,
    pub(super) file: usize,
}

/// What a file of the image is to the scanner: nothing, or one that says something.
pub(super) type Content = Option<FileAt>;

/// The image's files as they are seen from the top.
#[derive(Debug)]
pub(super) struct View {
    pub(super) tree: Tree<Content>,
    /// Which files stood at a path one after the other, without a gap, the lowest first.
    pub(super) history: BTreeMap<String, Vec<FileAt>>,
    /// Entries that have no place, by layer, each with the reason.
    pub(super) refused: Vec<(usize, String, &'static str)>,
    /// All layers so far were read to their ends.
    is_whole: bool,
}

/// Entries that have no place are listed up to here.
const MAX_REFUSED: usize = 10_000;

impl View {
    pub(super) fn new() -> Self {
        Self { tree: Tree::new(), history: BTreeMap::new(), refused: Vec::new(), is_whole: true }
    }

    /// Lays a layer upon what is there.
    pub(super) fn apply(&mut self, number: usize, layer: &LayerRecord) {
        // They were made before this layer took anything away.
        let linked: Vec<_> = layer.hard_links.iter().map(|link| self.linked(&link.target)).collect();
        for path in &layer.opaque {
            for (path, id) in self.tree.clear(path) {
                self.forget(&path, id);
            }
        }
        for path in &layer.whiteouts {
            if let Some(id) = self.tree.remove(path) {
                self.forget(path, id);
            }
        }
        // Folders and links come first: they say where the files of this layer really are.
        for dir in layer.dirs.iter().filter(|dir| dir.is_explicit) {
            let before = self.tree.put_dir(&dir.path, true);
            self.replaced(number, &dir.path, before, None);
        }
        for link in &layer.links {
            let before = self.tree.put(&link.path, Node::Link(link.target.as_str().into()));
            self.replaced(number, &link.path, before, None);
        }
        for dir in &layer.dirs {
            for name in &dir.names {
                let path = join(&dir.path, name);
                let before = self.tree.put(&path, Node::File(None));
                self.replaced(number, &path, before, None);
            }
        }
        for (file, says) in layer.files.iter().enumerate() {
            let at = FileAt { layer: number, file };
            for path in &says.paths {
                let before = self.tree.put(path, Node::File(Some(at)));
                self.replaced(number, path, before, Some(at));
            }
        }
        self.is_whole &= !layer.unreadable.iter().any(|file| file.path == "/");
        for (link, below) in layer.hard_links.iter().zip(linked) {
            // A file of this layer may be called by a path that only a lower layer's links make one.
            let Some(node) = below.or_else(|| self.linked(&link.target)) else {
                // Where a layer is missing, what it would hold is, too.
                if self.is_whole {
                    self.refuse(number, &link.path, "it is a hard link to a file that is not there");
                }
                continue;
            };
            let at = if let Node::File(content) = &node { *content } else { None };
            let before = self.tree.put(&link.path, node);
            self.replaced(number, &link.path, before, at);
        }
    }

    /// Returns the file that a hard link is another name of.
    fn linked(&mut self, target: &str) -> Option<Node<Content>> {
        let (id, _) = self.tree.find_entry(target)?;
        match self.tree.node(id)? {
            Node::File(content) => Some(Node::File(*content)),
            Node::Link(target) => Some(Node::Link(target.clone())),
            // Nor is it copied to find that out: it may hold a million names.
            Node::Dir { .. } => None,
        }
    }

    fn refuse(&mut self, layer: usize, entry: &str, reason: &'static str) {
        if self.refused.len() < MAX_REFUSED {
            self.refused.push((layer, entry.to_owned(), reason));
        }
    }

    /// Keeps the history after something was put at a path.
    fn replaced<E>(
        &mut self,
        layer: usize,
        entry: &str,
        before: Result<(String, Option<NodeId>), E>,
        now: Option<FileAt>,
    ) {
        let Ok((path, before)) = before else {
            self.refuse(layer, entry, "its links go in circles, or are too long");
            return;
        };
        match now {
            Some(at) => {
                if let Some(id) = before
                    && matches!(self.tree.node(id), Some(Node::Dir { .. }))
                {
                    self.forget(&path, id);
                }
                self.history.entry(path).or_default().push(at);
            }
            None => {
                if let Some(id) = before {
                    self.forget(&path, id);
                }
            }
        }
    }

    /// Ends the history of a file or of all files of a tree.
    fn forget(&mut self, path: &str, id: NodeId) {
        let history = &mut self.history;
        self.tree.visit(path.to_owned(), id, |path, node| {
            if matches!(node, Node::File(Some(_))) {
                history.remove(path);
            }
        });
    }
}
