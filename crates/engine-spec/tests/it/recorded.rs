//! Requests as real clients send them: each is read whole, and none takes more than it should.

use serde_json::Value;

use crate::engine_spec::{Openness, Request, canonical, needs};
use crate::{call, json, rules};

const CLIENTS: &[(&str, &str)] = &[
    ("docker 20.10", include_str!("recorded/docker-20.10.jsonl")),
    ("docker 28.2", include_str!("recorded/docker-28.2.jsonl")),
    ("docker-py 7.1", include_str!("recorded/docker-py-7.1.jsonl")),
];

#[test]
fn requests_of_real_clients_take_neither_administrators_nor_luck() {
    for (client, requests) in CLIENTS {
        for line in requests.lines() {
            let request = json(line);
            let text = |name: &str| request[name].as_str();
            let (method, target) = (text("method").unwrap(), text("target").unwrap());
            let read = call(method, target);
            assert_eq!(read.route.openness(), Openness::Open, "{client}: {method} {target}");
            let sent = text("body").unwrap();
            let kind = read.route.body();
            assert!(kind.content_type(text("type"), !sent.is_empty()).is_ok(), "{client}: {line}");
            let body = kind.schema().map(|schema| canonical(sent.as_bytes(), schema).unwrap());
            if let Some(body) = &body {
                assert!(body.unknown.is_empty(), "{client}: {method} {target}: {:?}", body.unknown);
                let value: Value = json(sent);
                assert_eq!(body.value.as_object().map(|map| map.len()), known(&value), "{client}: {line}");
            }
            let needs = needs(&Request { route: &read.route, query: &read.query, body: body.as_ref() }, &rules());
            assert!(needs.admin_only.is_empty(), "{client}: {line}: {:?}", needs.admin_only);
            assert!(needs.refusals.is_empty(), "{client}: {line}: {:?}", needs.refusals);
        }
    }
}

/// Counts the fields of a body, without those that nobody knows and that are `null`.
fn known(value: &Value) -> Option<usize> {
    value
        .as_object()
        .map(|map| map.iter().filter(|(name, value)| !(name.as_str() == "Runtime" && value.is_null())).count())
}
