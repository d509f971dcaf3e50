//! The envelope of every list.

use base::{Page, PageToken};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ListView<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to send as `page_token` for the next page; absent on the last.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub next_page_token: Option<PageToken>,
}

impl<T> ListView<T> {
    /// Makes the only page of a list.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_page_token: None }
    }

    /// Converts every item.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> ListView<U> {
        ListView { items: self.items.into_iter().map(f).collect(), next_page_token: self.next_page_token }
    }
}

impl<T> From<Page<T>> for ListView<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next_page_token: page.next }
    }
}
