//! Accounts, members, credentials.

use api_model::{BundleView, MemberView, OrganizationView, SessionView, TeamMemberView, TeamView, TokenView, UserView};
use base::AccountName;
use identity::{AccessToken, AccountView, Bundle, Member, Session, Team, TeamMember};
use opctx::{OpContext, Via};

/// Shows a user.
pub(crate) fn user_view(user: AccountView) -> UserView {
    UserView {
        id: user.id,
        name: user.name,
        full_name: user.full_name,
        is_admin: user.is_admin,
        is_active: user.is_active,
        default_collection: user.default_collection,
        created_at: user.created,
    }
}

/// Shows an organization.
pub(crate) fn organization_view(account: AccountView, ctx: &OpContext, members: Option<u64>) -> OrganizationView {
    let owns = || {
        let snapshot = ctx.snapshot();
        ctx.account().and_then(|own| snapshot.account(own)).is_some_and(|own| own.owns(account.id))
    };
    OrganizationView {
        can_manage: ctx.is_admin() || owns(),
        id: account.id,
        name: account.name,
        full_name: account.full_name,
        member_count: members,
        created_at: account.created,
    }
}

/// Shows a member of an organization.
pub(crate) fn member_view(member: Member) -> MemberView {
    MemberView { user_id: member.account, user: member.name, full_name: member.full_name, is_admin: member.is_owner }
}

/// Shows a team.
pub(crate) fn team_view(team: Team, organization: &AccountName) -> TeamView {
    TeamView {
        id: team.id,
        organization: organization.clone(),
        name: team.name,
        description: team.description,
        member_count: team.members,
        created_at: team.created,
    }
}

/// Shows a member of a team.
pub(crate) fn team_member_view(member: TeamMember) -> TeamMemberView {
    TeamMemberView { user_id: member.account, user: member.name, full_name: member.full_name }
}

/// Shows an access token.
pub(crate) fn token_view(token: AccessToken) -> TokenView {
    TokenView {
        id: token.id,
        label: token.label,
        created_at: token.created,
        expires_at: token.expires,
        last_used_at: token.used,
    }
}

/// Shows a session; `current` is how the one who asks signed in.
pub(crate) fn session_view(session: Session, current: Option<Via>) -> SessionView {
    SessionView {
        id: session.id,
        is_current: current == Some(Via::Session(session.id)),
        address: session.address,
        agent: session.agent,
        used_at: session.used,
        created_at: session.created,
        expires_at: session.expires,
    }
}

/// Shows a client bundle.
pub(crate) fn bundle_view(bundle: Bundle) -> BundleView {
    BundleView {
        id: bundle.id,
        label: bundle.label,
        fingerprint: bundle.fingerprint.to_string(),
        created_at: bundle.created,
        expires_at: bundle.expires,
        last_used_at: bundle.used,
    }
}
