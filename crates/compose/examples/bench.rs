//! Figures for `docs/benchmarks.md`: the processor time that a file of 1,000 services takes to load and to convert. What the heap takes
//! is shown by the test `loading_and_converting_take_at_most_twenty_times_the_file` with `HOLDFAST_SHOW`; `cargo xtask bench compose` holds the corpus
//! against `docker-compose config`.
//!
//! `cargo run --release -p holdfast-compose --example bench [-- swarm|classic|kubernetes|printed]`
#![expect(dead_code, reason = "what is made is only dropped")]
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::plan::Plan;
use holdfast_compose::{Json, ReadError, Request, classic, kubernetes, load, print, swarm};

const SERVICES: usize = 1_000;
const RUNS: usize = 10;

/// What a project is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Swarm,
    Classic,
    Kubernetes,
    Printed,
}

fn main() {
    let text = many();
    let asked = std::env::args().nth(1);
    println!("file of {SERVICES} services, {} KiB: the least processor time of {RUNS} runs", text.len() / 1024);
    for (client, target) in [
        (Client::StackDeploy(StackClient::V20_10), Target::Swarm),
        (Client::StackDeploy(StackClient::V28), Target::Swarm),
        (Client::ComposeV1_29, Target::Classic),
        (Client::Specification, Target::Kubernetes),
        (Client::ComposeV1_29, Target::Printed),
        (Client::Specification, Target::Printed),
    ] {
        if asked.as_ref().is_none_or(|asked| format!("{target:?}").eq_ignore_ascii_case(asked)) {
            one(&text, client, target);
        }
    }
}

fn many() -> String {
    let mut text = "version: \"3.8\"\nservices:\n".to_owned();
    for number in 0..SERVICES {
        let _ = write!(
            text,
            "  s{number}:\n    image: registry.example/team/s{number}:1.{number}\n    command: [\"serve\", \"--port\", \"80\"]\n    environment:\n      \
             LEVEL: info\n      HOST: ${{HOST:-none}}\n    ports:\n      - \"{}:80\"\n    volumes:\n      - data:/data\n      - ./conf:/etc/conf:ro\n    \
             networks: [front]\n    deploy:\n      replicas: 2\n      resources:\n        limits: {{cpus: \"0.5\", memory: 64M}}\n    healthcheck:\n      \
             test: [CMD, \"true\"]\n      interval: 30s\n",
            10_000 + number
        );
    }
    text.push_str("networks: {front: {}}\nvolumes: {data: {}}\n");
    text
}

fn one(text: &str, client: Client, target: Target) {
    let reader =
        |path: &str| if path == "/p/compose.yaml" { Ok(text.as_bytes().to_vec()) } else { Err(ReadError::NotFound) };
    let mut request = Request::new(vec!["/p/compose.yaml".to_owned()], client, &reader);
    request.working_directory = "/p".to_owned();
    let (mut loading, mut converting, mut together) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let start = processor_time();
        let outcome = load(&request);
        let loaded = processor_time();
        let Some(project) = outcome.project else {
            println!("{client:?}: {:?}", outcome.errors.first());
            return;
        };
        let made = convert(&project, client, target);
        let end = processor_time();
        drop(made);
        loading = loading.min(loaded - start);
        converting = converting.min(end - loaded);
        together = together.min(end - start);
    }
    println!("{client:?} {target:?}: loaded in {loading:.1?}, converted in {converting:.1?}, together {together:.1?}");
}

/// What a conversion made, to be dropped when the clock has stopped.
enum Made {
    Plan(Option<Plan>),
    Objects(Option<kubernetes::Objects<Json>>),
    Text(String),
}

fn convert(project: &Project, client: Client, target: Target) -> Made {
    match (target, client) {
        (Target::Swarm, Client::StackDeploy(client)) => {
            let options = swarm::Options {
                client,
                namespace: "stack",
                resolve_image: swarm::ResolveImage::Never,
                prune: false,
                resolver: &|_| None,
                reader: &|_| Err("not read".to_owned()),
            };
            Made::Plan(swarm::deploy(project, &options, &swarm::State::default()).ok())
        }
        (Target::Kubernetes, _) => {
            let options = kubernetes::Options { stack: Some("stack".to_owned()), ..Default::default() };
            Made::Objects(kubernetes::convert_each(project, &options, |object| Json::of(&object)).ok())
        }
        (Target::Classic, _) => {
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
            Made::Plan(classic::up(project, &options, &classic::State::default()).ok())
        }
        (Target::Swarm | Target::Printed, _) => Made::Text(print::config(project, client).to_yaml()),
    }
}

/// The processor time that this process has had, by the kernel's own count.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}
