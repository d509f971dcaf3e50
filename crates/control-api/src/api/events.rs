//! The event stream.

use std::convert::Infallible;
use std::time::Duration;

use access::{Category, Operation};
use api_model::{EventKind, EventView};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use opctx::OpContext;
use tokio_stream::wrappers::BroadcastStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::extract::Ctx;
use crate::rights::holds;

/// How often a silent stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(event_stream))
}

/// Says, as server-sent events, which kinds of things changed; each `data` is an `EventView`.
///
/// The stream ends when the caller's session, token or account does.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "status", operation_id = "event_stream",
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "A stream of `EventView`."),
    ),
)]
async fn event_stream(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send> {
    let heard = BroadcastStream::new(app.events.subscribe());
    let listener = ctx.clone();
    let shown = heard.filter_map(move |event| {
        let event = event.map_or(Some(EventView { kind: EventKind::Resync, id: None }), |event| told(&listener, event));
        std::future::ready(event.and_then(|event| Event::default().json_data(event).ok()).map(Ok))
    });
    let closed = app.events.closed();
    let over = async move {
        tokio::select! {
            () = ctx.until_revoked(|_| true) => {}
            () = closed => {}
        }
    };
    Sse::new(shown.take_until(Box::pin(over))).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Returns what a caller is told: nothing of kinds they may not know, and ids to administrators alone.
fn told(ctx: &OpContext, event: EventView) -> Option<EventView> {
    if ctx.is_admin() {
        return Some(event);
    }
    let knows = match event.kind {
        EventKind::Audit => false,
        EventKind::Nodes => holds(ctx, Operation::NodeView),
        EventKind::Services => holds(ctx, Category::Service.view()),
        EventKind::Repositories | EventKind::Access | EventKind::Accounts | EventKind::Resync => true,
    };
    knows.then_some(EventView { kind: event.kind, id: None })
}
