//! Collections.

use api_model::{CollectionCreate, CollectionView, ErrorBody, ListView};
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, IdempotencyKey, Json, Path};
use crate::lookup::collection_path;
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(collection_list, collection_create))
        .routes(routes!(collection_view, collection_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CollectionPathParts {
    /// The collection's id, or its path with %2F.
    pub(crate) collection: String,
}

/// Lists the collections that the caller may know, parents first.
#[utoipa::path(
    get, path = "/api/v1/collections", tag = "access", operation_id = "collection_list",
    responses(
        (status = 200, body = ListView<CollectionView>),
    ),
)]
async fn collection_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
) -> Result<Json<ListView<CollectionView>>, ApiError> {
    let collections = app.identity.collection_list(&ctx).await?;
    Ok(Json(ListView::whole(collections.into_iter().map(view::collection_view).collect())))
}

/// Creates a collection under one that exists.
#[utoipa::path(
    post, path = "/api/v1/collections", tag = "access", operation_id = "collection_create",
    params(IdempotencyKey),
    request_body = CollectionCreate,
    responses(
        (status = 201, body = CollectionView),
        (status = 404, body = ErrorBody, description = "COLLECTION_NOT_FOUND"),
        (status = 409, body = ErrorBody, description = "COLLECTION_EXISTS"),
    ),
)]
async fn collection_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    key: IdempotencyKey,
    Json(input): Json<CollectionCreate>,
) -> Result<(StatusCode, Json<CollectionView>), ApiError> {
    let collection = app.identity.collection_create(&ctx.with_operation(key.0), &input.path).await?;
    Ok((StatusCode::CREATED, Json(view::collection_view(collection))))
}

/// Shows a collection.
#[utoipa::path(
    get, path = "/api/v1/collections/{collection}", tag = "access", operation_id = "collection_view",
    params(CollectionPathParts),
    responses(
        (status = 200, body = CollectionView),
        (status = 404, body = ErrorBody, description = "COLLECTION_NOT_FOUND"),
    ),
)]
async fn collection_view(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<CollectionPathParts>,
) -> Result<Json<CollectionView>, ApiError> {
    let path = collection_path(&ctx, &path.collection)?;
    Ok(Json(view::collection_view(app.identity.collection_view(&ctx, &path).await?)))
}

/// Deletes a collection that is empty.
#[utoipa::path(
    delete, path = "/api/v1/collections/{collection}", tag = "access", operation_id = "collection_delete",
    params(CollectionPathParts),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "COLLECTION_NOT_FOUND"),
        (status = 409, body = ErrorBody, description = "COLLECTION_NOT_EMPTY"),
    ),
)]
async fn collection_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<CollectionPathParts>,
) -> Result<StatusCode, ApiError> {
    let path = collection_path(&ctx, &path.collection)?;
    app.identity.collection_delete(&ctx, &path).await?;
    Ok(StatusCode::NO_CONTENT)
}
