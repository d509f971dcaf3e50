//! Keyset pages: a limit and an opaque token that holds the last key seen.

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

/// The key after which the next page begins; opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);

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
