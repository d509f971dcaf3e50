//! Why may somebody do something, and who can?

use ::access::{Explanation, Operation, Parameter, Policy};
use base::{AccountName, CollectionId, CollectionPath};
use opctx::{Denied, ObjectRef, OpContext, Snapshot};

use crate::audit::refused;
use crate::error::Error;
use crate::grant::GrantView;
use crate::guard;
use crate::identity::Identity;

/// Asks why somebody may do something somewhere, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessQuestion {
    /// The user asked about; the caller itself if absent.
    pub user: Option<AccountName>,
    /// The operation.
    pub operation: Operation,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The collection.
    pub collection: CollectionPath,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessAnswer {
    /// The user asked about.
    pub user: AccountName,
    /// Whether the account may do anything at all now.
    pub is_active: bool,
    /// Decision, reason and grants.
    pub explanation: Explanation,
    /// The grants with their names, in the same order.
    pub grants: Vec<GrantView>,
}

/// Who can do something somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoCan {
    /// The grants through which it is allowed.
    pub grants: Vec<GrantView>,
    /// The administrators, who need none.
    pub administrators: Vec<AccountName>,
}

fn collection(policy: &Policy, path: &CollectionPath) -> Result<CollectionId, Error> {
    let found = policy.collection_by_path(path).map(|found| found.id.clone());
    found.ok_or_else(|| Error::not_found("collection", path))
}

fn views(explanation: &Explanation, snapshot: &Snapshot) -> Vec<GrantView> {
    let grants = explanation.grants.iter().map(|explained| explained.grant.clone());
    grants.filter_map(|grant| GrantView::of(grant, None, snapshot)).collect()
}

impl Identity {
    /// Explains why a user may do something somewhere, or may not: oneself, or anybody for administrators.
    ///
    /// # Errors
    /// If the caller may not ask, or user or collection do not exist for it.
    pub fn access_explain(&self, ctx: &OpContext, question: &AccessQuestion) -> Result<AccessAnswer, Error> {
        let name = match &question.user {
            Some(name) => name.clone(),
            None => guard::signed_in(ctx)?.name.clone(),
        };
        let account = self.own_user(ctx, &name, "access_explain")?;
        let snapshot = self.snapshot();
        let subject = account.subject();
        let id = collection(&snapshot.policy, &question.collection)?;
        if !ctx.is_admin() && !snapshot.knows(&subject, &id) {
            // Whether the collection exists is not told to one who has no right in it.
            return Err(Error::not_found("collection", &question.collection));
        }
        let explanation = snapshot.policy.explain(&subject, question.operation, &question.parameters, &id);
        let grants = views(&explanation, &snapshot);
        Ok(AccessAnswer { user: name, is_active: account.is_active, explanation, grants })
    }

    /// Tells who can do something in a collection; for administrators.
    ///
    /// # Errors
    /// If the caller is none or there is no such collection.
    pub fn access_who_can(
        &self,
        ctx: &OpContext,
        operation: Operation,
        path: &CollectionPath,
    ) -> Result<WhoCan, Error> {
        let object = ObjectRef::new("collection", path.as_str());
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
            let denied = Denied::forbidden("only an administrator may ask who can do what");
            return Err(refused(ctx, "access_who_can", &object, denied));
        }
        let snapshot = self.snapshot();
        let id = collection(&snapshot.policy, path)?;
        let grants = snapshot.policy.who_can(operation, &id);
        let grants = grants.into_iter().filter_map(|grant| GrantView::of(grant, None, &snapshot)).collect();
        Ok(WhoCan { grants, administrators: snapshot.accounts.administrators() })
    }
}
