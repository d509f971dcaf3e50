//! How the server does, and what changes.

use api_model::StatusView;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(status_view))
}

/// Shows how the server, its stores and its nodes do.
#[utoipa::path(
    get, path = "/api/v1/status", tag = "status", operation_id = "status_view",
    responses(
        (status = 200, body = StatusView),
    ),
)]
async fn status_view(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<Json<StatusView>, ApiError> {
    ctx.require_signed_in()?;
    Ok(Json(view::status_view(&app, &ctx).await?))
}
