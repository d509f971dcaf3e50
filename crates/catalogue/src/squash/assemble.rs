//! The image's catalogue, from the visible files.

use std::collections::{BTreeMap, BTreeSet};

use oci::Digest;
use serde::{Deserialize, Serialize};
use vuln::{Evidence, Package, PackageType};

use crate::findings::{Findings, OsRelease, Owner};
use crate::join::join;
use crate::layer::LayerRecord;
use crate::layer::tree::{Node, Tree};

use super::fold::{Content, FileAt, View};
use super::links::Links;
use super::nix;
use super::owner::{Strangers, owners};

/// What is in an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCatalogue {
    /// The system it is built on.
    pub os: Option<OsRelease>,
    /// Installed packages, sorted; each once, with all places where it was found.
    pub packages: Vec<ImagePackage>,
    /// Packages of lower layers that are not seen from the top: no findings, but their files are still carried along.
    pub deleted: Vec<DeletedPackage>,
    /// Files that somebody wanted to read and could not.
    pub unreadable: Vec<UnreadableFile>,
    /// Red Hat's content sets.
    pub content_sets: Vec<String>,
    /// CPEs of repositories or products.
    pub cpes: Vec<String>,
    /// Channels that packages come through.
    pub channels: Vec<String>,
    /// The layers, the lowest first.
    pub layers: Vec<ImageLayer>,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageLayer {
    /// The digest of the uncompressed layer.
    pub diff_id: Digest,
    /// Its size, uncompressed.
    pub size_bytes: u64,
}

/// A package of an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImagePackage {
    /// The package, its evidence under the image's real paths.
    pub package: Package,
    /// The layer, counted from the lowest (0), since which it has been there without a gap.
    pub introduced_in: usize,
    /// The system's packages that own all its evidence, where there are such: the system's vendor speaks for it.
    pub owners: Vec<Owner>,
}

/// A package that a lower layer holds and a higher one took away or replaced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeletedPackage {
    /// Its kind.
    pub kind: PackageType,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file that told of it, as it was called in its layer.
    pub path: String,
    /// The layer that still holds it.
    pub layer: usize,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnreadableFile {
    /// Its layer.
    pub layer: usize,
    /// Its path; `/` for the layer itself.
    pub path: String,
    /// Why, for people.
    pub reason: String,
}

/// What makes two findings one package.
type Key<'a> = (PackageType, &'a str, &'a str, Option<&'a str>);

fn key(package: &Package) -> Key<'_> {
    (package.kind, &package.name, &package.version, package.arch.as_deref())
}

/// A file as it is seen from the top.
struct Visible<'a> {
    path: String,
    layer: usize,
    /// Its place in the record, unless it is one that was asked for.
    at: Option<FileAt>,
    read_as: &'a str,
    findings: &'a Findings,
}

fn visible<'a>(layers: &[&'a LayerRecord], view: &View, links: &Links<'a>) -> Vec<Visible<'a>> {
    let mut found = Vec::new();
    view.tree.visit("/".to_owned(), Tree::<Content>::ROOT, |path, node| {
        let Node::File(Content::Says(at)) = node else { return };
        if let Some(file) = layers.get(at.layer).and_then(|layer| layer.files.get(at.file)) {
            let (path, findings) = (path.to_owned(), &file.findings);
            found.push(Visible { path, layer: at.layer, at: Some(*at), read_as: &file.read_as, findings });
        }
    });
    for (layer, path, file) in links.files() {
        let path = path.to_owned();
        found.push(Visible { path, layer, at: None, read_as: &file.read_as, findings: &file.findings });
    }
    found
}

pub(super) fn assemble(
    layers: &[&LayerRecord],
    mut view: View,
    links: &Links<'_>,
    config: Option<&Findings>,
) -> ImageCatalogue {
    let files = visible(layers, &view, links);
    let since = since(layers, &view, &files);
    let says = files.iter().map(|file| (file.path.clone(), file.as_seen()));
    // What the configuration says holds for the image as a whole.
    let mut joined = join(says.chain(config.map(|findings| ("/".to_owned(), findings.clone()))));
    let stored = nix::store(&view, &joined.packages);
    joined.packages.extend(stored);
    let stored_since = nix::since(layers);
    let wanted: BTreeSet<String> = joined
        .packages
        .iter()
        .filter(|package| !is_of_system(package.kind))
        .flat_map(|package| &package.evidence)
        .map(|evidence| file_of(&evidence.path).to_owned())
        .collect();
    let owners = owners(&mut view, &joined, &wanted);
    let mut packages: Vec<ImagePackage> = settled(joined.packages, &owners, joined.os.as_ref())
        .into_iter()
        .map(|mut package| {
            package.evidence.sort();
            package.evidence.dedup();
            ImagePackage {
                introduced_in: since
                    .get(&key(&package))
                    .or_else(|| stored_since.get(nix::folder_of(&package)?))
                    .copied()
                    .unwrap_or_else(|| layer_of(&files, &package)),
                owners: if is_of_system(package.kind) { Vec::new() } else { owners_of(&package, &owners) },
                package,
            }
        })
        .collect();
    packages.sort();
    let deleted = deleted(layers, &files, &packages);
    ImageCatalogue {
        os: joined.os,
        packages,
        deleted,
        unreadable: unreadable(layers, &view, links),
        content_sets: joined.content_sets,
        cpes: joined.cpes,
        channels: joined.channels,
        layers: layers
            .iter()
            .map(|layer| ImageLayer { diff_id: layer.diff_id.clone(), size_bytes: layer.size_bytes })
            .collect(),
    }
}

/// Leaves out libraries that a package of the system's vendor brought, since that package is listed and its vendor speaks
/// for it; the others take their neighbours' versions where their own are unknown. What only a lock file names gives way
/// to what is installed.
fn settled(mut packages: Vec<Package>, owners: &BTreeMap<String, Vec<Owner>>, os: Option<&OsRelease>) -> Vec<Package> {
    crate::apps::prefer_installed(&mut packages);
    let (mut copies, mut rest): (Vec<Package>, Vec<Package>) =
        packages.into_iter().partition(|package| package.kind == PackageType::Generic);
    let strangers = Strangers::among(&rest, os);
    copies.retain_mut(|copy| {
        let name = copy.name.as_str();
        copy.evidence.retain(|evidence| {
            let file = file_of(&evidence.path);
            owners.get(file).is_none_or(|owners| owners.iter().all(|owner| strangers.bundle(owner, name, file)))
        });
        !copy.evidence.is_empty()
    });
    crate::embedded::agree(&mut copies);
    // Copies that now have one version are one package.
    let again = Findings { packages: copies, ..Findings::default() };
    rest.extend(join([(String::new(), again)]).packages);
    rest
}

/// Finds the layer of the file that names a package.
fn layer_of(files: &[Visible<'_>], package: &Package) -> usize {
    let paths: BTreeSet<&str> = package.evidence.iter().map(|evidence| file_of(&evidence.path)).collect();
    files.iter().filter(|file| paths.contains(file.path.as_str())).map(|file| file.layer).min().unwrap_or(0)
}

impl Visible<'_> {
    /// What the file says, its evidence under the file's real path.
    fn as_seen(&self) -> Findings {
        let mut findings = self.findings.clone();
        // Faults are told by layer, hidden or not.
        findings.faults.clear();
        if self.read_as != self.path {
            for evidence in findings.packages.iter_mut().flat_map(|package| &mut package.evidence) {
                *evidence = moved(evidence, self.read_as, &self.path);
            }
        }
        findings
    }
}

/// Puts a file's real path in the place of the one it was read under.
fn moved(evidence: &Evidence, read_as: &str, path: &str) -> Evidence {
    let rest = evidence.path.strip_prefix(read_as).filter(|rest| rest.is_empty() || rest.starts_with("!/"));
    match rest {
        Some(rest) => Evidence { path: format!("{path}{rest}"), found_by: evidence.found_by.clone() },
        None => evidence.clone(),
    }
}

/// Finds the lowest layer since which every version of a file named a package, for each package.
fn since<'a>(layers: &[&'a LayerRecord], view: &View, files: &[Visible<'a>]) -> BTreeMap<Key<'a>, usize> {
    let mut since: BTreeMap<Key<'a>, usize> = BTreeMap::new();
    for file in files {
        let mut first: BTreeMap<Key<'a>, usize> =
            file.findings.packages.iter().map(|package| (key(package), file.layer)).collect();
        let mut named: BTreeSet<Key<'a>> = first.keys().copied().collect();
        // The last of the history is the file itself.
        for at in view.history.get(&file.path).into_iter().flatten().rev().skip(1) {
            let Some(of) = layers.get(at.layer).and_then(|layer| layer.files.get(at.file)) else { break };
            let before: BTreeSet<Key<'a>> = of.findings.packages.iter().map(key).collect();
            named.retain(|key| before.contains(key));
            for key in &named {
                first.insert(*key, at.layer);
            }
        }
        for (key, layer) in first {
            since.entry(key).and_modify(|known| *known = layer.min(*known)).or_insert(layer);
        }
    }
    since
}

/// Tells whether a package is one of the system's package manager.
#[must_use]
pub const fn is_of_system(kind: PackageType) -> bool {
    matches!(
        kind,
        PackageType::Deb
            | PackageType::Opkg
            | PackageType::Apk
            | PackageType::Rpm
            | PackageType::Alpm
            | PackageType::Windows
            | PackageType::WindowsUpdate
    )
}

/// Returns the file on disk that a path names, without what lies in an archive.
fn file_of(path: &str) -> &str {
    path.split_once("!/").map_or(path, |(file, _)| file)
}

/// Returns the owners of a package, if each of its pieces of evidence has one.
fn owners_of(package: &Package, owners: &BTreeMap<String, Vec<Owner>>) -> Vec<Owner> {
    let mut all = BTreeSet::new();
    for evidence in &package.evidence {
        match owners.get(file_of(&evidence.path)) {
            Some(list) => all.extend(list.iter().cloned()),
            None => return Vec::new(),
        }
    }
    all.into_iter().collect()
}

/// Finds what lower layers hold and nobody sees.
fn deleted(layers: &[&LayerRecord], files: &[Visible<'_>], packages: &[ImagePackage]) -> Vec<DeletedPackage> {
    let seen: BTreeSet<FileAt> = files.iter().filter_map(|file| file.at).collect();
    let present: BTreeSet<Key<'_>> = packages.iter().map(|found| key(&found.package)).collect();
    let mut gone: BTreeMap<Key<'_>, DeletedPackage> = BTreeMap::new();
    for (layer, record) in layers.iter().enumerate() {
        for (file, of) in record.files.iter().enumerate() {
            if seen.contains(&FileAt { layer, file }) {
                continue;
            }
            for package in of.findings.packages.iter().filter(|package| !present.contains(&key(package))) {
                gone.entry(key(package)).or_insert_with(|| DeletedPackage {
                    kind: package.kind,
                    name: package.name.clone(),
                    version: package.version.clone(),
                    path: of.read_as.clone(),
                    layer,
                });
            }
        }
    }
    gone.into_values().collect()
}

fn unreadable(layers: &[&LayerRecord], view: &View, links: &Links<'_>) -> Vec<UnreadableFile> {
    let mut list: Vec<UnreadableFile> = view
        .refused
        .iter()
        .map(|(layer, path, reason)| UnreadableFile { layer: *layer, path: path.clone(), reason: (*reason).to_owned() })
        .chain(links.unreadable())
        .collect();
    for (layer, record) in layers.iter().enumerate() {
        list.extend(record.unreadable.iter().map(|file| UnreadableFile {
            layer,
            path: file.path.clone(),
            reason: file.reason.clone(),
        }));
        for file in &record.files {
            list.extend(file.findings.faults.iter().map(|fault| UnreadableFile {
                layer,
                path: file.read_as.clone(),
                reason: fault.to_string(),
            }));
        }
    }
    list.sort();
    list.dedup();
    list
}
