//! Libraries and programs that no package manager knows: linked statically, bundled, or copied.
//!
//! One automaton over what a program keeps as data finds anchors; near an anchor an exact pattern reads the version.
//! A version alone proves little, for programs also carry the version of what they are linked with dynamically; so
//! marks are added up: a version 3, one other text of the library 2 (several 3), a symbol that it defines 2, its own
//! file name 1; a library that the file loads when it starts takes 3 away. Three points make a likely finding, four a
//! sure one.

mod automaton;
mod binary;
mod crypto;
mod functions;
mod languages;
mod library;
mod media;
mod network;
mod numerics;
mod origin;
mod packing;
mod soname;
mod system;

use std::collections::BTreeMap;

use vuln::{Confidence, Package, PackageType};

use crate::named;

use automaton::Hits;
use binary::Binary;
use library::{Library, Release};

/// A version string of the library.
const VERSION_POINTS: i32 = 3;
/// A number that looks like one, beside other marks.
const LOOSE_VERSION_POINTS: i32 = 2;
const MARKER_POINTS: i32 = 2;
const SEVERAL_MARKERS_POINTS: i32 = 3;
const SYMBOL_POINTS: i32 = 2;
const NAME_POINTS: i32 = 1;
const LOADED_POINTS: i32 = -3;
const LIKELY_POINTS: i32 = 3;
const SURE_POINTS: i32 = 4;

/// Returns the libraries and programs that a file holds or is. Of a file that is no program, library, archive of objects
/// or WebAssembly module, only its name tells. An empty version is one that could not be read.
///
/// Files that a system package owns are not for this: the caller leaves them out.
#[must_use]
pub fn find(path: &str, bytes: &[u8]) -> Vec<Package> {
    let Some(binary) = Binary::read(bytes) else { return named::find(path, bytes, false) };
    let mut found = marked(path, &binary);
    let named = named::find(path, bytes, true);
    for own in named.into_iter().chain(noted(path, &binary)) {
        found.retain(|package| !named::replaces(&own, &package.name));
        found.push(own);
    }
    found
}

/// The package that a distribution's own file says it is of, wherever it was copied to.
fn noted(path: &str, binary: &Binary<'_>) -> Option<Package> {
    let note = binary.note.as_ref()?;
    let package = package(path, &note.name, note.version.clone(), Confidence::Confirmed, "elf-package-note");
    Some(Package { vendor: Some(note.system.clone()).filter(|system| !system.is_empty()), ..package })
}

/// A library or program that a file holds or is.
fn package(path: &str, name: &str, version: String, confidence: Confidence, found_by: &str) -> Package {
    named::package(path, PackageType::Generic, name, version, confidence, found_by)
}

/// Looks for the marks of all libraries.
fn marked(path: &str, binary: &Binary<'_>) -> Vec<Package> {
    let names = soname::names(path, binary.soname.as_deref());
    let hits = Hits::of(binary);
    let mut found: BTreeMap<&'static str, Package> = BTreeMap::new();
    for (place, library) in library::all() {
        let Some(package) = judge(place, library, path, binary, &names, &hits) else { continue };
        match found.get(library.name) {
            Some(known) if known.confidence >= package.confidence && !known.version.is_empty() => {}
            _ => {
                found.insert(library.name, package);
            }
        }
    }
    for (library, version) in &binary.told {
        found.insert(library, package(path, library, version.clone(), Confidence::Confirmed, "version-function"));
    }
    found.into_values().collect()
}

fn judge(
    place: usize,
    library: &'static Library,
    path: &str,
    binary: &Binary<'_>,
    names: &[soname::Name],
    hits: &Hits,
) -> Option<Package> {
    let name = names.iter().find(|name| library.is_named(&name.stem));
    let markers = hits.markers(place);
    let symbols = binary.defines(place);
    let written = hits.version(place, library);
    if written.is_none() && markers == 0 && !symbols && name.is_none() {
        return None;
    }
    let is_loaded = name.is_none() && binary.loads(library);
    let from_name = || name.and_then(|name| library.release.version(name)).map(|version| (version, "soname"));
    let loose = || {
        let strong_enough = markers > 0 || symbols || name.is_some();
        strong_enough.then(|| library.loose_version(&binary.data)).flatten().map(|version| (version, "version-number"))
    };
    // What its builder wrote on the file is as good as what it writes itself.
    let linked = name.and(binary.debug_link.clone()).map(|version| (version, "debug-link"));
    let exact = written.map(|version| (version, "version-string")).or(linked);
    let is_exact = exact.is_some() || library.proof.is_some();
    let is_written = exact.is_some();
    let release = match library.release {
        // The file name says it all; a number among the data may be another library's.
        Release::Unknown => exact.or_else(loose).or_else(from_name),
        _ => exact.or_else(from_name).or_else(loose),
    };
    let version_points = match &release {
        Some((_, "soname")) | None => 0,
        Some(_) if is_exact => VERSION_POINTS,
        Some(_) => LOOSE_VERSION_POINTS,
    };
    let points = version_points
        + match markers {
            0 => 0,
            1 => MARKER_POINTS,
            _ => SEVERAL_MARKERS_POINTS,
        }
        + if symbols { SYMBOL_POINTS } else { 0 }
        + if name.is_some() { NAME_POINTS } else { 0 }
        + if is_loaded { LOADED_POINTS } else { 0 };
    // A version that others also write needs a second mark; so does a library of which only texts were found.
    let stands_alone = name.is_some() || (is_written && library.alone);
    let needed = if stands_alone { LIKELY_POINTS } else { SURE_POINTS };
    if points < needed {
        return None;
    }
    let (version, found_by) = release.unwrap_or((String::new(), if symbols { "symbols" } else { "marker" }));
    let confidence = if points >= SURE_POINTS { Confidence::Confirmed } else { Confidence::Likely };
    Some(package(path, library.name, version, confidence, found_by))
}

/// Gives copies without a version the version of their neighbour: parts of one library (`libkrb5` and
/// `libgssapi_krb5`) that lie in one folder were built from one release, unless the folder holds several.
pub fn agree(packages: &mut [Package]) {
    let mut releases: BTreeMap<(String, String), Option<String>> = BTreeMap::new();
    for package in packages.iter().filter(|package| !package.version.is_empty()) {
        let entry = releases.entry(neighbourhood(package)).or_insert_with(|| Some(package.version.clone()));
        if entry.as_ref() != Some(&package.version) {
            *entry = None;
        }
    }
    for package in packages.iter_mut().filter(|package| package.version.is_empty()) {
        if let Some(Some(version)) = releases.get(&neighbourhood(package)) {
            package.version.clone_from(version);
            package.confidence = Confidence::Likely;
        }
    }
}

fn neighbourhood(package: &Package) -> (String, String) {
    let path = package.evidence.first().map_or("", |evidence| &evidence.path);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    (package.name.clone(), folder.to_owned())
}
