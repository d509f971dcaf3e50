//! Users, and what users and organizations share.

use base::{
    AccountId, AccountName, CollectionId, CollectionPath, Page, PageLimit, PageToken, RoleId, Secret, Timestamp,
};
use opctx::{ObjectRef, OpContext, Snapshot, Via};
use state::control::accounts::{self, Account, AccountChange, AccountFilter, AccountUpdate, PasswordSet, UserCreate};
use state::control::settings::{self, names};
use state::control::{AccountKind, Command};
use store::rusqlite::{self, Connection};

use crate::audit::refused;
use crate::error::{AuthError, Error};
use crate::guard;
use crate::identity::Identity;

/// Makes a user.
#[derive(Debug, Clone)]
pub struct AccountCreate {
    /// Its name.
    pub name: AccountName,
    /// The name for people.
    pub full_name: String,
    /// The first password; none for one who signs in otherwise.
    pub password: Option<Secret>,
    /// Whether it is an administrator.
    pub is_admin: bool,
}

/// An account as functions answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// User or organization.
    pub kind: AccountKind,
    /// The name for people.
    pub full_name: String,
    /// Whether it may sign in.
    pub is_active: bool,
    /// Whether it is an administrator.
    pub is_admin: bool,
    /// Where a user's objects go that name no collection.
    pub default_collection: Option<CollectionPath>,
    /// When it was made.
    pub created: Timestamp,
}

impl AccountView {
    pub(crate) fn of(account: Account, snapshot: &Snapshot) -> Self {
        let path = |id: &CollectionId| snapshot.policy.collection(id).map(|found| found.path.clone());
        Self {
            default_collection: account.default_collection.as_ref().and_then(path),
            id: account.id,
            name: account.name,
            kind: account.kind,
            full_name: account.full_name,
            is_active: account.is_active,
            is_admin: account.is_admin,
            created: account.created,
        }
    }
}

/// Returns the role that new users get on their private collection.
pub(crate) fn new_user_role(conn: &Connection) -> rusqlite::Result<Option<RoleId>> {
    settings::get_as(conn, names::DEFAULT_NEW_USER_ROLE)
}

#[expect(clippy::expect_used, reason = "a constant that a test reads")]
pub(crate) fn standard_role() -> RoleId {
    access::role_ids::RESTRICTED_CONTROL.parse().expect("built-in role id")
}

impl Identity {
    /// Lists accounts by name: all for an administrator, else oneself, one's organizations and their members.
    ///
    /// # Errors
    /// If the caller is not signed in.
    pub async fn account_list(
        &self,
        ctx: &OpContext,
        mut filter: AccountFilter,
        after: Option<PageToken>,
        limit: PageLimit,
    ) -> Result<Page<AccountView>, Error> {
        filter.visible_to = if ctx.is_admin() { None } else { Some(guard::signed_in(ctx)?.id) };
        let read = move |conn: &Connection| accounts::list(conn, &filter, after.as_ref(), limit);
        let page = self.read("account_list", read).await?;
        let snapshot = self.snapshot();
        Ok(page.map(|account| AccountView::of(account, &snapshot)))
    }

    /// Returns an account that the caller may know of.
    ///
    /// # Errors
    /// If there is none.
    pub async fn account_view(&self, ctx: &OpContext, name: &AccountName) -> Result<AccountView, Error> {
        let found = self.account(ctx, name, "account")?;
        self.account_read("account_view", found.id, name).await
    }

    pub(crate) async fn account_read(
        &self,
        operation: &'static str,
        id: AccountId,
        name: &AccountName,
    ) -> Result<AccountView, Error> {
        let found = self.read(operation, move |conn| accounts::by_id(conn, id)).await?;
        let account = found.ok_or_else(|| Error::not_found("account", name))?;
        Ok(AccountView::of(account, &self.snapshot()))
    }

    /// Makes a user with a private collection; for administrators.
    ///
    /// # Errors
    /// If the caller is none, the name is taken or the password is not acceptable.
    pub async fn account_create(&self, ctx: &OpContext, create: AccountCreate) -> Result<AccountView, Error> {
        let object = ObjectRef::to_create("user", create.name.as_str());
        guard::admin(ctx, "account_create", &object)?;
        let password = match &create.password {
            Some(password) => Some(self.0.options.passwords.hash(password).await?),
            None => None,
        };
        let role = self.read("account_create", new_user_role).await?.unwrap_or_else(standard_role);
        let name = create.name;
        let command = Command::UserCreate(UserCreate {
            id: AccountId::random(),
            name: name.clone(),
            full_name: create.full_name,
            password,
            is_admin: create.is_admin,
            private_collection: CollectionId::random(),
            role,
        });
        self.write(ctx, "account_create", object, command).await?;
        self.account_by_name("account_create", &name).await
    }

    /// Reads an account that was just written: a repeated create finds the one made first.
    pub(crate) async fn account_by_name(
        &self,
        operation: &'static str,
        name: &AccountName,
    ) -> Result<AccountView, Error> {
        let wanted = name.clone();
        let found = self.read(operation, move |conn| accounts::by_name(conn, &wanted)).await?;
        let account = found.ok_or_else(|| Error::not_found("account", name))?;
        Ok(AccountView::of(account, &self.snapshot()))
    }

    /// Changes a user; administrators everything, a user its own full name.
    ///
    /// # Errors
    /// If the caller may not, or no active administrator would be left.
    pub async fn account_update(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        change: AccountChange,
    ) -> Result<AccountView, Error> {
        let found = self.own_user(ctx, name, "account_update")?;
        let object = ObjectRef::new("user", name.as_str());
        if change.is_admin.is_some() || change.is_active.is_some() || change.default_collection.is_some() {
            guard::admin(ctx, "account_update", &object)?;
        }
        let command = Command::AccountUpdate(AccountUpdate { id: found.id, change });
        self.write(ctx, "account_update", object, command).await?;
        self.account_read("account_update", found.id, name).await
    }

    /// Deletes a user with its sessions, tokens, bundles, grants and private collection; for administrators.
    ///
    /// # Errors
    /// If the caller is none, or no active administrator would be left.
    pub async fn account_delete(&self, ctx: &OpContext, name: &AccountName) -> Result<(), Error> {
        let object = ObjectRef::new("user", name.as_str());
        guard::admin(ctx, "account_delete", &object)?;
        let found = self.account(ctx, name, "user")?;
        self.write(ctx, "account_delete", object, Command::AccountDelete(found.id)).await?;
        Ok(())
    }

    /// Sets a password. A user proves the old one; an administrator need not for others. All sessions of the user
    /// end, but the one in which it is done.
    ///
    /// # Errors
    /// If the caller may not, the old password is wrong, or the new one is not acceptable.
    pub async fn password_change(
        &self,
        ctx: &OpContext,
        name: &AccountName,
        old: Option<Secret>,
        new: Secret,
    ) -> Result<(), Error> {
        let found = self.own_user(ctx, name, "password_change")?;
        let object = ObjectRef::new("user", name.as_str());
        let own = ctx.account() == Some(found.id);
        let mut epoch = None;
        if own {
            let wrong = || refused_password(ctx, &object);
            let old = old.ok_or_else(wrong)?;
            match self.password(name.as_str(), &old, ctx.origin()).await {
                Ok(checked) => epoch = Some(checked.epoch),
                Err(AuthError::WrongPassword) => return Err(wrong()),
                Err(error) => return Err(error.into()),
            }
        }
        let password = self.0.options.passwords.hash(&new).await?;
        let keep_session = match ctx.caller().account().map(|caller| caller.via) {
            Some(Via::Session(session)) if own => Some(session),
            _ => None,
        };
        let command = Command::PasswordSet(PasswordSet { account: found.id, password, keep_session, epoch });
        self.write(ctx, "password_change", object, command).await?;
        Ok(())
    }
}

/// A wrong old password is the caller's mistake, not a reason to sign in again.
fn refused_password(ctx: &OpContext, object: &ObjectRef) -> Error {
    refused(ctx, "password_change", object, opctx::Denied::forbidden("the old password is wrong"))
}
