//! Teams and their members.

use api_model::{ErrorBody, ListView, TeamCreate, TeamMemberView, TeamUpdate, TeamView};
use axum::extract::State;
use base::{AccountName, TeamName};
use http::StatusCode;
use serde::Deserialize;
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
        .routes(routes!(team_list, team_create))
        .routes(routes!(team_view, team_update, team_delete))
        .routes(routes!(team_member_list))
        .routes(routes!(team_member_put, team_member_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TeamOwnerPath {
    /// The organization's name.
    #[param(value_type = String)]
    pub(crate) organization: AccountName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TeamPath {
    /// The organization's name.
    #[param(value_type = String)]
    pub(crate) organization: AccountName,
    /// The team's name.
    #[param(value_type = String)]
    pub(crate) team: TeamName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TeamMemberPath {
    /// The organization's name.
    #[param(value_type = String)]
    pub(crate) organization: AccountName,
    /// The team's name.
    #[param(value_type = String)]
    pub(crate) team: TeamName,
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TeamQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
}

/// Lists the teams of an organization.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/teams", tag = "teams", operation_id = "team_list",
    params(TeamOwnerPath, TeamQuery),
    responses(
        (status = 200, body = ListView<TeamView>),
        (status = 404, body = ErrorBody, description = "ACCOUNT_NOT_FOUND"),
    ),
)]
async fn team_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamOwnerPath>,
    Query(query): Query<TeamQuery>,
) -> Result<Json<ListView<TeamView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let page = app.identity.team_list(&ctx, &path.organization, after, limit).await?;
    Ok(Json(page.map(|team| view::team_view(team, &path.organization)).into()))
}

/// Creates a team.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/teams", tag = "teams", operation_id = "team_create",
    params(TeamOwnerPath, IdempotencyKey),
    request_body = TeamCreate,
    responses(
        (status = 201, body = TeamView),
        (status = 409, body = ErrorBody, description = "TEAM_NAME_TAKEN"),
    ),
)]
async fn team_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamOwnerPath>,
    key: IdempotencyKey,
    Json(input): Json<TeamCreate>,
) -> Result<(StatusCode, Json<TeamView>), ApiError> {
    let ctx = ctx.with_operation(key.0);
    let team = app.identity.team_create(&ctx, &path.organization, &input.name, &input.description).await?;
    Ok((StatusCode::CREATED, Json(view::team_view(team, &path.organization))))
}

/// Shows a team.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/teams/{team}", tag = "teams", operation_id = "team_view",
    params(TeamPath),
    responses(
        (status = 200, body = TeamView),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamPath>,
) -> Result<Json<TeamView>, ApiError> {
    let team = app.identity.team_view(&ctx, &path.organization, &path.team).await?;
    Ok(Json(view::team_view(team, &path.organization)))
}

/// Changes a team.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/teams/{team}", tag = "teams", operation_id = "team_update",
    params(TeamPath),
    request_body = TeamUpdate,
    responses(
        (status = 200, body = TeamView),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_update(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamPath>,
    Json(input): Json<TeamUpdate>,
) -> Result<Json<TeamView>, ApiError> {
    let TeamPath { organization, team } = path;
    let team = app.identity.team_update(&ctx, &organization, &team, None, input.description).await?;
    Ok(Json(view::team_view(team, &organization)))
}

/// Deletes a team with the rights given to it.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/teams/{team}", tag = "teams", operation_id = "team_delete",
    params(TeamPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.team_delete(&ctx, &path.organization, &path.team).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the members of a team.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/teams/{team}/members", tag = "teams", operation_id = "team_member_list",
    params(TeamPath, TeamQuery),
    responses(
        (status = 200, body = ListView<TeamMemberView>),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_member_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamPath>,
    Query(query): Query<TeamQuery>,
) -> Result<Json<ListView<TeamMemberView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let page = app.identity.team_member_list(&ctx, &path.organization, &path.team, after, limit).await?;
    Ok(Json(page.map(view::team_member_view).into()))
}

/// Makes a user a member of a team, and of the organization.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/teams/{team}/members/{user}", tag = "teams", operation_id = "team_member_put",
    params(TeamMemberPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_member_put(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamMemberPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.team_member_add(&ctx, &path.organization, &path.team, &path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a user out of a team.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/teams/{team}/members/{user}", tag = "teams", operation_id = "team_member_delete",
    params(TeamMemberPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn team_member_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TeamMemberPath>,
) -> Result<StatusCode, ApiError> {
    app.identity.team_member_remove(&ctx, &path.organization, &path.team, &path.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
