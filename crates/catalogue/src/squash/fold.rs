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

/// Where the data of a file that says nothing lies: its layer, and its place in that layer's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlainAt {
    layer: u32,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The number of the folder, and of the name in it.
    Name(u32, u32),
    /// The number of the link among those within the layer.
    Linked(u32),
}

impl PlainAt {
    fn new(layer: usize, place: Place) -> Self {
        Self { layer: short(layer), place }
    }

    /// Returns the number of the layer, and the path of the data in it.
    pub(super) fn data(self, layers: &[&LayerRecord]) -> Option<(usize, String)> {
        let number = usize::try_from(self.layer).ok()?;
        let layer = layers.get(number)?;
        let path = match self.place {
            Place::Name(dir, name) => {
                let dir = layer.dirs.get(usize::try_from(dir).ok()?)?;
                join(&dir.path, dir.names.get(usize::try_from(name).ok()?)?)
            }
            Place::Linked(link) => layer.linked.get(usize::try_from(link).ok()?)?.target.clone(),
        };
        Some((number, path))
    }
}

/// A number of an entry; no layer has more of them.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What a file of the image is to the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// It says something.
    Says(FileAt),
    /// It says nothing.
    Plain(PlainAt),
    /// It is a hard link to a file that says nothing.
    Linked(PlainAt),
}

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
        for (dir_at, dir) in layer.dirs.iter().enumerate() {
            for (at, name) in dir.names.iter().enumerate() {
                let path = join(&dir.path, name);
                let place = Place::Name(short(dir_at), short(at));
                let before = self.tree.put(&path, Node::File(Content::Plain(PlainAt::new(number, place))));
                self.replaced(number, &path, before, None);
            }
        }
        for (at, link) in layer.linked.iter().enumerate() {
            let at = PlainAt::new(number, Place::Linked(short(at)));
            let before = self.tree.put(&link.path, Node::File(Content::Linked(at)));
            self.replaced(number, &link.path, before, None);
        }
        for (file, says) in layer.files.iter().enumerate() {
            let at = FileAt { layer: number, file };
            for path in &says.paths {
                let before = self.tree.put(path, Node::File(Content::Says(at)));
                self.replaced(number, path, before, Some(at));
            }
        }
        self.is_whole &= layer.is_whole();
        for (link, below) in layer.hard_links.iter().zip(linked) {
            // A file of this layer may be called by a path that only a lower layer's links make one.
            let Some(node) = below.or_else(|| self.linked(&link.target)) else {
                // Where a layer is missing, what it would hold is, too.
                if self.is_whole {
                    self.refuse(number, &link.path, "it is a hard link to a file that is not there");
                }
                continue;
            };
            let at = if let Node::File(Content::Says(at)) = &node { Some(*at) } else { None };
            let before = self.tree.put(&link.path, node);
            self.replaced(number, &link.path, before, at);
        }
    }

    /// Returns the file that a hard link is another name of.
    fn linked(&mut self, target: &str) -> Option<Node<Content>> {
        let (id, _) = self.tree.find_entry(target)?;
        match self.tree.node(id)? {
            Node::File(Content::Says(at)) => Some(Node::File(Content::Says(*at))),
            Node::File(Content::Plain(at) | Content::Linked(at)) => Some(Node::File(Content::Linked(*at))),
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
            if matches!(node, Node::File(Content::Says(_))) {
                history.remove(path);
            }
        });
    }
}
