//! UCP's way in: `/auth/login`, `/id/`, `/id/logout`, `/api/clientbundle`; and `/ca`, in both worlds.

use api_model::{UcpIdentity, UcpLogin, UcpLoginAnswer};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::Secret;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use identity::BundleRequest;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Host, Json, Zip};

/// The paths answered here.
const PATHS: [&str; 6] = ["/auth/login", "/id", "/id/", "/id/logout", "/api/clientbundle", "/ca"];

/// Reports whether a path is answered here.
pub(crate) fn owns(path: &str) -> bool {
    PATHS.contains(&path)
}

/// Returns the routes.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/auth/login", post(session_create))
        .route("/id", get(account_view))
        .route("/id/", get(account_view))
        .route("/id/logout", post(session_end))
        .route("/api/clientbundle", get(bundle_create))
        .route("/ca", get(ca_view))
}

/// Signs in; the token is a session's, sent as `Authorization: Bearer`.
async fn session_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Json(input): Json<UcpLogin>,
) -> Result<Json<UcpLoginAnswer>, ApiError> {
    let password = Secret::new(input.password);
    let started = app.identity.session_create(input.username, password, ctx.origin()).await?;
    Ok(Json(UcpLoginAnswer { auth_token: started.token.expose().to_owned() }))
}

async fn account_view(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<Json<UcpIdentity>, ApiError> {
    let caller = ctx.require_signed_in()?;
    let account = app.identity.account_view(&ctx, &caller.name).await?;
    Ok(Json(UcpIdentity {
        id: account.id,
        name: account.name,
        full_name: account.full_name,
        is_org: false,
        is_admin: account.is_admin,
        is_active: account.is_active,
    }))
}

async fn session_end(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<StatusCode, ApiError> {
    app.identity.session_end(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Each download makes a new key pair, as in UCP.
async fn bundle_create(State(app): State<AppState>, Ctx(ctx): Ctx, Host(host): Host) -> Result<Zip, ApiError> {
    let user = ctx.require_signed_in()?.name.clone();
    let request = BundleRequest { label: "clientbundle".to_owned(), host };
    Ok(Zip(app.identity.bundle_create(&ctx, &user, request).await?))
}

async fn ca_view(State(app): State<AppState>) -> Response {
    ([(CONTENT_TYPE, "application/x-pem-file")], app.ca_pem.clone()).into_response()
}
