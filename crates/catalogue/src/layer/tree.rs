//! A tree of files in memory, with symbolic links that stay inside it.

use std::collections::BTreeMap;

use super::path::{join, split};

/// Links that are followed for one path (Linux allows 40).
const MAX_HOPS: usize = 40;

/// Components that one look-up may walk; links whose targets multiply stop here.
const MAX_STEPS: usize = 4096;

/// Bytes of a link's target, as on Linux; what is longer could not be followed there either.
const MAX_TARGET_BYTES: usize = 4096;

/// A path whose links go in circles, or a link whose target is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loop;

/// Where something stands in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeId(usize);

/// What stands there.
#[derive(Debug, Clone)]
pub(crate) enum Node<F> {
    /// A folder; named in the archive, or only there because something lies in it.
    Dir { children: BTreeMap<Box<str>, NodeId>, is_explicit: bool },
    /// A file.
    File(F),
    /// A symbolic link.
    Link(Box<str>),
}

impl<F> Node<F> {
    fn dir(is_explicit: bool) -> Self {
        Self::Dir { children: BTreeMap::new(), is_explicit }
    }
}

/// The tree. What is removed stays in the arena, out of reach, until the tree goes.
#[derive(Debug, Clone)]
pub(crate) struct Tree<F> {
    nodes: Vec<Node<F>>,
    /// The folder that was found last, since archives list folder by folder; forgotten when anything is replaced.
    last: Option<(Box<str>, NodeId, Box<str>)>,
}

impl<F> Tree<F> {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::dir(false)], last: None }
    }

    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node<F>> {
        self.nodes.get(id.0)
    }

    fn add(&mut self, node: Node<F>) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    fn child(&self, folder: NodeId, name: &str) -> Option<NodeId> {
        match self.nodes.get(folder.0) {
            Some(Node::Dir { children, .. }) => children.get(name).copied(),
            _ => None,
        }
    }

    fn attach(&mut self, folder: NodeId, name: &str, child: NodeId) {
        if let Some(Node::Dir { children, .. }) = self.nodes.get_mut(folder.0) {
            children.insert(name.into(), child);
        }
    }

    /// Finds what a path names, following links; the answer's path has no link in it. With `create`, folders that are
    /// missing are made, and files in the way are replaced by folders.
    fn walk(&mut self, path: &str, create: bool) -> Result<Option<(NodeId, String)>, Loop> {
        self.walk_counted(path, create, &mut 0)
    }

    /// As [`Self::walk`]; counts the components that are walked.
    fn walk_counted(&mut self, path: &str, create: bool, steps: &mut usize) -> Result<Option<(NodeId, String)>, Loop> {
        let mut todo: Vec<Box<str>> = components(path);
        let mut stack: Vec<(NodeId, Box<str>)> = Vec::new();
        let mut hops = 0;
        while let Some(name) = todo.pop() {
            *steps += 1;
            if *steps > MAX_STEPS {
                return Err(Loop);
            }
            if &*name == ".." {
                stack.pop();
                continue;
            }
            let here = stack.last().map_or(Self::ROOT, |(id, _)| *id);
            let found = match self.child(here, &name) {
                Some(id) => match self.nodes.get(id.0) {
                    Some(Node::Link(target)) => {
                        hops += 1;
                        if hops > MAX_HOPS {
                            return Err(Loop);
                        }
                        if target.starts_with('/') {
                            stack.clear();
                        }
                        todo.extend(components(target));
                        continue;
                    }
                    Some(Node::File(_)) if create => None,
                    _ => Some(id),
                },
                None => None,
            };
            let id = match found {
                Some(id) => id,
                None if create => {
                    let id = self.add(Node::dir(false));
                    self.attach(here, &name, id);
                    id
                }
                None => return Ok(None),
            };
            stack.push((id, name));
        }
        let mut text = String::new();
        for (_, name) in &stack {
            text.push('/');
            text.push_str(name);
        }
        if text.is_empty() {
            text.push('/');
        }
        Ok(Some((stack.last().map_or(Self::ROOT, |(id, _)| *id), text)))
    }

    /// Finds the folder that holds a path, making it where it is missing.
    fn folder(&mut self, parent: &str) -> Result<(NodeId, String), Loop> {
        if let Some((path, id, real)) = &self.last
            && **path == *parent
        {
            return Ok((*id, real.to_string()));
        }
        let (id, real) = self.walk(parent, true)?.ok_or(Loop)?;
        self.last = Some((parent.into(), id, real.as_str().into()));
        Ok((id, real))
    }

    /// Puts something at a path, whose last component is not followed; a folder over a folder changes nothing below it.
    /// Answers with the path without links, and what was there before.
    pub(crate) fn put(&mut self, path: &str, node: Node<F>) -> Result<(String, Option<NodeId>), Loop> {
        if matches!(&node, Node::Link(target) if target.len() > MAX_TARGET_BYTES) {
            return Err(Loop);
        }
        let Some((parent, name)) = split(path) else { return Ok(("/".to_owned(), None)) };
        let (folder, real) = self.folder(parent)?;
        let before = self.child(folder, name);
        if let (Some(id), Node::Dir { is_explicit, .. }) = (before, &node)
            && let Some(Node::Dir { is_explicit: known, .. }) = self.nodes.get_mut(id.0)
        {
            *known |= *is_explicit;
            return Ok((join(&real, name), None));
        }
        if before.is_some() {
            self.last = None;
        }
        let id = self.add(node);
        self.attach(folder, name, id);
        Ok((join(&real, name), before))
    }

    /// Puts a folder.
    pub(crate) fn put_dir(&mut self, path: &str, is_explicit: bool) -> Result<(String, Option<NodeId>), Loop> {
        self.put(path, Node::dir(is_explicit))
    }

    /// Finds what stands at a path, following no link.
    fn at(&self, path: &str) -> Option<NodeId> {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        names.try_fold(Self::ROOT, |folder, name| self.child(folder, name))
    }

    /// Returns the names of what lies in a folder; no link is followed.
    pub(crate) fn names(&self, path: &str) -> impl Iterator<Item = &str> {
        let children = match self.at(path).and_then(|id| self.nodes.get(id.0)) {
            Some(Node::Dir { children, .. }) => Some(children),
            _ => None,
        };
        children.into_iter().flatten().map(|(name, _)| &**name)
    }

    /// Takes a file or a tree away. No link is followed: engines take away what stands at the name, and nothing of what
    /// a lower layer's link points to.
    pub(crate) fn remove(&mut self, path: &str) -> Option<NodeId> {
        let (parent, name) = split(path)?;
        let folder = self.at(parent)?;
        self.last = None;
        match self.nodes.get_mut(folder.0) {
            Some(Node::Dir { children, .. }) => children.remove(name),
            _ => None,
        }
    }

    /// Takes away everything that lies in a folder; no link is followed, as in [`Self::remove`].
    pub(crate) fn clear(&mut self, path: &str) -> Vec<(String, NodeId)> {
        let Some(folder) = self.at(path) else { return Vec::new() };
        self.last = None;
        let Some(Node::Dir { children, .. }) = self.nodes.get_mut(folder.0) else { return Vec::new() };
        std::mem::take(children).into_iter().map(|(name, id)| (join(path, &name), id)).collect()
    }

    /// Finds what a path names, following all links; the components that are walked are taken from `budget`.
    pub(crate) fn follow(&mut self, path: &str, budget: &mut usize) -> Result<Option<(NodeId, String)>, Loop> {
        let mut steps = 0;
        let found = self.walk_counted(path, false, &mut steps);
        *budget = budget.saturating_sub(steps);
        found
    }

    /// Finds what a path names, following all links.
    #[cfg(test)]
    pub(crate) fn find(&mut self, path: &str) -> Option<(NodeId, String)> {
        self.walk(path, false).ok().flatten()
    }

    /// Finds what a path names, following links but the last component's.
    pub(crate) fn find_entry(&mut self, path: &str) -> Option<(NodeId, String)> {
        let (parent, name) = split(path)?;
        let (folder, real) = self.walk(parent, false).ok().flatten()?;
        Some((self.child(folder, name)?, join(&real, name)))
    }

    /// Visits everything below and with a node, in the order of the names.
    pub(crate) fn visit<'a>(&'a self, path: String, from: NodeId, mut see: impl FnMut(&str, &'a Node<F>)) {
        let mut todo = vec![(path, from)];
        while let Some((path, id)) = todo.pop() {
            let Some(node) = self.nodes.get(id.0) else { continue };
            see(&path, node);
            if let Node::Dir { children, .. } = node {
                todo.extend(children.iter().rev().map(|(name, id)| (join(&path, name), *id)));
            }
        }
    }
}

/// Splits a path or a link's target into components, the first one last.
fn components(path: &str) -> Vec<Box<str>> {
    path.rsplit('/').filter(|part| !matches!(*part, "" | ".")).map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, Option<&str>)]) -> Tree<u32> {
        let mut tree = Tree::new();
        for (path, target) in entries {
            let node = target.map_or(Node::File(1), |target| Node::Link(target.into()));
            tree.put(path, node).unwrap();
        }
        tree
    }

    #[test]
    fn links_stay_inside_the_root() {
        let mut tree = tree(&[
            ("/usr/lib/os-release", None),
            ("/etc/os-release", Some("../usr/lib/os-release")),
            ("/lib", Some("usr/lib")),
            ("/escape", Some("../../../usr")),
            ("/abs", Some("/usr/lib")),
        ]);
        for path in ["/etc/os-release", "/lib/os-release", "/escape/lib/os-release", "/abs/os-release"] {
            assert_eq!(tree.find(path).unwrap().1, "/usr/lib/os-release", "{path}");
        }
        assert_eq!(tree.put("/lib/new.so", Node::File(2)).unwrap().0, "/usr/lib/new.so");
    }

    #[test]
    fn circles_of_links_are_refused() {
        let mut tree = tree(&[("/a", Some("b")), ("/b", Some("a")), ("/self", Some("self/x"))]);
        assert!(tree.find("/a/x").is_none() && tree.find("/self").is_none());
        assert_eq!(tree.put("/a/x", Node::File(1)), Err(Loop));
    }
}
