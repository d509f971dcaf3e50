//! The labels that place an object, and what they say.

use access::Policy;
use base::{AccountId, CollectionId, CollectionPath};
use serde_json::Value;

/// The collection's path; what a client writes and what decides.
pub const ACCESS_LABEL: &str = "com.docker.ucp.access.label";
/// The account that made the object.
pub const OWNER_LABEL: &str = "com.docker.ucp.access.owner";
/// Before a collection's id: one for the object's collection and each above it, each `true`.
pub const COLLECTION_LABEL_PREFIX: &str = "com.docker.ucp.collection.";
/// The stack that an object belongs to.
pub const STACK_LABEL: &str = "com.docker.stack.namespace";
/// The label that the engine puts on what belongs to a service.
pub const TASK_SERVICE_LABEL: &str = "com.docker.swarm.service.id";

/// Where an object lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Home {
    /// In this collection.
    Collection(CollectionId),
    /// Nowhere that a grant reaches: made before Holdfast or directly at the engine, or its collection is gone.
    AdminOnly,
}

impl Home {
    /// Returns the collection, unless only administrators reach the object.
    #[must_use]
    pub fn collection(&self) -> Option<&CollectionId> {
        match self {
            Self::Collection(id) => Some(id),
            Self::AdminOnly => None,
        }
    }
}

/// Reads where an object lies from its labels.
///
/// The path alone would give a deleted user's objects to the next user of that name, whose private collection has the
/// same path: where ids were written beside the path, the collection of now must be among them.
#[must_use]
pub fn home(policy: &Policy, labels: Option<&Value>) -> Home {
    access_path(labels)
        .and_then(|path| policy.collection_by_path(&path))
        .filter(|collection| is_of(labels, &collection.id))
        .map_or(Home::AdminOnly, |collection| Home::Collection(collection.id.clone()))
}

/// Reports whether labels that name collections by id name this one; labels that name none do not disagree.
pub(crate) fn is_of(labels: Option<&Value>, collection: &CollectionId) -> bool {
    let Some(Value::Object(labels)) = labels else { return true };
    let mut named = labels.keys().filter_map(|name| name.strip_prefix(COLLECTION_LABEL_PREFIX)).peekable();
    named.peek().is_none() || named.any(|id| id == collection.as_str())
}

/// Reads who made an object from its labels.
#[must_use]
pub fn owner(labels: Option<&Value>) -> Option<AccountId> {
    text(labels, OWNER_LABEL)?.parse().ok()
}

/// Reads one label.
#[must_use]
pub fn text<'v>(labels: Option<&'v Value>, name: &str) -> Option<&'v str> {
    labels?.get(name)?.as_str()
}

fn access_path(labels: Option<&Value>) -> Option<CollectionPath> {
    text(labels, ACCESS_LABEL)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_does_not_give_what_another_collection_of_that_path_held() {
        let policy = Policy::default();
        let with = |id: &str| json!({ACCESS_LABEL: "/Shared", format!("{COLLECTION_LABEL_PREFIX}{id}"): "true"});
        assert_eq!(home(&policy, Some(&with("shared"))), Home::Collection("shared".parse().unwrap()));
        assert_eq!(home(&policy, Some(&with("0123456789abcdef0123456789abcdef"))), Home::AdminOnly);
    }

    #[test]
    fn an_object_without_our_label_is_for_administrators() {
        let policy = Policy::default();
        let at = |labels: Value| home(&policy, Some(&labels));
        assert_eq!(at(json!({ACCESS_LABEL: "/Shared"})), Home::Collection("shared".parse().unwrap()));
        for bad in [
            json!({}),
            json!({ACCESS_LABEL: "/gone"}),
            json!({ACCESS_LABEL: 7}),
            json!(null),
            json!({ACCESS_LABEL: "../"}),
        ] {
            assert_eq!(at(bad), Home::AdminOnly);
        }
        assert_eq!(home(&policy, None), Home::AdminOnly);
    }
}
