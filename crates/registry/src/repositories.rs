//! Repositories and the rights of teams in them.

mod rights_of_teams;

use std::sync::Arc;

use base::{
    AccountId, AccountName, Order, Page, PageLimit, PageToken, RepositoryId, RepositoryName, RepositoryNamespace,
};
use opctx::{AuditEntry, Caller, Denied, ObjectRef, OpContext};
use state::registry::{
    self as rows, Command, Listed, Reject, RepositoryCreate, RepositoryKey, RepositoryRow, RepositoryUpdate, Viewer,
    Visibility,
};

pub use self::rights_of_teams::Right;
use crate::error::Error;
use crate::registry::Registry;
use crate::rights::{self, Action, Known, Permissions};

/// What is said wherever something is deleted.
pub const DELETION_NOTE: &str =
    "the space of its layers is not reclaimed yet; it will be when garbage collection is available";

const DESCRIPTION_CHARS: usize = 140;
const LONG_DESCRIPTION_CHARS: usize = 25_000;

/// A repository as the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The row.
    pub row: RepositoryRow,
    /// What the caller may do in it.
    pub permissions: Permissions,
}

/// Which repositories a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositoryFilter {
    /// Of this namespace alone.
    pub namespace: Option<RepositoryNamespace>,
    /// With this text in the name.
    pub contains: Option<String>,
    /// How they are ordered.
    pub order: Order<RepositoryKey>,
}

/// A repository to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRepository {
    /// Its whole name.
    pub name: RepositoryName,
    /// Who may pull.
    pub visibility: Visibility,
    /// What it holds, in a sentence.
    pub description: String,
    /// What it holds, at length.
    pub long_description: String,
}

/// Changes of a repository; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositoryPatch {
    /// Who may pull.
    pub visibility: Option<Visibility>,
    /// What it holds, in a sentence.
    pub description: Option<String>,
    /// What it holds, at length.
    pub long_description: Option<String>,
}

fn bounded(what: &'static str, text: Option<&str>, limit: usize) -> Result<(), Error> {
    if text.is_some_and(|text| text.chars().count() > limit) { Err(Error::TooLong { what, limit }) } else { Ok(()) }
}

fn object(name: &RepositoryName) -> ObjectRef {
    ObjectRef::new("repository", name.as_str())
}

/// Returns whose eyes look at a list.
fn viewer(ctx: &OpContext) -> Viewer {
    let snapshot = ctx.snapshot();
    match ctx.caller() {
        Caller::System(_) => Viewer { is_admin: true, ..Viewer::default() },
        Caller::Anonymous | Caller::Workload(_) => Viewer::default(),
        Caller::Account(_) if !ctx.is_alive() => Viewer::default(),
        Caller::Account(caller) => snapshot.account(caller.id).map_or_else(Viewer::default, |account| {
            let owned = account.organizations.iter().filter(|one| one.is_owner).map(|one| one.organization);
            Viewer {
                is_admin: account.is_admin,
                owners: std::iter::once(account.id).chain(owned).collect(),
                teams: account.teams.clone(),
            }
        }),
    }
}

impl Registry {
    /// Lists the repositories that the caller may pull from, in the order of their names.
    ///
    /// # Errors
    /// If they cannot be read, or the caller's token is for something else.
    pub async fn repository_list(
        &self,
        ctx: &OpContext,
        filter: RepositoryFilter,
        limit: PageLimit,
        page: Option<PageToken>,
    ) -> Result<Page<Repository>, Error> {
        if !rights::token_lists(ctx) {
            return Err(Error::ScopeMissing { repository: "catalog".to_owned(), action: "*" });
        }
        let viewer = viewer(ctx);
        let found = self
            .read("listing repositories", move |conn| {
                let listed = Listed {
                    namespace: filter.namespace.as_ref().map(RepositoryNamespace::as_str),
                    contains: filter.contains.as_deref(),
                    order: filter.order,
                    after: page.as_ref().map(PageToken::place),
                };
                let rows = rows::repositories::page(conn, &viewer, &listed, limit.get() + 1)?;
                rows.into_iter()
                    .map(|row| {
                        let rights = rows::rights::of_repository(conn, row.id, row.owner)?;
                        Ok(Known { row, rights })
                    })
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let by = filter.order.by;
        let page = Page::from_rows(found, limit, |known| PageToken::at(&by.of(&known.row), known.row.name.as_str()).0);
        Ok(page.map(|known| Repository {
            permissions: Permissions::of(rights::explain(ctx, &known).level),
            row: known.row,
        }))
    }

    /// Shows a repository.
    ///
    /// # Errors
    /// If it does not exist or the caller may not pull from it.
    pub async fn repository_view(&self, ctx: &OpContext, name: &RepositoryName) -> Result<Repository, Error> {
        let known = self.authorize(ctx, name, Action::Pull).await?;
        let id = known.row.id;
        let row = self.read("reading a repository", move |conn| rows::repositories::by_id(conn, id)).await?;
        let row = row.ok_or_else(|| Error::RepositoryUnknown { repository: name.clone() })?;
        Ok(Repository { permissions: Permissions::of(rights::explain(ctx, &known).level), row })
    }

    /// Creates a repository.
    ///
    /// # Errors
    /// If the caller does not administer the namespace, or there is one of this name.
    pub async fn repository_create(&self, ctx: &OpContext, new: NewRepository) -> Result<Repository, Error> {
        bounded("description", Some(&new.description), DESCRIPTION_CHARS)?;
        bounded("long description", Some(&new.long_description), LONG_DESCRIPTION_CHARS)?;
        rights::alive(ctx)?;
        let Some(owner) = self.creator(ctx, &new.name.namespace()) else {
            return Err(self.refuse_creation(ctx, &new.name));
        };
        self.accounts_caught_up().await;
        let command = RepositoryCreate {
            id: RepositoryId::random(),
            name: new.name.clone(),
            owner,
            visibility: new.visibility,
            description: new.description,
            long_description: new.long_description,
            actor: ctx.account(),
        };
        let name = &new.name;
        let refused = |reject| match reject {
            Reject::RepositoryExists { .. } => Error::RepositoryExists { repository: name.clone() },
            Reject::NamespaceUnknown => Error::NamespaceUnknown { namespace: name.namespace() },
            reject => Error::Refused { operation: "creating a repository", reject },
        };
        let command = Command::RepositoryCreate(command);
        self.write("creating a repository", ctx.operation_id(), command, refused).await?;
        self.known.invalidate(name);
        ctx.audit(AuditEntry::allowed("repository_create", object(name)));
        let known = self.lookup(name).await?.ok_or_else(|| Error::RepositoryUnknown { repository: name.clone() })?;
        Ok(Repository { row: known.row.clone(), permissions: Permissions::of(rights::explain(ctx, &known).level) })
    }

    /// Returns the account that owns a namespace if the caller may create repositories in it.
    fn creator(&self, ctx: &OpContext, namespace: &RepositoryNamespace) -> Option<AccountId> {
        let snapshot = ctx.snapshot();
        let name: AccountName = namespace.as_str().parse().ok()?;
        let owner = snapshot.account_by_name(&name)?.id;
        let may = match ctx.caller() {
            Caller::System(_) => true,
            Caller::Account(caller) => snapshot
                .account(caller.id)
                .is_some_and(|account| account.is_admin || account.id == owner || account.owns(owner)),
            Caller::Anonymous | Caller::Workload(_) => false,
        };
        may.then_some(owner)
    }

    fn refuse_creation(&self, ctx: &OpContext, name: &RepositoryName) -> Error {
        if matches!(ctx.caller(), Caller::Anonymous) {
            return Error::Denied(Denied::unauthenticated());
        }
        let namespace = name.namespace();
        if ctx.is_admin() {
            return Error::NamespaceUnknown { namespace };
        }
        let message = format!(
            "you may not create `{name}`: repositories are created in one's own namespace and where one administers \
             the organization"
        );
        ctx.audit(AuditEntry::refused("repository_create", object(name), message.clone()));
        Error::Denied(Denied::forbidden(message))
    }

    /// Finds the repository of a push, creating it if the settings and the caller's standing allow.
    pub(crate) async fn authorize_push(&self, ctx: &OpContext, name: &RepositoryName) -> Result<Arc<Known>, Error> {
        if let Some(known) = self.lookup(name).await? {
            rights::decide(ctx, name, Some(&known), Action::Push)?;
            return Ok(known);
        }
        rights::alive(ctx)?;
        if self.creator(ctx, &name.namespace()).is_none() {
            return Err(rights::refuse(ctx, name, None, Action::Push));
        }
        if !rights::token_covers(ctx, name, Action::Push) {
            return Err(Error::ScopeMissing { repository: name.to_string(), action: Action::Push.scope() });
        }
        let settings = self.settings_view(ctx).await?;
        if !settings.create_on_push {
            return Err(Error::RepositoryUnknown { repository: name.clone() });
        }
        let new = NewRepository {
            name: name.clone(),
            visibility: Visibility::Private,
            description: String::new(),
            long_description: String::new(),
        };
        match self.repository_create(ctx, new).await {
            // Layers are pushed side by side: another one was first.
            Ok(_) | Err(Error::RepositoryExists { .. }) => {}
            Err(error) => return Err(error),
        }
        self.known.invalidate(name);
        self.authorize(ctx, name, Action::Push).await
    }

    /// Reports whether a push to a repository that does not exist would create it.
    pub(crate) fn may_create(&self, ctx: &OpContext, name: &RepositoryName) -> bool {
        self.creator(ctx, &name.namespace()).is_some()
    }

    /// Changes a repository.
    ///
    /// # Errors
    /// If the caller does not administer it.
    pub async fn repository_update(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        patch: RepositoryPatch,
    ) -> Result<Repository, Error> {
        bounded("description", patch.description.as_deref(), DESCRIPTION_CHARS)?;
        bounded("long description", patch.long_description.as_deref(), LONG_DESCRIPTION_CHARS)?;
        let known = self.authorize(ctx, name, Action::Administer).await?;
        let command = Command::RepositoryUpdate(RepositoryUpdate {
            id: known.row.id,
            visibility: patch.visibility,
            description: patch.description,
            long_description: patch.long_description,
        });
        self.write("changing a repository", ctx.operation_id(), command, |reject| gone(name, reject)).await?;
        self.known.invalidate(name);
        ctx.audit(AuditEntry::allowed("repository_update", object(name)));
        self.repository_view(ctx, name).await
    }

    /// Deletes a repository with its tags and manifests. Space is not reclaimed: see [`DELETION_NOTE`].
    ///
    /// # Errors
    /// If the caller does not administer it.
    pub async fn repository_delete(&self, ctx: &OpContext, name: &RepositoryName) -> Result<(), Error> {
        let known = self.authorize(ctx, name, Action::Administer).await?;
        let command = Command::RepositoryDelete { repository: known.row.id };
        self.write("deleting a repository", ctx.operation_id(), command, |reject| gone(name, reject)).await?;
        self.known.invalidate(name);
        ctx.audit(AuditEntry::allowed("repository_delete", object(name)));
        Ok(())
    }
}

fn gone(name: &RepositoryName, reject: Reject) -> Error {
    match reject {
        Reject::RepositoryUnknown => Error::RepositoryUnknown { repository: name.clone() },
        reject => Error::Refused { operation: "changing a repository", reject },
    }
}
