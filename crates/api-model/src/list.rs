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

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    /// The least first.
    #[default]
    Asc,
    /// The greatest first.
    Desc,
}

/// By what services are listed; names break ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceSort {
    /// By their names.
    #[default]
    Name,
    /// By the images' names.
    Image,
    /// By the stacks that they belong to.
    Stack,
    /// By when they were last changed.
    Updated,
}

/// By what repositories are listed; names break ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepositorySort {
    /// By their names.
    #[default]
    Name,
    /// By when they were created.
    Created,
    /// By when something was last pushed or changed.
    Updated,
    /// By how many tags they have.
    Tags,
}
