//! The description of `/api/v1`: what the routes say, with what holds for all of them.

use std::sync::OnceLock;

use api_model::{ErrorBody, EventView, LogLineView, RepositorySort, ServiceSort, SortOrder};
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ArrayItems, Components, Schema};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder};

/// What stands above the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdfast",
        description = "Accounts, access, nodes, services and repositories of a Holdfast cluster. \
            Lists take `limit` and `page_token` and answer `items` and `next_page_token`. \
            Times are RFC 3339 in UTC. Unknown fields in a request are refused; an answer may grow fields."
    ),
    components(schemas(ErrorBody, EventView, LogLineView, RepositorySort, ServiceSort, SortOrder)),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "status", description = "How the server does, and what changes."),
        (name = "users", description = "Users and passwords."),
        (name = "credentials", description = "Access tokens, sessions, client bundles."),
        (name = "organizations", description = "Organizations and their members."),
        (name = "teams", description = "Teams and their members."),
        (name = "access", description = "Roles, collections, grants, and why something is allowed."),
        (name = "nodes", description = "Nodes and join tokens."),
        (name = "services", description = "Swarm services."),
        (name = "repositories", description = "Repositories, tags, rights."),
        (name = "audit", description = "The audit trail."),
    )
)]
struct Head;

/// Operations that need no credentials.
const PUBLIC: [&str; 2] = ["session_create", "agent_join"];

/// Returns the document's head, without routes.
pub(crate) fn head() -> Document {
    Head::openapi()
}

/// Returns the whole document.
#[must_use]
pub fn openapi() -> Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| complete(crate::api::router().into_openapi())).clone()
}

/// Returns the whole document as it is committed.
#[must_use]
#[expect(clippy::expect_used, reason = "a document of strings and maps has a JSON form")]
pub fn openapi_json() -> String {
    let mut text = serde_json::to_string_pretty(&openapi()).expect("the document has a JSON form");
    text.push('\n');
    text
}

fn complete(mut document: Document) -> Document {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            describe_failures(operation);
            if operation.operation_id.as_deref().is_some_and(|id| PUBLIC.contains(&id)) {
                operation.security = Some(Vec::new());
            }
        }
    }
    let components = document.components.get_or_insert_default();
    refer_to_items(components);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).build();
    let cookie = ApiKeyValue::new(http_kit::SESSION_COOKIE);
    let schemes = [
        ("bearer", SecurityScheme::Http(bearer)),
        ("basic", SecurityScheme::Http(basic)),
        ("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        ("certificate", SecurityScheme::MutualTls { description: None, deprecated: None, extensions: None }),
    ];
    for (name, scheme) in schemes {
        components.add_security_scheme(name, scheme);
    }
    let none: [&str; 0] = [];
    document.security =
        Some(["bearer", "basic", "cookie", "certificate"].map(|name| SecurityRequirement::new(name, none)).to_vec());
    document
}

/// Every operation can be refused; all refusals have one form.
fn describe_failures(operation: &mut Operation) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let response = ResponseBuilder::new().description("A refusal or failure.").content("application/json", body);
    operation.responses.responses.insert("default".to_owned(), RefOr::T(response.build()));
}

/// A generic envelope repeats its item's schema; a reference says the same in a line and gives clients one type.
fn refer_to_items(components: &mut Components) {
    for (name, schema) in &mut components.schemas {
        let Some(item) = name.strip_prefix("ListView_") else { continue };
        let RefOr::T(Schema::Object(envelope)) = schema else { continue };
        if let Some(RefOr::T(Schema::Array(items))) = envelope.properties.get_mut("items") {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
        }
    }
}
