//! Blobs: uploads in pieces, mounts, looks, reads, deletes.
//!
//! A session lives in memory, its bytes in a file; nothing is synced before the end, and one command records
//! the whole blob. After a restart a client begins again.

mod blobs;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{AccountId, RepositoryId, RepositoryName, Timestamp, UploadId};
use blob::{PumpError, Upload, pump};
use bytes::Bytes;
use futures_util::Stream;
use oci::{Algorithm, Digest};
use opctx::{AuditEntry, ObjectRef, OpContext};
use state::registry::{BlobRecord, Command, Reject, Reply};
use tokio::sync::OwnedMutexGuard;

use crate::error::Error;
use crate::registry::Registry;

/// How many uploads may be open at once on a member.
const SESSIONS: usize = 4096;
/// How many of them may be one account's, so that nobody keeps all others from pushing.
const SESSIONS_OF_ONE: usize = SESSIONS / 4;
/// For how long a request waits for another one that writes to the same upload.
const TURN: Duration = Duration::from_secs(2);
/// After how long an upload that nobody goes on with is given up.
const IDLE_SECS: i64 = 24 * 3600;

/// Which bytes of the blob a chunk holds, as its sender says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte.
    pub start: u64,
    /// The last byte, included.
    pub end: u64,
}

/// An upload as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadStatus {
    /// The upload.
    pub id: UploadId,
    /// How many bytes it has.
    pub offset: u64,
}

/// A blob that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its digest.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
}

#[derive(Debug)]
struct Session {
    repository: RepositoryId,
    account: Option<AccountId>,
    upload: Arc<dyn Upload>,
    /// Held by the request that writes.
    writer: Arc<tokio::sync::Mutex<()>>,
    used: Mutex<Timestamp>,
}

/// The open uploads of this member.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<HashMap<UploadId, Arc<Session>>>);

impl Uploads {
    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<UploadId, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, session: Session) -> Result<(), Error> {
        let mut map = self.map();
        // Few are open as a rule: counted only where that could matter.
        let own = || map.values().filter(|open| open.account == session.account).count();
        if map.len() >= SESSIONS || map.len() >= SESSIONS_OF_ONE && own() >= SESSIONS_OF_ONE {
            return Err(Error::UploadsTooMany);
        }
        map.insert(session.upload.generation(), Arc::new(session));
        Ok(())
    }

    fn find(&self, repository: RepositoryId, upload: UploadId, now: Timestamp) -> Result<Arc<Session>, Error> {
        let session = self.map().get(&upload).filter(|session| session.repository == repository).cloned();
        let session = session.ok_or(Error::UploadUnknown { upload })?;
        *session.used.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(session)
    }

    fn close(&self, upload: UploadId) {
        self.map().remove(&upload);
    }

    /// Gives up what nobody goes on with; the files go when the last holder lets go of them.
    pub(crate) fn expire(&self, now: Timestamp) {
        let limit = now.plus_secs(-IDLE_SECS);
        self.map().retain(|_, session| {
            let used = *session.used.lock().unwrap_or_else(PoisonError::into_inner);
            used > limit || session.writer.try_lock().is_err()
        });
    }
}

impl Registry {
    /// Begins an upload.
    ///
    /// # Errors
    /// If the caller may not push, or too many uploads are open.
    pub async fn upload_begin(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        algorithm: Algorithm,
    ) -> Result<UploadStatus, Error> {
        let repository = self.authorize_push(ctx, name).await?.row.id;
        let id = UploadId::random();
        let upload = self.blobs.begin(id, algorithm);
        let writer = Arc::new(tokio::sync::Mutex::new(()));
        let (account, used) = (ctx.account(), Mutex::new(self.clock.now()));
        self.uploads.open(Session { repository, account, upload, writer, used })?;
        Ok(UploadStatus { id, offset: 0 })
    }

    /// Returns how far an upload is.
    ///
    /// # Errors
    /// If the caller may not push, or there is no such upload.
    pub async fn upload_status(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        id: UploadId,
    ) -> Result<UploadStatus, Error> {
        let session = self.session(ctx, name, id).await?;
        // What a cut connection left under way counts once it is written.
        let offset = Arc::clone(&session.upload).settled().await;
        Ok(UploadStatus { id, offset })
    }

    async fn session(&self, ctx: &OpContext, name: &RepositoryName, id: UploadId) -> Result<Arc<Session>, Error> {
        let repository = self.authorize_push(ctx, name).await?.row.id;
        self.uploads.find(repository, id, self.clock.now())
    }

    /// Appends to an upload. When the client breaks off, what came is kept and the upload can be gone on with.
    ///
    /// # Errors
    /// If the caller may not push, another request is writing, the chunk begins elsewhere, the client breaks
    /// off, or storage refuses.
    pub async fn upload_append<S, E>(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        id: UploadId,
        range: Option<ContentRange>,
        body: S,
    ) -> Result<UploadStatus, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
        E: StdError + Send + Sync + 'static,
    {
        let (session, writing) = self.session_to_write(ctx, name, id).await?;
        let work = |registry: Arc<Self>| async move {
            let _writing = writing;
            registry.receive(&session, id, range, body).await
        };
        let offset = self.detached(work).await?;
        Ok(UploadStatus { id, offset })
    }

    /// Finds an upload and keeps others from writing to it. A request that is gone may still be at its end.
    async fn session_to_write(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        id: UploadId,
    ) -> Result<(Arc<Session>, OwnedMutexGuard<()>), Error> {
        let session = self.session(ctx, name, id).await?;
        let writing = tokio::time::timeout(TURN, Arc::clone(&session.writer).lock_owned());
        let writing = writing.await.map_err(|_| Error::UploadBusy { upload: id })?;
        Ok((session, writing))
    }

    async fn receive<S, E>(
        &self,
        session: &Session,
        id: UploadId,
        range: Option<ContentRange>,
        body: S,
    ) -> Result<u64, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
        E: StdError + Send + Sync + 'static,
    {
        let offset = Arc::clone(&session.upload).settled().await;
        let mut limit = u64::MAX;
        if let Some(range) = range {
            if range.start != offset {
                return Err(Error::UploadOffset { start: range.start, offset });
            }
            limit = range.end.saturating_add(1).saturating_sub(range.start);
        }
        let outcome = pump(&session.upload, body, limit).await;
        *session.used.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
        outcome.map_err(|error| match error {
            PumpError::Source(source) => Error::Receive { upload: id, source: Box::new(source) },
            PumpError::Storage(blob::Error::Closed) => Error::UploadUnknown { upload: id },
            PumpError::Storage(source) => Error::Blob { operation: "storing a blob", source },
            PumpError::TooLarge { .. } => Error::Receive { upload: id, source: "more was sent than announced".into() },
        })
    }

    /// Appends the last piece, which may be empty, and ends the upload: the blob is durable and recorded when
    /// this returns.
    ///
    /// # Errors
    /// As [`Registry::upload_append`], or if the content is not what the digest says; the upload is then gone.
    pub async fn upload_finish<S, E>(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        id: UploadId,
        range: Option<ContentRange>,
        body: S,
        digest: &Digest,
    ) -> Result<Received, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
        E: StdError + Send + Sync + 'static,
    {
        let (session, writing) = self.session_to_write(ctx, name, id).await?;
        let (ctx, name, digest) = (ctx.clone(), name.clone(), digest.clone());
        let work = |registry: Arc<Self>| async move {
            let _writing = writing;
            registry.receive(&session, id, range, body).await?;
            // The body may have taken hours: the right must still be there.
            registry.authorize_push(&ctx, &name).await?;
            registry.end(&ctx, &name, &session, id, &digest).await
        };
        self.detached(work).await
    }

    async fn end(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        session: &Session,
        id: UploadId,
        digest: &Digest,
    ) -> Result<Received, Error> {
        let stored = match Arc::clone(&session.upload).finish(digest.clone()).await {
            Ok(stored) => stored,
            Err(blob::Error::DigestMismatch { expected, found }) => {
                self.uploads.close(id);
                Arc::clone(&session.upload).cancel().await;
                return Err(Error::DigestMismatch { expected, found });
            }
            Err(blob::Error::Closed) => return Err(Error::UploadUnknown { upload: id }),
            Err(source) => {
                self.uploads.close(id);
                return Err(Error::Blob { operation: "storing a blob", source });
            }
        };
        self.uploads.close(id);
        self.record(ctx, name, session.repository, &stored).await?;
        Ok(Received { digest: stored.digest, size_bytes: stored.size_bytes })
    }

    /// Records a blob that is durable at its place. If that cannot be, the file goes; if nobody knows whether
    /// it was, it stays and is judged at the next start.
    async fn record(
        &self,
        ctx: &OpContext,
        name: &RepositoryName,
        repository: RepositoryId,
        stored: &blob::Stored,
    ) -> Result<(), Error> {
        let command = Command::BlobRecord(BlobRecord {
            repository,
            digest: stored.digest.clone(),
            size_bytes: stored.size_bytes,
            member: self.member,
            generation: stored.generation,
            lease_secs: self.lease_secs,
        });
        let refused = |reject| match reject {
            Reject::RepositoryUnknown => Error::RepositoryUnknown { repository: name.clone() },
            reject => Error::Refused { operation: "recording a blob", reject },
        };
        let outcome = self.write("recording a blob", ctx.operation_id(), command, refused).await;
        let keeps = match &outcome {
            Ok(written) => !matches!(written.reply, Reply::Blob { generation } if generation != stored.generation),
            Err(Error::Write { source: store::WriteError::Unknown, .. }) => return outcome.map(|_| ()),
            Err(_) => false,
        };
        if keeps {
            self.blobs.confirm(stored.generation);
        } else if let Err(error) = self.blobs.remove(&stored.digest, stored.generation).await {
            tracing::warn!("removing a file that does not count: {}", base::chain(&error));
        }
        self.blobs_here.invalidate(&(repository, stored.digest.clone()));
        outcome.map(|_| {
            ctx.audit(AuditEntry::allowed("blob_put", ObjectRef::new("blob", format!("{name}@{}", stored.digest))));
        })
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// If the caller may not push, or there is no such upload.
    pub async fn upload_cancel(&self, ctx: &OpContext, name: &RepositoryName, id: UploadId) -> Result<(), Error> {
        let session = self.session(ctx, name, id).await?;
        self.uploads.close(id);
        Arc::clone(&session.upload).cancel().await;
        Ok(())
    }

    /// Removes files of which no record exists: what a crash left between a file and its record.
    ///
    /// # Errors
    /// If files or records cannot be read.
    pub async fn blobs_sweep(&self) -> Result<usize, Error> {
        let suspects =
            self.blobs.suspects().await.map_err(|source| Error::Blob { operation: "listing blobs", source })?;
        let mut removed = 0;
        for part in suspects.chunks(500) {
            let (asked, member) = (part.to_vec(), self.member);
            let orphans = self
                .read_linear("finding blobs without a record", move |conn| {
                    let mut orphans = Vec::new();
                    for (digest, generation) in asked {
                        if !state::registry::blobs::is_recorded(conn, &digest, member, generation)? {
                            orphans.push((digest, generation));
                        }
                    }
                    Ok(orphans)
                })
                .await?;
            for (digest, generation) in orphans {
                tracing::info!(digest = %digest, "removing the file of a blob `{digest}` that was never recorded");
                let outcome = self.blobs.remove(&digest, generation).await;
                outcome.map_err(|source| Error::Blob { operation: "removing a blob", source })?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
