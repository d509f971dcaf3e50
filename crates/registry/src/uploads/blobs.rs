//! Blobs that are there: looks, reads, mounts, deletes.

use base::{RepositoryId, RepositoryName, Timestamp};
use blob::BlobFile;
use oci::Digest;
use opctx::{AuditEntry, ObjectRef, OpContext};
use state::registry::{self as rows, BlobHere, Command, Reject};

use crate::content::Blob;
use crate::error::Error;
use crate::registry::Registry;
use crate::rights::{self, Action};

impl Registry {
    async fn blob_here(&self, repository: RepositoryId, digest: &Digest) -> Result<Option<BlobHere>, Error> {
        let key = (repository, digest.clone());
        if let Some(found) = self.blobs_here.get(&key) {
            return Ok(found);
        }
        let ticket = self.blobs_here.ticket();
        let (wanted, member) = (digest.clone(), self.member);
        let found = self
            .read("reading a blob's record", move |conn| rows::blobs::in_repository(conn, repository, &wanted, member))
            .await?;
        self.blobs_here.insert(ticket, key, found.clone());
        Ok(found)
    }

    /// Opens a blob of a repository; files that were read lately stay open.
    pub(crate) async fn blob_open(
        &self,
        repository: RepositoryId,
        digest: &Digest,
    ) -> Result<Option<(BlobHere, BlobFile)>, Error> {
        let Some(here) = self.blob_here(repository, digest).await? else { return Ok(None) };
        let Some(generation) = here.generation else { return Ok(None) };
        if let Some(file) = self.files.get(&generation) {
            return Ok(Some((here, file)));
        }
        let opened = self.blobs.open(digest, generation).await;
        let file = opened.map_err(|source| Error::Blob { operation: "opening a blob", source })?;
        self.files.insert(generation, file.clone());
        Ok(Some((here, file)))
    }

    /// Looks whether a repository has a blob. If the caller may push, the blob is held for some time, since
    /// clients skip the upload of what they find.
    ///
    /// # Errors
    /// If the caller may not pull, or there is no such blob.
    pub async fn blob_stat(&self, ctx: &OpContext, name: &RepositoryName, digest: &Digest) -> Result<Blob, Error> {
        let known = self.authorize(ctx, name, Action::Pull).await?;
        let unknown = || Error::BlobUnknown { repository: name.clone(), digest: digest.clone() };
        let here = self.blob_here(known.row.id, digest).await?.ok_or_else(unknown)?;
        if rights::explain(ctx, &known).level >= Some(Action::Push.level())
            && rights::token_covers(ctx, name, Action::Push)
        {
            self.lease_extend(known.row.id, digest, here.lease).await?;
        }
        Ok(Blob { digest: digest.clone(), size_bytes: here.size_bytes, generation: here.generation, file: None })
    }

    /// Renews a lease that is below half of its life; waits for it only if it is over already.
    async fn lease_extend(
        &self,
        repository: RepositoryId,
        digest: &Digest,
        expires: Option<Timestamp>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let expires = expires.unwrap_or_default();
        if expires > now.plus_secs(self.lease_secs / 2) {
            return Ok(());
        }
        let renewal = self.leases.renew(repository, digest.clone());
        if expires > now.plus_secs(60) {
            return Ok(());
        }
        if renewal.await {
            Ok(())
        } else {
            Err(Error::Write { operation: "holding a blob", source: store::WriteError::Unknown })
        }
    }

    /// Opens a blob for reading.
    ///
    /// # Errors
    /// If the caller may not pull, or there is no such blob.
    pub async fn blob_get(&self, ctx: &OpContext, name: &RepositoryName, digest: &Digest) -> Result<Blob, Error> {
        let repository = self.authorize(ctx, name, Action::Pull).await?.row.id;
        let unknown = || Error::BlobUnknown { repository: name.clone(), digest: digest.clone() };
        let (here, file) = self.blob_open(repository, digest).await?.ok_or_else(unknown)?;
        Ok(Blob {
            digest: digest.clone(),
            size_bytes: file.size_bytes(),
            generation: here.generation,
            file: Some(file),
        })
    }

    /// Lets a repository use a blob of another one from which the caller may pull. False if that cannot be:
    /// the client uploads then.
    ///
    /// # Errors
    /// If the caller may not push.
    pub async fn blob_mount(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        from: &RepositoryName,
        digest: &Digest,
    ) -> Result<bool, Error> {
        let target = self.authorize_push(ctx, name).await?.row.id;
        // Whether the other repository exists, or has the blob, is told to nobody who may not pull from it.
        if !self.image_right(ctx, from, Action::Pull).await? {
            return Ok(false);
        }
        let Some(source) = self.lookup(from).await? else { return Ok(false) };
        let Some(here) = self.blob_here(source.row.id, digest).await? else { return Ok(false) };
        if here.generation.is_none() {
            return Ok(false);
        }
        let command = Command::BlobMount {
            repository: target,
            from: source.row.id,
            digest: digest.clone(),
            lease_secs: self.lease_secs,
        };
        let operation = "mounting a blob";
        let refused = |reject| Error::Refused { operation, reject };
        match self.write(operation, ctx.operation_id(), command, refused).await {
            Ok(_) => {}
            Err(Error::Refused { reject: Reject::BlobUnknown, .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        self.blobs_here.invalidate(&(target, digest.clone()));
        ctx.audit(AuditEntry::allowed("blob_mount", ObjectRef::new("blob", format!("{name}@{digest}"))));
        Ok(true)
    }

    /// Takes a blob from a repository. Space is not reclaimed: see [`crate::DELETION_NOTE`].
    ///
    /// # Errors
    /// If the caller may not push, there is no such blob, or a manifest needs it.
    pub async fn blob_delete(&self, ctx: &OpContext, name: &RepositoryName, digest: &Digest) -> Result<(), Error> {
        let repository = self.authorize(ctx, name, Action::Delete).await?.row.id;
        let command = Command::BlobUnlink { repository, digest: digest.clone() };
        let refused = |reject| match reject {
            Reject::BlobUnknown => Error::BlobUnknown { repository: name.clone(), digest: digest.clone() },
            Reject::BlobInUse { manifest } => Error::BlobInUse { digest: digest.clone(), manifest },
            reject => Error::Refused { operation: "deleting a blob", reject },
        };
        self.write("deleting a blob", ctx.operation_id(), command, refused).await?;
        self.blobs_here.invalidate(&(repository, digest.clone()));
        ctx.audit(AuditEntry::allowed("blob_delete", ObjectRef::new("blob", format!("{name}@{digest}"))));
        Ok(())
    }
}
