//! The recordings stay true: the stock clients, where they are installed, send what was recorded.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use holdfast_compose_record::{Case, Client, Engine, Recording, Request, canonical, cases, installed, ordered, record};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../compose/tests/corpus")
}

/// One case in so many is run by a client; all are with `HOLDFAST_RECORD=1`, which also writes what changed.
fn one_in(client: Client) -> usize {
    // docker-compose takes seconds to start, docker a few hundredths of one.
    if client.is_swarm() { 12 } else { 50 }
}

fn requests(recording: &Recording) -> Vec<(i32, Vec<Request>)> {
    let plain = |requests: &[Request]| -> Vec<Request> {
        ordered(requests).into_iter().map(|request| Request { body: canonical(&request.body), ..request }).collect()
    };
    // What a refused command did before it gave up depends on the order of hash tables.
    recording
        .steps
        .iter()
        .map(|step| (step.exit, if step.exit == 0 { plain(&step.requests) } else { Vec::new() }))
        .collect()
}

fn read(case: &Case, client: Client) -> Option<Recording> {
    serde_json::from_slice(&std::fs::read(case.recording(client)).ok()?).ok()
}

fn write(case: &Case, client: Client, recording: &Recording) {
    let file = case.recording(client);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(recording).unwrap())).unwrap();
}

fn client_sends_what_was_recorded(client: Client, test: &str) {
    let Some((_, version)) = installed(client) else {
        testkit::skip(test, &format!("{} is not installed", client.name()));
        return;
    };
    let whole = std::env::var_os("HOLDFAST_RECORD").is_some();
    let mut faults = Vec::new();
    let chosen = cases(&corpus()).unwrap().into_iter().filter(|case| case.clients().contains(&client));
    for case in chosen.enumerate().filter(|(index, _)| whole || index % one_in(client) == 0).map(|(_, case)| case) {
        let fresh = record(&case, client).unwrap();
        assert_eq!(fresh.client, version);
        let known = read(&case, client);
        if known.as_ref().map(requests) != Some(requests(&fresh)) {
            if whole {
                write(&case, client, &fresh);
            }
            faults.push(case.id);
        }
    }
    assert!(faults.is_empty(), "{} sent something else for {faults:?}", client.name());
}

#[test]
fn docker_20_10_sends_what_was_recorded() {
    client_sends_what_was_recorded(Client::Docker20, "docker_20_10_sends_what_was_recorded");
}

#[test]
fn docker_28_sends_what_was_recorded() {
    client_sends_what_was_recorded(Client::Docker28, "docker_28_sends_what_was_recorded");
}

#[test]
fn docker_compose_1_29_sends_what_was_recorded() {
    client_sends_what_was_recorded(Client::Compose1, "docker_compose_1_29_sends_what_was_recorded");
}

#[test]
fn every_case_is_recorded_for_each_of_its_clients() {
    let mut missing = Vec::new();
    for case in cases(&corpus()).unwrap() {
        for client in case.clients() {
            match read(&case, client) {
                Some(recording) => assert_eq!(recording.steps.len(), case.steps().len(), "{}", case.id),
                None => missing.push((case.id.clone(), client.name())),
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_stand_in_keeps_what_it_is_told() {
    let mut engine = Engine::new("1.41", true);
    let (status, reply) =
        engine.answer("POST", "/v1.41/networks/create", br#"{"Name":"n","Driver":"overlay","Labels":{"a":"b"}}"#);
    assert_eq!(status, 201, "{reply}");
    let (_, listed) = engine.answer("GET", "/v1.41/networks?filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D", b"");
    assert!(listed.contains("\"n\"") && !listed.contains("bridge"), "{listed}");
    let (status, _) = engine.answer("DELETE", "/networks/n", b"");
    assert_eq!(status, 204);
    assert_eq!(engine.answer("GET", "/networks/n", b"").0, 404);
    let (sent, api) = engine.take();
    assert_eq!(api, "1.41");
    let methods: Vec<&str> = sent.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["POST", "DELETE"]);
}

#[test]
fn order_within_a_kind_does_not_count() {
    let request = |name: &str| Request {
        method: "POST".into(),
        path: "/networks/create".into(),
        query: BTreeMap::new(),
        body: serde_json::json!({ "Name": name }),
    };
    assert_eq!(ordered(&[request("b"), request("a")]), ordered(&[request("a"), request("b")]));
}

#[test]
fn empty_is_absent_except_where_the_key_is_the_statement() {
    let value = serde_json::json!({ "A": null, "B": [], "Labels": { "x": "" }, "Mode": { "Global": {} }, "Env": ["b", "a"], "N": 0 });
    let expected = serde_json::json!({ "Env": ["a", "b"], "Labels": { "x": "" }, "Mode": { "Global": {} }, "N": 0 });
    assert_eq!(canonical(&value), expected);
}
