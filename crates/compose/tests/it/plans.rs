//! What holds of every plan, whatever the client did.

use std::collections::BTreeMap;

use compose_record::{Case, Client, Engine, cases};
use holdfast_compose::classic;
use holdfast_compose::plan::Plan;
use serde_json::Value;

use crate::recordings::{corpus, plan, read, send};

fn engine(case: &Case, client: Client) -> Engine {
    let mut engine = Engine::new("1.41", client.is_swarm());
    let settings = &case.settings;
    engine.seed(&settings.networks, &settings.secrets, &settings.configs, &settings.volumes, &settings.containers);
    engine
}

/// Every case that a client can bring up, with the engine that it was brought up on.
fn brought_up(client: Client) -> Vec<(Case, Plan, Engine)> {
    let mut all = Vec::new();
    for case in cases(&corpus()).unwrap() {
        let mut engine = engine(&case, client);
        let Some(step) = case.steps().into_iter().next() else { continue };
        if let Ok(plan) = plan(&case, client, &step, &engine) {
            send(&mut engine, &plan);
            all.push((case, plan, engine));
        }
    }
    assert!(all.len() > 50, "{}", all.len());
    all
}

#[test]
fn up_again_asks_a_classic_engine_for_nothing() {
    for (case, _, engine) in brought_up(Client::Compose1) {
        // A container that ended is started again, which is right.
        if case.id.contains("once")
            || read(&case, Client::Compose1, &case.steps()[0])
                .unwrap()
                .services
                .values()
                .any(|service| service.image.as_deref() == Some("once"))
        {
            continue;
        }
        let again = plan(&case, Client::Compose1, &case.steps()[0], &engine).unwrap();
        assert_eq!(again.requests, [], "{}", case.id);
    }
}

#[test]
fn deploying_again_only_updates_what_is_there() {
    for client in [Client::Docker20, Client::Docker28] {
        for (case, first, engine) in brought_up(client) {
            let again = plan(&case, client, &case.steps()[0], &engine).unwrap();
            let before: BTreeMap<String, Value> = first
                .requests
                .iter()
                .filter(|request| request.path == "/services/create")
                .map(|request| request.body.value())
                .map(|body| (body["Name"].as_str().unwrap().to_owned(), body))
                .collect();
            for request in &again.requests {
                assert!(request.path.ends_with("/update"), "{}: {}", case.id, request.path);
                let body = request.body.value();
                let name = body["Name"].as_str().unwrap();
                if request.path.starts_with("/services/")
                    && body["TaskTemplate"]["ContainerSpec"]["Secrets"] == Value::Array(vec![])
                {
                    let same = &before[name]["TaskTemplate"]["ContainerSpec"]["Image"];
                    assert_eq!(&body["TaskTemplate"]["ContainerSpec"]["Image"], same, "{}", case.id);
                }
            }
        }
    }
}

#[test]
fn what_a_service_needs_is_started_before_it() {
    for (case, plan, _) in brought_up(Client::Compose1) {
        let project = read(&case, Client::Compose1, &case.steps()[0]).unwrap();
        let position = |service: &str, path: &str| {
            plan.requests.iter().position(|request| match path {
                "create" => {
                    request.path == "/containers/create"
                        && request.body.value()["Labels"]["com.docker.compose.service"] == service
                }
                _ => request.path == format!("/containers/<{}_{service}_1>/start", case.project()),
            })
        };
        for service in project.services.values() {
            for name in service.depends_on.keys().chain(service.links.iter().map(|link| &link.service)) {
                if let (Some(started), Some(created)) = (position(name, "start"), position(&service.name, "create")) {
                    assert!(started < created, "{}: {name} before {}", case.id, service.name);
                }
            }
        }
    }
}

#[test]
fn down_leaves_nothing_of_the_project() {
    for (case, _, mut engine) in brought_up(Client::Compose1) {
        let step = compose_record::Step {
            up: false,
            flags: vec!["--volumes".to_owned()],
            files: case.steps()[0].files.clone(),
        };
        let plan = plan(&case, Client::Compose1, &step, &engine).unwrap();
        send(&mut engine, &plan);
        let of_project = |value: &Value| value["Config"]["Labels"]["com.docker.compose.project"] == case.project();
        assert!(!engine.containers().iter().any(of_project), "{}", case.id);
    }
}

#[test]
fn containers_are_labelled_with_the_client_they_stand_in_for() {
    assert_eq!(classic::VERSION, "1.29.2");
}
