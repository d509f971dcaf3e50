//! Live logs of a service.

use std::convert::Infallible;
use std::time::Duration;

use api_model::ErrorBody;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use opctx::OpContext;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use workloads::{LogLine, LogOptions};

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Path, Query};
use crate::view;

/// How often a silent stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(service_logs))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct LogPath {
    /// The service's name or id.
    pub(crate) service: String,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// Goes on with new lines.
    #[serde(default)]
    pub(crate) follow: bool,
    /// Begins with the last lines, this many; 500 unless given.
    #[serde(default)]
    pub(crate) tail: Option<u32>,
}

/// Streams the logs of a service as server-sent events; each `data` is a `LogLineView`.
///
/// The stream ends when the caller's right does; the event `end` says why.
#[utoipa::path(
    get, path = "/api/v1/services/{service}/logs", tag = "services", operation_id = "service_logs",
    params(LogPath, LogQuery),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "A stream of `LogLineView`."),
        (status = 404, body = ErrorBody, description = "SERVICE_NOT_FOUND"),
    ),
)]
async fn service_logs(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<LogPath>,
    Query(query): Query<LogQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + Send>, ApiError> {
    let options = LogOptions { follow: query.follow, tail: query.tail.unwrap_or(500) };
    let lines = app.workloads.service_logs(&ctx, &path.service, options).await?;
    let lines = lines.map(shown).take_until(Box::pin(app.events.closed()));
    let events = lines.chain(futures_util::stream::once(async move { ended(&ctx) }));
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// A line, or why there are no more.
fn shown(line: Result<LogLine, workloads::Error>) -> Event {
    match line {
        Ok(line) => Event::default().json_data(view::log_line_view(line)).unwrap_or_default(),
        Err(error) => Event::default().event("end").data(error.to_string()),
    }
}

/// Says whether the log is over or the right to read it.
fn ended(ctx: &OpContext) -> Event {
    let why = if ctx.is_alive() { "the log is over, or the right to read it is" } else { "the sign-in has ended" };
    Event::default().event("end").data(why)
}
