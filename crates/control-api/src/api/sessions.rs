//! A user's sessions.

use api_model::{ErrorBody, ListView, SessionView};
use axum::extract::State;
use base::{AccountName, SessionId};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Path};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(session_list)).routes(routes!(session_revoke))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionOwnerPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SessionPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
    /// The session's id.
    #[param(value_type = String)]
    pub(crate) session: SessionId,
}

/// Lists a user's sessions.
#[utoipa::path(
    get, path = "/api/v1/users/{user}/sessions", tag = "credentials", operation_id = "session_list",
    params(SessionOwnerPath),
    responses(
        (status = 200, body = ListView<SessionView>),
    ),
)]
async fn session_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<SessionOwnerPath>,
) -> Result<Json<ListView<SessionView>>, ApiError> {
    let sessions = app.identity.session_list(&ctx, &path.user).await?;
    let current = ctx.caller().account().map(|caller| caller.via);
    Ok(Json(ListView::whole(sessions.into_iter().map(|session| view::session_view(session, current)).collect())))
}

/// Ends a session.
#[utoipa::path(
    delete, path = "/api/v1/users/{user}/sessions/{session}", tag = "credentials", operation_id = "session_revoke",
    params(SessionPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "SESSION_NOT_FOUND"),
    ),
)]
async fn session_revoke(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<SessionPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.session_revoke(&ctx, &path.user, path.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
