//! Tags, and the teams' rights in a repository.

use api_model::{ErrorBody, ListView, RightPut, RightView, TagView};
use axum::extract::State;
use base::{Page, PageLimit, PageToken, RepositoryName, TeamName};
use http::StatusCode;
use oci::Tag;
use opctx::OpContext;
use registry::{Registry, TagRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Path, Query, page_of};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tag_list))
        .routes(routes!(tag_delete))
        .routes(routes!(right_list))
        .routes(routes!(right_put, right_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TagOwnerPath {
    /// The whole name, slashes as %2F.
    #[param(value_type = String)]
    pub(crate) repository: RepositoryName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TagPath {
    /// The whole name, slashes as %2F.
    #[param(value_type = String)]
    pub(crate) repository: RepositoryName,
    /// The tag's name.
    #[param(value_type = String)]
    pub(crate) tag: Tag,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RightPath {
    /// The whole name, slashes as %2F.
    #[param(value_type = String)]
    pub(crate) repository: RepositoryName,
    /// The team's name, in the organization that owns the namespace.
    #[param(value_type = String)]
    pub(crate) team: TeamName,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TagQuery {
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

/// Lists the tags of a repository.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/tags", tag = "repositories", operation_id = "tag_list",
    params(TagOwnerPath, TagQuery),
    responses(
        (status = 200, body = ListView<TagView>),
        (status = 404, body = ErrorBody, description = "NAME_UNKNOWN"),
    ),
)]
async fn tag_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TagOwnerPath>,
    Query(query): Query<TagQuery>,
) -> Result<Json<ListView<TagView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let page = match query.q {
        None => app.registry.tag_list(&ctx, &path.repository, limit, after).await?,
        Some(text) => tags_with(&app.registry, &ctx, &path.repository, limit, after, &text).await?,
    };
    Ok(Json(page.map(view::tag_view).into()))
}

/// Deletes a tag; the space is not given back yet.
#[utoipa::path(
    delete, path = "/api/v1/repositories/{repository}/tags/{tag}", tag = "repositories", operation_id = "tag_delete",
    params(TagPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TAG_UNKNOWN"),
    ),
)]
async fn tag_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TagPath>,
) -> Result<StatusCode, ApiError> {
    app.registry.tag_delete(&ctx, &path.repository, &path.tag).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the rights of teams in a repository.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/rights", tag = "repositories", operation_id = "right_list",
    params(TagOwnerPath),
    responses(
        (status = 200, body = ListView<RightView>),
        (status = 404, body = ErrorBody, description = "NAME_UNKNOWN"),
    ),
)]
async fn right_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<TagOwnerPath>,
) -> Result<Json<ListView<RightView>>, ApiError> {
    let rights = app.registry.right_list(&ctx, &path.repository).await?;
    Ok(Json(ListView::whole(rights.into_iter().map(view::right_view).collect())))
}

/// Gives a team a right in a repository.
#[utoipa::path(
    put, path = "/api/v1/repositories/{repository}/rights/{team}", tag = "repositories", operation_id = "right_put",
    params(RightPath),
    request_body = RightPut,
    responses(
        (status = 200, body = RightView),
        (status = 404, body = ErrorBody, description = "TEAM_NOT_FOUND"),
    ),
)]
async fn right_put(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RightPath>,
    Json(input): Json<RightPut>,
) -> Result<Json<RightView>, ApiError> {
    let level = Some(view::level(input.level));
    app.registry.right_set(&ctx, &path.repository, &path.team, level).await?;
    Ok(Json(right_of(&app.registry, &ctx, &path).await?))
}

/// Takes a team's right back.
#[utoipa::path(
    delete, path = "/api/v1/repositories/{repository}/rights/{team}", tag = "repositories", operation_id = "right_delete",
    params(RightPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "RIGHT_NOT_FOUND"),
    ),
)]
async fn right_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RightPath>,
) -> Result<StatusCode, ApiError> {
    right_of(&app.registry, &ctx, &path).await?;
    app.registry.right_set(&ctx, &path.repository, &path.team, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds a team's right in the repository itself.
async fn right_of(registry: &Registry, ctx: &OpContext, path: &RightPath) -> Result<RightView, ApiError> {
    let rights = registry.right_list(ctx, &path.repository).await?;
    let found = rights.into_iter().find(|right| !right.is_namespace && right.team == path.team);
    let missing = || format!("the team `{}` has no right in `{}`", path.team, path.repository);
    found.map(view::right_view).ok_or_else(|| ApiError::not_found("RIGHT_NOT_FOUND", missing()))
}

/// Goes through the tags until a page of those that contain a text is full.
async fn tags_with(
    registry: &Registry,
    ctx: &OpContext,
    repository: &RepositoryName,
    limit: PageLimit,
    mut after: Option<PageToken>,
    text: &str,
) -> Result<Page<TagRow>, ApiError> {
    let mut found = Vec::new();
    loop {
        let page = registry.tag_list(ctx, repository, PageLimit::clamped(Some(PageLimit::MAX)), after).await?;
        found.extend(page.items.into_iter().filter(|tag| tag.name.as_str().contains(text)));
        after = page.next;
        if after.is_none() || found.len() > limit.get() {
            return Ok(Page::from_rows(found, limit, |tag| tag.name.to_string()));
        }
    }
}
