//! Upgraded connections: attach and exec.

use std::sync::Arc;

use futures_util::StreamExt;
use http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderValue, StatusCode};
use http_kit::{Body, Response, is_upgrade, pipe, upgraded};
use hyper::upgrade::OnUpgrade;
use opctx::OpContext;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use crate::decide::{Decided, Held};
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::relay::{passed, revoked};

const RAW_STREAM: HeaderValue = HeaderValue::from_static("application/vnd.docker.raw-stream");

impl Gateway {
    /// Opens an upgraded connection at the engine and joins the client's to it. Only a 101 opens one; whatever else the
    /// engine answers is an ordinary answer.
    pub(crate) async fn hijack(
        self: &Arc<Self>,
        asked: &Asked,
        incoming: Incoming,
        decided: &Decided,
    ) -> Result<Response, Error> {
        let mut response = self.send(&asked.call, incoming, decided).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(passed(response));
        }
        let lost = || Error::Work(workloads::Error::Stream);
        let engine = response.extensions_mut().remove::<OnUpgrade>().ok_or_else(lost)?;
        let content_type = response.headers().get(CONTENT_TYPE).cloned().unwrap_or(RAW_STREAM);
        let (ctx, held) = (asked.ctx.clone(), decided.held.clone());
        let client = asked.parts.extensions.get::<OnUpgrade>().cloned().filter(|_| is_upgrade(&asked.parts));
        let Some(client) = client else {
            // An old client that asked for no upgrade gets the output alone: HTTP has no bidirectional 200.
            return Ok(output_only(engine.await.map_err(|_| lost())?, content_type, ctx, held));
        };
        tokio::spawn(join(client, engine, ctx, held));
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        answer.headers_mut().insert(UPGRADE, HeaderValue::from_static("tcp"));
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
        Ok(answer)
    }
}

async fn join(client: OnUpgrade, engine: OnUpgrade, ctx: OpContext, held: Option<Held>) {
    // Either side may be gone before it was upgraded; the other is dropped with it.
    let (Ok(client), Ok(engine)) = tokio::join!(client, engine) else { return };
    let end = pipe(upgraded(client), upgraded(engine), Box::pin(revoked(&ctx, held.as_ref()))).await;
    tracing::debug!(request.id = %ctx.origin().request, ?end, "hijacked connection ended");
}

fn output_only(
    engine: hyper::upgrade::Upgraded,
    content_type: HeaderValue,
    ctx: OpContext,
    held: Option<Held>,
) -> Response {
    let (read, mut write) = tokio::io::split(upgraded(engine));
    let over = async move {
        revoked(&ctx, held.as_ref()).await;
        // The input half stays open as long as the output is read: closing it would end an interactive process.
        let _ = write.shutdown().await;
    };
    let stream = ReaderStream::with_capacity(read, 64 * 1024).take_until(Box::pin(over));
    let mut response = Response::new(Body::from_stream(stream));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
