//! Client bundles.

use api_model::{BundleCreate, BundleView, ErrorBody, ListView};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{AccountName, CertificateId};
use http::StatusCode;
use identity::BundleRequest;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Host, Json, Path, Zip};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(bundle_list, bundle_create)).routes(routes!(bundle_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct BundleOwnerPath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct BundlePath {
    /// The user's name.
    #[param(value_type = String)]
    pub(crate) user: AccountName,
    /// The certificate's id.
    #[param(value_type = String)]
    pub(crate) bundle: CertificateId,
}

/// Lists a user's client bundles.
#[utoipa::path(
    get, path = "/api/v1/users/{user}/bundles", tag = "credentials", operation_id = "bundle_list",
    params(BundleOwnerPath),
    responses(
        (status = 200, body = ListView<BundleView>),
    ),
)]
async fn bundle_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<BundleOwnerPath>,
) -> Result<Json<ListView<BundleView>>, ApiError> {
    let bundles = app.identity.bundle_list(&ctx, &path.user).await?;
    Ok(Json(ListView::whole(bundles.into_iter().map(view::bundle_view).collect())))
}

/// Makes a client bundle; the answer is the zip, this once.
#[utoipa::path(
    post, path = "/api/v1/users/{user}/bundles", tag = "credentials", operation_id = "bundle_create",
    params(BundleOwnerPath),
    request_body = BundleCreate,
    responses(
        (status = 201, body = Vec<u8>, content_type = "application/zip"),
    ),
)]
async fn bundle_create(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<BundleOwnerPath>,
    Host(host): Host,
    Json(input): Json<BundleCreate>,
) -> Result<Response, ApiError> {
    let request = BundleRequest { label: input.label, host };
    let bundle = app.identity.bundle_create(&ctx, &path.user, request).await?;
    Ok((StatusCode::CREATED, Zip(bundle)).into_response())
}

/// Revokes a client bundle.
#[utoipa::path(
    delete, path = "/api/v1/users/{user}/bundles/{bundle}", tag = "credentials", operation_id = "bundle_delete",
    params(BundlePath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "BUNDLE_NOT_FOUND"),
    ),
)]
async fn bundle_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<BundlePath>,
) -> Result<StatusCode, ApiError> {
    app.identity.bundle_revoke(&ctx, &path.user, path.bundle).await?;
    Ok(StatusCode::NO_CONTENT)
}
