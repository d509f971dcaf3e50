//! Bodies: bounded in size and in time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base::ErrorKind;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, Sleep};

use crate::{Body, Response};

/// A body that could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Larger than its bound.
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The bound.
        limit_bytes: usize,
    },
    /// The connection broke, or its framing was malformed.
    #[error("reading the body")]
    Read(#[source] axum::Error),
    /// Not the JSON that is expected here.
    #[error("the body is not what is expected here: {0}")]
    Json(String),
}

impl BodyError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Read(_) | Self::Json(_) => ErrorKind::Invalid,
        }
    }
}

/// Returns an empty body.
pub fn empty() -> Body {
    Body::empty()
}

/// Reads a whole body of at most `limit_bytes`.
///
/// # Errors
/// If it is larger or breaks off. A `Content-Length` beyond the bound is refused before the first byte.
pub async fn read(body: Body, limit_bytes: usize) -> Result<Bytes, BodyError> {
    let too_large = BodyError::TooLarge { limit_bytes };
    let hint = body.size_hint();
    if hint.lower() > u64::try_from(limit_bytes).unwrap_or(u64::MAX) {
        return Err(too_large);
    }
    let mut body = body;
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(BodyError::Read)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit_bytes {
            return Err(too_large);
        }
        // Most bodies come in one piece, which is then passed on without a copy.
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&first);
                first = Bytes::new();
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

/// Reads a JSON body of at most `limit_bytes`.
///
/// # Errors
/// If it is larger, breaks off, or is not the JSON expected; the message names the line and column.
pub async fn read_json<T: DeserializeOwned>(body: Body, limit_bytes: usize) -> Result<T, BodyError> {
    let bytes = read(body, limit_bytes).await?;
    serde_json::from_slice(&bytes).map_err(|error| BodyError::Json(error.to_string()))
}

/// Answers with JSON.
///
/// A value that cannot be serialized (a map with keys that are no text) gives an empty 500.
#[must_use]
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    let Ok(bytes) = serde_json::to_vec(value) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let mut headers = HeaderMap::with_capacity(2);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// How long a sender may be silent.
#[derive(Debug, Clone, Copy)]
pub struct BodyTimes {
    /// Until the first byte.
    pub first: Duration,
    /// Between two pieces.
    pub idle: Duration,
}

impl Default for BodyTimes {
    fn default() -> Self {
        Self { first: Duration::from_secs(30), idle: Duration::from_secs(60) }
    }
}

/// Ends a request body with an error when its sender falls silent.
pub fn timed(body: Body, times: BodyTimes) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Timed { body, times, sleep: Box::pin(tokio::time::sleep(times.first)) })
}

/// The sender was silent for too long.
#[derive(Debug, thiserror::Error)]
#[error("the sender was silent for too long")]
struct Silent;

struct Timed {
    body: Body,
    times: BodyTimes,
    sleep: Pin<Box<Sleep>>,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            let next = Instant::now() + self.times.idle;
            self.sleep.as_mut().reset(next);
            return Poll::Ready(frame);
        }
        ready!(self.sleep.as_mut().poll(cx));
        Poll::Ready(Some(Err(axum::Error::new(Silent))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_beyond_its_bound_is_refused() {
        assert_eq!(read(Body::from("abc"), 3).await.unwrap(), "abc");
        assert!(matches!(read(Body::from("abcd"), 3).await, Err(BodyError::TooLarge { limit_bytes: 3 })));
        let pieces = || {
            let pieces = ["ab", "cd"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
            Body::from_stream(futures_util::stream::iter(pieces))
        };
        assert!(matches!(read(pieces(), 3).await, Err(BodyError::TooLarge { .. })));
        assert_eq!(read(pieces(), 4).await.unwrap(), "abcd");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_sender_is_cut() {
        let body = timed(
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>()),
            BodyTimes::default(),
        );
        assert!(matches!(read(body, 10).await, Err(BodyError::Read(_))));
    }
}
