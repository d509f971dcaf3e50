//! From domain types to the views of `api-model`.

mod access;
mod account;
mod audit;
mod node;
mod order;
mod repository;
mod service;
mod session;

pub(crate) use access::{
    collection_view, explanation_view, grant_view, operation_category_view, role_view, who_can_view,
};
pub(crate) use account::{
    bundle_view, member_view, organization_view, session_view, team_member_view, team_view, token_view, user_view,
};
pub(crate) use audit::{audit_outcome, audit_view};
pub(crate) use node::{agent_joined, node_token_view, node_view};
pub(crate) use order::{direction, repository_key, service_key};
pub(crate) use repository::{level, repository_view, right_view, tag_view, visibility};
pub(crate) use service::{log_line_view, service_state, service_view, task_view};
pub(crate) use session::{me_view, status_view};
