//! Grants.

use access::{Grant, GrantSubject};
use base::{CollectionPath, Timestamp};
use opctx::{ObjectRef, OpContext, Snapshot};
use state::control::{Command, Reply, grants};

use crate::error::Error;
use crate::guard;
use crate::identity::Identity;

/// A grant with the names that people know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// The subject's name: `anna`, `acme`, `acme/ops`, `authenticated`.
    pub subject: String,
    /// The role's name.
    pub role: String,
    /// The collection's path.
    pub path: CollectionPath,
    /// When it was made, if that was read.
    pub created: Option<Timestamp>,
}

/// Which grants a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// That name this subject alone.
    pub subject: Option<GrantSubject>,
    /// On this collection alone.
    pub collection: Option<CollectionPath>,
}

impl GrantView {
    pub(crate) fn of(grant: Grant, created: Option<Timestamp>, snapshot: &Snapshot) -> Option<Self> {
        let account = |id| snapshot.account(id).map(|account| account.name.to_string());
        let subject = match grant.subject {
            GrantSubject::User(id) | GrantSubject::Organization(id) => account(id)?,
            GrantSubject::Team(id) => {
                let team = snapshot.accounts.team(id)?;
                format!("{}/{}", account(team.organization)?, team.name)
            }
            GrantSubject::Authenticated => "authenticated".to_owned(),
        };
        let role = snapshot.policy.role(&grant.role)?.name.clone();
        let path = snapshot.policy.collection(&grant.collection)?.path.clone();
        Some(Self { grant, subject, role, path, created })
    }
}

fn object(view: Option<&GrantView>, grant: &Grant) -> ObjectRef {
    let name = match view {
        Some(view) => format!("{} {} {}", view.subject, view.role, view.path),
        None => format!("{} {}", grant.role, grant.collection),
    };
    ObjectRef::to_create("grant", name)
}

impl Identity {
    /// Lists grants: all for an administrator, else those that reach the caller.
    ///
    /// # Errors
    /// If the caller is not signed in.
    pub async fn grant_list(&self, ctx: &OpContext, filter: GrantFilter) -> Result<Vec<GrantView>, Error> {
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
        }
        let rows = self.read("grant_list", grants::every).await?;
        let snapshot = self.snapshot();
        let subject = ctx.subject_in(&snapshot);
        let keys: Vec<_> = subject.keys().collect();
        let mut views: Vec<_> = rows
            .into_iter()
            .filter(|row| ctx.is_admin() || keys.contains(&row.grant.subject))
            .filter(|row| filter.subject.is_none_or(|subject| subject == row.grant.subject))
            .filter_map(|row| GrantView::of(row.grant, Some(row.created), &snapshot))
            .filter(|view| filter.collection.as_ref().is_none_or(|path| *path == view.path))
            .collect();
        views.sort_by(|a, b| (&a.path, &a.subject, &a.role).cmp(&(&b.path, &b.subject, &b.role)));
        Ok(views)
    }

    /// Adds a grant; for administrators. It is in force when this returns; true if it is new.
    ///
    /// # Errors
    /// If the caller is none, or subject, role or collection do not exist.
    pub async fn grant_add(&self, ctx: &OpContext, grant: Grant) -> Result<bool, Error> {
        let object = object(GrantView::of(grant.clone(), None, &self.snapshot()).as_ref(), &grant);
        guard::admin(ctx, "grant_add", &object)?;
        let reply = self.write(ctx, "grant_add", object, Command::GrantAdd(grant)).await?;
        Ok(reply == Reply::Created)
    }

    /// Removes a grant; for administrators. It is out of force when this returns.
    ///
    /// # Errors
    /// If the caller is none or the grant does not exist.
    pub async fn grant_remove(&self, ctx: &OpContext, grant: Grant) -> Result<(), Error> {
        let object = object(GrantView::of(grant.clone(), None, &self.snapshot()).as_ref(), &grant);
        guard::admin(ctx, "grant_remove", &object)?;
        self.write(ctx, "grant_remove", object, Command::GrantRemove(grant)).await?;
        Ok(())
    }
}
