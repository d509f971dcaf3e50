//! The trait that each kind of blob storage implements.

use std::fmt::Debug;
use std::sync::Arc;

use base::UploadId;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use oci::{Algorithm, Digest};

use crate::error::Error;
use crate::read::BlobFile;

/// A blob that is durable at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its digest.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// The upload that made it.
    pub generation: UploadId,
}

/// Where blobs are kept.
pub trait BlobStore: Debug + Send + Sync + 'static {
    /// Begins an upload; nothing touches the disk before the first byte.
    fn begin(&self, generation: UploadId, algorithm: Algorithm) -> Arc<dyn Upload>;

    /// Opens a stored blob.
    fn open<'a>(&'a self, digest: &'a Digest, generation: UploadId) -> BoxFuture<'a, Result<BlobFile, Error>>;

    /// Removes a file that no record names; nothing to remove is fine.
    fn remove<'a>(&'a self, digest: &'a Digest, generation: UploadId) -> BoxFuture<'a, Result<(), Error>>;

    /// Notes that the file of an upload is recorded now: until then it is not among [`BlobStore::suspects`].
    fn confirm(&self, generation: UploadId);

    /// Lists the files of which this process does not know that they are recorded; whoever knows the
    /// records removes those that are not.
    fn suspects(&self) -> BoxFuture<'_, Result<Vec<(Digest, UploadId)>, Error>>;
}

/// A blob on its way in. Offsets count only what is safely in the file and in the hash.
pub trait Upload: Debug + Send + Sync + 'static {
    /// Returns the generation.
    fn generation(&self) -> UploadId;

    /// Returns the number of bytes taken so far.
    fn offset(&self) -> u64;

    /// Waits for a write that was left under way and returns the number of bytes taken.
    fn settled(self: Arc<Self>) -> BoxFuture<'static, u64>;

    /// Appends; runs to its end also when the caller goes away. After a failure the upload is as before.
    fn write(self: Arc<Self>, batch: Vec<Bytes>) -> BoxFuture<'static, Result<u64, Error>>;

    /// Ends the upload: the content is durable at its place when this returns.
    fn finish(self: Arc<Self>, expected: Digest) -> BoxFuture<'static, Result<Stored, Error>>;

    /// Gives the upload up and frees its space.
    fn cancel(self: Arc<Self>) -> BoxFuture<'static, ()>;
}
