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
    /// Entries whose links go in circles, by layer.
    pub(super) refused: Vec<(usize, String)>,
}

impl View {
    pub(super) fn new() -> Self {
        Self { tree: Tree::new(), history: BTreeMap::new(), refused: Vec::new() }
    }

    /// Lays a layer upon what is there.
    pub(super) fn apply(&mut self, number: usize, layer: &LayerRecord) {
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
        for link in &layer.hard_links {
            let target = self.tree.find_entry(&link.target).and_then(|(id, _)| self.tree.node(id)).cloned();
            let Some(node @ (Node::File(_) | Node::Link(_))) = target else { continue };
            let at = if let Node::File(content) = &node { *content } else { None };
            let before = self.tree.put(&link.path, node);
            self.replaced(number, &link.path, before, at);
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
            self.refused.push((layer, entry.to_owned()));
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
