//! What changes in a million images when a few advisories do, without reading a layer.
//!
//! Each image is a list of layers, each layer what it brought that is still there on top: a set of subjects (a
//! package in a system). Equal sets are one, whatever their image; so are equal subjects. A new database is told as
//! the names that changed: from the name to its subjects, which are judged anew, to the sets that hold those whose
//! verdict changed, to the images. The cost follows the change and the images that it touches, not their number.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::advisory::Namespace;
use crate::matching::{Finding, FindingClass, FixState};
use crate::severity::Class;

/// How many findings a subject or an image has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// CVSS 7.0 and above.
    pub critical: u32,
    /// CVSS 4.0 to 6.9.
    pub major: u32,
    /// CVSS 0.1 to 3.9.
    pub minor: u32,
    /// Without a score, or with 0.
    pub other: u32,
    /// Those with a fix.
    pub fixable: u32,
    /// Those known to be exploited.
    pub exploited: u32,
}

impl Tally {
    /// Counts findings; those of headers only are left out.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut tally = Self::default();
        for finding in findings.into_iter().filter(|finding| finding.class == FindingClass::Usual) {
            let class = match finding.rating.class {
                Class::Critical => &mut tally.critical,
                Class::Major => &mut tally.major,
                Class::Minor => &mut tally.minor,
                Class::Harmless | Class::Unknown => &mut tally.other,
            };
            *class += 1;
            tally.fixable += u32::from(finding.state == FixState::Fixed);
            tally.exploited += u32::from(finding.kev.is_some());
        }
        tally
    }

    fn parts(self) -> [u32; 6] {
        [self.critical, self.major, self.minor, self.other, self.fixable, self.exploited]
    }

    const fn from_parts([critical, major, minor, other, fixable, exploited]: [u32; 6]) -> Self {
        Self { critical, major, minor, other, fixable, exploited }
    }

    fn plus(self, other: Self) -> Self {
        let mut parts = self.parts();
        for (part, more) in parts.iter_mut().zip(other.parts()) {
            *part = part.saturating_add(more);
        }
        Self::from_parts(parts)
    }

    fn moved(self, change: [i64; 6]) -> Self {
        let mut parts = self.parts();
        for (part, by) in parts.iter_mut().zip(change) {
            *part = u32::try_from(i64::from(*part).saturating_add(by).max(0)).unwrap_or(u32::MAX);
        }
        Self::from_parts(parts)
    }
}

/// A place in a list of the index.
type Place = u32;

#[derive(Debug)]
struct SubjectRow<T> {
    subject: T,
    tally: Tally,
    sets: Vec<Place>,
}

#[derive(Debug, Default)]
struct SetRow {
    subjects: Box<[Place]>,
    images: Vec<Place>,
}

#[derive(Debug)]
struct ImageRow<K> {
    key: K,
    sets: Box<[Place]>,
    tally: Tally,
}

/// The index does not take more (2³² subjects, sets or images).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the re-match index is full")]
pub struct Full;

/// An image whose counts changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<K> {
    /// The image.
    pub image: K,
    /// Its counts before.
    pub before: Tally,
    /// Its counts now.
    pub after: Tally,
}

/// Catalogues of many images; `K` names an image (its digest), `T` is a subject.
#[derive(Debug)]
pub struct Index<K, T> {
    subjects: Vec<SubjectRow<T>>,
    subject_places: HashMap<T, Place>,
    sets: Vec<SetRow>,
    set_places: HashMap<Box<[Place]>, Place>,
    images: Vec<Option<ImageRow<K>>>,
    image_places: HashMap<K, Place>,
    names: HashMap<(Namespace, String), Vec<Place>>,
}

impl<K, T> Default for Index<K, T> {
    fn default() -> Self {
        Self {
            subjects: Vec::new(),
            subject_places: HashMap::new(),
            sets: Vec::new(),
            set_places: HashMap::new(),
            images: Vec::new(),
            image_places: HashMap::new(),
            names: HashMap::new(),
        }
    }
}

impl<K: Clone + Eq + Hash, T: Clone + Eq + Hash> Index<K, T> {
    /// Puts a subject in, or finds it: `lookups` are the names that it is matched by
    /// ([`crate::matching::lookups`]), `judge` counts its findings if it is new.
    ///
    /// # Errors
    /// [`Full`] after 2³² subjects.
    pub fn subject_put(
        &mut self,
        subject: &T,
        lookups: impl FnOnce(&T) -> Vec<(Namespace, String)>,
        judge: impl FnOnce(&T) -> Tally,
    ) -> Result<SubjectId, Full> {
        if let Some(place) = self.subject_places.get(subject) {
            return Ok(SubjectId(*place));
        }
        let place = next_place(self.subjects.len())?;
        for name in lookups(subject) {
            let places = self.names.entry(name).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        let tally = judge(subject);
        self.subjects.push(SubjectRow { subject: subject.clone(), tally, sets: Vec::new() });
        self.subject_places.insert(subject.clone(), place);
        Ok(SubjectId(place))
    }

    /// Puts an image in, in the place of one with the same key: for each layer what it brought that is still there
    /// on top. A subject that a lower layer has is not counted again.
    ///
    /// # Errors
    /// [`Full`] after 2³² sets or images.
    pub fn image_put(&mut self, key: K, layers: &[Vec<SubjectId>]) -> Result<Tally, Full> {
        self.image_remove(&key);
        let mut seen = BTreeSet::new();
        let mut sets = Vec::with_capacity(layers.len());
        for layer in layers {
            let new: BTreeSet<Place> = layer.iter().map(|id| id.0).filter(|place| seen.insert(*place)).collect();
            if !new.is_empty() {
                sets.push(self.set_put(new.into_iter().collect())?);
            }
        }
        let place = next_place(self.images.len())?;
        for set in &sets {
            if let Some(row) = self.set_mut(*set) {
                row.images.push(place);
            }
        }
        let tally =
            seen.iter().filter_map(|place| self.subject(*place)).fold(Tally::default(), |sum, row| sum.plus(row.tally));
        self.images.push(Some(ImageRow { key: key.clone(), sets: sets.into(), tally }));
        self.image_places.insert(key, place);
        Ok(tally)
    }

    /// Takes an image out; what only it held stays known, for it may come again.
    pub fn image_remove(&mut self, key: &K) {
        let Some(place) = self.image_places.remove(key) else { return };
        let row = usize::try_from(place).ok().and_then(|index| self.images.get_mut(index)).and_then(Option::take);
        for set in row.iter().flat_map(|row| row.sets.iter()) {
            if let Some(row) = self.set_mut(*set) {
                row.images.retain(|image| *image != place);
            }
        }
    }

    /// Returns an image's counts.
    #[must_use]
    pub fn image_tally(&self, key: &K) -> Option<Tally> {
        let place = usize::try_from(*self.image_places.get(key)?).ok()?;
        self.images.get(place)?.as_ref().map(|row| row.tally)
    }

    /// Judges anew what is matched by these names, and returns the images whose counts changed, in the order in
    /// which they were put in.
    pub fn rematch<'a>(
        &mut self,
        changed: impl IntoIterator<Item = &'a (Namespace, String)>,
        mut judge: impl FnMut(&T) -> Tally,
    ) -> Vec<Change<K>> {
        let places: BTreeSet<Place> =
            changed.into_iter().filter_map(|name| self.names.get(name)).flatten().copied().collect();
        let mut set_changes: HashMap<Place, [i64; 6]> = HashMap::new();
        for place in places {
            let Some(row) = usize::try_from(place).ok().and_then(|index| self.subjects.get_mut(index)) else {
                continue;
            };
            let tally = judge(&row.subject);
            if tally == row.tally {
                continue;
            }
            let (before, after) = (row.tally.parts(), tally.parts());
            row.tally = tally;
            for set in &row.sets {
                let change = set_changes.entry(*set).or_default();
                for ((by, before), after) in change.iter_mut().zip(before).zip(after) {
                    *by += i64::from(after) - i64::from(before);
                }
            }
        }
        self.move_images(set_changes)
    }

    fn move_images(&mut self, set_changes: HashMap<Place, [i64; 6]>) -> Vec<Change<K>> {
        let mut set_changes: Vec<(Place, [i64; 6])> = set_changes.into_iter().collect();
        set_changes.sort_unstable();
        let mut before: HashMap<Place, Tally> = HashMap::new();
        for (set, change) in set_changes.into_iter().filter(|(_, change)| *change != [0; 6]) {
            let Some(set) = usize::try_from(set).ok().and_then(|index| self.sets.get(index)) else { continue };
            for place in &set.images {
                let row = usize::try_from(*place).ok().and_then(|index| self.images.get_mut(index));
                let Some(row) = row.and_then(Option::as_mut) else { continue };
                before.entry(*place).or_insert(row.tally);
                row.tally = row.tally.moved(change);
            }
        }
        let mut before: Vec<(Place, Tally)> = before.into_iter().collect();
        before.sort_unstable_by_key(|(place, _)| *place);
        let changes = before.into_iter().filter_map(|(place, before)| {
            let row = self.images.get(usize::try_from(place).ok()?)?.as_ref()?;
            (row.tally != before).then(|| Change { image: row.key.clone(), before, after: row.tally })
        });
        changes.collect()
    }

    /// Returns how many subjects, sets and images there are.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.subjects.len(), self.sets.len(), self.image_places.len())
    }

    fn set_put(&mut self, subjects: Box<[Place]>) -> Result<Place, Full> {
        if let Some(place) = self.set_places.get(&subjects) {
            return Ok(*place);
        }
        let place = next_place(self.sets.len())?;
        for subject in &subjects {
            if let Some(row) = usize::try_from(*subject).ok().and_then(|index| self.subjects.get_mut(index)) {
                row.sets.push(place);
            }
        }
        self.set_places.insert(subjects.clone(), place);
        self.sets.push(SetRow { subjects, images: Vec::new() });
        Ok(place)
    }

    fn set_mut(&mut self, place: Place) -> Option<&mut SetRow> {
        self.sets.get_mut(usize::try_from(place).ok()?)
    }

    fn subject(&self, place: Place) -> Option<&SubjectRow<T>> {
        self.subjects.get(usize::try_from(place).ok()?)
    }

    /// Returns the subjects of an image, in no order that means anything.
    pub fn image_subjects<'a>(&'a self, key: &K) -> impl Iterator<Item = &'a T> {
        let place = self.image_places.get(key).and_then(|place| usize::try_from(*place).ok());
        let row = place.and_then(|place| self.images.get(place)).and_then(Option::as_ref);
        let sets = row.map_or(&[][..], |row| &row.sets).iter();
        let sets = sets.filter_map(|set| self.sets.get(usize::try_from(*set).ok()?));
        sets.flat_map(|set| set.subjects.iter()).filter_map(|place| self.subject(*place)).map(|row| &row.subject)
    }
}

/// A subject in an [`Index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(Place);

fn next_place(length: usize) -> Result<Place, Full> {
    Place::try_from(length).map_err(|_| Full)
}

/// Returns the keys whose values differ between two lists, both sorted by key: with the names of two databases and
/// the digests of what they say (advisories included), what [`Index::rematch`] must be told.
pub fn diff<K: Ord, V: Eq>(old: impl IntoIterator<Item = (K, V)>, new: impl IntoIterator<Item = (K, V)>) -> Vec<K> {
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    let mut changed = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changed,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((x, _)), Some((y, _))) => x.cmp(y),
        };
        match order {
            Ordering::Less => changed.extend(old.next().map(|(key, _)| key)),
            Ordering::Greater => changed.extend(new.next().map(|(key, _)| key)),
            Ordering::Equal => {
                if let (Some((key, before)), Some((_, after))) = (old.next(), new.next())
                    && before != after
                {
                    changed.push(key);
                }
            }
        }
    }
}
