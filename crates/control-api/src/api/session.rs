//! Signing in and out, and who one is.

use api_model::{ErrorBody, MeView, SessionCreate};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::Secret;
use http::StatusCode;
use http::header::SET_COOKIE;
use http_kit::SESSION_COOKIE;
use opctx::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(session_create, session_delete)).routes(routes!(me_view))
}

/// Signs in with a password and sets the session cookie.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", operation_id = "session_create",
    request_body = SessionCreate,
    responses(
        (status = 201, body = MeView),
        (status = 401, body = ErrorBody, description = "WRONG_PASSWORD"),
        (status = 429, body = ErrorBody, description = "TOO_MANY_ATTEMPTS"),
    ),
)]
async fn session_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Json(input): Json<SessionCreate>,
) -> Result<Response, ApiError> {
    let password = Secret::new(input.password);
    let started = app.identity.session_create(input.username, password, ctx.origin()).await?;
    let cookie = set_cookie(started.token.expose(), started.lifetime_secs);
    let ctx = app.contexts.context(Caller::Account(started.caller), ctx.origin().clone());
    let me = view::me_view(&app, &ctx).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Signs out: ends the session that asks.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session", operation_id = "session_delete",
    responses(
        (status = 204, description = "Done."),
    ),
)]
async fn session_delete(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<Response, ApiError> {
    app.identity.session_end(&ctx).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, set_cookie("", 0))]).into_response())
}

/// Shows who the caller is and what the console may offer.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "session", operation_id = "me_view",
    responses(
        (status = 200, body = MeView),
    ),
)]
async fn me_view(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<Json<MeView>, ApiError> {
    Ok(Json(view::me_view(&app, &ctx).await?))
}

/// `__Host-` needs `Secure`, `Path=/` and no `Domain` (RFC 6265bis §4.1.3.2); scripts never see it.
fn set_cookie(token: &str, lifetime_secs: i64) -> String {
    format!("{SESSION_COOKIE}={token}; Path=/; Max-Age={lifetime_secs}; Secure; HttpOnly; SameSite=Strict")
}
