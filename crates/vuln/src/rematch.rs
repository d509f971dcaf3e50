//! What changes in a million images when a few advisories do, without reading a layer.
//!
//! A subject is a package in a system; a set is what one layer brought that is still there on top; an image is a list
//! of sets. Equal subjects are one, and so are equal sets, whatever their image. A set is put in once, by whoever first
//! meets its layer, with the cost of its subjects; an image costs as much as it has sets, and the subjects that several
//! of its sets hold. A new database is told as the names that changed: from the name to its subjects, which are judged
//! anew, to the sets that hold those whose verdict changed, to the images. The cost follows the change and the images
//! that it touches, not their number.

mod tally;

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use crate::advisory::Namespace;
use tally::Shift;

pub use tally::Tally;

/// A place in a list of the index.
type Place = u32;

/// Images that were taken out are forgotten once they are more than those that are left, and more than this.
const MOST_GONE: usize = 1024;

#[derive(Debug)]
struct SubjectRow<T> {
    subject: T,
    tally: Tally,
    sets: Vec<Place>,
    /// Images that have this in several sets, and in how many beyond the first; some may be gone.
    repeated_in: Vec<(Place, u32)>,
}

#[derive(Debug)]
struct SetRow {
    /// Sorted.
    subjects: Arc<[Place]>,
    tally: Tally,
    /// Some may be gone.
    images: Vec<Place>,
}

#[derive(Debug)]
struct ImageRow<K> {
    key: K,
    sets: Box<[Place]>,
    tally: Tally,
    /// Its place among those that a re-match moves, counted from 1; 0 while none does.
    moving: Place,
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

/// A subject in an [`Index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(Place);

/// A set in an [`Index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(Place);

/// Catalogues of many images; `K` names an image (its digest), `T` is a subject.
#[derive(Debug)]
pub struct Index<K, T> {
    subjects: Vec<SubjectRow<T>>,
    subject_places: HashMap<T, Place>,
    sets: Vec<SetRow>,
    set_places: HashMap<Arc<[Place]>, Place>,
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
        let row = SubjectRow { subject: subject.clone(), tally, sets: Vec::new(), repeated_in: Vec::new() };
        self.subjects.push(row);
        self.subject_places.insert(subject.clone(), place);
        Ok(SubjectId(place))
    }

    /// Puts a set in, or finds the one that is equal: what a layer brought that is still there on top.
    ///
    /// # Errors
    /// [`Full`] after 2³² sets.
    pub fn set_put(&mut self, subjects: impl IntoIterator<Item = SubjectId>) -> Result<SetId, Full> {
        let mut subjects: Vec<Place> = subjects.into_iter().map(|id| id.0).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if let Some(place) = self.set_places.get(subjects.as_slice()) {
            return Ok(SetId(*place));
        }
        let place = next_place(self.sets.len())?;
        let mut sum = Shift::default();
        for subject in &subjects {
            if let Some(row) = at_mut(&mut self.subjects, *subject) {
                row.sets.push(place);
                sum.add(row.tally, 1);
            }
        }
        let subjects: Arc<[Place]> = subjects.into();
        self.set_places.insert(Arc::clone(&subjects), place);
        self.sets.push(SetRow { subjects, tally: Tally::default().moved(sum), images: Vec::new() });
        Ok(SetId(place))
    }

    /// Puts an image in, in the place of one with the same key. A subject that several of its sets hold is counted
    /// once.
    ///
    /// # Errors
    /// [`Full`] after 2³² images.
    pub fn image_put(&mut self, key: K, sets: &[SetId]) -> Result<Tally, Full> {
        self.image_remove(&key);
        let place = next_place(self.images.len())?;
        let mut sets: Vec<Place> = sets.iter().map(|set| set.0).collect();
        sets.sort_unstable();
        sets.dedup();
        let mut sum = Shift::default();
        for (subject, times) in self.repeated(&sets) {
            if let Some(row) = at_mut(&mut self.subjects, subject) {
                row.repeated_in.push((place, times));
                sum.add(row.tally, -i64::from(times));
            }
        }
        for set in &sets {
            if let Some(row) = at_mut(&mut self.sets, *set) {
                row.images.push(place);
                sum.add(row.tally, 1);
            }
        }
        let tally = Tally::default().moved(sum);
        let row = ImageRow { key: key.clone(), sets: sets.into(), tally, moving: 0 };
        self.images.push(Some(row));
        self.image_places.insert(key, place);
        Ok(tally)
    }

    /// Returns the subjects that several sets hold, and in how many beyond the first.
    fn repeated(&self, sets: &[Place]) -> Vec<(Place, u32)> {
        let mut lists: Vec<&[Place]> =
            sets.iter().filter_map(|set| at(&self.sets, *set)).map(|set| &*set.subjects).collect();
        // The subjects of the smaller ones are sought in the larger ones.
        lists.sort_by_key(|list| std::cmp::Reverse(list.len()));
        let mut found: Vec<(Place, u32)> = Vec::new();
        for (number, list) in lists.iter().enumerate().skip(1) {
            let larger = lists.get(..number).unwrap_or_default();
            for subject in *list {
                if larger.iter().any(|list| list.binary_search(subject).is_ok()) {
                    found.push((*subject, 1));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += u32::from(is_same);
            is_same
        });
        found
    }

    /// Takes an image out; what only it held stays known, for it may come again.
    pub fn image_remove(&mut self, key: &K) {
        let Some(place) = self.image_places.remove(key) else { return };
        if let Some(row) = at_mut(&mut self.images, place) {
            *row = None;
        }
        let gone = self.images.len() - self.image_places.len();
        if gone > MOST_GONE && gone > self.image_places.len() {
            self.forget();
        }
    }

    /// Closes the gaps that images left; the order of the others stays.
    fn forget(&mut self) {
        let mut moved: Vec<Option<Place>> = Vec::with_capacity(self.images.len());
        let mut next: Place = 0;
        for row in &self.images {
            moved.push(row.as_ref().map(|_| next));
            next += Place::from(row.is_some());
        }
        let now = |place: Place| at(&moved, place).copied().flatten();
        for set in &mut self.sets {
            set.images = set.images.iter().filter_map(|image| now(*image)).collect();
        }
        for subject in &mut self.subjects {
            subject.repeated_in =
                subject.repeated_in.iter().filter_map(|(image, times)| Some((now(*image)?, *times))).collect();
        }
        self.images.retain(Option::is_some);
        self.image_places =
            (0..next).filter_map(|place| Some((at(&self.images, place)?.as_ref()?.key.clone(), place))).collect();
    }

    /// Returns an image's counts.
    #[must_use]
    pub fn image_tally(&self, key: &K) -> Option<Tally> {
        at(&self.images, *self.image_places.get(key)?)?.as_ref().map(|row| row.tally)
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
        let mut sets: HashMap<Place, Shift> = HashMap::new();
        let mut moves = Moves { images: &mut self.images, shifts: Vec::new() };
        for place in places {
            let Some(row) = at_mut(&mut self.subjects, place) else { continue };
            let tally = judge(&row.subject);
            let shift = Shift::between(row.tally, tally);
            if shift.is_nothing() {
                continue;
            }
            row.tally = tally;
            for set in &row.sets {
                sets.entry(*set).or_default().join(shift, 1);
            }
            for (image, times) in &row.repeated_in {
                moves.image(*image, shift, -i64::from(*times));
            }
        }
        let mut sets: Vec<(Place, Shift)> = sets.into_iter().filter(|(_, shift)| !shift.is_nothing()).collect();
        sets.sort_unstable_by_key(|(set, _)| *set);
        for (set, shift) in sets {
            let Some(row) = at_mut(&mut self.sets, set) else { continue };
            row.tally = row.tally.moved(shift);
            for image in &row.images {
                moves.image(*image, shift, 1);
            }
        }
        moves.finish()
    }

    /// Returns how many subjects, sets and images there are.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.subjects.len(), self.sets.len(), self.image_places.len())
    }

    /// Returns the subjects of an image, in no order that means anything.
    pub fn image_subjects<'a>(&'a self, key: &K) -> impl Iterator<Item = &'a T> {
        let row = self.image_places.get(key).and_then(|place| at(&self.images, *place)).and_then(Option::as_ref);
        let sets = row.map_or(&[][..], |row| &row.sets).iter().filter_map(|set| at(&self.sets, *set));
        let places: BTreeSet<Place> = sets.flat_map(|set| set.subjects.iter().copied()).collect();
        places.into_iter().filter_map(|place| at(&self.subjects, place)).map(|row| &row.subject)
    }
}

/// By how much a re-match moves which images.
struct Moves<'a, K> {
    images: &'a mut [Option<ImageRow<K>>],
    shifts: Vec<(Place, Shift)>,
}

impl<K: Clone> Moves<'_, K> {
    fn image(&mut self, place: Place, shift: Shift, times: i64) {
        let Some(row) = at_mut(self.images, place).and_then(Option::as_mut) else { return };
        if row.moving == 0 {
            self.shifts.push((place, Shift::default()));
            // There are no more of them than images, which are counted in the same type.
            row.moving = Place::try_from(self.shifts.len()).unwrap_or(Place::MAX);
        }
        if let Some((_, all)) = row.moving.checked_sub(1).and_then(|at| at_mut(&mut self.shifts, at)) {
            all.join(shift, times);
        }
    }

    fn finish(mut self) -> Vec<Change<K>> {
        let mut changes = Vec::new();
        self.shifts.sort_unstable_by_key(|(place, _)| *place);
        for (place, shift) in self.shifts {
            let Some(row) = at_mut(self.images, place).and_then(Option::as_mut) else { continue };
            row.moving = 0;
            let before = row.tally;
            row.tally = before.moved(shift);
            if row.tally != before {
                changes.push(Change { image: row.key.clone(), before, after: row.tally });
            }
        }
        changes
    }
}

fn at<V>(list: &[V], place: Place) -> Option<&V> {
    list.get(usize::try_from(place).ok()?)
}

fn at_mut<V>(list: &mut [V], place: Place) -> Option<&mut V> {
    list.get_mut(usize::try_from(place).ok()?)
}

fn next_place(length: usize) -> Result<Place, Full> {
    // One less than there are numbers: places are also counted from 1.
    Place::try_from(length).ok().filter(|place| *place < Place::MAX).ok_or(Full)
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
