//! What loading and converting a large file takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use holdfast_compose::kubernetes::Objects;
use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::plan::Plan;
use holdfast_compose::{Json, ReadError, Request, classic, kubernetes, load, print, swarm};
use peak_alloc::PeakAlloc;

const SERVICES: usize = 1_000;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// A file of services as people write them.
fn many(services: usize) -> String {
    let mut text = "version: \"3.8\"\nservices:\n".to_owned();
    for number in 0..services {
        write!(
            text,
            "  s{number}:\n    image: registry.example/team/s{number}:1.{number}\n    command: [serve, \"--port\", \"80\"]\n    \
             environment:\n      LEVEL: info\n      HOST: ${{HOST:-none}}\n    ports:\n      - \"{}:80\"\n    volumes:\n      \
             - data:/data\n      - ./conf:/etc/conf:ro\n    networks: [front]\n    deploy:\n      replicas: 2\n      resources:\n        \
             limits: {{cpus: \"0.5\", memory: 64M}}\n    healthcheck:\n      test: [CMD, \"true\"]\n      interval: 30s\n",
            10_000 + number
        )
        .unwrap();
    }
    text.push_str("networks: {front: {}}\nvolumes: {data: {}}\n");
    text
}

/// What a project is converted to.
#[derive(Debug, Clone, Copy)]
enum Target {
    Swarm(StackClient),
    Classic,
    Kubernetes,
    Printed,
}

/// What a conversion made, to be held until the heap is counted.
#[expect(dead_code, reason = "what is made is only held")]
enum Made {
    Plan(Plan),
    Objects(Objects<Json>),
    Nothing,
}

fn convert(project: &Project, client: Client, target: Target) -> Made {
    match target {
        Target::Swarm(client) => {
            let options = swarm::Options {
                client,
                namespace: "stack",
                resolve_image: swarm::ResolveImage::Never,
                prune: false,
                resolver: &|_| None,
                reader: &|_| Err("not read".to_owned()),
            };
            let plan = swarm::deploy(project, &options, &swarm::State::default()).unwrap();
            assert_eq!(plan.requests.len(), SERVICES + 1);
            Made::Plan(plan)
        }
        Target::Classic => {
            let options = classic::Options {
                project: "project",
                working_dir: "/p",
                config_files: &["compose.yaml".to_owned()],
                recreate: classic::Recreate::default(),
                always_recreate_deps: false,
                renew_anonymous_volumes: false,
                remove_orphans: false,
                scale: &BTreeMap::new(),
                image: &|_| None,
                reader: &|_| Err("not read".to_owned()),
            };
            let plan = classic::up(project, &options, &classic::State::default()).unwrap();
            // A network, a volume, and two containers of each service, which are created and started.
            assert_eq!(plan.requests.len(), 2 + 4 * SERVICES);
            Made::Plan(plan)
        }
        Target::Kubernetes => {
            let options = kubernetes::Options { stack: Some("stack".to_owned()), ..kubernetes::Options::default() };
            let objects = kubernetes::convert_each(project, &options, |object| Json::of(&object)).unwrap();
            assert_eq!(objects.items.len(), 3 * SERVICES);
            Made::Objects(objects)
        }
        Target::Printed => {
            print::config(project, client).write_yaml(&mut std::io::sink()).unwrap();
            Made::Nothing
        }
    }
}

#[test]
fn loading_and_converting_take_at_most_twenty_times_the_file() {
    const TEST: &str = "loading_and_converting_take_at_most_twenty_times_the_file";
    if std::env::var_os("NEXTEST").is_none() {
        testkit::skip(TEST, "other tests of this process use the heap too");
        return;
    }
    let text = many(SERVICES);
    let reader =
        |path: &str| if path == "/p/compose.yaml" { Ok(text.as_bytes().to_vec()) } else { Err(ReadError::NotFound) };
    let mut faults = Vec::new();
    let times = |bytes: usize| bytes as f64 / text.len() as f64;
    for (client, target) in [
        (Client::StackDeploy(StackClient::V20_10), Target::Swarm(StackClient::V20_10)),
        (Client::StackDeploy(StackClient::V28), Target::Swarm(StackClient::V28)),
        (Client::ComposeV1_29, Target::Classic),
        (Client::Specification, Target::Kubernetes),
        (Client::ComposeV1_29, Target::Printed),
        (Client::Specification, Target::Printed),
    ] {
        let mut request = Request::new(vec!["/p/compose.yaml".to_owned()], client, &reader);
        request.working_directory = "/p".to_owned();
        let before = HEAP.current_usage();
        HEAP.reset_peak_usage();
        let project = load(&request).project.unwrap();
        let loading = HEAP.peak_usage() - before;
        let loaded = HEAP.current_usage() - before;
        assert_eq!(project.services.len(), SERVICES, "{client:?}");
        HEAP.reset_peak_usage();
        let made = convert(&project, client, target);
        let converting = HEAP.peak_usage() - before;
        let converted = HEAP.current_usage() - before;
        drop(made);
        if std::env::var_os("HOLDFAST_SHOW").is_some() {
            println!(
                "{client:?} to {target:?}: {} KiB; loading took {:.1} times that, of which {:.1} stay, converting {:.1}, of which {:.1} stay",
                text.len() / 1024,
                times(loading),
                times(loaded),
                times(converting),
                times(converted),
            );
        }
        let most = loading.max(converting);
        if most > 20 * text.len() {
            faults.push(format!("{client:?} to {target:?}: {most} bytes for a file of {}", text.len()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
