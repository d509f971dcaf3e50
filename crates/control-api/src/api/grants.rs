//! Grants.

use access::Grant;
use api_model::{ErrorBody, GrantSubjectKind, GrantView, ListView};
use axum::extract::State;
use base::RoleId;
use http::StatusCode;
use identity::GrantFilter;
use opctx::OpContext;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Path, Query};
use crate::lookup::{collection_of, collection_path, grant_subject, grant_subject_by_text};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(grant_list)).routes(routes!(grant_put, grant_delete))
}

/// The path's parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct GrantPath {
    /// `user`, `team`, `organization` or `authenticated`.
    pub(crate) subject_kind: GrantSubjectKind,
    /// The subject's name or id; a team is `organization%2Fteam` or an id; `all` for everyone signed in.
    pub(crate) subject: String,
    /// The role's id.
    #[param(value_type = String)]
    pub(crate) role: RoleId,
    /// The collection's id, or its path with %2F.
    pub(crate) collection: String,
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GrantQuery {
    /// Only grants of this subject: an id, an account's name, or `organization/team`.
    #[serde(default)]
    pub(crate) subject: Option<String>,
    /// Only grants of this role.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub(crate) role: Option<RoleId>,
    /// Only grants on this collection: an id or a path.
    #[serde(default)]
    pub(crate) collection: Option<String>,
}

/// Lists the grants that the caller may know.
#[utoipa::path(
    get, path = "/api/v1/grants", tag = "access", operation_id = "grant_list",
    params(GrantQuery),
    responses(
        (status = 200, body = ListView<GrantView>),
    ),
)]
async fn grant_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<GrantQuery>,
) -> Result<Json<ListView<GrantView>>, ApiError> {
    let subject = match &query.subject {
        Some(text) => Some(grant_subject_by_text(&app, &ctx, text).await?),
        None => None,
    };
    let collection = query.collection.map(|text| collection_path(&ctx, &text)).transpose()?;
    let mut grants = app.identity.grant_list(&ctx, GrantFilter { subject, collection }).await?;
    grants.retain(|view| query.role.as_ref().is_none_or(|role| *role == view.grant.role));
    Ok(Json(ListView::whole(grants.into_iter().map(view::grant_view).collect())))
}

/// Grants a role to a subject on a collection.
#[utoipa::path(
    put, path = "/api/v1/grants/{subject_kind}/{subject}/{role}/{collection}", tag = "access", operation_id = "grant_put",
    params(GrantPath),
    responses(
        (status = 200, body = GrantView),
        (status = 404, body = ErrorBody, description = "ROLE_NOT_FOUND"),
    ),
)]
async fn grant_put(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<GrantPath>,
) -> Result<Json<GrantView>, ApiError> {
    let grant = grant_of(&app, &ctx, &path).await?;
    app.identity.grant_add(&ctx, grant.clone()).await?;
    let filter = GrantFilter { subject: Some(grant.subject), collection: None };
    let made = app.identity.grant_list(&ctx, filter).await?.into_iter().find(|view| view.grant == grant);
    let gone = || ApiError::not_found("GRANT_NOT_FOUND", "the grant was taken back at the same moment");
    Ok(Json(view::grant_view(made.ok_or_else(gone)?)))
}

/// Takes a grant back.
#[utoipa::path(
    delete, path = "/api/v1/grants/{subject_kind}/{subject}/{role}/{collection}", tag = "access", operation_id = "grant_delete",
    params(GrantPath),
    responses(
        (status = 204, description = "Done."),
        (status = 404, body = ErrorBody, description = "GRANT_NOT_FOUND"),
    ),
)]
async fn grant_delete(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Path(path): Path<GrantPath>,
) -> Result<StatusCode, ApiError> {
    let grant = grant_of(&app, &ctx, &path).await?;
    app.identity.grant_remove(&ctx, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn grant_of(app: &AppState, ctx: &OpContext, path: &GrantPath) -> Result<Grant, ApiError> {
    // Whether anything of it exists is told to administrators alone.
    ctx.require_admin("grant_change")?;
    Ok(Grant {
        subject: grant_subject(app, ctx, path.subject_kind, &path.subject).await?,
        role: path.role.clone(),
        collection: collection_of(ctx, &path.collection)?,
    })
}
