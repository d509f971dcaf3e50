//! Roles, collections, grants, explanations.

use access::{Category, Operation, Reason, Role};
use api_model::{
    CollectionView, ExplanationView, GrantSubjectKind, GrantSubjectView, GrantView, OperationCategoryView,
    OperationView, RoleView, WhoCanView,
};
use base::CollectionPath;
use identity::{AccessAnswer, AccessQuestion, WhoCan};

/// Shows a role.
pub(crate) fn role_view(role: &Role) -> RoleView {
    let operations = role.rights.to_wire().into_iter().map(|(category, operations)| {
        let operations = operations
            .into_iter()
            .map(|(operation, parameters)| (operation.to_owned(), parameters.into_iter().map(str::to_owned).collect()));
        (category.to_owned(), operations.collect())
    });
    RoleView { id: role.id.clone(), name: role.name.clone(), is_system: role.system, operations: operations.collect() }
}

/// Shows a category with its operations.
pub(crate) fn operation_category_view(category: Category) -> OperationCategoryView {
    let operations = category.operations().iter().map(|operation| OperationView {
        name: operation.name().to_owned(),
        parameters: operation.parameters().iter().map(|parameter| parameter.name().to_owned()).collect(),
    });
    OperationCategoryView { category: category.name().to_owned(), operations: operations.collect() }
}

/// Shows a collection.
pub(crate) fn collection_view(view: identity::CollectionView) -> CollectionView {
    CollectionView {
        id: view.collection.id,
        path: view.collection.path,
        parent: view.collection.parent,
        is_system: view.built_in,
        created_at: (!view.built_in).then_some(view.created),
    }
}

/// Shows a grant.
pub(crate) fn grant_view(view: identity::GrantView) -> GrantView {
    let (kind, id) = match view.grant.subject {
        access::GrantSubject::User(id) => (GrantSubjectKind::User, id.to_string()),
        access::GrantSubject::Team(id) => (GrantSubjectKind::Team, id.to_string()),
        access::GrantSubject::Organization(id) => (GrantSubjectKind::Organization, id.to_string()),
        access::GrantSubject::Authenticated => (GrantSubjectKind::Authenticated, "all".to_owned()),
    };
    GrantView {
        subject: GrantSubjectView { kind, id, name: view.subject },
        role: view.grant.role,
        role_name: view.role,
        collection: view.grant.collection,
        collection_path: view.path,
        created_at: view.created,
    }
}

/// Shows why somebody may do something or may not.
pub(crate) fn explanation_view(answer: AccessAnswer, question: &AccessQuestion) -> ExplanationView {
    let explanation = &answer.explanation;
    let missing_parameters = match explanation.reason {
        Reason::MissingParameters(missing) => missing.iter().map(|parameter| parameter.name().to_owned()).collect(),
        _ => Vec::new(),
    };
    ExplanationView {
        is_allowed: explanation.decision.is_allowed(),
        reason: reason(&answer, question),
        by_admin: explanation.reason == Reason::Administrator,
        operation: question.operation.name().to_owned(),
        collection_path: question.collection.clone(),
        missing_parameters,
        is_operation_missing: explanation.reason == Reason::MissingOperation,
        user: answer.user.to_string(),
        is_active: answer.is_active,
        nearby: explanation.nearby.clone(),
        grants: answer.grants.into_iter().map(grant_view).collect(),
    }
}

fn reason(answer: &AccessAnswer, question: &AccessQuestion) -> String {
    let (user, operation, path) = (&answer.user, question.operation, &question.collection);
    if !answer.is_active {
        return format!("`{user}` is not active and may do nothing");
    }
    match answer.explanation.reason {
        Reason::Administrator => format!("`{user}` is an administrator and needs no grant"),
        Reason::Granted => format!("`{user}` may do `{operation}` on `{path}` by the grants listed"),
        Reason::Anonymous => format!("`{user}` is not signed in"),
        Reason::UnknownCollection => format!("there is no collection `{path}`"),
        Reason::MissingOperation => format!("no grant gives `{user}` the operation `{operation}` on `{path}`"),
        Reason::MissingParameters(missing) => {
            let names: Vec<_> = missing.iter().map(|parameter| parameter.name()).collect();
            format!("no grant gives `{user}` `{operation}` with {} on `{path}`", names.join(", "))
        }
    }
}

/// Shows who can do something.
pub(crate) fn who_can_view(answer: WhoCan, operation: Operation, path: CollectionPath) -> WhoCanView {
    WhoCanView {
        operation: operation.name().to_owned(),
        collection_path: path,
        grants: answer.grants.into_iter().map(grant_view).collect(),
        administrators: answer.administrators.iter().map(ToString::to_string).collect(),
    }
}
