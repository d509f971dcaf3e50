//! Why a decision is what it is.

use base::{CollectionId, CollectionPath};

use super::{Decision, Policy};
use crate::grant::{Grant, Subject};
use crate::operation::Operation;
use crate::parameter::{Parameter, ParameterSet};
use crate::rights::Rights;

/// How many collections in which the operation is allowed are named in an explanation.
const NEARBY: usize = 5;

/// Why a decision is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, the same as [`Policy::decide`] gives.
    pub decision: Decision,
    /// The reason in one word.
    pub reason: Reason,
    /// The grants that reach the collection and hold the operation (with some of the parameters asked, or none).
    pub grants: Vec<ExplainedGrant>,
    /// Other collections in which the subject holds the operation with all parameters, the nearest first.
    pub nearby: Vec<CollectionPath>,
}

/// The reason of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An administrator needs no grant.
    Administrator,
    /// By the grants listed.
    Granted,
    /// The caller is not signed in.
    Anonymous,
    /// The collection does not exist.
    UnknownCollection,
    /// No grant that reaches the collection holds the operation.
    MissingOperation,
    /// The operation is held, these parameters are not.
    MissingParameters(ParameterSet),
}

/// A grant with what it contributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedGrant {
    /// The grant.
    pub grant: Grant,
    /// The name of its role.
    pub role_name: String,
    /// The path of its collection.
    pub path: CollectionPath,
    /// Whether it was given on a collection above the one asked.
    pub inherited: bool,
    /// Those of the parameters asked that it allows.
    pub parameters: ParameterSet,
}

impl Policy {
    /// Explains a decision.
    #[must_use]
    pub fn explain(
        &self,
        subject: &Subject,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Explanation {
        let decision = self.decide(subject, operation, parameters, collection);
        let reason = self.reason(subject, decision, collection);
        let (grants, nearby) = if reason == Reason::Administrator || reason == Reason::Anonymous {
            (Vec::new(), Vec::new())
        } else {
            let grants = self.contributing(subject, operation, parameters, collection);
            let nearby = if decision.is_allowed() {
                Vec::new()
            } else {
                self.nearby(subject, operation, parameters, collection)
            };
            (grants, nearby)
        };
        Explanation { decision, reason, grants, nearby }
    }

    fn reason(&self, subject: &Subject, decision: Decision, collection: &CollectionId) -> Reason {
        match decision {
            Decision::Allowed if subject.is_admin => Reason::Administrator,
            Decision::Allowed => Reason::Granted,
            _ if subject.account.is_none() => Reason::Anonymous,
            _ if self.collection(collection).is_none() => Reason::UnknownCollection,
            Decision::MissingOperation => Reason::MissingOperation,
            Decision::MissingParameters(missing) => Reason::MissingParameters(missing),
        }
    }

    fn contributing(
        &self,
        subject: &Subject,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Vec<ExplainedGrant> {
        let mut grants = Vec::new();
        for ancestor in self.ancestors(collection) {
            for grant in self.grants_of(subject).filter(|grant| grant.collection == ancestor.id) {
                let Some(role) = self.role(&grant.role).filter(|role| role.rights.has(operation)) else { continue };
                grants.push(ExplainedGrant {
                    grant: grant.clone(),
                    role_name: role.name.clone(),
                    path: ancestor.path.clone(),
                    inherited: ancestor.id != *collection,
                    parameters: allowed(&role.rights, operation, parameters),
                });
            }
        }
        grants
    }

    fn nearby(
        &self,
        subject: &Subject,
        operation: Operation,
        parameters: &[Parameter],
        collection: &CollectionId,
    ) -> Vec<CollectionPath> {
        let asked = self.collection(collection).map(|collection| &collection.path);
        let mut found: Vec<_> = self
            .grants_of(subject)
            .filter_map(|grant| self.collection(&grant.collection))
            .filter(|place| self.decide(subject, operation, parameters, &place.id).is_allowed())
            .map(|place| (distance(asked, &place.path), place.path.clone()))
            .collect();
        found.sort();
        found.dedup();
        found.into_iter().take(NEARBY).map(|(_, path)| path).collect()
    }
}

fn allowed(rights: &Rights, operation: Operation, parameters: &[Parameter]) -> ParameterSet {
    parameters.iter().copied().filter(|parameter| rights.has_parameter(operation, *parameter)).collect()
}

/// The number of steps through the tree from one path to the other.
fn distance(from: Option<&CollectionPath>, to: &CollectionPath) -> usize {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (from.map_or_else(Vec::new, |path| parts(path.as_str())), parts(to.as_str()));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    from.len() + to.len() - 2 * shared
}
