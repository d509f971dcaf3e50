//! Why something is allowed, and who can do it.

use api_model::{ExplainRequest, ExplanationView, WhoCanView};
use axum::extract::State;
use base::NameError;
use identity::AccessQuestion;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Query};
use crate::lookup::{collection_path, operation_of, parameters_of};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(access_explain)).routes(routes!(access_who_can))
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhoCanQuery {
    /// The operation, such as `Service Create`.
    pub(crate) operation: String,
    /// The collection's path or id.
    pub(crate) collection: String,
}

/// Explains whether and why a user may do something.
#[utoipa::path(
    post, path = "/api/v1/access/explain", tag = "access", operation_id = "access_explain",
    request_body = ExplainRequest,
    responses(
        (status = 200, body = ExplanationView),
    ),
)]
async fn access_explain(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Json(input): Json<ExplainRequest>,
) -> Result<Json<ExplanationView>, ApiError> {
    let operation = operation_of(&input.operation)?;
    let question = AccessQuestion {
        user: input
            .user
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|error: NameError| ApiError::invalid(error.to_string()))?,
        operation,
        parameters: parameters_of(operation, &input.parameters)?,
        collection: collection_path(&ctx, &input.collection)?,
    };
    let answer = app.identity.access_explain(&ctx, &question)?;
    Ok(Json(view::explanation_view(answer, &question)))
}

/// Lists the grants by which someone can do something.
#[utoipa::path(
    get, path = "/api/v1/access/who-can", tag = "access", operation_id = "access_who_can",
    params(WhoCanQuery),
    responses(
        (status = 200, body = WhoCanView),
    ),
)]
async fn access_who_can(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<WhoCanQuery>,
) -> Result<Json<WhoCanView>, ApiError> {
    let operation = operation_of(&query.operation)?;
    let path = collection_path(&ctx, &query.collection)?;
    let answer = app.identity.access_who_can(&ctx, operation, &path)?;
    Ok(Json(view::who_can_view(answer, operation, path)))
}
