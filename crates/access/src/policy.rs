//! The compiled policy: an index (subject, collection) → rights, asked without a lock or an allocation.

mod explain;
mod index;

use std::collections::HashMap;

use base::{CollectionId, CollectionPath, RoleId};

use crate::collection::{Collection, builtin};
use crate::grant::{Grant, GrantSubject, Subject};
use crate::operation::Operation;
use crate::parameter::{Parameter, ParameterSet};
use crate::rights::Rights;
use crate::role::Role;

pub use explain::{ExplainedGrant, Explanation, Reason};
use index::{Index, Place};

/// The answer to "may this subject do that there".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed,
    /// No grant that reaches the collection holds the operation.
    MissingOperation,
    /// The operation is held, these parameters are not.
    MissingParameters(ParameterSet),
}

impl Decision {
    /// Reports whether the answer is yes.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// Roles, collections and grants, compiled; immutable.
#[derive(Debug, Clone)]
pub struct Policy {
    roles: HashMap<RoleId, Role>,
    collections: Vec<Collection>,
    /// For each collection its parent's position.
    parents: Vec<Option<Place>>,
    by_id: HashMap<CollectionId, Place>,
    by_path: HashMap<CollectionPath, Place>,
    /// The grants that name a known role and collection, sorted.
    grants: Vec<Grant>,
    index: Index,
}

impl Default for Policy {
    /// The built-in roles and collections, and no grant.
    fn default() -> Self {
        Self::build(crate::role::builtin_roles(), builtin::collections(), Vec::new())
    }
}

impl Policy {
    /// Compiles a policy. A collection whose parent is unknown, a grant that names an unknown role or collection,
    /// and a cycle of parents give no rights.
    #[must_use]
    pub fn build(roles: Vec<Role>, collections: Vec<Collection>, grants: Vec<Grant>) -> Self {
        let roles: HashMap<_, _> = roles.into_iter().map(|role| (role.id.clone(), role)).collect();
        let by_id: HashMap<_, _> = collections.iter().enumerate().map(|(i, c)| (c.id.clone(), Place::new(i))).collect();
        let by_path = collections.iter().enumerate().map(|(i, c)| (c.path.clone(), Place::new(i))).collect();
        let parents: Vec<_> =
            collections.iter().map(|c| c.parent.as_ref().and_then(|parent| by_id.get(parent).copied())).collect();
        let mut index = Index::default();
        let mut kept = Vec::with_capacity(grants.len());
        for grant in grants {
            let (Some(role), Some(place)) = (roles.get(&grant.role), by_id.get(&grant.collection)) else { continue };
            index.add(grant.subject, *place, role.rights);
            kept.push(grant);
        }
        kept.sort();
        kept.dedup();
        Self { roles, collections, parents, by_id, by_path, grants: kept, index }
    }

    /// Decides.
    #[must_use]
    pub fn decide(
        &self,
        subject: &Subject,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Decision {
        if subject.is_admin && subject.account.is_some() {
            return Decision::Allowed;
        }
        Self::judge(&self.rights(subject, collection), operation, parameters)
    }

    /// Decides over rights that were asked for before: once for each collection of a list.
    #[must_use]
    pub fn judge(rights: &Rights, operation: Operation, parameters: &[Parameter]) -> Decision {
        if !rights.has(operation) {
            return Decision::MissingOperation;
        }
        let missing = rights.missing(operation, parameters);
        if missing.is_empty() { Decision::Allowed } else { Decision::MissingParameters(missing) }
    }

    /// Returns everything that a subject may do in a collection: the union of all grants that reach it.
    #[must_use]
    pub fn rights(&self, subject: &Subject, collection: &CollectionId) -> Rights {
        if subject.account.is_none() {
            return Rights::NONE;
        }
        if subject.is_admin {
            return Rights::all();
        }
        let mut rights = Rights::NONE;
        let Some(place) = self.by_id.get(collection) else { return rights };
        for key in subject.keys() {
            // Most teams and organizations hold no grant at all and end here.
            let Some(subject) = self.index.subject(key) else { continue };
            for place in self.chain(*place) {
                rights |= self.index.at(subject, place);
            }
        }
        rights
    }

    /// Returns the grants on this collection or above it whose role holds the operation.
    #[must_use]
    pub fn who_can(&self, operation: Operation, collection: &CollectionId) -> Vec<Grant> {
        let reaches: Vec<_> = self.ancestors(collection).map(|ancestor| &ancestor.id).collect();
        let holds = |grant: &&Grant| {
            reaches.contains(&&grant.collection)
                && self.roles.get(&grant.role).is_some_and(|role| role.rights.has(operation))
        };
        self.grants.iter().filter(holds).cloned().collect()
    }

    /// Returns the highest ancestor on which the subject may schedule; work of the collection may run on every node
    /// below it.
    #[must_use]
    pub fn schedule_root(&self, subject: &Subject, collection: &CollectionId) -> Option<CollectionId> {
        self.ancestors(collection)
            .filter(|ancestor| self.decide(subject, Operation::NodeSchedule, &[], &ancestor.id).is_allowed())
            .last()
            .map(|ancestor| ancestor.id.clone())
    }

    /// Finds a collection by its id.
    #[must_use]
    pub fn collection(&self, id: &CollectionId) -> Option<&Collection> {
        self.by_id.get(id).and_then(|place| self.collections.get(place.position()))
    }

    /// Finds a collection by its path.
    #[must_use]
    pub fn collection_by_path(&self, path: &CollectionPath) -> Option<&Collection> {
        self.by_path.get(path).and_then(|place| self.collections.get(place.position()))
    }

    /// Goes from a collection up to the root, itself first.
    pub fn ancestors(&self, collection: &CollectionId) -> impl Iterator<Item = &Collection> {
        let start = self.by_id.get(collection).copied();
        start.into_iter().flat_map(|place| self.chain(place)).filter_map(|place| self.collections.get(place.position()))
    }

    /// Returns all collections, in the order given.
    #[must_use]
    pub fn collections(&self) -> &[Collection] {
        &self.collections
    }

    /// Returns all grants, sorted.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Finds a role by its id.
    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.roles.get(id)
    }

    /// Returns the grants of a subject, by whatever way they reach it.
    pub fn grants_of(&self, subject: &Subject) -> impl Iterator<Item = &Grant> {
        let keys: Vec<GrantSubject> = subject.keys().collect();
        self.grants.iter().filter(move |grant| keys.contains(&grant.subject))
    }

    /// The places from one up to the root; ends after as many steps as there are collections, so that a cycle ends.
    fn chain(&self, place: Place) -> impl Iterator<Item = Place> {
        std::iter::successors(Some(place), |place| self.parents.get(place.position()).copied().flatten())
            .take(self.collections.len().min(MAX_DEPTH))
    }
}

/// A path has at most eight parts, and the root.
const MAX_DEPTH: usize = 9;
