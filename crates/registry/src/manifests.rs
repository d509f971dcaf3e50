//! Manifests: put, get, delete, and who refers to them.

use std::sync::Arc;

use base::{PageLimit, RepositoryId, RepositoryName};
use bytes::Bytes;
use oci::{Digest, Manifest as Parsed, ManifestError, ManifestKind, MediaType, Platform, Role};
use opctx::{AuditEntry, ObjectRef, OpContext};
use serde::Deserialize;
use state::registry::{self as rows, Command, ManifestPut, Reject, StoredReference};

use crate::content::{Manifest, ManifestReference, Referrers};
use crate::error::Error;
use crate::registry::Registry;
use crate::rights::Action;

/// A manifest that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestStored {
    /// Its digest.
    pub digest: Digest,
    /// The manifest that it is about.
    pub subject: Option<Digest>,
}

/// The configuration of an image, as far as lists show it.
#[derive(Debug, Deserialize)]
struct ImageConfig {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

const CONFIG_BYTES: usize = 1 << 20;

impl Registry {
    /// Records a manifest and, if it is named by a tag, the tag. Config and layers must be in the repository.
    ///
    /// # Errors
    /// If the caller may not push, the manifest is malformed or not what its digest says, or something it
    /// needs is absent.
    pub async fn manifest_put(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        reference: &ManifestReference,
        media_type: Option<&MediaType>,
        body: Bytes,
    ) -> Result<ManifestStored, Error> {
        let known = self.authorize_push(ctx, name).await?;
        let parsed = Parsed::parse(&body, media_type).map_err(Error::ManifestInvalid)?;
        let (digest, tag) = match reference {
            ManifestReference::Tag(tag) => (Digest::of(&body), Some(tag.clone())),
            ManifestReference::Digest(expected) => {
                let found = Digest::compute(expected.algorithm(), &body);
                if found != *expected {
                    return Err(Error::DigestMismatch { expected: expected.clone(), found });
                }
                (found, None)
            }
        };
        // Strict JSON is text; the parser has seen all of it.
        let text = String::from_utf8(body.to_vec()).map_err(|_| {
            Error::ManifestInvalid(ManifestError::Malformed { at: "the top", reason: "it is not UTF-8".to_owned() })
        })?;
        let put = ManifestPut {
            repository: known.row.id,
            digest: digest.clone(),
            media_type: stored_type(parsed.kind()),
            body: text,
            references: references(&parsed),
            subject: parsed.subject().map(|subject| subject.digest.clone()),
            artifact_type: parsed.artifact_type().cloned(),
            annotations: parsed.annotations().clone(),
            platforms: self.platforms(known.row.id, &parsed).await,
            content_bytes: parsed.content_bytes(),
            tag: tag.clone(),
            actor_name: Self::actor_name(ctx),
        };
        let refused = |reject| match reject {
            Reject::ManifestNeeds { digests } => Error::ManifestNeeds { repository: name.clone(), digests },
            Reject::RepositoryUnknown => Error::RepositoryUnknown { repository: name.clone() },
            reject => Error::Refused { operation: "recording a manifest", reject },
        };
        let command = Command::ManifestPut(Box::new(put));
        self.write("recording a manifest", ctx.operation_id(), command, refused).await?;
        self.manifests_here.invalidate(&(known.row.id, digest.clone()));
        let shown = tag.map_or_else(|| format!("{name}@{digest}"), |tag| format!("{name}:{tag}"));
        tracing::info!(repo.name = %name, digest = %digest, "pushed manifest `{shown}`");
        ctx.audit(AuditEntry::allowed("manifest_put", ObjectRef::new("manifest", shown)));
        Ok(ManifestStored { digest, subject: parsed.subject().map(|subject| subject.digest.clone()) })
    }

    /// Returns a manifest. A tag is as it is after all that was acknowledged anywhere.
    ///
    /// # Errors
    /// If the caller may not pull, or there is no such manifest.
    pub async fn manifest_get(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Arc<Manifest>, Error> {
        let repository = self.authorize(ctx, name, Action::Pull).await?.row.id;
        let unknown = || Error::ManifestUnknown { repository: name.clone(), reference: reference.to_string() };
        let digest = match reference {
            ManifestReference::Digest(digest) => digest.clone(),
            ManifestReference::Tag(tag) => {
                let tag = tag.clone();
                self.read_linear("resolving a tag", move |conn| rows::tags::resolve(conn, repository, &tag))
                    .await?
                    .ok_or_else(unknown)?
            }
        };
        self.manifest_here(repository, &digest).await?.ok_or_else(unknown)
    }

    /// Finds a manifest of a repository, in memory if it was there before.
    async fn manifest_here(&self, repository: RepositoryId, digest: &Digest) -> Result<Option<Arc<Manifest>>, Error> {
        let key = (repository, digest.clone());
        match self.manifests_here.get(&key) {
            Some(false) => return Ok(None),
            Some(true) => {
                if let Some(manifest) = self.manifests.get(digest) {
                    return Ok(Some(manifest));
                }
            }
            None => {}
        }
        let (here, body) = (self.manifests_here.ticket(), self.manifests.ticket());
        let wanted = digest.clone();
        let found = self
            .read("reading a manifest", move |conn| rows::manifests::in_repository(conn, repository, &wanted))
            .await?;
        self.manifests_here.insert(here, key, found.is_some());
        Ok(found.map(|row| {
            let manifest =
                Arc::new(Manifest { digest: row.digest, media_type: row.media_type, body: Bytes::from(row.body) });
            // A body never changes under its digest; whether a repository has it is asked apart.
            self.manifests.insert(body, digest.clone(), Arc::clone(&manifest));
            manifest
        }))
    }

    /// Deletes a manifest with the tags that point to it. Space is not reclaimed: see [`crate::DELETION_NOTE`].
    ///
    /// # Errors
    /// If the caller may not push, or there is no such manifest.
    pub async fn manifest_delete(&self, ctx: &OpContext, name: &RepositoryName, digest: &Digest) -> Result<(), Error> {
        let repository = self.authorize(ctx, name, Action::Delete).await?.row.id;
        let command = Command::ManifestDelete { repository, digest: digest.clone() };
        let refused = |reject| match reject {
            Reject::ManifestUnknown => {
                Error::ManifestUnknown { repository: name.clone(), reference: digest.to_string() }
            }
            Reject::RepositoryUnknown => Error::RepositoryUnknown { repository: name.clone() },
            reject => Error::Refused { operation: "deleting a manifest", reject },
        };
        self.write("deleting a manifest", ctx.operation_id(), command, refused).await?;
        self.manifests_here.invalidate(&(repository, digest.clone()));
        ctx.audit(AuditEntry::allowed("manifest_delete", ObjectRef::new("manifest", format!("{name}@{digest}"))));
        Ok(())
    }

    /// Lists the manifests that are about a digest, in pages.
    ///
    /// # Errors
    /// If the caller may not pull.
    pub async fn referrer_list(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        subject: &Digest,
        artifact_type: Option<String>,
        after: Option<Digest>,
    ) -> Result<Referrers, Error> {
        let repository = self.authorize(ctx, name, Action::Pull).await?.row.id;
        let subject = subject.clone();
        let limit = PageLimit::MAX;
        let mut items = self
            .read_linear("listing referrers", move |conn| {
                let kind = artifact_type.as_deref();
                rows::manifests::referrers(conn, repository, &subject, kind, after.as_ref(), limit + 1)
            })
            .await?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(|item| item.digest.clone()) } else { None };
        Ok(Referrers { items, next })
    }

    /// Finds out for which platforms a manifest is; a config that cannot be read says nothing.
    async fn platforms(&self, repository: RepositoryId, manifest: &Parsed) -> Vec<Platform> {
        if manifest.kind().is_index() {
            let children = manifest.references().iter().filter_map(|one| one.descriptor.platform.clone());
            return children.take(64).collect();
        }
        let config = manifest.references().iter().find(|one| one.role == Role::Config);
        let is_image = |media_type: &str| media_type == MediaType::OCI_CONFIG || media_type == MediaType::DOCKER_CONFIG;
        let Some(config) = config.filter(|one| is_image(one.descriptor.media_type.as_str())) else {
            return Vec::new();
        };
        let bytes = match self.blob_open(repository, &config.descriptor.digest).await {
            Ok(Some((_, file))) => file.read_all(CONFIG_BYTES).await.ok().flatten(),
            Ok(None) | Err(_) => None,
        };
        let parsed = bytes.and_then(|bytes| serde_json::from_slice::<ImageConfig>(&bytes).ok());
        let fits = |text: &str| text.len() <= 64;
        match parsed {
            Some(ImageConfig { os, architecture, variant })
                if fits(&os) && fits(&architecture) && variant.as_deref().is_none_or(fits) =>
            {
                vec![Platform { os, architecture, variant, os_version: None, os_features: Vec::new() }]
            }
            Some(_) | None => Vec::new(),
        }
    }
}

#[expect(clippy::expect_used, reason = "the four names are media types")]
fn stored_type(kind: ManifestKind) -> MediaType {
    kind.media_type().parse().expect("a media type")
}

fn references(parsed: &Parsed) -> Vec<StoredReference> {
    parsed
        .references()
        .iter()
        .map(|one| StoredReference {
            role: one.role.into(),
            digest: one.descriptor.digest.clone(),
            size_bytes: one.descriptor.size_bytes,
            is_foreign: one.is_foreign(),
        })
        .collect()
}
