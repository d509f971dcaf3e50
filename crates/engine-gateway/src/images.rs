//! Rights on images: those of our registry belong to who may pull (or push to) their repository, all others to the root
//! collection.

use std::collections::HashMap;

use access::{Operation, Parameter};
use base::RepositoryName;
use engine_spec::ImageRef;
use futures_util::future::BoxFuture;
use opctx::{ObjectRef, OpContext};
use serde_json::Value;

use crate::error::Error;
use crate::gateway::Gateway;

/// What is asked of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageRight {
    /// See, pull and run.
    Pull,
    /// Write its tags.
    Push,
}

/// The registry's rights, asked where an image of ours is named.
pub trait ImageRights: Send + Sync + 'static {
    /// Reports whether the caller has a right in a repository now; one that does not exist gives none.
    fn allows<'a>(
        &'a self,
        ctx: &'a OpContext,
        repository: &'a RepositoryName,
        right: ImageRight,
    ) -> BoxFuture<'a, bool>;
}

/// An image as the engine has it.
#[derive(Debug, Clone)]
pub(crate) struct LocalImage {
    pub(crate) id: String,
    names: Vec<String>,
    pub(crate) triggers: Vec<String>,
}

impl Gateway {
    /// Returns the repository of an image of ours.
    pub(crate) fn ours(&self, image: &ImageRef) -> Option<RepositoryName> {
        let host = image.host()?;
        self.is_our_registry(host).then(|| image.repository()?.parse().ok()).flatten()
    }

    pub(crate) fn is_our_registry(&self, host: &str) -> bool {
        let bare = |name: &str| name.strip_suffix(":443").unwrap_or(name).to_ascii_lowercase();
        self.options.registry_names.iter().any(|name| bare(name) == bare(host))
    }

    /// Decides over an image that is named. One that may not be known does not exist.
    ///
    /// Of our registry: whoever may pull sees, pulls, runs and tags it; whoever may push pushes it and removes its name
    /// from an engine. What goes beyond that, and all other images, is asked on the root collection.
    pub(crate) async fn image_read(
        &self,
        ctx: &OpContext,
        operation: Operation,
        parameters: &[Parameter],
        image: &ImageRef,
        text: &str,
    ) -> Result<(), Error> {
        if ctx.is_admin() {
            return Ok(());
        }
        let hidden = || Error::NotFound(format!("No such image: {text}"));
        let root = self.image_root(ctx, operation, parameters);
        if self.image_is_ours(ctx, image, text).await? {
            return match operation {
                Operation::ImageView | Operation::ImageHistory | Operation::ImageCreate | Operation::ImageTag => Ok(()),
                Operation::ImagePush | Operation::ImageRemove if parameters.is_empty() && root.is_err() => {
                    self.image_write(ctx, operation, image).await
                }
                _ => root,
            };
        }
        if image.host().is_some_and(|host| self.is_our_registry(host)) {
            return Err(hidden());
        }
        let may = |operation| self.image_root(ctx, operation, &[]).is_ok();
        match root {
            Ok(()) => Ok(()),
            Err(_) if operation == Operation::ImageView && may(Operation::ImageCreate) => Ok(()),
            Err(error) if operation == Operation::ImageCreate || may(Operation::ImageView) => Err(error),
            Err(_) => Err(hidden()),
        }
    }

    /// Decides over a name that is written: in our registry by who may push there, else on the root collection.
    pub(crate) async fn image_write(
        &self,
        ctx: &OpContext,
        operation: Operation,
        image: &ImageRef,
    ) -> Result<(), Error> {
        if ctx.is_admin() {
            return Ok(());
        }
        let Some(host) = image.host().filter(|host| self.is_our_registry(host)) else {
            return self.image_root(ctx, operation, &[]);
        };
        let refused = || Error::Forbidden(format!("you may not push to `{host}/{}`", image.repository().unwrap_or("")));
        let repository = self.ours(image).ok_or_else(refused)?;
        if self.images.allows(ctx, &repository, ImageRight::Push).await { Ok(()) } else { Err(refused()) }
    }

    /// Decides on the root collection, where all images lie that are not of our registry.
    pub(crate) fn image_root(
        &self,
        ctx: &OpContext,
        operation: Operation,
        parameters: &[Parameter],
    ) -> Result<(), Error> {
        let target = ObjectRef::to_create("image", "/");
        ctx.check(&target, operation, parameters, &access::builtin::root()).map_err(Error::Denied)
    }

    /// Reports whether an image carries a name of our registry whose repository the caller may pull.
    async fn image_is_ours(&self, ctx: &OpContext, image: &ImageRef, text: &str) -> Result<bool, Error> {
        if let Some(repository) = self.ours(image) {
            return Ok(self.images.allows(ctx, &repository, ImageRight::Pull).await);
        }
        if !image.may_be_id() {
            return Ok(false);
        }
        let Some(local) = self.image_local(text).await? else { return Ok(false) };
        for name in &local.names {
            if self.name_is_pullable(ctx, name).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn name_is_pullable(&self, ctx: &OpContext, name: &str) -> bool {
        let Some(repository) = ImageRef::new(name).ok().and_then(|image| self.ours(&image)) else { return false };
        self.images.allows(ctx, &repository, ImageRight::Pull).await
    }

    /// Finds an image at the engine.
    pub(crate) async fn image_local(&self, text: &str) -> Result<Option<LocalImage>, Error> {
        let view = match self.workloads.ask(&format!("/images/{text}/json")).await {
            Err(workloads::Error::Refused { status: 404, .. }) => return Ok(None),
            view => view?,
        };
        let texts = |field: Option<&Value>| -> Vec<String> {
            let items = field.and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let mut names = texts(view.get("RepoTags"));
        names.extend(texts(view.get("RepoDigests")));
        let triggers = texts(view.pointer("/Config/OnBuild"));
        let id = view.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Some(LocalImage { id, names, triggers }))
    }

    /// Decides once for each of our repositories that a list of images names.
    pub(crate) async fn pullable(&self, ctx: &OpContext, images: &[Value]) -> HashMap<String, bool> {
        let mut decided: HashMap<RepositoryName, bool> = HashMap::new();
        let mut names = HashMap::new();
        for name in images.iter().flat_map(image_names) {
            let Some(repository) = ImageRef::new(name).ok().and_then(|image| self.ours(&image)) else { continue };
            let allowed = match decided.get(&repository) {
                Some(allowed) => *allowed,
                None => self.images.allows(ctx, &repository, ImageRight::Pull).await,
            };
            decided.insert(repository, allowed);
            names.insert(name.to_owned(), allowed);
        }
        names
    }
}

/// Goes through the names that an engine shows of an image.
pub(crate) fn image_names(image: &Value) -> impl Iterator<Item = &str> {
    ["RepoTags", "RepoDigests"]
        .into_iter()
        .filter_map(|field| image.get(field)?.as_array())
        .flatten()
        .filter_map(Value::as_str)
}
