//! Access tokens.

use api_model::{ErrorBody, ListView, TokenCreate, TokenCreated, TokenView};
use axum::extract::State;
use base::{AccountName, TokenId};
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
    OpenApiRouter::new().routes(routes!(token_list, token_create)).routes(routes!(token_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TokenOwnerPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TokenPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
    /// The token's id.
    #[param(value_type = String)]
    pub(crate) token: TokenId,
}

/// Lists a user's access tokens.
#[utoipa::path(
    get, path = "/api/v1/users/{user}/tokens", tag = "credentials", operation_id = "token_list",
    params(TokenOwnerPath),
    responses(
        (status = 200, body = ListView<TokenView>),
    ),
)]
async fn token_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TokenOwnerPath>,
) -> Result<Json<ListView<TokenView>>, ApiError> {
    let tokens = app.identity.token_list(&ctx, &path.user).await?;
    Ok(Json(ListView::whole(tokens.into_iter().map(view::token_view).collect())))
}

/// Makes an access token; its text is shown this once.
#[utoipa::path(
    post, path = "/api/v1/users/{user}/tokens", tag = "credentials", operation_id = "token_create",
    params(TokenOwnerPath),
    request_body = TokenCreate,
    responses(
        (status = 201, body = TokenCreated),
    ),
)]
async fn token_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TokenOwnerPath>,
    Json(input): Json<TokenCreate>,
) -> Result<(StatusCode, Json<TokenCreated>), ApiError> {
    let expires = input.ttl_secs.map(|secs| ctx.now().plus_secs(i64::try_from(secs).unwrap_or(i64::MAX)));
    let created = app.identity.token_create(&ctx, &path.user, &input.label, expires).await?;
    let secret = created.secret.expose().to_owned();
    Ok((StatusCode::CREATED, Json(TokenCreated { secret, token: view::token_view(created.token) })))
}

/// Revokes an access token.
#[utoipa::path(
    delete, path = "/api/v1/users/{user}/tokens/{token}", tag = "credentials", operation_id = "token_delete",
    params(TokenPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TOKEN_NOT_FOUND"),
    ),
)]
async fn token_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TokenPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.token_revoke(&ctx, &path.user, path.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
