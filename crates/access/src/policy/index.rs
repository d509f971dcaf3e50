//! The index: subjects and collections as small numbers, and a hash table over pairs of them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::grant::GrantSubject;
use crate::rights::Rights;

/// The position of a collection in the policy's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    pub(super) fn new(position: usize) -> Self {
        // Far beyond what memory holds; such a place would name no collection.
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    pub(super) const fn position(self) -> usize {
        self.0 as usize
    }
}

/// The number of a subject that some grant names.
#[derive(Debug, Clone, Copy)]
pub(super) struct SubjectNumber(u32);

/// Rights by (subject, collection).
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    subjects: HashMap<GrantSubject, u32>,
    rights: HashMap<u64, Rights, BuildHasherDefault<PairHasher>>,
}

impl Index {
    pub(super) fn add(&mut self, subject: GrantSubject, place: Place, rights: Rights) {
        let next = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        let number = SubjectNumber(*self.subjects.entry(subject).or_insert(next));
        *self.rights.entry(pair(number, place)).or_default() |= rights;
    }

    pub(super) fn subject(&self, subject: GrantSubject) -> Option<SubjectNumber> {
        self.subjects.get(&subject).copied().map(SubjectNumber)
    }

    pub(super) fn at(&self, subject: SubjectNumber, place: Place) -> Rights {
        self.rights.get(&pair(subject, place)).copied().unwrap_or_default()
    }
}

fn pair(subject: SubjectNumber, place: Place) -> u64 {
    u64::from(subject.0) << 32 | u64::from(place.0)
}

/// Mixes one number; the keys are positions that we gave out ourselves, so nobody can choose them to collide.
#[derive(Default)]
pub(super) struct PairHasher(u64);

impl Hasher for PairHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
