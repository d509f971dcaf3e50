//! Which items of a list a caller sees: each collection is decided once.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Category, Operation, Policy, Rights, Subject};
use base::CollectionId;
use opctx::{OpContext, Snapshot};
use serde_json::Value;

use crate::labels::{self, Home};
use crate::object::Kind;

/// What a caller sees, over one list.
#[derive(Debug, Clone)]
pub struct Sight {
    snapshot: Arc<Snapshot>,
    subject: Subject,
    is_admin: bool,
    /// By the text of the access label, so that an item costs one look-up.
    decided: HashMap<String, Option<(CollectionId, Rights)>>,
}

impl Sight {
    /// Begins with the rights of now.
    #[must_use]
    pub fn new(ctx: &OpContext) -> Self {
        let snapshot = ctx.snapshot();
        let subject = ctx.subject_in(&snapshot);
        Self { is_admin: ctx.is_admin(), snapshot, subject, decided: HashMap::new() }
    }

    /// Reports whether the caller is an administrator, who sees everything.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.is_admin
    }

    /// Returns the policy asked.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.snapshot.policy
    }

    /// Returns what the caller may do in a home; nothing where only administrators reach.
    #[must_use]
    pub fn rights(&self, home: &Home) -> Rights {
        match home.collection() {
            _ if self.is_admin() => Rights::all(),
            Some(collection) => self.policy().rights(&self.subject, collection),
            None => Rights::NONE,
        }
    }

    /// Reports whether objects with these labels are seen.
    pub fn sees(&mut self, category: Category, labels: Option<&Value>) -> bool {
        if self.is_admin() {
            return true;
        }
        let Some(path) = labels::text(labels, labels::ACCESS_LABEL) else { return false };
        if !self.decided.contains_key(path) {
            let policy = self.policy();
            let found = path.parse().ok().and_then(|path| policy.collection_by_path(&path));
            let decided = found.map(|found| (found.id.clone(), policy.rights(&self.subject, &found.id)));
            self.decided.insert(path.to_owned(), decided);
        }
        match self.decided.get(path) {
            Some(Some((collection, rights))) => rights.sees(category) && labels::is_of(labels, collection),
            _ => false,
        }
    }

    /// Reports whether an item of a list is seen. A task is seen as its service is: ask for that.
    pub fn sees_item(&mut self, kind: Kind, item: &Value) -> bool {
        let labels = kind.labels_in_list(item);
        if kind == Kind::Node && !self.is_admin() && labels::text(labels, labels::ACCESS_LABEL).is_none() {
            return self.rights(&kind.home(self.policy(), item, labels)).sees(Category::Node);
        }
        self.sees(kind.category(), labels)
    }

    /// Reports whether an operation is allowed on an item of a list.
    #[must_use]
    pub fn allows(&self, kind: Kind, item: &Value, operation: Operation) -> bool {
        self.rights(&kind.home(self.policy(), item, kind.labels_in_list(item))).has(operation)
    }
}
