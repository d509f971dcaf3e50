//! Names that tell what a file is, where they are only links to data under a name that tells nothing: ostree's objects,
//! pnpm's store, a database that was moved and left a link behind.

use std::collections::{BTreeMap, BTreeSet};

use crate::layer::tree::{Node, NodeId, Tree};
use crate::layer::{Answer, Asked, LayerFile, LayerRecord, NOT_READ};
use crate::os::DATABASES;
use crate::select::{Analyser, by_name, companion, is_telling};

use super::assemble::UnreadableFile;
use super::fold::{Content, PlainAt, View};

/// Files that are asked for, of one image.
const MAX_ASKED: usize = 10_000;

/// Bytes of names in what is asked.
const MAX_ASKED_BYTES: usize = 16 << 20;

/// Names of one file under which it is evidence; the shortest are kept.
const MAX_NAMES: usize = 100;

/// Links of telling names that could not be followed are listed up to here.
const MAX_LOST: usize = 10_000;

/// Components of paths that are walked, over all links: real images need a hundredth of it.
const MAX_STEPS: usize = 20_000_000;

const TOO_MANY: &str = "its data lies under another name and was not read: the image has too many such files";
const TOO_LONG: &str = "it is a link that was not followed: the image has too many of them";
const LOST: &str = "it is a link that goes in circles or through too many folders, and was not followed";

/// A file that is wanted under a name that links give it.
#[derive(Debug)]
struct Wanted<'a> {
    layer: usize,
    asked: Asked,
    /// All its names, the shortest first, which is the one that is asked with.
    names: Vec<String>,
    answer: Option<&'a Answer>,
}

/// What is wanted of an image's links, and what was answered.
#[derive(Debug)]
pub(super) struct Links<'a> {
    wanted: Vec<Wanted<'a>>,
    refused: Vec<UnreadableFile>,
}

impl<'a> Links<'a> {
    /// Returns what was not asked yet.
    pub(super) fn open(&self) -> Vec<(usize, Asked)> {
        let mut open: Vec<_> = self
            .wanted
            .iter()
            .filter(|wanted| wanted.answer.is_none())
            .map(|wanted| (wanted.layer, wanted.asked.clone()))
            .collect();
        open.sort();
        open
    }

    /// Returns what was answered: the layer of the data, the link's name, and the file.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &str, &'a LayerFile)> {
        self.wanted.iter().flat_map(|wanted| {
            let file = wanted.answer.and_then(|answer| answer.file.as_ref());
            file.into_iter()
                .flat_map(move |file| wanted.names.iter().map(move |name| (wanted.layer, name.as_str(), file)))
        })
    }

    /// Returns what was not read, or not wholly.
    pub(super) fn unreadable(&self) -> impl Iterator<Item = UnreadableFile> {
        let of = |wanted: &Wanted<'_>, path: &str, reason: String| UnreadableFile {
            layer: wanted.layer,
            path: path.to_owned(),
            reason,
        };
        let told = self.wanted.iter().flat_map(move |wanted| match wanted.answer {
            None => wanted.names.iter().map(|name| of(wanted, name, NOT_READ.to_owned())).collect::<Vec<_>>(),
            Some(answer) => {
                let faults = answer.file.iter().flat_map(|file| &file.findings.faults).map(ToString::to_string);
                let reasons = answer.unreadable.iter().cloned().chain(faults);
                reasons.map(|reason| of(wanted, &wanted.asked.read_as, reason)).collect()
            }
        });
        told.chain(self.refused.iter().cloned())
    }
}

/// Finds the names that are wanted, and their answers in the records.
pub(super) fn find<'a>(layers: &[&'a LayerRecord], view: &mut View) -> Links<'a> {
    let (found, mut refused) = Search::over(layers, view);
    let mut wanted: Vec<Wanted<'a>> = Vec::new();
    let mut data_read = BTreeSet::new();
    let mut bytes = 0;
    // Systems' databases come first, and then the shortest names: what is beyond the bounds matters least.
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|((_, _, one), of_one), ((_, _, other), of_other)| {
        (one, of_one.first()).cmp(&(other, of_other.first()))
    });
    for ((layer, data, analyser), names) in found {
        let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
        let Some(read_as) = names.first().cloned() else { continue };
        let mut refuse = |reason: &str| {
            let path = read_as.clone();
            refused.push(UnreadableFile { layer, path, reason: reason.to_owned() });
        };
        bytes += data.len() + read_as.len();
        if wanted.len() >= MAX_ASKED || bytes > MAX_ASKED_BYTES {
            refuse(TOO_MANY);
            continue;
        }
        if !data_read.insert((layer, data.clone())) {
            refuse("its data lies under another name and was read as a file of another kind");
            continue;
        }
        let journal = journal(layers, view, layer, analyser, &read_as);
        bytes += journal.as_ref().map_or(0, String::len);
        wanted.push(Wanted { layer, asked: Asked { data, read_as, journal }, names, answer: None });
    }
    answered(layers, &mut wanted);
    refused.truncate(MAX_LOST);
    Links { wanted, refused }
}

/// Finds the entry that is the journal of a database, if it lies in the layer of the database.
fn journal(
    layers: &[&LayerRecord],
    view: &mut View,
    layer: usize,
    analyser: Analyser,
    read_as: &str,
) -> Option<String> {
    let mut budget = 0;
    // SQLite looks for it beside the database itself where the name is a symbolic link.
    let (_, real) = view.tree.follow(read_as, &mut budget).ok()??;
    let names = [companion(analyser, read_as)?, companion(analyser, &real)?];
    names.iter().find_map(|name| {
        let (id, _) = view.tree.follow(name, &mut budget).ok()??;
        let (at, data) = plain(view, id)?.data(layers)?;
        (at == layer).then_some(data)
    })
}

/// Looks up what records have answered.
fn answered<'a>(layers: &[&'a LayerRecord], wanted: &mut [Wanted<'a>]) {
    let mut known: BTreeMap<(usize, &Asked), &Answer> = BTreeMap::new();
    let of: BTreeSet<usize> = wanted.iter().map(|wanted| wanted.layer).collect();
    for number in of {
        let answers = layers.get(number).into_iter().flat_map(|layer| &layer.answers);
        known.extend(answers.map(|answer| ((number, &answer.asked), answer)));
    }
    for wanted in wanted {
        wanted.answer = known.get(&(wanted.layer, &wanted.asked)).copied();
    }
}

/// Returns where the data of a file lies that says nothing.
fn plain(view: &View, id: NodeId) -> Option<PlainAt> {
    match view.tree.node(id)? {
        Node::File(Content::Plain(at) | Content::Linked(at)) => Some(*at),
        _ => None,
    }
}

/// Names of data by its layer, its path there and what would read it, with their lengths.
type Found = BTreeMap<(usize, String, Analyser), BTreeSet<(usize, String)>>;

struct Search<'v, 'a> {
    layers: &'v [&'a LayerRecord],
    found: Found,
    refused: Vec<UnreadableFile>,
}

impl<'v, 'a> Search<'v, 'a> {
    fn over(layers: &'v [&'a LayerRecord], view: &mut View) -> (Found, Vec<UnreadableFile>) {
        let mut search = Self { layers, found: Found::new(), refused: Vec::new() };
        let usual = DATABASES.iter().filter_map(|path| Some(((*path).to_owned(), by_name(path)?)));
        let mut symlinks: Vec<_> = usual.collect();
        let mut hard = Vec::new();
        view.tree.visit("/".to_owned(), Tree::<Content>::ROOT, |path, node| match node {
            Node::Link(_) => symlinks.extend(by_name(path).map(|analyser| (path.to_owned(), analyser))),
            Node::File(Content::Linked(at)) => {
                hard.extend(by_name(path).map(|analyser| (path.to_owned(), analyser, *at)));
            }
            Node::File(_) | Node::Dir { .. } => {}
        });
        for (path, analyser, at) in hard {
            search.take(path, analyser, at);
        }
        search.follow(view, symlinks);
        (search.found, search.refused)
    }

    /// Follows symbolic links, and paths whose folders may be such.
    fn follow(&mut self, view: &mut View, symlinks: Vec<(String, Analyser)>) {
        let mut budget = MAX_STEPS;
        let mut lost = Vec::new();
        for (path, analyser) in symlinks {
            if budget == 0 {
                lost.push((path, TOO_LONG));
                continue;
            }
            let (id, real) = match view.tree.follow(&path, &mut budget) {
                Ok(Some(found)) => found,
                // Nothing is there, for nobody.
                Ok(None) => continue,
                Err(_) => {
                    lost.push((path, LOST));
                    continue;
                }
            };
            // What has a telling name was read, or is asked for under it.
            if let Some(at) = plain(view, id)
                && !is_telling(&real)
            {
                self.take(path, analyser, at);
            }
        }
        lost.truncate(MAX_LOST);
        if lost.is_empty() {
            return;
        }
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, layer) in self.layers.iter().enumerate() {
            of.extend(layer.links.iter().map(|link| (link.path.as_str(), number)));
        }
        self.refused.extend(lost.into_iter().map(|(path, reason)| {
            let layer = of.get(path.as_str()).copied().unwrap_or_default();
            UnreadableFile { layer, path, reason: reason.to_owned() }
        }));
    }

    /// Takes a name in, unless the data has one itself that tells what it is: it was read, and says nothing.
    fn take(&mut self, path: String, analyser: Analyser, at: PlainAt) {
        let Some((layer, data)) = at.data(self.layers).filter(|(_, data)| !is_telling(data)) else { return };
        let names = self.found.entry((layer, data, analyser)).or_default();
        names.insert((path.len(), path));
        if names.len() > MAX_NAMES {
            names.pop_last();
        }
    }
}
