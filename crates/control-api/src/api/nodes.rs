//! Nodes, their join tokens, and the join of an agent.

use api_model::{
    AgentJoin, AgentJoined, ErrorBody, ListView, NodeTokenCreate, NodeTokenCreated, NodeTokenView, NodeView,
};
use axum::extract::State;
use fleet::{JoinRequest, NodeRole};
use http::StatusCode;
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
        .routes(routes!(node_list))
        .routes(routes!(node_view, node_delete))
        .routes(routes!(node_token_list, node_token_create))
        .routes(routes!(node_token_delete))
        .routes(routes!(agent_join))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct NodePath {
    /// The node's name or id.
    pub(crate) node: String,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct NodeTokenPath {
    /// The token's id.
    pub(crate) token: String,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NodeQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
}

/// Lists the nodes that the caller may know.
#[utoipa::path(
    get, path = "/api/v1/nodes", tag = "nodes", operation_id = "node_list",
    params(NodeQuery),
    responses(
        (status = 200, body = ListView<NodeView>),
    ),
)]
async fn node_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<NodeQuery>,
) -> Result<Json<ListView<NodeView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let page = app.fleet.node_list(&ctx, after.as_ref(), limit).await?;
    Ok(Json(page.map(view::node_view).into()))
}

/// Shows a node.
#[utoipa::path(
    get, path = "/api/v1/nodes/{node}", tag = "nodes", operation_id = "node_view",
    params(NodePath),
    responses(
        (status = 200, body = NodeView),
        (status = 404, body = ErrorBody, description = "NODE_NOT_FOUND"),
    ),
)]
async fn node_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<NodePath>,
) -> Result<Json<NodeView>, ApiError> {
    Ok(Json(view::node_view(app.fleet.node_view(&ctx, &path.node).await?)))
}

/// Removes a node: its certificate ends and its tunnels are cut.
#[utoipa::path(
    delete, path = "/api/v1/nodes/{node}", tag = "nodes", operation_id = "node_delete",
    params(NodePath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "NODE_NOT_FOUND"),
    ),
)]
async fn node_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<NodePath>,
) -> Result<StatusCode, ApiError> {
    app.fleet.node_remove(&ctx, &path.node).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the join tokens that can still be used.
#[utoipa::path(
    get, path = "/api/v1/node-tokens", tag = "nodes", operation_id = "node_token_list",
    responses(
        (status = 200, body = ListView<NodeTokenView>),
    ),
)]
async fn node_token_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
) -> Result<Json<ListView<NodeTokenView>>, ApiError> {
    let tokens = app.fleet.node_token_list(&ctx).await?;
    Ok(Json(ListView::whole(tokens.into_iter().map(view::node_token_view).collect())))
}

/// Makes a join token; its text is shown this once.
#[utoipa::path(
    post, path = "/api/v1/node-tokens", tag = "nodes", operation_id = "node_token_create",
    request_body = NodeTokenCreate,
    responses(
        (status = 201, body = NodeTokenCreated),
    ),
)]
async fn node_token_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Json(input): Json<NodeTokenCreate>,
) -> Result<(StatusCode, Json<NodeTokenCreated>), ApiError> {
    let created = app.fleet.node_token_create(&ctx, input.label, NodeRole::Worker, input.ttl_secs).await?;
    let secret = created.text.expose().to_owned();
    Ok((StatusCode::CREATED, Json(NodeTokenCreated { secret, token: view::node_token_view(created.token) })))
}

/// Revokes a join token.
#[utoipa::path(
    delete, path = "/api/v1/node-tokens/{token}", tag = "nodes", operation_id = "node_token_delete",
    params(NodeTokenPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "TOKEN_NOT_FOUND"),
    ),
)]
async fn node_token_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<NodeTokenPath>,
) -> Result<StatusCode, ApiError> {
    app.fleet.node_token_delete(&ctx, &path.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an agent its certificate for a join token.
#[utoipa::path(
    post, path = "/api/v1/agents/join", tag = "nodes", operation_id = "agent_join",
    request_body = AgentJoin,
    responses(
        (status = 201, body = AgentJoined),
        (status = 401, body = ErrorBody, description = "JOIN_TOKEN_REFUSED"),
    ),
)]
async fn agent_join(
    State(app): State<AppState>,
    Json(input): Json<AgentJoin>,
) -> Result<(StatusCode, Json<AgentJoined>), ApiError> {
    let request = JoinRequest { token: input.token, csr: input.csr, hostname: input.hostname };
    let joined = app.fleet.agent_join(request).await?;
    Ok((StatusCode::CREATED, Json(view::agent_joined(joined))))
}
