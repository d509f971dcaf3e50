//! A request's body that a handler left unread.
//!
//! Dropping an unread body resets an HTTP/2 stream and closes an HTTP/1.1 connection under a client that still
//! writes: it may then never see the answer that says what was wrong. What is left is therefore read and
//! forgotten for a while.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::EXPECT;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;

/// What is read on behalf of a handler that did not want it: enough for a client to notice the answer.
const FORGOTTEN_BYTES: usize = 64 * 1024 * 1024;
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(5);

/// A body that, dropped before its end, reads a bounded rest in the background.
pub(super) struct Unread {
    body: Option<Incoming>,
    /// Whether the client waits for a go-ahead: reading would give it, so nothing is read.
    waits: bool,
}

impl Unread {
    pub(super) fn new(body: Incoming, headers: &HeaderMap) -> Self {
        Self { body: Some(body), waits: headers.contains_key(EXPECT) }
    }
}

impl Body for Unread {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let Some(mut body) = self.body.take().filter(|body| !self.waits && !body.is_end_stream()) else { return };
        // Outside a runtime there is no connection left either.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(tokio::time::timeout(FORGOTTEN_WITHIN, async move {
            let mut left = FORGOTTEN_BYTES;
            while let Some(Ok(frame)) = body.frame().await {
                let length = frame.data_ref().map_or(0, Bytes::len);
                if length > left {
                    return;
                }
                left -= length;
            }
        }));
    }
}
