//! Roles and the operations that they can hold.

use access::{Category, Rights};
use api_model::{ErrorBody, ListView, OperationCategoryView, RoleCreate, RoleView};
use axum::extract::State;
use base::RoleId;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, IdempotencyKey, Json, Path};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(role_list, role_create))
        .routes(routes!(role_view, role_delete))
        .routes(routes!(operation_list))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RolePath {
    /// The role's id.
    #[param(value_type = String)]
    pub(crate) role: RoleId,
}

/// Lists the roles.
#[utoipa::path(
    get, path = "/api/v1/roles", tag = "access", operation_id = "role_list",
    responses(
        (status = 200, body = ListView<RoleView>),
    ),
)]
async fn role_list(State(app): State<AppState>, Ctx(ctx): Ctx) -> Result<Json<ListView<RoleView>>, ApiError> {
    let roles = app.identity.role_list(&ctx).await?;
    Ok(Json(ListView::whole(roles.iter().map(view::role_view).collect())))
}

/// Creates a role; roles never change afterwards.
#[utoipa::path(
    post, path = "/api/v1/roles", tag = "access", operation_id = "role_create",
    params(IdempotencyKey),
    request_body = RoleCreate,
    responses(
        (status = 201, body = RoleView),
        (status = 409, body = ErrorBody, description = "ROLE_NAME_TAKEN"),
    ),
)]
async fn role_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    key: IdempotencyKey,
    Json(input): Json<RoleCreate>,
) -> Result<(StatusCode, Json<RoleView>), ApiError> {
    let rights = Rights::from_wire(&input.operations).map_err(|error| ApiError::invalid(error.to_string()))?;
    let role = app.identity.role_create(&ctx.with_operation(key.0), &input.name, rights).await?;
    Ok((StatusCode::CREATED, Json(view::role_view(&role))))
}

/// Shows a role.
#[utoipa::path(
    get, path = "/api/v1/roles/{role}", tag = "access", operation_id = "role_view",
    params(RolePath),
    responses(
        (status = 200, body = RoleView),
        (status = 404, body = ErrorBody, description = "ROLE_NOT_FOUND"),
    ),
)]
async fn role_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RolePath>,
) -> Result<Json<RoleView>, ApiError> {
    Ok(Json(view::role_view(&app.identity.role_view(&ctx, &path.role).await?)))
}

/// Deletes a role that no grant uses.
#[utoipa::path(
    delete, path = "/api/v1/roles/{role}", tag = "access", operation_id = "role_delete",
    params(RolePath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ROLE_NOT_FOUND"),
        (status = 409, body = ErrorBody, description = "ROLE_IN_USE"),
    ),
)]
async fn role_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RolePath>,
) -> Result<StatusCode, ApiError> {
    app.identity.role_delete(&ctx, &path.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists every operation that a role can hold.
#[utoipa::path(
    get, path = "/api/v1/operations", tag = "access", operation_id = "operation_list",
    responses(
        (status = 200, body = ListView<OperationCategoryView>),
    ),
)]
async fn operation_list(Ctx(ctx): Ctx) -> Result<Json<ListView<OperationCategoryView>>, ApiError> {
    ctx.require_signed_in()?;
    Ok(Json(ListView::whole(Category::ALL.iter().copied().map(view::operation_category_view).collect())))
}
