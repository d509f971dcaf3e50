//! The resources of `/api/v1`, one file each.

mod access;
mod audit;
mod bundles;
mod collections;
mod events;
mod grants;
mod logs;
mod nodes;
mod organizations;
mod repositories;
mod roles;
mod services;
mod session;
mod sessions;
mod status;
mod tags;
mod teams;
mod tokens;
mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

/// Returns all routes of `/api/v1` with their description.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(crate::openapi::head())
        .merge(session::router())
        .merge(status::router())
        .merge(events::router())
        .merge(users::router())
        .merge(tokens::router())
        .merge(sessions::router())
        .merge(bundles::router())
        .merge(organizations::router())
        .merge(teams::router())
        .merge(roles::router())
        .merge(collections::router())
        .merge(grants::router())
        .merge(access::router())
        .merge(nodes::router())
        .merge(services::router())
        .merge(logs::router())
        .merge(repositories::router())
        .merge(tags::router())
        .merge(audit::router())
}
