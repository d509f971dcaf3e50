//! One connection, HTTP/1.1 or HTTP/2.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, RequestId, SystemClock};
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::unread::Unread;
use super::{Limits, Shutdown};
use crate::failure::{Dialect, render};
use crate::peer::{Peer, PeerCertificate, Verdict};
use crate::upgrade::refuse_over_h2;
use crate::{Body, Request, Response};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Serves one connection until it ends, upgrades, or the signal is given.
pub async fn serve_connection<I, S, F>(io: I, peer: Peer, http2: bool, service: S, limits: &Limits, shutdown: Shutdown)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (request, id, refusal) = prepare(request, &peer);
        let service = service.clone();
        async move {
            let response = match refusal {
                Some(response) => response,
                None => service(request).await,
            };
            Ok::<_, Infallible>(mark(response, id))
        }
    });
    let io = TokioIo::new(io);
    let outcome = if http2 {
        let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
            .initial_stream_window_size(1024 * 1024)
            .initial_connection_window_size(4 * 1024 * 1024)
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(20));
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = shutdown.begun() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    } else {
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_headers(limits.headers)
            .max_header_size(limits.head_bytes)
            .max_buf_size(READ_BUFFER_BYTES.max(limits.head_bytes));
        let mut connection = pin!(builder.serve_connection(io, service).with_upgrades());
        tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = shutdown.begun() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    if let Err(error) = outcome {
        tracing::debug!("connection: {}", base::chain(&error));
    }
}

/// Bodies are read in pieces up to this size.
const READ_BUFFER_BYTES: usize = 256 * 1024;

fn prepare(request: http::Request<Incoming>, peer: &Peer) -> (Request, RequestId, Option<Response>) {
    let (mut parts, body) = request.into_parts();
    let id = incoming_id(&parts.headers).unwrap_or_else(RequestId::random);
    parts.extensions.insert(id);
    parts.extensions.insert(current(peer));
    let refusal = refuse_over_h2(&parts, false).map(|failure| render(&failure, Dialect::Docker, &id));
    let body = Body::new(Unread::new(body, &parts.headers));
    (http::Request::from_parts(parts, body), id, refusal)
}

/// A certificate that was good in the handshake may have expired on a connection kept open.
fn current(peer: &Peer) -> Peer {
    let mut peer = peer.clone();
    if let Some(certificate) = &peer.certificate
        && certificate.verdict == Verdict::Trusted
        && certificate.not_after < SystemClock.now()
    {
        peer.certificate = Some(Arc::new(PeerCertificate { verdict: Verdict::Expired, ..(**certificate).clone() }));
    }
    peer
}

fn incoming_id(headers: &HeaderMap) -> Option<RequestId> {
    headers.get(X_REQUEST_ID)?.to_str().ok()?.parse().ok()
}

fn mark(mut response: Response, id: RequestId) -> Response {
    let mut text = [0; uuid_text::LENGTH];
    let encoded = uuid_text::encode(&id, &mut text);
    if let Ok(value) = HeaderValue::from_str(encoded) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

mod uuid_text {
    use base::RequestId;

    pub(super) const LENGTH: usize = 36;

    /// Writes an id without an allocation.
    pub(super) fn encode<'a>(id: &RequestId, buffer: &'a mut [u8; LENGTH]) -> &'a str {
        id.as_uuid().hyphenated().encode_lower(buffer)
    }
}
