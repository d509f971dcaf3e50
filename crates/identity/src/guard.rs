//! Who may do what to whom, in one place.

use std::sync::Arc;

use base::{AccountId, AccountName};
use opctx::{AccountCaller, AccountRights, Denied, ObjectRef, OpContext, Snapshot, Via};
use state::control::{AccountKind, DOCKER_DATACENTER};

use crate::audit::refused;
use crate::error::Error;
use crate::identity::Identity;

/// What a caller may know of an account.
fn is_visible(ctx: &OpContext, snapshot: &Snapshot, account: &AccountRights) -> bool {
    if ctx.is_admin() {
        return true;
    }
    let Some(caller) = ctx.account().and_then(|id| snapshot.account(id)) else { return false };
    let shared = |organization: AccountId| organization != DOCKER_DATACENTER && caller.is_member(organization);
    caller.id == account.id
        || caller.is_member(account.id)
        || account.organizations.iter().any(|membership| shared(membership.organization))
}

/// Requires a user who is active; one bound by a registry token's scopes may do nothing here.
pub(crate) fn signed_in(ctx: &OpContext) -> Result<&AccountCaller, Error> {
    let caller = ctx.require_signed_in()?;
    if caller.limit.is_some() {
        return Err(Denied::forbidden("a registry token gives no right to this").into());
    }
    Ok(caller)
}

/// Requires an administrator or one of our own parts; notes a refusal.
pub(crate) fn admin(ctx: &OpContext, operation: &'static str, object: &ObjectRef) -> Result<(), Error> {
    if ctx.is_admin() && ctx.caller().account().is_none_or(|caller| caller.limit.is_none()) {
        return Ok(());
    }
    let denied = match ctx.require_signed_in() {
        Ok(_) => Denied::forbidden(format!("only an administrator may do this: {operation}")),
        Err(denied) => denied,
    };
    Err(refused(ctx, operation, object, denied))
}

impl Identity {
    /// Finds an account that the caller may know of.
    pub(crate) fn account(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        what: &'static str,
    ) -> Result<Arc<AccountRights>, Error> {
        if !ctx.is_admin() {
            signed_in(ctx)?;
        }
        let snapshot = self.snapshot();
        let kind = match what {
            "user" => Some(AccountKind::User),
            "organization" => Some(AccountKind::Organization),
            _ => None,
        };
        snapshot
            .account_by_name(name)
            .filter(|account| kind.is_none_or(|kind| account.kind == kind) && is_visible(ctx, &snapshot, account))
            .cloned()
            .ok_or_else(|| Error::not_found(what, name))
    }

    /// Finds a user whom the caller may manage: itself, or any for an administrator. Notes a refusal.
    pub(crate) fn own_user(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        operation: &'static str,
    ) -> Result<Arc<AccountRights>, Error> {
        let object = ObjectRef::new("user", name.as_str());
        let found = self.account(ctx, name, "user").map_err(|error| note(ctx, operation, &object, error))?;
        if ctx.is_admin() || ctx.account() == Some(found.id) {
            return Ok(found);
        }
        let denied = Denied::forbidden(format!("only `{name}` and administrators may do this: {operation}"));
        Err(refused(ctx, operation, &object, denied))
    }

    /// Finds a user for whom the caller may make a credential. An access token makes none for its own account: what it
    /// made would go on after the token ended or was deleted. Notes a refusal.
    pub(crate) fn credential_owner(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        operation: &'static str,
    ) -> Result<Arc<AccountRights>, Error> {
        let found = self.own_user(ctx, name, operation)?;
        let is_token = ctx.caller().account().is_some_and(|caller| matches!(caller.via, Via::AccessToken(_)));
        if is_token && ctx.account() == Some(found.id) {
            let said = "an access token makes no other credentials of its account: sign in with the password";
            return Err(refused(ctx, operation, &ObjectRef::new("user", name.as_str()), Denied::forbidden(said)));
        }
        Ok(found)
    }

    /// Finds an organization that the caller may manage: as its owner, or as an administrator. Notes a refusal.
    pub(crate) fn own_organization(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        operation: &'static str,
    ) -> Result<Arc<AccountRights>, Error> {
        let object = ObjectRef::new("organization", name.as_str());
        let found = self.account(ctx, name, "organization").map_err(|error| note(ctx, operation, &object, error))?;
        let snapshot = self.snapshot();
        let owns = |id| snapshot.account(id).is_some_and(|account| account.owns(found.id));
        if ctx.is_admin() || ctx.account().is_some_and(owns) {
            return Ok(found);
        }
        let denied = Denied::forbidden(format!("only owners of `{name}` and administrators may do this: {operation}"));
        Err(refused(ctx, operation, &object, denied))
    }

    /// Finds any user by name on behalf of one who may manage an organization: to be made a member, it must be
    /// named in full and is not searched for.
    pub(crate) fn user_to_add(&self, name: &AccountName) -> Result<Arc<AccountRights>, Error> {
        self.snapshot()
            .account_by_name(name)
            .filter(|account| account.kind == AccountKind::User)
            .cloned()
            .ok_or_else(|| Error::not_found("user", name))
    }
}

/// Notes that something was asked that the caller may not know of.
fn note(ctx: &OpContext, operation: &'static str, object: &ObjectRef, error: Error) -> Error {
    let reason = error.to_string();
    ctx.audit(opctx::AuditEntry::refused(operation, object.clone(), reason));
    error
}
