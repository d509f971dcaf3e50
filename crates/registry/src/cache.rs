//! Bounded memory caches kept true by the store's watch.

use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

/// A cache whose entries are never older than the last invalidation that was told to it.
///
/// A loader that read before a change must not insert after the change was told: it remembers the number of
/// invalidations from before its read, and inserts only if none came in between.
pub(crate) struct Cache<K, V> {
    entries: moka::sync::Cache<K, V>,
    told: RwLock<u64>,
}

/// What a loader remembers from before its read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn entries(count: u64) -> Self {
        Self { entries: moka::sync::Cache::new(count), told: RwLock::new(0) }
    }

    /// Makes a cache bounded by the bytes that a function counts.
    pub(crate) fn bytes(limit: u64, size: impl Fn(&V) -> usize + Send + Sync + 'static) -> Self {
        let weigh = move |_: &K, value: &V| u32::try_from(size(value)).unwrap_or(u32::MAX);
        Self { entries: moka::sync::Cache::builder().max_capacity(limit).weigher(weigh).build(), told: RwLock::new(0) }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.entries.get(key)
    }

    /// To be called before the read whose result is to be inserted.
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket(*self.told.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn insert(&self, ticket: Ticket, key: K, value: V) {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        if *told == ticket.0 {
            self.entries.insert(key, value);
        }
    }

    pub(crate) fn invalidate(&self, key: &K) {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        *told += 1;
        self.entries.invalidate(key);
    }

    pub(crate) fn clear(&self) {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        *told += 1;
        self.entries.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let cache = Cache::<u8, u8>::entries(10);
        let ticket = cache.ticket();
        cache.invalidate(&1);
        cache.insert(ticket, 1, 7);
        assert_eq!(cache.get(&1), None);
        cache.insert(cache.ticket(), 1, 8);
        assert_eq!(cache.get(&1), Some(8));
        cache.clear();
        assert_eq!(cache.get(&1), None);
    }
}
