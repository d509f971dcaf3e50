//! Swarm services, their tasks and logs.

use api_model::{ErrorBody, ListView, ServiceScale, ServiceSort, ServiceState, ServiceView, SortOrder, TaskView};
use axum::extract::State;
use base::Order;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use workloads::ServiceFilter;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Path, Query, page_of};
use crate::lookup::collection_of;
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(service_list))
        .routes(routes!(service_view))
        .routes(routes!(task_list))
        .routes(routes!(service_scale))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ServicePath {
    /// The service's name or id.
    pub(crate) service: String,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServiceQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
    /// Only services whose name, image or stack contains this.
    #[serde(default)]
    pub(crate) q: Option<String>,
    /// Only services in or below this collection: a path or an id.
    #[serde(default)]
    pub(crate) collection: Option<String>,
    /// Only services in this state.
    #[serde(default)]
    pub(crate) state: Option<ServiceState>,
    /// By what the list is ordered; by name unless given.
    #[serde(default)]
    pub(crate) sort: ServiceSort,
    /// Which way it runs.
    #[serde(default)]
    pub(crate) order: SortOrder,
}

/// Lists the services that the caller may see.
#[utoipa::path(
    get, path = "/api/v1/services", tag = "services", operation_id = "service_list",
    params(ServiceQuery),
    responses(
        (status = 200, body = ListView<ServiceView>),
    ),
)]
async fn service_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<ServiceQuery>,
) -> Result<Json<ListView<ServiceView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let below = query.collection.map(|text| collection_of(&ctx, &text)).transpose()?;
    let order = Order { by: view::service_key(query.sort), direction: view::direction(query.order) };
    let filter = ServiceFilter { contains: query.q, below, state: query.state.map(view::service_state), order };
    let page = app.workloads.service_list(&ctx, &filter, limit, after.as_ref()).await?;
    let snapshot = ctx.snapshot();
    Ok(Json(page.map(|service| view::service_view(service, &snapshot)).into()))
}

/// Shows a service.
#[utoipa::path(
    get, path = "/api/v1/services/{service}", tag = "services", operation_id = "service_view",
    params(ServicePath),
    responses(
        (status = 200, body = ServiceView),
        (status = 404, body = ErrorBody, description = "SERVICE_NOT_FOUND"),
    ),
)]
async fn service_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<ServicePath>,
) -> Result<Json<ServiceView>, ApiError> {
    let service = app.workloads.service_view(&ctx, &path.service).await?;
    Ok(Json(view::service_view(service, &ctx.snapshot())))
}

/// Lists the tasks of a service, newest first within each slot.
#[utoipa::path(
    get, path = "/api/v1/services/{service}/tasks", tag = "services", operation_id = "task_list",
    params(ServicePath),
    responses(
        (status = 200, body = ListView<TaskView>),
        (status = 404, body = ErrorBody, description = "SERVICE_NOT_FOUND"),
    ),
)]
async fn task_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<ServicePath>,
) -> Result<Json<ListView<TaskView>>, ApiError> {
    let tasks = app.workloads.service_tasks(&ctx, &path.service).await?;
    Ok(Json(ListView::whole(tasks.into_iter().map(view::task_view).collect())))
}

/// Scales a service.
#[utoipa::path(
    post, path = "/api/v1/services/{service}/scale", tag = "services", operation_id = "service_scale",
    params(ServicePath),
    request_body = ServiceScale,
    responses(
        (status = 202, body = ServiceView),
        (status = 404, body = ErrorBody, description = "SERVICE_NOT_FOUND"),
        (status = 409, body = ErrorBody, description = "SERVICE_NOT_REPLICATED"),
    ),
)]
async fn service_scale(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<ServicePath>,
    Json(input): Json<ServiceScale>,
) -> Result<(StatusCode, Json<ServiceView>), ApiError> {
    let service = app.workloads.service_scale(&ctx, &path.service, input.replicas).await?;
    Ok((StatusCode::ACCEPTED, Json(view::service_view(service, &ctx.snapshot()))))
}
