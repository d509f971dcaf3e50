//! A mapping in the order of the file, in little memory: most mappings have a handful of keys, so that an index is made for large ones only.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::{Entry, Key};

/// From how many keys on there is an index.
const INDEXED: usize = 24;

/// A mapping in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    entries: Vec<(Key, Entry)>,
    index: Option<Box<Index>>,
}

/// The places of keys, by their hashes. Two keys of the same hash are told apart by a look at the entries.
#[derive(Debug, Clone, Default)]
struct Index {
    hasher: RandomState,
    places: HashMap<u64, Vec<u32>>,
}

impl Index {
    fn put(&mut self, key: &str, place: usize) {
        let hash = self.hasher.hash_one(key);
        self.places.entry(hash).or_default().push(u32::try_from(place).unwrap_or(u32::MAX));
    }
}

impl Map {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn place(&self, key: &str) -> Option<usize> {
        let Some(index) = &self.index else {
            return self.entries.iter().position(|(known, _)| known.as_str() == key);
        };
        let places = index.places.get(&index.hasher.hash_one(key))?;
        let mut places = places.iter().map(|place| *place as usize);
        places.find(|place| self.entries.get(*place).is_some_and(|(known, _)| known.as_str() == key))
    }

    fn index_anew(&mut self) {
        self.index = None;
        if self.entries.len() >= INDEXED {
            let mut index = Box::<Index>::default();
            for (place, (key, _)) in self.entries.iter().enumerate() {
                index.put(key, place);
            }
            self.index = Some(index);
        }
    }

    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(self.place(key)?).map(|(_, entry)| entry)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        let place = self.place(key)?;
        self.entries.get_mut(place).map(|(_, entry)| entry)
    }

    /// Puts an entry in; one that had the key gives its place to it and is given back.
    pub(crate) fn insert(&mut self, key: impl Into<Key>, entry: Entry) -> Option<Entry> {
        let key = key.into();
        if let Some(existing) = self.get_mut(&key) {
            return Some(std::mem::replace(existing, entry));
        }
        match &mut self.index {
            Some(index) => index.put(&key, self.entries.len()),
            None if self.entries.len() + 1 >= INDEXED => {
                self.entries.push((key, entry));
                self.index_anew();
                return None;
            }
            None => {}
        }
        self.entries.push((key, entry));
        None
    }

    /// Takes an entry out; those after it move up.
    pub(crate) fn shift_remove(&mut self, key: &str) -> Option<Entry> {
        let place = self.place(key)?;
        let (_, entry) = self.entries.remove(place);
        if self.index.is_some() {
            self.index_anew();
        }
        Some(entry)
    }

    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&Entry) -> bool) {
        let before = self.entries.len();
        self.entries.retain(|(_, entry)| is_kept(entry));
        if self.entries.len() != before {
            self.index_anew();
        }
    }

    /// Gives back memory that was set aside for more entries.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.entries.shrink_to_fit();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter().map(|(key, entry)| (key, entry))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&Key, &mut Entry)> {
        self.entries.iter_mut().map(|(key, entry)| (&*key, entry))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.as_str())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.entries.iter_mut().map(|(_, entry)| entry)
    }
}

impl IntoIterator for Map {
    type Item = (Key, Entry);
    type IntoIter = std::vec::IntoIter<(Key, Entry)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Key, &'a Entry);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (Key, Entry)>, fn(&'a (Key, Entry)) -> (&'a Key, &'a Entry)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(key, entry)| (key, entry))
    }
}

impl Extend<(Key, Entry)> for Map {
    fn extend<I: IntoIterator<Item = (Key, Entry)>>(&mut self, entries: I) {
        for (key, entry) in entries {
            self.insert(key, entry);
        }
    }
}

impl FromIterator<(Key, Entry)> for Map {
    fn from_iter<I: IntoIterator<Item = (Key, Entry)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map.shrink_to_fit();
        map
    }
}

impl<const N: usize> From<[(Key, Entry); N]> for Map {
    fn from(entries: [(Key, Entry); N]) -> Self {
        let mut map = Self::with_capacity(N);
        map.extend(entries);
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Position;
    use crate::tree::{Node, Value};

    fn entry(number: i64) -> Entry {
        Entry { key_at: Position::default(), node: Node::new(Value::Integer(number), Position::default()) }
    }

    fn number(entry: Option<&Entry>) -> Option<i64> {
        match entry.map(|entry| &entry.node.value) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    #[test]
    fn large_mappings_are_as_small_ones() {
        for count in [3, 23, 24, 25, 200] {
            let mut map: Map = (0..count).map(|number| (Key::new(&format!("k{number}")), entry(number))).collect();
            assert_eq!(number(map.insert(Key::new("k1"), entry(-1)).as_ref()), Some(1));
            assert_eq!(number(map.shift_remove("k0").as_ref()), Some(0));
            assert!(map.shift_remove("k0").is_none());
            map.retain(|entry| number(Some(entry)) != Some(2));
            let left: Vec<i64> = map.values().filter_map(|entry| number(Some(entry))).collect();
            let expected: Vec<i64> = std::iter::once(-1).chain(3..count).collect();
            assert_eq!(left, expected);
            for known in 3..count {
                assert_eq!(number(map.get(&format!("k{known}"))), Some(known));
            }
            assert_eq!(map.insert("image", entry(7)).map(|_| ()), None);
            assert_eq!(map.keys().last(), Some("image"));
        }
    }
}
