//! Roles.

use access::{Rights, Role};
use base::RoleId;
use opctx::{ObjectRef, OpContext};
use state::control::{Command, roles};

use crate::error::Error;
use crate::guard;
use crate::identity::Identity;

impl Identity {
    /// Lists all roles, the built-in ones first; for anybody signed in.
    ///
    /// # Errors
    /// If the caller is not signed in.
    pub async fn role_list(&self, ctx: &OpContext) -> Result<Vec<Role>, Error> {
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
        }
        self.read("role_list", roles::every).await
    }

    /// Returns a role; for anybody signed in.
    ///
    /// # Errors
    /// If there is none.
    pub async fn role_view(&self, ctx: &OpContext, role: &RoleId) -> Result<Role, Error> {
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
        }
        let wanted = role.clone();
        let found = self.read("role_view", move |conn| roles::by_id(conn, &wanted)).await?;
        found.ok_or_else(|| Error::not_found("role", role))
    }

    /// Makes a custom role; for administrators. It can never be changed.
    ///
    /// # Errors
    /// If the caller is none or the name is taken.
    pub async fn role_create(&self, ctx: &OpContext, name: &str, rights: Rights) -> Result<Role, Error> {
        let object = ObjectRef::to_create("role", name);
        guard::admin(ctx, "role_create", &object)?;
        let role = Role { id: RoleId::random(), name: name.to_owned(), system: false, rights };
        self.write(ctx, "role_create", object, Command::RoleCreate(role)).await?;
        let (wanted, name) = (name.to_owned(), name.to_owned());
        let all = self.read("role_create", roles::every).await?;
        all.into_iter().find(|role| role.name == wanted).ok_or_else(|| Error::not_found("role", name))
    }

    /// Deletes a custom role that no grant uses; for administrators.
    ///
    /// # Errors
    /// If the caller is none, or the role is built in or used.
    pub async fn role_delete(&self, ctx: &OpContext, role: &RoleId) -> Result<(), Error> {
        let object = ObjectRef::new("role", role.as_str());
        guard::admin(ctx, "role_delete", &object)?;
        self.write(ctx, "role_delete", object, Command::RoleDelete(role.clone())).await?;
        Ok(())
    }
}
