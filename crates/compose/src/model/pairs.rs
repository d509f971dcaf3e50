//! A mapping of a service.

use std::collections::BTreeMap;
use std::ops::Index;

use serde::{Serialize, Serializer};

/// Values by name, sorted. It takes what its pairs take and no more: a tree has room for eleven, and most services have one or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs<V>(Box<[(String, V)]>);

impl<V> Pairs<V> {
    /// Returns a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        let found = self.0.binary_search_by(|(own, _)| own.as_str().cmp(name)).ok()?;
        self.0.get(found).map(|(_, value)| value)
    }

    /// Tells whether there is a value.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns the number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &V)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Returns the names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(name, _)| name)
    }

    /// Returns the values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<V> FromIterator<(String, V)> for Pairs<V> {
    /// Of several values of one name the last is taken.
    fn from_iter<I: IntoIterator<Item = (String, V)>>(pairs: I) -> Self {
        let sorted: BTreeMap<String, V> = pairs.into_iter().collect();
        Self(sorted.into_iter().collect())
    }
}

impl<V, const N: usize> From<[(String, V); N]> for Pairs<V> {
    fn from(pairs: [(String, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<V> IntoIterator for Pairs<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_vec().into_iter()
    }
}

impl<V> Index<&str> for Pairs<V> {
    type Output = V;

    #[expect(clippy::expect_used, reason = "an index says that the name is there, as that of a map does")]
    fn index(&self, name: &str) -> &V {
        self.get(name).expect("no entry of that name")
    }
}

impl<V: Serialize> Serialize for Pairs<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_sorted_and_the_last_of_a_name_is_taken() {
        let pairs: Pairs<u8> = [("b", 1), ("a", 2), ("b", 3)].map(|(name, value)| (name.to_owned(), value)).into();
        assert_eq!(pairs.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>(), [("a", 2), ("b", 3)]);
        assert_eq!((pairs.get("b"), pairs.get("c")), (Some(&3), None));
        assert_eq!(serde_json::to_string(&pairs).unwrap(), r#"{"a":2,"b":3}"#);
    }
}
