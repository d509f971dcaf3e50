//! Who the caller is, and how the server does.

use access::Operation;
use api_model::{ClusterView, MeView, MembershipView, Permissions, StatusView, StoreStatusView};
use base::{CollectionPath, PageLimit};
use opctx::{OpContext, Snapshot};
use state::control::settings::names;

use crate::app::{Cluster, Deps};
use crate::error::ApiError;
use crate::rights::holds;

/// Shows the caller.
pub(crate) async fn me_view(app: &Deps, ctx: &OpContext) -> Result<MeView, ApiError> {
    let caller = ctx.require_signed_in()?;
    let account = app.identity.account_view(ctx, &caller.name).await?;
    let organizations = memberships(ctx, &ctx.snapshot());
    Ok(MeView {
        id: account.id,
        name: account.name,
        full_name: account.full_name,
        is_admin: account.is_admin,
        via: caller.via.as_str().to_owned(),
        permissions: permissions(ctx, !organizations.is_empty()),
        organizations,
        default_collection: account.default_collection.unwrap_or_else(CollectionPath::root),
        cluster: cluster_view(&app.cluster),
    })
}

fn memberships(ctx: &OpContext, snapshot: &Snapshot) -> Vec<MembershipView> {
    let Some(own) = ctx.account().and_then(|own| snapshot.account(own)) else { return Vec::new() };
    let teams = || own.teams.iter().filter_map(|team| snapshot.accounts.team(*team));
    let view = |membership: &opctx::OrganizationMembership| {
        let organization = snapshot.account(membership.organization)?.name.clone();
        let teams = teams().filter(|team| team.organization == membership.organization);
        let teams = teams.map(|team| team.name.to_string()).collect();
        Some(MembershipView { organization, is_admin: membership.is_owner, teams })
    };
    own.organizations.iter().filter_map(view).collect()
}

/// What pages and actions to offer at all; each call decides for itself.
fn permissions(ctx: &OpContext, is_member: bool) -> Permissions {
    let is_admin = ctx.is_admin();
    Permissions {
        services_view: holds(ctx, Operation::ServiceView),
        services_create: holds(ctx, Operation::ServiceCreate),
        nodes_view: holds(ctx, Operation::NodeView),
        nodes_manage: is_admin,
        repositories_create: true,
        accounts_view: is_admin || is_member,
        accounts_manage: is_admin,
        access_view: true,
        access_manage: is_admin,
        audit_view: is_admin,
    }
}

fn cluster_view(cluster: &Cluster) -> ClusterView {
    ClusterView {
        id: cluster.id,
        name: cluster.name.clone(),
        registry: cluster.registry.clone(),
        version: cluster.version.clone(),
    }
}

/// Shows how the server does; nodes are counted as the caller sees them.
pub(crate) async fn status_view(app: &Deps, ctx: &OpContext) -> Result<StatusView, ApiError> {
    let stores =
        vec![store_view("control", &app.store.status()), store_view("registry", &app.registry.store().status())];
    let (mut connected, mut total, mut after) = (0, 0, None);
    loop {
        let page = app.fleet.node_list(ctx, after.as_ref(), PageLimit::clamped(Some(PageLimit::MAX))).await?;
        total += page.items.len() as u64;
        connected += page.items.iter().filter(|node| node.is_connected).count() as u64;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut notices = Vec::new();
    if ctx.is_admin() && app.fleet.manager_engine().is_err() {
        notices.push("no engine is connected: services cannot be shown or changed".to_owned());
    }
    let everywhere = app.identity.setting_view(ctx, names::SCHEDULE_ON_ALL_NODES).await?;
    Ok(StatusView {
        cluster: cluster_view(&app.cluster),
        is_ready: stores.iter().all(|store| store.is_ready),
        stores,
        nodes_connected: connected,
        nodes_total: total,
        schedule_on_all_nodes: everywhere.is_some_and(|value| value == true),
        notices,
    })
}

fn store_view(name: &str, status: &store::Status) -> StoreStatusView {
    StoreStatusView {
        name: name.to_owned(),
        member: status.member.0,
        leader: status.leader.map(|leader| leader.0),
        is_ready: status.ready,
        applied: status.applied,
    }
}
