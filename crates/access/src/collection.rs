//! Collections: the tree in which workloads and nodes lie.

use base::{CollectionId, CollectionPath};
use serde::{Deserialize, Serialize};

/// A place in the tree; what is granted on it holds for everything below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// The id: a built-in name or random.
    pub id: CollectionId,
    /// The parent; none for the root alone.
    pub parent: Option<CollectionId>,
    /// The path from the root.
    pub path: CollectionPath,
}

/// The built-in collections.
pub mod builtin {
    use base::CollectionId;

    use super::Collection;

    /// The root, `/`, shown as "Swarm"; images and whatever has no other place.
    pub const ROOT: &str = "swarm";
    /// `/System`: managers and our own parts.
    pub const SYSTEM: &str = "system";
    /// `/Shared`: workers.
    pub const SHARED: &str = "shared";
    /// `/Shared/Private`: below it one collection for each user.
    pub const PRIVATE: &str = "private";
    /// `/Shared/Legacy`: labels of old.
    pub const LEGACY: &str = "legacy";

    /// Returns the built-in tree, parents first.
    #[must_use]
    pub fn collections() -> Vec<Collection> {
        vec![
            collection(ROOT, None, "/"),
            collection(SYSTEM, Some(ROOT), "/System"),
            collection(SHARED, Some(ROOT), "/Shared"),
            collection(PRIVATE, Some(SHARED), "/Shared/Private"),
            collection(LEGACY, Some(SHARED), "/Shared/Legacy"),
        ]
    }

    /// Returns the root's id.
    #[must_use]
    pub fn root() -> CollectionId {
        id(ROOT)
    }

    /// Returns the id of one of the constants of this module.
    #[must_use]
    #[expect(clippy::expect_used, reason = "called with the constants of this module, which a test reads")]
    pub(crate) fn id(text: &str) -> CollectionId {
        text.parse().expect("built-in collection id")
    }

    /// Returns the id of `/System`.
    #[must_use]
    pub fn system() -> CollectionId {
        id(SYSTEM)
    }

    /// Returns the id of `/Shared`.
    #[must_use]
    pub fn shared() -> CollectionId {
        id(SHARED)
    }

    /// Returns the id of `/Shared/Private`.
    #[must_use]
    pub fn private() -> CollectionId {
        id(PRIVATE)
    }

    #[expect(clippy::expect_used, reason = "the five paths are constants that a test reads")]
    fn collection(own: &str, parent: Option<&str>, path: &str) -> Collection {
        Collection { id: id(own), parent: parent.map(id), path: path.parse().expect("built-in collection path") }
    }
}
