//! Figures for `docs/benchmarks.md`: a file of 1,000 services loaded and converted, memory against the size of the file, and the corpus
//! against `docker-compose config` where that is installed.
//!
//! `cargo run --release -p holdfast-compose --example bench [-- CORPUS [FILES]]`
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdfast_compose::model::{Client, StackClient};
use holdfast_compose::{ReadError, Request, kubernetes, load, print, swarm};

const SERVICES: usize = 1_000;
const RUNS: u32 = 10;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let corpus = arguments.next().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus").to_owned());
    let limit = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(30);
    let text = many();
    println!("file of {SERVICES} services: {} KiB", text.len() / 1024);
    let before = resident_kib("VmRSS");
    for client in [Client::StackDeploy(StackClient::V28), Client::ComposeV1_29, Client::Specification] {
        one(&text, client);
    }
    let after = resident_kib("VmHWM");
    let used = after.saturating_sub(before);
    println!("memory: {used} KiB at most, {:.1} times the file", ratio(used * 1024, text.len()));
    against_stock(Path::new(&corpus), limit);
}

fn ratio(left: usize, right: usize) -> f64 {
    left as f64 / right as f64
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

fn one(text: &str, client: Client) {
    let reader =
        |path: &str| if path == "/p/compose.yaml" { Ok(text.as_bytes().to_vec()) } else { Err(ReadError::NotFound) };
    let mut request = Request::new(vec!["/p/compose.yaml".to_owned()], client, &reader);
    request.working_directory = "/p".to_owned();
    let (mut loading, mut converting) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let start = Instant::now();
        let outcome = load(&request);
        loading = loading.min(start.elapsed());
        let Some(project) = outcome.project else {
            println!("{client:?}: {:?}", outcome.errors.first());
            return;
        };
        let start = Instant::now();
        convert(&project, client);
        converting = converting.min(start.elapsed());
    }
    println!(
        "{client:?}: loaded in {loading:.1?}, converted in {converting:.1?}, together {:.1?}",
        loading + converting
    );
}

fn convert(project: &holdfast_compose::model::Project, client: Client) {
    match client {
        Client::StackDeploy(client) => {
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
        Client::Specification => {
            let options = kubernetes::Options { stack: Some("stack".to_owned()), ..Default::default() };
            let _ = kubernetes::convert(project, &options);
        }
        Client::ComposeV1_29 => drop(print::to_yaml(project, client)),
    }
}

/// A line of this process's status, in KiB.
fn resident_kib(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
    found.sort();
}

/// The same files, read here and by docker-compose, each in a process of its own.
fn against_stock(corpus: &Path, limit: usize) {
    let mut all = Vec::new();
    files(corpus, &mut all);
    let step = (all.len() / limit.max(1)).max(1);
    let chosen: Vec<&PathBuf> = all.iter().step_by(step).take(limit).collect();
    let here = || std::env::current_exe().ok()?.parent().map(|directory| directory.join("config"));
    let Some(ours) = here().filter(|program| program.is_file()) else {
        println!("build the example `config` first to compare with docker-compose");
        return;
    };
    if Command::new("docker-compose").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("docker-compose is not installed: nothing to compare with");
        return;
    }
    let mut times = BTreeMap::new();
    for (name, program, first) in
        [("ours", ours.as_path(), Some("classic")), ("docker-compose", Path::new("docker-compose"), None)]
    {
        let start = Instant::now();
        for file in &chosen {
            let mut command = Command::new(program);
            match first {
                Some(first) => command.arg(first).arg(file),
                None => command.arg("-f").arg(file).arg("config"),
            };
            let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        times.insert(name, start.elapsed());
    }
    let (ours, theirs) =
        (times.get("ours").copied().unwrap_or_default(), times.get("docker-compose").copied().unwrap_or_default());
    println!(
        "{} files: ours {ours:.1?}, docker-compose config {theirs:.1?}, {:.0} times faster",
        chosen.len(),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
}
