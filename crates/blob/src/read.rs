//! Reading a stored blob in large pieces.

use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use rustix::io::{Errno, ReadWriteFlags, preadv2};

use crate::buffer::{Buffer, READ_BYTES};
use crate::error::Error;

/// An open blob. Cheap to clone; the file can also be handed to the kernel as it is.
#[derive(Debug, Clone)]
pub struct BlobFile {
    file: Arc<fs_err::File>,
    size_bytes: u64,
}

impl BlobFile {
    pub(crate) fn new(file: fs_err::File, size_bytes: u64) -> Self {
        Self { file: Arc::new(file), size_bytes }
    }

    /// Returns the open file.
    #[must_use]
    pub fn file(&self) -> &Arc<fs_err::File> {
        &self.file
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns its size.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Streams a range in pieces of up to 256 KiB. What is in memory is read in place, the rest off the
    /// async threads.
    pub fn stream(&self, range: Range<u64>) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let end = range.end.min(self.size_bytes);
        stream::try_unfold((self.file.clone(), range.start), move |(file, at)| async move {
            if at >= end {
                return Ok(None);
            }
            let want = usize::try_from(end - at).unwrap_or(READ_BYTES).min(READ_BYTES);
            let piece = read(&file, at, want).await?;
            let next = at + piece.len() as u64;
            Ok(Some((piece, (file, next))))
        })
    }

    /// Reads the whole blob if it is not larger than a bound.
    ///
    /// # Errors
    /// If it cannot be read. `None` if it is larger.
    pub async fn read_all(&self, limit: usize) -> Result<Option<Bytes>, Error> {
        let Ok(size) = usize::try_from(self.size_bytes) else { return Ok(None) };
        if size > limit {
            return Ok(None);
        }
        let mut all = Vec::with_capacity(size);
        while all.len() < size {
            let want = (size - all.len()).min(READ_BYTES);
            all.extend_from_slice(&read(&self.file, all.len() as u64, want).await?);
        }
        Ok(Some(all.into()))
    }
}

async fn read(file: &Arc<fs_err::File>, at: u64, want: usize) -> Result<Bytes, Error> {
    let mut buffer = Buffer::take();
    let in_memory = read_into(file, &mut buffer, at, want, ReadWriteFlags::NOWAIT);
    let (buffer, outcome) = match in_memory {
        Ok(bytes) if bytes > 0 => (buffer, Ok(bytes)),
        // Not in memory, or the file system cannot tell: a thread may wait for the disk.
        Ok(_) | Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            let file = Arc::clone(file);
            let task = tokio::task::spawn_blocking(move || {
                let outcome = read_into(&file, &mut buffer, at, want, ReadWriteFlags::empty());
                (buffer, outcome)
            });
            task.await.map_err(|_| Error::ShuttingDown)?
        }
        Err(errno) => (buffer, Err(errno)),
    };
    match outcome {
        Ok(0) => Err(Error::io("reading", file.path(), io::ErrorKind::UnexpectedEof.into())),
        Ok(_) => Ok(Bytes::from_owner(buffer)),
        Err(errno) => Err(Error::io("reading", file.path(), errno.into())),
    }
}

fn read_into(
    file: &fs_err::File,
    buffer: &mut Buffer,
    at: u64,
    want: usize,
    flags: ReadWriteFlags,
) -> Result<usize, Errno> {
    loop {
        match preadv2(file.file(), &mut [IoSliceMut::new(&mut buffer.space()[..want])], at, flags) {
            Err(Errno::INTR) => {}
            Ok(bytes) => {
                buffer.fill(bytes);
                return Ok(bytes);
            }
            Err(errno) => return Err(errno),
        }
    }
}
