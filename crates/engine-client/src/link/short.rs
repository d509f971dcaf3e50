//! Short requests: kept-alive HTTP/1.1 connections, each over one yamux stream.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_kit::{Body, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use crate::error::Error;
use crate::tunnel::mux::Opener;

/// Idle connections kept for a node.
const MAX_IDLE: usize = 32;

/// Connections to the engine that wait for the next request.
#[derive(Debug)]
pub(crate) struct ShortPool {
    opener: Opener,
    idle: Mutex<Vec<SendRequest<Body>>>,
}

impl ShortPool {
    pub(crate) fn new(opener: Opener) -> Self {
        Self { opener, idle: Mutex::default() }
    }

    fn take(&self) -> Option<SendRequest<Body>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // The last one used is the likeliest to be alive.
        while let Some(sender) = idle.pop() {
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    fn put(&self, sender: SendRequest<Body>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if !sender.is_closed() && idle.len() < MAX_IDLE {
            idle.push(sender);
        }
    }

    async fn open(&self) -> Result<SendRequest<Body>, Error> {
        let stream = self.opener.open().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Error::Engine)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("connection to an engine: {}", base::chain(&error));
            }
        });
        Ok(sender)
    }
}

/// Sends a request on a waiting connection, or on a new one.
pub(crate) async fn send(pool: &Arc<ShortPool>, mut request: Request) -> Result<Response, Error> {
    // A waiting connection may have been closed a moment ago; a request not yet begun goes to the next one.
    while let Some(mut sender) = pool.take() {
        if sender.ready().await.is_err() {
            continue;
        }
        match sender.try_send_request(request).await {
            Ok(response) => return Ok(kept(pool, sender, response)),
            Err(mut error) => match error.take_message() {
                Some(again) => request = again,
                None => return Err(Error::Engine(error.into_error())),
            },
        }
    }
    let mut sender = pool.open().await?;
    sender.ready().await.map_err(Error::Engine)?;
    let response = sender.send_request(request).await.map_err(Error::Engine)?;
    Ok(kept(pool, sender, response))
}

fn kept(pool: &Arc<ShortPool>, sender: SendRequest<Body>, response: http::Response<Incoming>) -> Response {
    response.map(|body| {
        if body.is_end_stream() {
            pool.put(sender);
            return Body::empty();
        }
        Body::new(KeptBody { body, ended: false, sender: Some(sender), pool: Arc::downgrade(pool) })
    })
}

/// A body that gives its connection back once it was read to its end.
struct KeptBody {
    body: Incoming,
    ended: bool,
    sender: Option<SendRequest<Body>>,
    pool: Weak<ShortPool>,
}

impl http_body::Body for KeptBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.ended = frame.is_none();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for KeptBody {
    fn drop(&mut self) {
        // A body left unread leaves its connection in the middle of an answer: that one is closed.
        if (self.ended || self.body.is_end_stream())
            && let (Some(sender), Some(pool)) = (self.sender.take(), self.pool.upgrade())
        {
            pool.put(sender);
        }
    }
}
