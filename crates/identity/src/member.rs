//! Members of organizations.

use base::{AccountName, Page, PageLimit, PageToken};
use opctx::{Denied, ObjectRef, OpContext};
use state::control::members::{self, Member, MemberSet};
use state::control::{Command, DOCKER_DATACENTER};

use crate::error::Error;
use crate::identity::Identity;

impl Identity {
    /// Lists the members of an organization that the caller is a member of; of any for administrators. Who is in
    /// the organization of all users is for administrators alone.
    ///
    /// # Errors
    /// If the caller may not know of it.
    pub async fn member_list(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        after: Option<PageToken>,
        limit: PageLimit,
    ) -> Result<Page<Member>, Error> {
        let found = self.account(ctx, organization, "organization")?;
        if found.id == DOCKER_DATACENTER && !ctx.is_admin() {
            return Err(
                Denied::forbidden(format!("only administrators may list the members of `{organization}`")).into()
            );
        }
        let id = found.id;
        self.read("member_list", move |conn| members::list(conn, id, after.as_ref(), limit)).await
    }

    /// Makes a user a member, or changes whether it is an owner; for owners and administrators.
    ///
    /// # Errors
    /// If the caller may not, or there is no such user.
    pub async fn member_set(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        user: &AccountName,
        is_owner: Option<bool>,
    ) -> Result<(), Error> {
        let found = self.own_organization(ctx, organization, "member_set")?;
        let account = self.user_to_add(user)?;
        let set = MemberSet { organization: found.id, account: account.id, is_owner };
        let object = ObjectRef::new("member", format!("{organization}/{user}"));
        self.write(ctx, "member_set", object, Command::MemberSet(set)).await?;
        Ok(())
    }

    /// Takes a user out of an organization and its teams; for owners, administrators, and the user itself.
    ///
    /// # Errors
    /// If the caller may not, or the user is no member.
    pub async fn member_remove(
        &self,
        ctx: &OpContext,
        organization: &AccountName,
        user: &AccountName,
    ) -> Result<(), Error> {
        let leaves = ctx.caller().account().is_some_and(|caller| caller.name == *user && caller.limit.is_none());
        let found = if leaves {
            self.account(ctx, organization, "organization")?
        } else {
            self.own_organization(ctx, organization, "member_remove")?
        };
        let account = self.user_to_add(user)?;
        let command = Command::MemberRemove { organization: found.id, account: account.id };
        let object = ObjectRef::new("member", format!("{organization}/{user}"));
        self.write(ctx, "member_remove", object, command).await?;
        Ok(())
    }
}
