//! Keyset pages: a limit and an opaque token that holds the last key seen.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of items on a page: 1 to 1,000, 50 unless asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(usize);

impl PageLimit {
    /// The largest page.
    pub const MAX: usize = 1000;

    /// Bounds what was asked.
    #[must_use]
    pub fn clamped(asked: Option<usize>) -> Self {
        Self(asked.unwrap_or(50).clamp(1, Self::MAX))
    }

    /// Returns the limit.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The least first.
    #[default]
    Ascending,
    /// The greatest first.
    Descending,
}

impl Direction {
    /// Turns a comparison round if the list runs down.
    #[must_use]
    pub fn of(self, ascending: Ordering) -> Ordering {
        match self {
            Self::Ascending => ascending,
            Self::Descending => ascending.reverse(),
        }
    }
}

/// By what a list is ordered, and which way; names break ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order<K> {
    /// By what.
    pub by: K,
    /// Which way.
    pub direction: Direction,
}

/// The key after which the next page begins; opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

impl PageToken {
    /// Makes the token of a place in a list that is ordered by a key and then by names; the key may be empty, and a
    /// name has no tab.
    #[must_use]
    pub fn at(key: &str, name: &str) -> Self {
        if key.is_empty() { Self(name.to_owned()) } else { Self(format!("{key}\t{name}")) }
    }

    /// Returns key and name of the place. A token of another list is some place too.
    #[must_use]
    pub fn place(&self) -> (&str, &str) {
        self.0.rsplit_once('\t').unwrap_or(("", &self.0))
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<PageToken>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` rows: the extra row only tells that there is more.
    #[must_use]
    pub fn from_rows(mut rows: Vec<T>, limit: PageLimit, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = if more { rows.last().map(|row| PageToken(key(row))) } else { None };
        Self { items: rows, next }
    }

    /// Converts every item.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
