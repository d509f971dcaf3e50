//! Organizations and their members.

use api_model::{ErrorBody, ListView, MemberPut, MemberView, OrganizationCreate, OrganizationUpdate, OrganizationView};
use axum::extract::State;
use base::AccountName;
use http::StatusCode;
use identity::AccountFilter;
use serde::Deserialize;
use state::control::AccountKind;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, IdempotencyKey, Json, Path, Query, page_of};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(organization_list, organization_create))
        .routes(routes!(organization_view, organization_update, organization_delete))
        .routes(routes!(member_list))
        .routes(routes!(member_put, member_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OrganizationPath {
    /// The organization's name.
    #[param(value_type = String)]
    pub(crate) organization: AccountName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MemberPath {
    /// The organization's name.
    #[param(value_type = String)]
    pub(crate) organization: AccountName,
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganizationQuery {
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

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
}

/// Lists the organizations that the caller may know.
#[utoipa::path(
    get, path = "/api/v1/organizations", tag = "organizations", operation_id = "organization_list",
    params(OrganizationQuery),
    responses(
        (status = 200, body = ListView<OrganizationView>),
    ),
)]
async fn organization_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<OrganizationQuery>,
) -> Result<Json<ListView<OrganizationView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let filter = AccountFilter { kind: Some(AccountKind::Organization), contains: query.q, ..AccountFilter::default() };
    let page = app.identity.account_list(&ctx, filter, after, limit).await?;
    Ok(Json(page.map(|account| view::organization_view(account, &ctx, None)).into()))
}

/// Creates an organization.
#[utoipa::path(
    post, path = "/api/v1/organizations", tag = "organizations", operation_id = "organization_create",
    params(IdempotencyKey),
    request_body = OrganizationCreate,
    responses(
        (status = 201, body = OrganizationView),
        (status = 409, body = ErrorBody, description = "NAME_TAKEN"),
    ),
)]
async fn organization_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    key: IdempotencyKey,
    Json(input): Json<OrganizationCreate>,
) -> Result<(StatusCode, Json<OrganizationView>), ApiError> {
    let ctx = ctx.with_operation(key.0);
    let account = app.identity.organization_create(&ctx, &input.name, &input.full_name).await?;
    Ok((StatusCode::CREATED, Json(view::organization_view(account, &ctx, Some(0)))))
}

/// Shows an organization.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}", tag = "organizations", operation_id = "organization_view",
    params(OrganizationPath),
    responses(
        (status = 200, body = OrganizationView),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn organization_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<OrganizationPath>,
) -> Result<Json<OrganizationView>, ApiError> {
    let found = app.identity.organization_view(&ctx, &path.organization).await?;
    Ok(Json(view::organization_view(found.account, &ctx, Some(found.members))))
}

/// Changes an organization.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}", tag = "organizations", operation_id = "organization_update",
    params(OrganizationPath),
    request_body = OrganizationUpdate,
    responses(
        (status = 200, body = OrganizationView),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn organization_update(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<OrganizationPath>,
    Json(input): Json<OrganizationUpdate>,
) -> Result<Json<OrganizationView>, ApiError> {
    if let Some(full_name) = &input.full_name {
        app.identity.organization_update(&ctx, &path.organization, full_name).await?;
    }
    let found = app.identity.organization_view(&ctx, &path.organization).await?;
    Ok(Json(view::organization_view(found.account, &ctx, Some(found.members))))
}

/// Deletes an organization with its teams.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}", tag = "organizations", operation_id = "organization_delete",
    params(OrganizationPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn organization_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<OrganizationPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.organization_delete(&ctx, &path.organization).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the members of an organization.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/members", tag = "organizations", operation_id = "member_list",
    params(OrganizationPath, MemberQuery),
    responses(
        (status = 200, body = ListView<MemberView>),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn member_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<OrganizationPath>,
    Query(query): Query<MemberQuery>,
) -> Result<Json<ListView<MemberView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let page = app.identity.member_list(&ctx, &path.organization, after, limit).await?;
    Ok(Json(page.map(view::member_view).into()))
}

/// Makes a user a member, or changes how they are one.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/members/{user}", tag = "organizations", operation_id = "member_put",
    params(MemberPath),
    request_body = MemberPut,
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn member_put(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<MemberPath>,
    Json(input): Json<MemberPut>,
) -> Result<StatusCode, ApiError> {
    app.identity.member_set(&ctx, &path.organization, &path.user, Some(input.is_admin)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a membership, in the organization's teams too.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/members/{user}", tag = "organizations", operation_id = "member_delete",
    params(MemberPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn member_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<MemberPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.member_remove(&ctx, &path.organization, &path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
