//! Columns for people.

use api_model::{
    AuditOutcome, AuditView, BundleView, CollectionView, GrantView, MeView, MemberView, NodeState, NodeTokenView,
    NodeView, OperationCategoryView, OrganizationView, RepositoryView, RightView, RightsLevel, RoleView, ServiceMode,
    ServiceState, ServiceView, SessionView, TagView, TaskView, TeamMemberView, TeamView, TokenView, UserView,
    Visibility,
};
use base::Timestamp;
use comfy_table::{ContentArrangement, Table, presets};

/// Something that has columns.
pub(crate) trait Row {
    /// The columns' names.
    const COLUMNS: &'static [&'static str];

    /// The columns' contents.
    fn cells(&self) -> Vec<String>;
}

/// Renders a list.
pub(crate) fn rows<T: Row>(items: &[T]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(T::COLUMNS.iter().copied());
    for item in items {
        table.add_row(item.cells().into_iter().map(|cell| printable(&cell)));
    }
    trimmed(&table)
}

/// Renders one thing, a line for each column.
pub(crate) fn details<T: Row>(item: &T) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for (name, cell) in T::COLUMNS.iter().zip(item.cells()) {
        table.add_row([format!("{name}:"), printable(&cell)]);
    }
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end().trim_start_matches(' '));
        text.push('\n');
    }
    text
}

/// What others typed must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn time(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..16).map_or_else(|| text.clone(), |minutes| minutes.replace('T', " "))
}

fn maybe(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

fn yes(flag: bool) -> String {
    if flag { "yes" } else { "-" }.to_owned()
}

/// `12.3MiB`.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes}B");
    }
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < units.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{}{}", tenths / 10, tenths % 10, units.get(unit).copied().unwrap_or_default())
}

/// The beginning of a digest, as docker shows ids.
fn short(digest: &str) -> String {
    digest.split_once(':').map_or(digest, |(_, hex)| hex).chars().take(12).collect()
}

macro_rules! columns {
    ($view:ty: $item:ident => { $($column:literal: $cell:expr),+ $(,)? }) => {
        impl Row for $view {
            const COLUMNS: &'static [&'static str] = &[$($column),+];

            fn cells(&self) -> Vec<String> {
                let $item = self;
                vec![$($cell),+]
            }
        }
    };
}

columns!(UserView: user => {
    "NAME": user.name.to_string(), "FULL NAME": user.full_name.clone(), "ADMIN": yes(user.is_admin),
    "ACTIVE": yes(user.is_active), "CREATED": time(user.created_at),
});
columns!(MeView: me => {
    "NAME": me.name.to_string(), "FULL NAME": me.full_name.clone(), "ADMIN": yes(me.is_admin),
    "SIGNED IN BY": me.via.clone(), "DEFAULT COLLECTION": me.default_collection.to_string(),
    "ORGANIZATIONS": me.organizations.iter().map(|m| {
        if m.teams.is_empty() { m.organization.to_string() } else { format!("{} ({})", m.organization, m.teams.join(", ")) }
    }).collect::<Vec<_>>().join("; "),
    "REGISTRY": me.cluster.registry.clone(),
});
columns!(OrganizationView: organization => {
    "NAME": organization.name.to_string(), "FULL NAME": organization.full_name.clone(),
    "CREATED": time(organization.created_at),
});
columns!(MemberView: member => {
    "USER": member.user.to_string(), "FULL NAME": member.full_name.clone(), "ADMIN": yes(member.is_admin),
});
columns!(TeamView: team => {
    "ORGANIZATION": team.organization.to_string(), "TEAM": team.name.to_string(),
    "MEMBERS": team.member_count.to_string(), "DESCRIPTION": team.description.clone(),
});
columns!(TeamMemberView: member => { "USER": member.user.to_string(), "FULL NAME": member.full_name.clone() });
columns!(RoleView: role => {
    "ID": role.id.to_string(), "NAME": role.name.clone(), "BUILT IN": yes(role.is_system),
    "OPERATIONS": role.operations.values().map(std::collections::BTreeMap::len).sum::<usize>().to_string(),
});
columns!(OperationCategoryView: category => {
    "CATEGORY": category.category.clone(),
    "OPERATIONS": category.operations.iter().map(|o| o.name.as_str()).collect::<Vec<_>>().join(", "),
});
columns!(CollectionView: collection => {
    "PATH": collection.path.to_string(), "ID": collection.id.to_string(), "BUILT IN": yes(collection.is_system),
});
columns!(GrantView: grant => {
    "SUBJECT": format!("{} {}", grant.subject.kind.as_str(), grant.subject.name), "ROLE": grant.role_name.clone(),
    "ROLE ID": grant.role.to_string(), "COLLECTION": grant.collection_path.to_string(),
});
columns!(TokenView: token => {
    "ID": token.id.to_string(), "LABEL": token.label.clone(),
    "CREATED": time(token.created_at), "EXPIRES": token.expires_at.map_or_else(|| "never".to_owned(), time),
    "LAST USED": token.last_used_at.map_or_else(|| "-".to_owned(), time),
});
columns!(SessionView: session => {
    "ID": session.id.to_string(), "FROM": session.address.clone(), "BEGAN": time(session.created_at),
    "ENDS": time(session.expires_at), "THIS": yes(session.is_current),
});
columns!(BundleView: bundle => {
    "ID": bundle.id.to_string(), "LABEL": bundle.label.clone(), "FINGERPRINT": short(&bundle.fingerprint),
    "CREATED": time(bundle.created_at), "EXPIRES": time(bundle.expires_at),
});
columns!(NodeView: node => {
    "NAME": node.name.clone(),
    "STATE": match node.state { NodeState::Connected => "connected", NodeState::Disconnected => "disconnected" }.to_owned(),
    "ROLE": node.role.clone(), "IN SWARM": maybe(node.swarm_role.as_deref()),
    "ENGINE": maybe(node.engine_version.as_deref()),
    "COLLECTION": node.collection_path.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
    "ID": node.id.to_string(),
});
columns!(NodeTokenView: token => {
    "ID": token.id.to_string(), "LABEL": token.label.clone(), "CREATED": time(token.created_at),
    "EXPIRES": time(token.expires_at),
});
columns!(ServiceView: service => {
    "NAME": service.name.clone(),
    "MODE": match service.mode {
        ServiceMode::Replicated => "replicated", ServiceMode::Global => "global",
        ServiceMode::ReplicatedJob => "replicated job", ServiceMode::GlobalJob => "global job",
    }.to_owned(),
    "REPLICAS": format!("{}/{}", service.replicas.running, service.replicas.desired),
    "STATE": match service.state {
        ServiceState::Running => "running", ServiceState::Updating => "updating",
        ServiceState::Degraded => "degraded", ServiceState::Stopped => "stopped",
    }.to_owned(),
    "IMAGE": service.image.clone(), "COLLECTION": service.collection_path.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
    "OWNER": maybe(service.owner.as_deref()),
    "PORTS": service.ports.iter().map(|p| format!("{}->{}/{}", p.published, p.target, p.protocol)).collect::<Vec<_>>().join(","),
    "MESSAGE": maybe(service.message.as_deref()),
});
columns!(TaskView: task => {
    "NAME": task.name.clone(), "NODE": maybe(task.node.as_deref()), "STATE": task.state.clone(),
    "WANTED": task.desired_state.clone(), "SINCE": time(task.updated_at), "ERROR": maybe(task.error.as_deref()),
});
columns!(RepositoryView: repository => {
    "NAME": repository.name.to_string(),
    "VISIBILITY": match repository.visibility { Visibility::Public => "public", Visibility::Private => "private" }.to_owned(),
    "TAGS": repository.tag_count.to_string(), "UPDATED": time(repository.updated_at),
    "PULL FROM": repository.reference.clone(), "DESCRIPTION": repository.description.clone(),
});
columns!(TagView: tag => {
    "TAG": tag.name.clone(), "DIGEST": short(&tag.digest), "SIZE": size(tag.size_bytes),
    "PLATFORMS": tag.platforms.iter().map(|p| format!("{}/{}", p.os, p.architecture)).collect::<Vec<_>>().join(","),
    "PUSHED": time(tag.pushed_at), "BY": maybe(tag.pushed_by.as_deref()),
});
columns!(RightView: right => {
    "TEAM": format!("{}/{}", right.organization, right.team),
    "LEVEL": match right.level {
        RightsLevel::Read => "read", RightsLevel::Write => "write", RightsLevel::Admin => "admin",
    }.to_owned(),
    "OF": if right.is_namespace { "namespace" } else { "repository" }.to_owned(),
});
columns!(AuditView: row => {
    "TIME": row.at.to_string().get(..19).unwrap_or_default().replace('T', " "), "WHO": row.actor.name.clone(),
    "FROM": row.address.clone(), "VIA": row.surface.clone(), "ACTION": row.action.clone(),
    "ON": row.object.as_ref().map_or_else(|| "-".to_owned(), |object| {
        format!("{} {}", object.kind, object.name.as_deref().or(object.id.as_deref()).unwrap_or_default())
    }),
    "OUTCOME": match row.outcome {
        AuditOutcome::Allowed => "allowed", AuditOutcome::Refused => "refused", AuditOutcome::Failed => "failed",
    }.to_owned(),
    "WHY": maybe(row.reason.as_deref()),
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_binary() {
        assert_eq!(size(1023), "1023B");
        assert_eq!(size(1536), "1.5KiB");
        assert_eq!(size(5 * 1024 * 1024 * 1024), "5.0GiB");
    }

    #[test]
    fn a_list_of_users_is_a_table() {
        let user = |name: &str, full: &str| UserView {
            id: base::AccountId::random(),
            name: name.parse().unwrap(),
            full_name: full.into(),
            is_admin: name == "anna",
            is_active: true,
            default_collection: None,
            created_at: Timestamp::from_millis(1_763_000_000_123),
        };
        insta::assert_snapshot!(rows(&[user("anna", "Anna Example"), user("bob", "Bob\u{1b}[31m")]));
        insta::assert_snapshot!(details(&user("anna", "Anna Example")));
        insta::assert_snapshot!(rows::<UserView>(&[]));
    }
}
