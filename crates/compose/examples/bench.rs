//! Figures for `docs/benchmarks.md`: a file of 1,000 services loaded and converted: processor time, and the peak of the heap against the
//! size of the file. `cargo xtask bench compose` holds the corpus against `docker-compose config`.
//!
//! `cargo run --release -p holdfast-compose --example bench`
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::{ReadError, Request, classic, kubernetes, load, print, swarm};
use peak_alloc::PeakAlloc;

/// Counts the bytes that are asked for, so that the figures are the program's own and not the allocator's.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

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
    println!("file of {SERVICES} services: {} KiB; the least processor time of {RUNS} runs", text.len() / 1024);
    for (client, targets) in [
        (Client::StackDeploy(StackClient::V20_10), &[Target::Swarm][..]),
        (Client::StackDeploy(StackClient::V28), &[Target::Swarm]),
        (Client::ComposeV1_29, &[Target::Classic, Target::Printed]),
        (Client::Specification, &[Target::Kubernetes, Target::Printed]),
    ] {
        one(&text, client, targets);
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

fn one(text: &str, client: Client, targets: &[Target]) {
    let reader =
        |path: &str| if path == "/p/compose.yaml" { Ok(text.as_bytes().to_vec()) } else { Err(ReadError::NotFound) };
    let mut request = Request::new(vec!["/p/compose.yaml".to_owned()], client, &reader);
    request.working_directory = "/p".to_owned();
    let least = |action: &mut dyn FnMut()| {
        let mut least = Duration::MAX;
        for _ in 0..RUNS {
            let start = processor_time();
            action();
            least = least.min(processor_time().saturating_sub(start));
        }
        least
    };
    let loading = least(&mut || drop(load(&request)));
    let (outcome, peak) = peak(|| load(&request));
    let Some(project) = outcome.project else {
        println!("{client:?}: {:?}", outcome.errors.first());
        return;
    };
    println!("{client:?}: loaded in {loading:.1?}, heap {}", against(peak, text));
    for target in targets {
        let converting = least(&mut || convert(&project, client, *target));
        let ((), peak) = self::peak(|| {
            if let Some(project) = load(&request).project {
                convert(&project, client, *target);
            }
        });
        println!(
            "  {target:?}: converted in {converting:.1?}, with loading {:.1?}, heap with loading {}",
            loading + converting,
            against(peak, text)
        );
    }
}

/// Runs something and says by how much the heap grew at most.
fn peak<T>(action: impl FnOnce() -> T) -> (T, usize) {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let result = action();
    (result, HEAP.peak_usage().saturating_sub(before))
}

fn against(bytes: usize, text: &str) -> String {
    format!("{} KiB at most, {:.1} times the file", bytes / 1024, bytes as f64 / text.len() as f64)
}

fn convert(project: &Project, client: Client, target: Target) {
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
            let _ = swarm::deploy(project, &options, &swarm::State::default());
        }
        (Target::Kubernetes, _) => {
            let options = kubernetes::Options { stack: Some("stack".to_owned()), ..Default::default() };
            let _ = kubernetes::convert(project, &options);
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
            let _ = classic::up(project, &options, &classic::State::default());
        }
        (Target::Swarm | Target::Printed, _) => {
            drop(print::value_to_yaml(&print::to_config_value(project, client)));
        }
    }
}

/// The processor time that this process has had, by the kernel's own count.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}
