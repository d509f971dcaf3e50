//! Tags.

use base::{Page, PageLimit, PageToken, RepositoryName};
use oci::Tag;
use opctx::{AuditEntry, ObjectRef, OpContext};
use state::registry::{self as rows, Command, Reject, TagRow};

use crate::error::Error;
use crate::registry::Registry;
use crate::rights::Action;

impl Registry {
    /// Lists tags in the order of their names.
    ///
    /// # Errors
    /// If the caller may not pull from the repository.
    pub async fn tag_list(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        limit: PageLimit,
        page: Option<PageToken>,
    ) -> Result<Page<TagRow>, Error> {
        let id = self.authorize(ctx, name, Action::Pull).await?.row.id;
        let rows = self
            .read("listing tags", move |conn| {
                rows::tags::page(conn, id, page.as_ref().map(|token| token.0.as_str()), limit.get() + 1)
            })
            .await?;
        Ok(Page::from_rows(rows, limit, |row| row.name.to_string()))
    }

    /// Lists names of tags after one, at most so many.
    ///
    /// # Errors
    /// If the caller may not pull from the repository.
    pub async fn tag_names(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<String>, Error> {
        let id = self.authorize(ctx, name, Action::Pull).await?.row.id;
        self.read_linear("listing tags", move |conn| rows::tags::names(conn, id, after.as_deref(), limit)).await
    }

    /// Shows a tag.
    ///
    /// # Errors
    /// If the caller may not pull from the repository, or there is no such tag.
    pub async fn tag_view(&self, ctx: &OpContext, name: &RepositoryName, tag: &Tag) -> Result<TagRow, Error> {
        let id = self.authorize(ctx, name, Action::Pull).await?.row.id;
        let wanted = tag.clone();
        self.read_linear("reading a tag", move |conn| rows::tags::view(conn, id, &wanted))
            .await?
            .ok_or_else(|| Error::TagUnknown { repository: name.clone(), tag: tag.clone() })
    }

    /// Deletes a tag; the manifest stays. Space is not reclaimed: see [`crate::DELETION_NOTE`].
    ///
    /// # Errors
    /// If the caller may not push to the repository, or there is no such tag.
    pub async fn tag_delete(&self, ctx: &OpContext, name: &RepositoryName, tag: &Tag) -> Result<(), Error> {
        let id = self.authorize(ctx, name, Action::Delete).await?.row.id;
        let command = Command::TagDelete { repository: id, tag: tag.clone() };
        let refused = |reject| match reject {
            Reject::TagUnknown => Error::TagUnknown { repository: name.clone(), tag: tag.clone() },
            Reject::RepositoryUnknown => Error::RepositoryUnknown { repository: name.clone() },
            reject => Error::Refused { operation: "deleting a tag", reject },
        };
        self.write("deleting a tag", ctx.operation_id(), command, refused).await?;
        ctx.audit(AuditEntry::allowed("tag_delete", ObjectRef::new("tag", format!("{name}:{tag}"))));
        Ok(())
    }
}
