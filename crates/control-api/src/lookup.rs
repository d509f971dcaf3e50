//! Names in paths, queries and bodies: by id or by name, whichever it is.

use access::{GrantSubject, Operation, Parameter};
use api_model::GrantSubjectKind;
use base::{AccountId, AccountName, CollectionId, CollectionPath, TeamId};
use opctx::OpContext;
use state::control::AccountKind;

use crate::app::Deps;
use crate::error::ApiError;

/// Finds a collection by its path or id; one in and below which the caller has no right is not there.
pub(crate) fn collection_of(ctx: &OpContext, text: &str) -> Result<CollectionId, ApiError> {
    let missing = || ApiError::not_found("COLLECTION_NOT_FOUND", format!("no such collection: {text}"));
    let snapshot = ctx.snapshot();
    let found = match text.parse::<CollectionPath>() {
        Ok(path) => snapshot.policy.collection_by_path(&path),
        Err(_) => text.parse::<CollectionId>().ok().and_then(|id| snapshot.policy.collection(&id)),
    };
    let found = found.ok_or_else(missing)?;
    let subject = ctx.subject_in(&snapshot);
    let is_visible = snapshot.policy.collections().iter().any(|place| {
        snapshot.policy.ancestors(&place.id).any(|above| above.id == found.id)
            && !snapshot.policy.rights(&subject, &place.id).is_empty()
    });
    if is_visible { Ok(found.id.clone()) } else { Err(missing()) }
}

/// Returns a collection's path: as given, or of the id that the caller may know.
pub(crate) fn collection_path(ctx: &OpContext, text: &str) -> Result<CollectionPath, ApiError> {
    if let Ok(path) = text.parse() {
        return Ok(path);
    }
    let id = collection_of(ctx, text)?;
    let found = ctx.snapshot().policy.collection(&id).map(|found| found.path.clone());
    found.ok_or_else(|| ApiError::not_found("COLLECTION_NOT_FOUND", format!("no such collection: {text}")))
}

/// Reads an operation's name.
pub(crate) fn operation_of(name: &str) -> Result<Operation, ApiError> {
    Operation::from_name(name)
        .ok_or_else(|| ApiError::invalid(format!("`{name}` is no operation; `/api/v1/operations` lists them")))
}

/// Reads the names of an operation's parameters.
pub(crate) fn parameters_of(operation: Operation, names: &[String]) -> Result<Vec<Parameter>, ApiError> {
    let known = |name: &String| {
        let found = Parameter::from_name(name).filter(|parameter| operation.parameters().contains(parameter));
        found.ok_or_else(|| ApiError::invalid(format!("`{name}` is no parameter of `{operation}`")))
    };
    names.iter().map(known).collect()
}

/// Finds a grant's subject of a kind: by name, or by id.
pub(crate) async fn grant_subject(
    app: &Deps,
    ctx: &OpContext,
    kind: GrantSubjectKind,
    text: &str,
) -> Result<GrantSubject, ApiError> {
    match kind {
        GrantSubjectKind::Authenticated => Ok(GrantSubject::Authenticated),
        GrantSubjectKind::User => account(ctx, text, AccountKind::User).map(GrantSubject::User),
        GrantSubjectKind::Organization => account(ctx, text, AccountKind::Organization).map(GrantSubject::Organization),
        GrantSubjectKind::Team => team(app, ctx, text).await.map(GrantSubject::Team),
    }
}

/// Finds a grant's subject whose kind is not said: `organization/team`, or an account.
pub(crate) async fn grant_subject_by_text(app: &Deps, ctx: &OpContext, text: &str) -> Result<GrantSubject, ApiError> {
    if text == "authenticated" || text == "all" {
        return Ok(GrantSubject::Authenticated);
    }
    if text.contains('/') {
        return team(app, ctx, text).await.map(GrantSubject::Team);
    }
    let user = account(ctx, text, AccountKind::User).map(GrantSubject::User);
    let account = user.or_else(|_| account(ctx, text, AccountKind::Organization).map(GrantSubject::Organization));
    match account {
        Ok(subject) => Ok(subject),
        Err(error) => team(app, ctx, text).await.map(GrantSubject::Team).map_err(|_| error),
    }
}

/// Names go before ids, since a name may look like one.
fn account(ctx: &OpContext, text: &str, kind: AccountKind) -> Result<AccountId, ApiError> {
    let snapshot = ctx.snapshot();
    let named = text.parse::<AccountName>().ok().and_then(|name| snapshot.account_by_name(&name));
    let found = named.or_else(|| text.parse().ok().and_then(|id| snapshot.account(id)));
    let visible = found.filter(|found| found.kind == kind).filter(|found| is_known(ctx, found.id));
    let missing = || ApiError::not_found("ACCOUNT_NOT_FOUND", format!("no such account: {text}"));
    visible.map(|found| found.id).ok_or_else(missing)
}

/// Besides administrators, who names oneself or one's organization.
fn is_known(ctx: &OpContext, id: AccountId) -> bool {
    ctx.is_admin()
        || ctx.account() == Some(id)
        || ctx.account().and_then(|own| ctx.snapshot().account(own).cloned()).is_some_and(|own| own.is_member(id))
}

async fn team(app: &Deps, ctx: &OpContext, text: &str) -> Result<TeamId, ApiError> {
    let missing = || ApiError::not_found("TEAM_NOT_FOUND", format!("no such team: {text}"));
    if let Some((organization, team)) = text.split_once('/') {
        let (organization, team) = (organization.parse().map_err(|_| missing())?, team.parse().map_err(|_| missing())?);
        return Ok(app.identity.team_view(ctx, &organization, &team).await?.id);
    }
    let snapshot = ctx.snapshot();
    let found = text.parse().ok().and_then(|id| snapshot.accounts.team(id));
    found.filter(|team| is_known(ctx, team.organization)).map(|team| team.id).ok_or_else(missing)
}
