//! Users and their passwords.

use api_model::{ErrorBody, ListView, PasswordChange, UserCreate, UserUpdate, UserView};
use axum::extract::State;
use base::{AccountName, Secret};
use http::StatusCode;
use identity::{AccountChange, AccountCreate, AccountFilter};
use serde::Deserialize;
use state::control::AccountKind;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, IdempotencyKey, Json, Path, Query, page_of};
use crate::lookup::collection_of;
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(user_list, user_create))
        .routes(routes!(user_view, user_update, user_delete))
        .routes(routes!(password_change))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct UserPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
    /// Only items whose name contains this.
    #[serde(default)]
    pub(crate) q: Option<String>,
}

/// Lists the users that the caller may know.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users", operation_id = "user_list",
    params(UserQuery),
    responses(
        (status = 200, body = ListView<UserView>),
    ),
)]
async fn user_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<UserQuery>,
) -> Result<Json<ListView<UserView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let filter = AccountFilter { kind: Some(AccountKind::User), contains: query.q, ..AccountFilter::default() };
    let page = app.identity.account_list(&ctx, filter, after, limit).await?;
    Ok(Json(page.map(view::user_view).into()))
}

/// Creates a user.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "users", operation_id = "user_create",
    params(IdempotencyKey),
    request_body = UserCreate,
    responses(
        (status = 201, body = UserView),
        (status = 409, body = ErrorBody, description = "NAME_TAKEN"),
    ),
)]
async fn user_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    key: IdempotencyKey,
    Json(input): Json<UserCreate>,
) -> Result<(StatusCode, Json<UserView>), ApiError> {
    let create = AccountCreate {
        name: input.name,
        full_name: input.full_name,
        password: Some(Secret::new(input.password)),
        is_admin: input.is_admin,
    };
    let user = app.identity.account_create(&ctx.with_operation(key.0), create).await?;
    Ok((StatusCode::CREATED, Json(view::user_view(user))))
}

/// Shows a user.
#[utoipa::path(
    get, path = "/api/v1/users/{user}", tag = "users", operation_id = "user_view",
    params(UserPath),
    responses(
        (status = 200, body = UserView),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn user_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<UserPath>,
) -> Result<Json<UserView>, ApiError> {
    let user = app.identity.account_view(&ctx, &path.user).await?;
    // An organization is found at its own path alone.
    let user = Some(user).filter(|user| user.kind == AccountKind::User);
    let missing = || ApiError::not_found("ACCOUNT_NOT_FOUND", format!("no such user: {}", path.user));
    Ok(Json(view::user_view(user.ok_or_else(missing)?)))
}

/// Changes a user; deactivating ends all they have open.
#[utoipa::path(
    patch, path = "/api/v1/users/{user}", tag = "users", operation_id = "user_update",
    params(UserPath),
    request_body = UserUpdate,
    responses(
        (status = 200, body = UserView),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn user_update(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<UserPath>,
    Json(input): Json<UserUpdate>,
) -> Result<Json<UserView>, ApiError> {
    let default_collection = input.default_collection.map(|path| collection_of(&ctx, path.as_str())).transpose()?;
    let change = AccountChange {
        full_name: input.full_name,
        is_admin: input.is_admin,
        is_active: input.is_active,
        default_collection,
    };
    Ok(Json(view::user_view(app.identity.account_update(&ctx, &path.user, change).await?)))
}

/// Deletes a user.
#[utoipa::path(
    delete, path = "/api/v1/users/{user}", tag = "users", operation_id = "user_delete",
    params(UserPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn user_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<UserPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.account_delete(&ctx, &path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes a password; all sessions but the one that asks end.
#[utoipa::path(
    put, path = "/api/v1/users/{user}/password", tag = "users", operation_id = "password_change",
    params(UserPath),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn password_change(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<UserPath>,
    Json(input): Json<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    let (old, new) = (input.old_password.map(Secret::new), Secret::new(input.new_password));
    app.identity.password_change(&ctx, &path.user, old, new).await?;
    Ok(StatusCode::NO_CONTENT)
}
