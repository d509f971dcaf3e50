//! One pass over the data for all anchors at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::binary::Binary;
use super::library::{self, Library};

/// How far around an anchor a pattern looks, in bytes.
const BEFORE_BYTES: usize = 64;
const AFTER_BYTES: usize = 160;
/// Most anchors of one library whose surroundings are looked at: hostile files may hold millions.
const MOST_WINDOWS: usize = 200;

/// What an anchor stands for.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// A version pattern of a library, by its place.
    Version(usize),
    /// A marker, by its place.
    Marker(usize),
}

struct Anchors {
    automaton: Option<AhoCorasick>,
    /// For each anchor the libraries that it is of.
    roles: Vec<Vec<(usize, Role)>>,
}

fn anchors() -> &'static Anchors {
    static ANCHORS: OnceLock<Anchors> = OnceLock::new();
    ANCHORS.get_or_init(|| {
        let mut roles: BTreeMap<&'static str, Vec<(usize, Role)>> = BTreeMap::new();
        for (place, library) in library::all() {
            for (pattern, (anchor, _)) in library.versions.iter().enumerate() {
                roles.entry(anchor).or_default().push((place, Role::Version(pattern)));
            }
            for (marker, text) in library.markers.iter().enumerate() {
                roles.entry(text).or_default().push((place, Role::Marker(marker)));
            }
        }
        let automaton = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(roles.keys()).ok();
        Anchors { automaton, roles: roles.into_values().collect() }
    })
}

/// What the automaton found.
#[derive(Debug, Default)]
pub(super) struct Hits {
    markers: BTreeMap<usize, BTreeSet<usize>>,
    /// For each library the versions read around its anchors, with how often each was.
    versions: BTreeMap<usize, BTreeMap<String, usize>>,
}

impl Hits {
    pub(super) fn of(binary: &Binary<'_>) -> Self {
        let mut hits = Self::default();
        let anchors = anchors();
        let Some(automaton) = &anchors.automaton else { return hits };
        let mut windows: BTreeMap<usize, usize> = BTreeMap::new();
        for span in &binary.data {
            for found in automaton.find_overlapping_iter(span) {
                let roles = anchors.roles.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice);
                for (place, role) in roles {
                    hits.add(*place, *role, span, found.start(), &mut windows);
                }
            }
        }
        hits
    }

    fn add(&mut self, place: usize, role: Role, span: &[u8], at: usize, windows: &mut BTreeMap<usize, usize>) {
        match role {
            Role::Marker(marker) => {
                self.markers.entry(place).or_default().insert(marker);
            }
            Role::Version(pattern) => {
                let count = windows.entry(place).or_default();
                *count += 1;
                if *count > MOST_WINDOWS {
                    return;
                }
                let start = at.saturating_sub(BEFORE_BYTES);
                let end = at.saturating_add(AFTER_BYTES).min(span.len());
                let Some(window) = span.get(start..end) else { return };
                let library: Option<&'static Library> = library::all().nth(place).map(|(_, library)| library);
                if let Some(version) = library.and_then(|library| library.version_at(pattern, window, at - start)) {
                    *self.versions.entry(place).or_default().entry(version).or_default() += 1;
                }
            }
        }
    }

    /// Returns how many different markers of a library were found.
    pub(super) fn markers(&self, place: usize) -> usize {
        self.markers.get(&place).map_or(0, BTreeSet::len)
    }

    /// Returns the version that was read most often. More than two different ones are a list (of a scanner, of a test
    /// of compatibility) and prove nothing.
    pub(super) fn version(&self, place: usize, library: &Library) -> Option<String> {
        let versions = self.versions.get(&place)?;
        if versions.len() > if library.alone { 2 } else { 1 } {
            return None;
        }
        versions.iter().max_by_key(|(_, count)| **count).map(|(version, _)| version.clone())
    }
}
