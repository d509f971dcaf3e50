//! Performing a decided request, and passing its answer on.

use std::sync::Arc;

use engine_spec::{Flow, Route};
use futures_util::StreamExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_kit::{Body, Response};
use opctx::OpContext;

use crate::decide::{Decided, Held};
use crate::error::Error;
use crate::forward::{self, Incoming};
use crate::gateway::{Asked, Gateway};

/// The headers of an engine's answer that reach the client; all others are ours or nobody's business.
const PASSED: [&str; 3] = ["content-type", "content-length", "x-docker-container-path-stat"];

impl Gateway {
    /// Sends a decided request and gives its answer, filtered.
    pub(crate) async fn perform(
        self: &Arc<Self>,
        asked: &Asked,
        mut incoming: Incoming,
        decided: &Decided,
    ) -> Result<Response, Error> {
        match &asked.call.route {
            route if decided.per_item.is_some() && !matches!(route, Route::Events) => {
                return self.list(asked, incoming).await;
            }
            Route::Events => return self.events(asked).await,
            Route::Build => return self.build(asked, incoming, decided).await,
            Route::ServiceCreate | Route::ServiceUpdate(_) => {
                return self.service_write(asked, incoming, decided).await;
            }
            Route::ServiceRemove(_) => return self.service_remove(asked, incoming, decided).await,
            _ => {}
        }
        self.place(asked, &mut incoming, decided).await?;
        if asked.call.route.flow() == Flow::Upgrade && !forward::is_detached(&incoming) {
            return self.hijack(asked, incoming, decided).await;
        }
        let response = self.send(&asked.call, incoming, decided).await?;
        if !response.status().is_success() {
            return Ok(passed(response));
        }
        match &asked.call.route {
            Route::ExecCreate(_) => self.exec_created(response, decided).await,
            Route::NetworkInspect(_) | Route::VolumeInspect(_) | Route::ServiceInspect(_) | Route::ImageInspect(_) => {
                self.inspected(asked, response).await
            }
            route if route.flow() == Flow::Stream => Ok(until_revoked(passed(response), &asked.ctx, decided)),
            _ => Ok(passed(response)),
        }
    }

    /// Remembers whose an exec is before the client can name it.
    async fn exec_created(&self, response: Response, decided: &Decided) -> Result<Response, Error> {
        let (parts, body) = response.into_parts();
        let bytes = http_kit::read(body, 64 * 1024).await.map_err(Error::Read)?;
        let id = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
        let id = id.as_ref().and_then(|answer| answer.get("Id")?.as_str());
        if let (Some(id), Some(container)) = (id, &decided.object) {
            self.workloads.exec_created(id, &container.id);
        }
        Ok(passed(Response::from_parts(parts, Body::from(bytes))))
    }
}

/// Keeps of an answer what is the client's: status, a few headers, the body as it streams.
pub(crate) fn passed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers = kept(&parts.headers);
    Response::from_parts(parts, body)
}

fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(8);
    for name in PASSED {
        if let Some(value) = headers.get(name) {
            kept.insert(HeaderName::from_static(name), value.clone());
        }
    }
    kept
}

/// Ends a stream when the caller or the right is gone.
pub(crate) fn until_revoked(response: Response, ctx: &OpContext, decided: &Decided) -> Response {
    let (ctx, held) = (ctx.clone(), decided.held.clone());
    let over = async move { revoked(&ctx, held.as_ref()).await };
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(over))))
}

/// Waits until the caller or the right is gone.
pub(crate) async fn revoked(ctx: &OpContext, held: Option<&Held>) {
    ctx.until_revoked(|ctx| held.is_none_or(|held| held.still(ctx))).await;
}

/// Answers JSON of our own making.
pub(crate) fn json(value: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
