//! One upload into a folder.

use std::io::{IoSlice, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::UploadId;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oci::{Algorithm, Digest, Hasher};

use super::{Shared, blocking};
use crate::buffer::Buffer;
use crate::error::Error;
use crate::store::{Stored, Upload};

/// From this size on hash and write run beside each other: for small blobs the hand-over costs more.
const BESIDE_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct FsUpload {
    shared: Arc<Shared>,
    generation: UploadId,
    offset: AtomicU64,
    /// Held through each operation, so that a write left behind by its caller ends before the next begins.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: Option<fs_err::File>,
    hasher: Option<Hasher>,
}

impl FsUpload {
    pub(super) fn new(shared: Arc<Shared>, generation: UploadId, algorithm: Algorithm) -> Self {
        Self {
            shared,
            generation,
            offset: AtomicU64::new(0),
            turn: tokio::sync::Mutex::new(()),
            state: Mutex::new(State { file: None, hasher: Some(algorithm.hasher()) }),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_hasher(&self) -> Result<Hasher, Error> {
        self.state().hasher.take().ok_or(Error::Closed)
    }

    /// Takes the file out of the state, making it at the first byte.
    fn take_file(&self) -> Result<fs_err::File, Error> {
        if let Some(file) = self.state().file.take() {
            return Ok(file);
        }
        let path = self.shared.upload_path(self.generation);
        fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|source| Error::io("making", path, source))
    }

    async fn append(self: Arc<Self>, batch: Vec<Bytes>) -> Result<u64, Error> {
        let _turn = self.turn.lock().await;
        let before = self.offset.load(Ordering::Acquire);
        let hasher = self.take_hasher()?;
        let spare = hasher.clone();
        let upload = Arc::clone(&self);
        let outcome = if before < BESIDE_BYTES {
            blocking(move || {
                let added = upload.write_file(before, &batch)?;
                Ok((added, hashed(hasher, &batch)))
            })
            .await
        } else {
            let batch: Arc<[Bytes]> = batch.into();
            let other = Arc::clone(&batch);
            let hash = blocking(move || Ok(hashed(hasher, &other)));
            let write = blocking(move || upload.write_file(before, &batch));
            let (hash, write) = futures_util::future::join(hash, write).await;
            write.and_then(|added| hash.map(|hasher| (added, hasher)))
        };
        match outcome {
            Ok((added, hasher)) => {
                self.state().hasher = Some(hasher);
                self.offset.store(before + added, Ordering::Release);
                Ok(before + added)
            }
            Err(error) => {
                self.state().hasher = Some(spare);
                Err(error)
            }
        }
    }

    /// Writes a batch at an offset; a failed one leaves the file as it was.
    fn write_file(&self, before: u64, batch: &[Bytes]) -> Result<u64, Error> {
        let mut file = self.take_file()?;
        let outcome = write_all(&mut file, batch);
        let outcome = outcome.map_err(|source| {
            let undone = file.set_len(before).and_then(|()| file.seek(SeekFrom::Start(before)));
            if let Err(undo) = undone {
                tracing::warn!("taking back a failed write: {undo}");
            }
            Error::io("writing", file.path(), source)
        });
        self.state().file = Some(file);
        outcome
    }

    async fn end(self: Arc<Self>, expected: Digest) -> Result<Stored, Error> {
        let _turn = self.turn.lock().await;
        let hasher = self.take_hasher()?;
        let upload = Arc::clone(&self);
        blocking(move || {
            let outcome = upload.place(hasher.clone(), &expected);
            if matches!(outcome, Err(Error::DigestMismatch { .. })) {
                // The caller decides whether to name another digest or to cancel.
                upload.state().hasher = Some(hasher);
            }
            outcome
        })
        .await
    }

    fn place(&self, hasher: Hasher, expected: &Digest) -> Result<Stored, Error> {
        let mut file = self.take_file()?;
        let mut found = hasher.finish();
        if found.algorithm() != expected.algorithm() {
            found = rehash(&mut file, expected.algorithm())?;
        }
        let path = self.shared.upload_path(self.generation);
        if found != *expected {
            self.state().file = Some(file);
            return Err(Error::DigestMismatch { expected: expected.clone(), found });
        }
        self.publish(&file, &path, expected)?;
        Ok(Stored {
            digest: expected.clone(),
            size_bytes: self.offset.load(Ordering::Acquire),
            generation: self.generation,
        })
    }

    /// Gives the file its name, then makes both durable. The name may come first: it holds the generation, and
    /// no generation counts before it is recorded, so that nobody ever takes a torn file for a blob.
    fn publish(&self, file: &fs_err::File, from: &Path, digest: &Digest) -> Result<(), Error> {
        self.shared.expect(self.generation);
        let to = self.shared.blob_path(digest, self.generation);
        let folder = self.shared.folder(digest.algorithm());
        if let Err(source) = fs_err::rename(from, &to) {
            let _ = fs_err::remove_file(from);
            return Err(Error::io("renaming", from, source));
        }
        let synced = file
            .sync_all()
            .map_err(|source| Error::io("syncing", &to, source))
            .and_then(|()| if folder.names_follow_files() { Ok(()) } else { folder.sync() });
        if synced.is_err() {
            // After a failed sync nobody knows what reached the disk, and asking again would be told a lie: the
            // upload ends here.
            if let Err(left) = fs_err::remove_file(&to) {
                tracing::warn!("removing a blob that is not durable: {left}");
            }
        }
        synced
    }

    async fn drop_file(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        let was_open = self.state().hasher.take().is_some();
        let file = self.state().file.take();
        if !was_open || file.is_none() {
            return;
        }
        let path = self.shared.upload_path(self.generation);
        let removed = blocking(move || {
            drop(file);
            fs_err::remove_file(&path).map_err(|source| Error::io("removing", &path, source))
        });
        if let Err(error) = removed.await {
            tracing::warn!("removing a cancelled upload: {}", base::chain(&error));
        }
    }
}

fn hashed(mut hasher: Hasher, batch: &[Bytes]) -> Hasher {
    for piece in batch {
        hasher.update(piece);
    }
    hasher
}

fn write_all(file: &mut fs_err::File, batch: &[Bytes]) -> std::io::Result<u64> {
    let mut slices: Vec<IoSlice<'_>> =
        batch.iter().filter(|piece| !piece.is_empty()).map(|piece| IoSlice::new(piece)).collect();
    let mut rest = slices.as_mut_slice();
    let mut total = 0;
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                total += written as u64;
                IoSlice::advance_slices(&mut rest, written);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

/// Hashes the file anew, for the rare client that announces another algorithm at the end only.
fn rehash(file: &mut fs_err::File, algorithm: Algorithm) -> Result<Digest, Error> {
    let path = file.path().to_path_buf();
    let failed = |source| Error::io("reading", path.clone(), source);
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut hasher = algorithm.hasher();
    let mut buffer = Buffer::take();
    loop {
        let bytes = file.read(buffer.space()).map_err(failed)?;
        if bytes == 0 {
            break;
        }
        hasher.update(&buffer.space()[..bytes]);
    }
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    Ok(hasher.finish())
}

/// Runs an operation to its end whether or not the caller stays.
fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> BoxFuture<'static, Result<T, Error>> {
    async move { tokio::spawn(work).await.map_err(|_| Error::ShuttingDown)? }.boxed()
}

impl Upload for FsUpload {
    fn generation(&self) -> UploadId {
        self.generation
    }

    fn offset(&self) -> u64 {
        self.offset.load(Ordering::Acquire)
    }

    fn settled(self: Arc<Self>) -> BoxFuture<'static, u64> {
        async move {
            let _turn = self.turn.lock().await;
            self.offset.load(Ordering::Acquire)
        }
        .boxed()
    }

    fn write(self: Arc<Self>, batch: Vec<Bytes>) -> BoxFuture<'static, Result<u64, Error>> {
        detached(self.append(batch))
    }

    fn finish(self: Arc<Self>, expected: Digest) -> BoxFuture<'static, Result<Stored, Error>> {
        detached(self.end(expected))
    }

    fn cancel(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move {
            let _ = tokio::spawn(self.drop_file()).await;
        }
        .boxed()
    }
}

impl Drop for FsUpload {
    /// An upload that nobody holds any more and that was not finished frees its space.
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if state.hasher.is_some() && state.file.is_some() {
            let _ = fs_err::remove_file(self.shared.upload_path(self.generation));
        }
    }
}
