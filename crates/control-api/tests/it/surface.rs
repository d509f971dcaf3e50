//! Every operation × who asks → status. An operation that is not in the table fails the test.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

/// Operation, method, path, body; then what is answered to nobody, to a user without any grant, to a member of the
/// team `acme/ops` (View Only on `/prod`, may read `acme/web`), and to an administrator, who asks last.
type Case = (&'static str, &'static str, &'static str, Option<Value>, [u16; 4]);

fn cases() -> Vec<Case> {
    let rights = json!({"Service": {"Service View": []}});
    vec![
        ("me_view", "GET", "/me", None, [401, 200, 200, 200]),
        ("status_view", "GET", "/status", None, [401, 200, 200, 200]),
        ("event_stream", "GET", "/events", None, [401, 200, 200, 200]),
        ("session_create", "POST", "/session", Some(json!({"username": "x", "password": "y"})), [401, 401, 401, 401]),
        (
            "agent_join",
            "POST",
            "/agents/join",
            Some(json!({"token": "x", "csr": "y", "hostname": "h"})),
            [400, 400, 400, 400],
        ),
        // Users.
        ("user_list", "GET", "/users", None, [401, 200, 200, 200]),
        ("user_create", "POST", "/users", Some(json!({"name": "carl", "password": PASSWORD})), [401, 403, 403, 201]),
        ("user_view", "GET", "/users/mira", None, [401, 404, 200, 200]),
        ("user_update", "PATCH", "/users/mira", Some(json!({"full_name": "Mira"})), [401, 404, 200, 200]),
        ("user_update", "PATCH", "/users/mira", Some(json!({"is_admin": true})), [401, 404, 403, 200]),
        ("user_update", "PATCH", "/users/mira", Some(json!({"is_admin": false})), [401, 404, 200, 200]),
        (
            "password_change",
            "PUT",
            "/users/victim/password",
            Some(json!({"new_password": PASSWORD})),
            [401, 404, 404, 204],
        ),
        ("token_list", "GET", "/users/victim/tokens", None, [401, 404, 404, 200]),
        ("token_create", "POST", "/users/victim/tokens", Some(json!({"label": "x"})), [401, 404, 404, 201]),
        ("token_delete", "DELETE", "/users/victim/tokens/{uuid}", None, [401, 404, 404, 404]),
        ("session_list", "GET", "/users/victim/sessions", None, [401, 404, 404, 200]),
        ("session_revoke", "DELETE", "/users/victim/sessions/{uuid}", None, [401, 404, 404, 404]),
        ("bundle_list", "GET", "/users/victim/bundles", None, [401, 404, 404, 200]),
        ("bundle_create", "POST", "/users/victim/bundles", Some(json!({})), [401, 404, 404, 201]),
        ("bundle_delete", "DELETE", "/users/victim/bundles/{uuid}", None, [401, 404, 404, 404]),
        // Organizations and teams.
        ("organization_list", "GET", "/organizations", None, [401, 200, 200, 200]),
        ("organization_create", "POST", "/organizations", Some(json!({"name": "orga"})), [401, 403, 403, 201]),
        ("organization_view", "GET", "/organizations/acme", None, [401, 404, 200, 200]),
        (
            "organization_update",
            "PATCH",
            "/organizations/acme",
            Some(json!({"full_name": "Acme"})),
            [401, 404, 403, 200],
        ),
        ("member_list", "GET", "/organizations/acme/members", None, [401, 404, 200, 200]),
        ("member_put", "PUT", "/organizations/acme/members/victim", Some(json!({})), [401, 404, 403, 204]),
        ("member_delete", "DELETE", "/organizations/acme/members/victim", None, [401, 404, 403, 204]),
        ("team_list", "GET", "/organizations/acme/teams", None, [401, 404, 200, 200]),
        ("team_create", "POST", "/organizations/acme/teams", Some(json!({"name": "devs"})), [401, 404, 403, 201]),
        ("team_view", "GET", "/organizations/acme/teams/ops", None, [401, 404, 200, 200]),
        (
            "team_update",
            "PATCH",
            "/organizations/acme/teams/ops",
            Some(json!({"description": "x"})),
            [401, 404, 403, 200],
        ),
        ("team_member_list", "GET", "/organizations/acme/teams/ops/members", None, [401, 404, 200, 200]),
        ("team_member_put", "PUT", "/organizations/acme/teams/ops/members/victim", None, [401, 404, 403, 204]),
        ("team_member_delete", "DELETE", "/organizations/acme/teams/ops/members/victim", None, [401, 404, 403, 204]),
        // Access.
        ("role_list", "GET", "/roles", None, [401, 200, 200, 200]),
        ("role_create", "POST", "/roles", Some(json!({"name": "Looker", "operations": rights})), [401, 403, 403, 201]),
        ("role_view", "GET", "/roles/viewonly", None, [401, 200, 200, 200]),
        ("role_delete", "DELETE", "/roles/nosuchrole", None, [401, 403, 403, 404]),
        ("role_delete", "DELETE", "/roles/viewonly", None, [401, 403, 403, 409]),
        ("operation_list", "GET", "/operations", None, [401, 200, 200, 200]),
        ("collection_list", "GET", "/collections", None, [401, 200, 200, 200]),
        ("collection_create", "POST", "/collections", Some(json!({"path": "/gone"})), [401, 403, 403, 201]),
        ("collection_view", "GET", "/collections/%2Fprod", None, [401, 404, 200, 200]),
        ("collection_delete", "DELETE", "/collections/%2Fgone", None, [401, 403, 403, 204]),
        ("grant_list", "GET", "/grants", None, [401, 200, 200, 200]),
        ("grant_put", "PUT", "/grants/user/mira/fullcontrol/%2Fprod", None, [401, 403, 403, 200]),
        ("grant_delete", "DELETE", "/grants/user/mira/fullcontrol/%2Fprod", None, [401, 403, 403, 204]),
        (
            "access_explain",
            "POST",
            "/access/explain",
            Some(json!({"operation": "Service View", "collection": "/prod"})),
            [401, 404, 200, 200],
        ),
        (
            "access_who_can",
            "GET",
            "/access/who-can?operation=Service%20View&collection=%2Fprod",
            None,
            [401, 403, 403, 200],
        ),
        // Nodes.
        ("node_list", "GET", "/nodes", None, [401, 200, 200, 200]),
        ("node_view", "GET", "/nodes/nosuchnode", None, [401, 404, 404, 404]),
        ("node_delete", "DELETE", "/nodes/nosuchnode", None, [401, 404, 404, 404]),
        ("node_token_list", "GET", "/node-tokens", None, [401, 403, 403, 200]),
        ("node_token_create", "POST", "/node-tokens", Some(json!({})), [401, 403, 403, 201]),
        ("node_token_delete", "DELETE", "/node-tokens/{uuid}", None, [401, 403, 403, 404]),
        // Services; no engine is connected here.
        ("service_list", "GET", "/services", None, [401, 503, 503, 503]),
        ("service_view", "GET", "/services/web", None, [401, 503, 503, 503]),
        ("task_list", "GET", "/services/web/tasks", None, [401, 503, 503, 503]),
        ("service_logs", "GET", "/services/web/logs", None, [401, 503, 503, 503]),
        ("service_scale", "POST", "/services/web/scale", Some(json!({"replicas": 2})), [401, 503, 503, 503]),
        // Registry.
        ("repository_list", "GET", "/repositories", None, [401, 200, 200, 200]),
        ("repository_create", "POST", "/repositories", Some(json!({"name": "acme/new"})), [401, 403, 403, 201]),
        ("repository_view", "GET", "/repositories/acme%2Fweb", None, [401, 404, 200, 200]),
        (
            "repository_update",
            "PATCH",
            "/repositories/acme%2Fweb",
            Some(json!({"description": "x"})),
            [401, 403, 403, 200],
        ),
        ("tag_list", "GET", "/repositories/acme%2Fweb/tags", None, [401, 404, 200, 200]),
        ("tag_delete", "DELETE", "/repositories/acme%2Fweb/tags/v1", None, [401, 403, 403, 404]),
        ("right_list", "GET", "/repositories/acme%2Fweb/rights", None, [401, 403, 403, 200]),
        (
            "right_put",
            "PUT",
            "/repositories/acme%2Fweb/rights/ops",
            Some(json!({"level": "read"})),
            [401, 403, 403, 200],
        ),
        ("right_delete", "DELETE", "/repositories/acme%2Fweb/rights/ops", None, [401, 403, 403, 204]),
        ("repository_delete", "DELETE", "/repositories/acme%2Fweb", None, [401, 403, 403, 204]),
        ("audit_list", "GET", "/audit", None, [401, 403, 403, 200]),
        // What takes away, at last.
        ("team_delete", "DELETE", "/organizations/acme/teams/ops", None, [401, 404, 403, 204]),
        ("user_delete", "DELETE", "/users/victim", None, [401, 403, 403, 204]),
        ("organization_delete", "DELETE", "/organizations/acme", None, [401, 403, 403, 204]),
        ("session_delete", "DELETE", "/session", None, [401, 204, 204, 204]),
    ]
}

async fn furnished() -> (World, [String; 3]) {
    let world = World::open().await;
    let root = world.token("root").await;
    for user in ["stranger", "mira", "victim"] {
        world.user(&root, user).await;
    }
    for (method, path, body) in [
        ("POST", "/organizations", json!({"name": "acme"})),
        ("POST", "/organizations/acme/teams", json!({"name": "ops"})),
        ("PUT", "/organizations/acme/teams/ops/members/mira", json!(null)),
        ("POST", "/collections", json!({"path": "/prod"})),
        ("PUT", "/grants/team/acme%2Fops/viewonly/%2Fprod", json!(null)),
        ("POST", "/repositories", json!({"name": "acme/web"})),
    ] {
        world.done(&root, method, &format!("/api/v1{path}"), Some(body)).await;
    }
    // The registry's copy of teams follows the control store.
    let right = "/api/v1/repositories/acme%2Fweb/rights/ops";
    for _ in 0..500 {
        let given = world.with(&root, "PUT", right, Some(json!({"level": "read"}))).await;
        if given.status.is_success() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let (stranger, mira) = (world.token("stranger").await, world.token("mira").await);
    (world, [stranger, mira, root])
}

#[tokio::test]
async fn every_operation_answers_each_caller_as_recorded() {
    let (world, tokens) = furnished().await;
    let mut wrong = Vec::new();
    for (operation, method, path, body, expected) in cases() {
        let path = format!("/api/v1{}", path.replace("{uuid}", "0192f000-0000-7000-8000-0000000000aa"));
        let callers = std::iter::once(None).chain(tokens.iter().map(Some));
        for (caller, expected) in callers.zip(expected) {
            let bearer = caller.map(|token| format!("Bearer {token}"));
            let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
            let response = world.send(method, &path, &headers, body.clone()).await;
            let found = response.status().as_u16();
            if found != expected {
                let who = tokens
                    .iter()
                    .position(|token| Some(token) == caller)
                    .map_or("nobody", |i| ["stranger", "member", "admin"][i]);
                let text = if found >= 400 {
                    String::from_utf8(crate::world::read(response).await.body).unwrap()
                } else {
                    String::new()
                };
                wrong.push(format!("{operation} {method} {path} by {who}: {found}, not {expected} {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_operation_is_missing_from_the_table() {
    let document: Value = serde_json::from_str(&control_api::openapi_json()).unwrap();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let covered: BTreeSet<String> = cases().iter().map(|case| case.0.to_owned()).collect();
    assert_eq!(covered, described);
}

#[test]
fn the_committed_description_is_the_servers() {
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/holdfast.json");
    let committed = std::fs::read_to_string(committed).unwrap();
    assert!(
        committed.trim_end() == control_api::openapi_json().trim_end(),
        "run `cargo xtask openapi` and commit what it writes"
    );
}

/// A refusal must not tell whether what it refuses exists.
#[tokio::test]
async fn a_stranger_cannot_tell_a_hidden_object_from_none() {
    let (world, [stranger, ..]) = furnished().await;
    for (method, hidden, none, body) in [
        ("GET", "/users/mira", "/users/nobody", json!(null)),
        ("GET", "/organizations/acme", "/organizations/nope", json!(null)),
        ("GET", "/collections/%2Fprod", "/collections/%2Fnope", json!(null)),
        ("POST", "/access/explain?/prod", "/access/explain?/nope", json!(null)),
        ("GET", "/repositories/acme%2Fweb", "/repositories/acme%2Fnope", json!(null)),
        ("PATCH", "/repositories/acme%2Fweb", "/repositories/acme%2Fnope", json!({"description": "x"})),
        ("GET", "/repositories/acme%2Fweb/rights", "/repositories/acme%2Fnope/rights", json!(null)),
        ("DELETE", "/repositories/acme%2Fweb/tags/v1", "/repositories/acme%2Fnope/tags/v1", json!(null)),
        ("PUT", "/grants/user/mira/viewonly/%2Fprod", "/grants/user/nobody/viewonly/%2Fnope", json!(null)),
    ] {
        let shape = |answer: crate::world::Answer, names: [&str; 4]| {
            let mut error = answer.json()["error"].clone();
            error["request_id"] = json!(null);
            let text = names.iter().fold(error.to_string(), |text, name| text.replace(name, "X"));
            (answer.status, text)
        };
        let body_for = |path: &str| match path.split_once('?') {
            Some((_, collection)) => json!({"operation": "Service View", "collection": collection}),
            None => body.clone(),
        };
        let ask = async |path: &str| {
            let plain = path.split('?').next().unwrap();
            world.with(&stranger, method, &format!("/api/v1{plain}"), Some(body_for(path))).await
        };
        let found = shape(ask(hidden).await, ["mira", "acme/web", "acme", "prod"]);
        let absent = shape(ask(none).await, ["nobody", "acme/nope", "acme", "nope"]);
        assert_eq!(found, absent, "{method} {hidden}");
        assert!(found.0.is_client_error());
    }
}
