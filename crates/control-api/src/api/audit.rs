//! The audit trail.

use api_model::{AuditOutcome, AuditView, ListView};
use axum::extract::State;
use base::{AccountName, Timestamp};
use identity::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::extract::{Ctx, Json, Query, page_of};
use crate::view;

/// Returns the routes.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(audit_list))
}

/// The query's parts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Items on the page: 1 to 1,000, 50 unless given.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
    /// Where the page begins: `next_page_token` of the one before.
    #[serde(default)]
    pub(crate) page_token: Option<String>,
    /// Only what this account did: a name.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub(crate) actor: Option<AccountName>,
    /// Only this action, such as `Service Create`.
    #[serde(default)]
    pub(crate) action: Option<String>,
    /// Only what was done to this object, by its name.
    #[serde(default)]
    pub(crate) object: Option<String>,
    /// Only rows with this outcome.
    #[serde(default)]
    pub(crate) outcome: Option<AuditOutcome>,
    /// Only rows at or after this time (RFC 3339).
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) since: Option<Timestamp>,
    /// Only rows before this time (RFC 3339).
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
}

/// Lists the audit trail, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", operation_id = "audit_list",
    params(AuditQuery),
    responses(
        (status = 200, body = ListView<AuditView>),
    ),
)]
async fn audit_list(
    State(app): State<AppState>,
    Ctx(ctx): Ctx,
    Query(query): Query<AuditQuery>,
) -> Result<Json<ListView<AuditView>>, ApiError> {
    let (limit, after) = page_of(query.limit, query.page_token);
    let filter = AuditFilter {
        account: query.actor,
        outcome: query.outcome.map(view::audit_outcome),
        object_kind: None,
        object: query.object,
        operation: query.action,
        since: query.since,
        until: query.until,
    };
    let page = app.identity.audit_list(&ctx, filter, after, limit).await?;
    Ok(Json(page.map(view::audit_view).into()))
}
