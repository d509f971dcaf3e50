//! Blobs in a folder: `uploads/` for what comes in, `blobs/<algorithm>/` for what is whole.

mod folder;
mod upload;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base::UploadId;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oci::{Algorithm, Digest};

use self::folder::Folder;
use self::upload::FsUpload;
use crate::error::Error;
use crate::read::BlobFile;
use crate::store::{BlobStore, Upload};

/// Blobs in a folder of a local file system.
#[derive(Debug, Clone)]
pub struct FsBlobStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    uploads: PathBuf,
    sha256: Folder,
    sha512: Folder,
    /// Generations of this process whose record is not confirmed yet.
    unconfirmed: Mutex<HashSet<UploadId>>,
}

impl Shared {
    pub(crate) fn folder(&self, algorithm: Algorithm) -> &Folder {
        match algorithm {
            Algorithm::Sha256 => &self.sha256,
            Algorithm::Sha512 => &self.sha512,
        }
    }

    pub(crate) fn upload_path(&self, generation: UploadId) -> PathBuf {
        self.uploads.join(generation.to_string())
    }

    pub(crate) fn blob_path(&self, digest: &Digest, generation: UploadId) -> PathBuf {
        self.folder(digest.algorithm()).path().join(format!("{}.{generation}", digest.hex()))
    }

    pub(crate) fn expect(&self, generation: UploadId) {
        self.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner).insert(generation);
    }

    fn forget(&self, generation: UploadId) {
        self.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner).remove(&generation);
    }
}

/// Runs file operations on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::ShuttingDown)?
}

impl FsBlobStore {
    /// Opens a folder, making it if it is missing, and removes what uploads of an earlier process left. One
    /// process at a time may use a folder; the caller holds the lock.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let uploads = dir.join("uploads");
        let blobs = dir.join("blobs");
        for path in [&uploads, &blobs.join("sha256"), &blobs.join("sha512")] {
            fs_err::create_dir_all(path).map_err(|source| Error::io("making", path, source))?;
        }
        let read = |source| Error::io("listing", &uploads, source);
        for entry in fs_err::read_dir(&uploads).map_err(read)? {
            let path = entry.map_err(read)?.path();
            fs_err::remove_file(&path).map_err(|source| Error::io("removing", &path, source))?;
        }
        for path in [&blobs, &dir.to_path_buf()] {
            Folder::open(path.clone())?.sync()?;
        }
        Ok(Self {
            shared: Arc::new(Shared {
                uploads,
                sha256: Folder::open(blobs.join("sha256"))?,
                sha512: Folder::open(blobs.join("sha512"))?,
                unconfirmed: Mutex::default(),
            }),
        })
    }
}

impl BlobStore for FsBlobStore {
    fn begin(&self, generation: UploadId, algorithm: Algorithm) -> Arc<dyn Upload> {
        Arc::new(FsUpload::new(Arc::clone(&self.shared), generation, algorithm))
    }

    fn open<'a>(&'a self, digest: &'a Digest, generation: UploadId) -> BoxFuture<'a, Result<BlobFile, Error>> {
        let path = self.shared.blob_path(digest, generation);
        blocking(move || {
            let file = fs_err::File::open(&path).map_err(|source| match source.kind() {
                std::io::ErrorKind::NotFound => Error::Gone { path: path.clone() },
                _ => Error::io("opening", &path, source),
            })?;
            let size_bytes = file.metadata().map_err(|source| Error::io("reading", &path, source))?.len();
            Ok(BlobFile::new(file, size_bytes))
        })
        .boxed()
    }

    fn remove<'a>(&'a self, digest: &'a Digest, generation: UploadId) -> BoxFuture<'a, Result<(), Error>> {
        let path = self.shared.blob_path(digest, generation);
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let outcome = match fs_err::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::io("removing", &path, source))
                }
                Ok(()) | Err(_) => Ok(()),
            };
            shared.forget(generation);
            outcome
        })
        .boxed()
    }

    fn confirm(&self, generation: UploadId) {
        self.shared.forget(generation);
    }

    fn suspects(&self) -> BoxFuture<'_, Result<Vec<(Digest, UploadId)>, Error>> {
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let mut found = Vec::new();
            for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
                let folder = shared.folder(algorithm).path();
                let failed = |source| Error::io("listing", folder, source);
                for entry in fs_err::read_dir(folder).map_err(failed)? {
                    let name = entry.map_err(failed)?.file_name();
                    // Files that are not ours are left alone.
                    let parsed = name.to_str().and_then(|name| name.split_once('.')).and_then(|(hex, generation)| {
                        let digest: Digest = format!("{}:{hex}", algorithm.as_str()).parse().ok()?;
                        Some((digest, generation.parse::<UploadId>().ok()?))
                    });
                    found.extend(parsed);
                }
            }
            // After the listing: what was finished since is either still unconfirmed here or recorded.
            let unconfirmed = shared.unconfirmed.lock().unwrap_or_else(PoisonError::into_inner);
            found.retain(|(_, generation)| !unconfirmed.contains(generation));
            Ok(found)
        })
        .boxed()
    }
}
