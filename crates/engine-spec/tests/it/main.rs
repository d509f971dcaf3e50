//! Tests of `engine-spec` through its public interface.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bodies;
mod builds;
mod escapes;
mod filters;
mod needs;
mod places;
mod properties;
mod recorded;
mod routes;

use engine_spec::{BodyKind, Call, Canonical, Needs, Request, Rules, canonical, needs, parse};
use holdfast_engine_spec as engine_spec;
use http::Method;
use serde_json::Value;

/// Reads a request line that must be read.
pub(crate) fn call(method: &str, target: &str) -> Call {
    parse(&method.parse::<Method>().unwrap(), target).unwrap_or_else(|error| panic!("{method} {target}: {error}"))
}

/// Reads a body for a route.
pub(crate) fn body(call: &Call, text: &str) -> Canonical {
    match call.route.body() {
        BodyKind::Json(schema) | BodyKind::OptionalJson(schema) => {
            canonical(text.as_bytes(), schema).unwrap_or_else(|error| panic!("{text}: {error}"))
        }
        kind => panic!("the route takes {kind:?}"),
    }
}

/// The rules that tests use.
pub(crate) fn rules() -> Rules {
    Rules {
        own_ports: vec![443, 7443],
        forbidden_paths: vec!["/run/docker.sock".into(), "/var/lib/holdfast".into()],
        log_drivers: Vec::new(),
    }
}

/// Computes what a request takes.
pub(crate) fn needs_of(method: &str, target: &str, json: Option<&str>) -> Needs {
    let call = call(method, target);
    let body = json.map(|json| body(&call, json));
    needs(&Request { route: &call.route, query: &call.query, body: body.as_ref() }, &rules())
}

/// Computes what creating a container takes, from its host configuration.
pub(crate) fn host_needs(host_config: &str) -> Needs {
    container_needs(&format!(r#"{{"Image":"busybox","HostConfig":{host_config}}}"#))
}

/// Computes what creating a container takes.
pub(crate) fn container_needs(json: &str) -> Needs {
    needs_of("POST", "/containers/create", Some(json))
}

/// Shows needs in lines: operation, parameters, target; then what is for administrators and for nobody.
pub(crate) fn show(needs: &Needs) -> String {
    let mut lines: Vec<String> = Vec::new();
    for need in &needs.needs {
        let parameters: Vec<&str> = need.parameters.iter().map(|parameter| parameter.name()).collect();
        lines.push(format!("{} {parameters:?} @ {:?}", need.operation, need.target));
    }
    lines.extend(needs.per_item.map(|operation| format!("{operation} on each item")));
    lines.extend(needs.admin_only.iter().map(|reason| format!("admin: {reason}")));
    lines.extend(needs.refusals.iter().map(|refusal| format!("refused: {}: {}", refusal.field, refusal.reason)));
    lines.extend(needs.follow_ups.iter().map(|follow_up| format!("then: {follow_up:?}")));
    if needs.open_to_all {
        lines.push("anybody".into());
    }
    if lines.is_empty() {
        lines.push("signed in".into());
    }
    lines.join("\n")
}

/// Reads a JSON text.
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
