//! Upgraded and bulk streams: a connection of their own for each, from those the agent keeps waiting.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use http_kit::{Body, Request, Response};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::STREAM_WAIT;
use crate::error::Error;
use crate::io::BoxIo;
use crate::wire::OPEN;

/// Waiting connections of one node; more are closed.
const MAX_WAITING: usize = 32;

/// Read and write buffers of a stream.
const BUFFER_BYTES: usize = 256 * 1024;

/// Connections that the agent has opened and that wait for their use.
#[derive(Default)]
pub(crate) struct StreamPool {
    waiting: Mutex<VecDeque<BoxIo>>,
    added: Notify,
}

impl fmt::Debug for StreamPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamPool").field("waiting", &self.lock().len()).finish()
    }
}

impl StreamPool {
    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<BoxIo>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection; reports whether there was room.
    pub(crate) fn put(&self, io: BoxIo) -> bool {
        let mut waiting = self.lock();
        if waiting.len() >= MAX_WAITING {
            return false;
        }
        waiting.push_back(io);
        drop(waiting);
        self.added.notify_one();
        true
    }

    /// Takes a living connection, waiting for one if there is none.
    async fn take(&self) -> BoxIo {
        loop {
            let added = self.added.notified();
            while let Some(mut io) = self.pop() {
                // Nothing is sent on a waiting connection: whatever can be read is its end.
                if io.read(&mut [0]).now_or_never().is_none() {
                    return io;
                }
            }
            added.await;
        }
    }

    fn pop(&self) -> Option<BoxIo> {
        self.lock().pop_front()
    }
}

/// Sends one request on a connection of its own.
pub(crate) async fn send(pool: &StreamPool, closed: &CancellationToken, request: Request) -> Result<Response, Error> {
    let taken = tokio::select! {
        () = closed.cancelled() => return Err(Error::Closed),
        taken = tokio::time::timeout(STREAM_WAIT, pool.take()) => taken,
    };
    let mut io = taken.map_err(|_| Error::NoStream)?;
    io.write_all(&[OPEN]).await.map_err(Error::io("taking a waiting connection"))?;
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(BUFFER_BYTES).handshake(TokioIo::new(io)).await.map_err(Error::Engine)?;
    tokio::spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!("stream to an engine: {}", base::chain(&error));
        }
    });
    // The sender is dropped after one request, and with it the connection once the answer has ended.
    let response = sender.send_request(request).await.map_err(Error::Engine)?;
    Ok(response.map(Body::new))
}
