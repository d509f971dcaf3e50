//! Collections.

use std::collections::HashSet;

use access::Collection;
use base::{CollectionId, CollectionPath, Timestamp};
use opctx::{ObjectRef, OpContext};
use state::control::Command;
use state::control::collections::{self, CollectionCreate, CollectionRow};

use crate::error::Error;
use crate::guard;
use crate::identity::Identity;

/// A collection as functions answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionView {
    /// The collection.
    pub collection: Collection,
    /// Whether it is built in.
    pub built_in: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl From<CollectionRow> for CollectionView {
    fn from(row: CollectionRow) -> Self {
        Self { collection: row.collection, built_in: row.built_in, created: row.created }
    }
}

impl Identity {
    /// Lists collections by path: all for an administrator, else those in which the caller has any right, and what
    /// leads to them.
    ///
    /// # Errors
    /// If the caller is not signed in.
    pub async fn collection_list(&self, ctx: &OpContext) -> Result<Vec<CollectionView>, Error> {
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
        }
        let mut rows = self.read("collection_list", collections::every).await?;
        if !ctx.is_admin() {
            let visible = self.visible(ctx);
            rows.retain(|row| visible.contains(&row.collection.id));
        }
        Ok(rows.into_iter().map(CollectionView::from).collect())
    }

    /// Returns the collections that a caller may know of.
    fn visible(&self, ctx: &OpContext) -> HashSet<CollectionId> {
        let snapshot = self.snapshot();
        let subject = ctx.subject_in(&snapshot);
        let mut visible = HashSet::new();
        for collection in snapshot.policy.collections() {
            if snapshot.knows(&subject, &collection.id) {
                visible.extend(snapshot.policy.ancestors(&collection.id).map(|ancestor| ancestor.id.clone()));
            }
        }
        visible
    }

    /// Finds a collection that the caller may know of.
    ///
    /// # Errors
    /// If there is none.
    pub async fn collection_view(&self, ctx: &OpContext, path: &CollectionPath) -> Result<CollectionView, Error> {
        if !ctx.is_admin() {
            guard::signed_in(ctx)?;
        }
        let wanted = path.clone();
        let found = self.read("collection_view", move |conn| collections::by_path(conn, &wanted)).await?;
        found
            .filter(|row| ctx.is_admin() || self.visible(ctx).contains(&row.collection.id))
            .map(CollectionView::from)
            .ok_or_else(|| Error::not_found("collection", path))
    }

    /// Makes a collection; its parent must exist. For administrators.
    ///
    /// # Errors
    /// If the caller is none, the path is taken or there is no parent.
    pub async fn collection_create(&self, ctx: &OpContext, path: &CollectionPath) -> Result<CollectionView, Error> {
        let object = ObjectRef::to_create("collection", path.as_str());
        guard::admin(ctx, "collection_create", &object)?;
        let parent = path.parent().ok_or_else(|| Error::invalid("the root exists already"))?;
        let snapshot = self.snapshot();
        let parent =
            snapshot.policy.collection_by_path(&parent).ok_or_else(|| Error::not_found("collection", &parent))?;
        let create =
            CollectionCreate { id: CollectionId::random(), parent: parent.id.clone(), name: path.leaf().to_owned() };
        self.write(ctx, "collection_create", object, Command::CollectionCreate(create)).await?;
        self.collection_view(ctx, path).await
    }

    /// Deletes an empty collection with its grants; for administrators.
    ///
    /// # Errors
    /// If the caller is none, or the collection is built in or holds collections or nodes.
    pub async fn collection_delete(&self, ctx: &OpContext, path: &CollectionPath) -> Result<(), Error> {
        let object = ObjectRef::new("collection", path.as_str());
        guard::admin(ctx, "collection_delete", &object)?;
        let id = self.collection_view(ctx, path).await?.collection.id;
        self.write(ctx, "collection_delete", object, Command::CollectionDelete(id)).await?;
        Ok(())
    }
}
