//! Organizations.

use base::{AccountId, AccountName};
use opctx::{ObjectRef, OpContext};
use state::control::accounts::{AccountChange, AccountUpdate, OrganizationCreate};
use state::control::{Command, members};

use crate::account::AccountView;
use crate::error::Error;
use crate::guard;
use crate::identity::Identity;

/// An organization with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationView {
    /// The account.
    pub account: AccountView,
    /// How many members it has.
    pub members: u64,
    /// Whether the caller may manage its members and teams.
    pub is_managed: bool,
}

impl Identity {
    /// Returns an organization that the caller is a member of; any for administrators.
    ///
    /// # Errors
    /// If there is none.
    pub async fn organization_view(&self, ctx: &OpContext, name: &AccountName) -> Result<OrganizationView, Error> {
        let found = self.account(ctx, name, "organization")?;
        let account = self.account_read("organization_view", found.id, name).await?;
        let id = found.id;
        let members = self.read("organization_view", move |conn| members::count(conn, id)).await?;
        let snapshot = self.snapshot();
        let owns = |caller: AccountId| snapshot.account(caller).is_some_and(|account| account.owns(id));
        Ok(OrganizationView { account, members, is_managed: ctx.is_admin() || ctx.account().is_some_and(owns) })
    }

    /// Makes an organization; for administrators.
    ///
    /// # Errors
    /// If the caller is none or the name is taken.
    pub async fn organization_create(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        full_name: &str,
    ) -> Result<AccountView, Error> {
        let object = ObjectRef::to_create("organization", name.as_str());
        guard::admin(ctx, "organization_create", &object)?;
        let command = Command::OrganizationCreate(OrganizationCreate {
            id: AccountId::random(),
            name: name.clone(),
            full_name: full_name.to_owned(),
        });
        self.write(ctx, "organization_create", object, command).await?;
        self.account_by_name("organization_create", name).await
    }

    /// Changes an organization's name for people; for its owners and administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn organization_update(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        full_name: &str,
    ) -> Result<AccountView, Error> {
        let found = self.own_organization(ctx, name, "organization_update")?;
        let change = AccountChange { full_name: Some(full_name.to_owned()), ..AccountChange::default() };
        let command = Command::AccountUpdate(AccountUpdate { id: found.id, change });
        let object = ObjectRef::new("organization", name.as_str());
        self.write(ctx, "organization_update", object, command).await?;
        self.account_read("organization_update", found.id, name).await
    }

    /// Deletes an organization with its teams and their grants; for administrators.
    ///
    /// # Errors
    /// If the caller is none, or the organization is built in.
    pub async fn organization_delete(&self, ctx: &OpContext, name: &AccountName) -> Result<(), Error> {
        let object = ObjectRef::new("organization", name.as_str());
        guard::admin(ctx, "organization_delete", &object)?;
        let found = self.account(ctx, name, "organization")?;
        self.write(ctx, "organization_delete", object, Command::AccountDelete(found.id)).await?;
        Ok(())
    }
}
