//! Repositories.

use api_model::{
    ErrorBody, ListView, RepositoryCreate, RepositorySort, RepositoryUpdate, RepositoryView, SortOrder, Visibility,
};
use axum::extract::State;
use base::{Order, RepositoryName, RepositoryNamespace};
use http::StatusCode;
use registry::{NewRepository, RepositoryFilter, RepositoryPatch};
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
    OpenApiRouter::new().routes(routes!(repository_list, repository_create)).routes(routes!(
        repository_view,
        repository_update,
        repository_delete
    ))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RepositoryPath {
    /// The whole name, slashes as %2F.
    #[param(value_type = String)]
    pub(crate) repository: RepositoryName,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RepositoryQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
    /// Only items whose name contains this.
    #[serde(default)]
    pub(crate) q: Option<String>,
    /// Only repositories of this namespace.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub(crate) namespace: Option<RepositoryNamespace>,
    /// By what the list is ordered; by name unless given.
    #[serde(default)]
    pub(crate) sort: RepositorySort,
    /// Which way it runs.
    #[serde(default)]
    pub(crate) order: SortOrder,
}

/// Lists the repositories that the caller may pull.
#[utoipa::path(
    get, path = "/api/v1/repositories", tag = "repositories", operation_id = "repository_list",
    params(RepositoryQuery),
    responses(
        (status = 200, body = ListView<RepositoryView>),
    ),
)]
async fn repository_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<RepositoryQuery>,
) -> Result<Json<ListView<RepositoryView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let order = Order { by: view::repository_key(query.sort), direction: view::direction(query.order) };
    let filter = RepositoryFilter { namespace: query.namespace, contains: query.q, order };
    let page = app.registry.repository_list(&ctx, filter, limit, after).await?;
    Ok(Json(page.map(|repository| view::repository_view(repository, &app.cluster.registry)).into()))
}

/// Creates a repository.
#[utoipa::path(
    post, path = "/api/v1/repositories", tag = "repositories", operation_id = "repository_create",
    params(IdempotencyKey),
    request_body = RepositoryCreate,
    responses(
        (status = 201, body = RepositoryView),
        (status = 409, body = ErrorBody, description = "REPOSITORY_EXISTS"),
    ),
)]
async fn repository_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    key: IdempotencyKey,
    Json(input): Json<RepositoryCreate>,
) -> Result<(StatusCode, Json<RepositoryView>), ApiError> {
    let ctx = ctx.with_operation(key.0);
    let new = NewRepository {
        name: input.name,
        visibility: view::visibility(input.visibility.unwrap_or(Visibility::Private)),
        description: input.description,
        long_description: String::new(),
    };
    let repository = app.registry.repository_create(&ctx, new).await?;
    Ok((StatusCode::CREATED, Json(view::repository_view(repository, &app.cluster.registry))))
}

/// Shows a repository.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}", tag = "repositories", operation_id = "repository_view",
    params(RepositoryPath),
    responses(
        (status = 200, body = RepositoryView),
        (status = 404, body = ErrorBody, description = "NAME_UNKNOWN"),
    ),
)]
async fn repository_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RepositoryPath>,
) -> Result<Json<RepositoryView>, ApiError> {
    let repository = app.registry.repository_view(&ctx, &path.repository).await?;
    Ok(Json(view::repository_view(repository, &app.cluster.registry)))
}

/// Changes a repository.
#[utoipa::path(
    patch, path = "/api/v1/repositories/{repository}", tag = "repositories", operation_id = "repository_update",
    params(RepositoryPath),
    request_body = RepositoryUpdate,
    responses(
        (status = 200, body = RepositoryView),
        (status = 404, body = ErrorBody, description = "NAME_UNKNOWN"),
    ),
)]
async fn repository_update(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RepositoryPath>,
    Json(input): Json<RepositoryUpdate>,
) -> Result<Json<RepositoryView>, ApiError> {
    let visibility = input.visibility.map(view::visibility);
    let patch = RepositoryPatch { visibility, description: input.description, long_description: None };
    let repository = app.registry.repository_update(&ctx, &path.repository, patch).await?;
    Ok(Json(view::repository_view(repository, &app.cluster.registry)))
}

/// Deletes a repository with its tags; the space is not given back yet.
#[utoipa::path(
    delete, path = "/api/v1/repositories/{repository}", tag = "repositories", operation_id = "repository_delete",
    params(RepositoryPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "NAME_UNKNOWN"),
    ),
)]
async fn repository_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<RepositoryPath>,
) -> Result<StatusCode, ApiError> {
    app.registry.repository_delete(&ctx, &path.repository).await?;
    Ok(StatusCode::NO_CONTENT)
}
