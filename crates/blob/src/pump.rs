//! From a stream of pieces into an upload, in large writes, one being collected while one is written.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::store::Upload;

/// How much is collected for one write. Two batches are held at most.
const BATCH_BYTES: usize = 512 * 1024;

/// Why a stream did not get into an upload as a whole; what came before is kept.
#[derive(Debug, thiserror::Error)]
pub enum PumpError<E> {
    /// The source broke off.
    #[error("receiving the content")]
    Source(#[source] E),
    /// Storage refused.
    #[error("storing the content")]
    Storage(#[source] Error),
    /// The source gave more than it may.
    #[error("the content is larger than {limit} bytes")]
    TooLarge {
        /// The bound.
        limit: u64,
    },
}

/// Writes a stream of at most `limit` bytes into an upload; returns the new offset. When the source breaks
/// off, what was received is written, so that the client can go on from there.
///
/// # Errors
/// If the source or the storage fails, or there is more than `limit`.
pub async fn pump<E>(
    upload: &Arc<dyn Upload>,
    mut source: impl Stream<Item = Result<Bytes, E>> + Unpin,
    limit: u64,
) -> Result<u64, PumpError<E>> {
    let mut under_way: Option<JoinHandle<Result<u64, Error>>> = None;
    let mut offset = upload.offset();
    let mut left = limit;
    loop {
        let (batch, ending) = collect(&mut source, &mut left, limit).await;
        if let Some(write) = under_way.take() {
            offset = joined(write).await.map_err(PumpError::Storage)?;
        }
        if !batch.is_empty() {
            let write = tokio::spawn(Arc::clone(upload).write(batch));
            if ending.is_some() {
                offset = joined(write).await.map_err(PumpError::Storage)?;
            } else {
                under_way = Some(write);
            }
        }
        match ending {
            None => {}
            Some(Ok(())) => return Ok(offset),
            Some(Err(error)) => return Err(error),
        }
    }
}

async fn joined(write: impl Future<Output = Result<Result<u64, Error>, tokio::task::JoinError>>) -> Result<u64, Error> {
    write.await.map_err(|_| Error::ShuttingDown)?
}

/// Collects one batch; the second value says that the source ended, or why it broke off.
async fn collect<E>(
    source: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    left: &mut u64,
    limit: u64,
) -> (Vec<Bytes>, Option<Result<(), PumpError<E>>>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while bytes < BATCH_BYTES {
        match source.next().await {
            None => return (batch, Some(Ok(()))),
            Some(Err(error)) => return (batch, Some(Err(PumpError::Source(error)))),
            Some(Ok(piece)) if piece.is_empty() => {}
            Some(Ok(piece)) => {
                match left.checked_sub(piece.len() as u64) {
                    Some(rest) => *left = rest,
                    None => return (batch, Some(Err(PumpError::TooLarge { limit }))),
                }
                bytes += piece.len();
                batch.push(piece);
            }
        }
    }
    (batch, None)
}
