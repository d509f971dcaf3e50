//! What loading a large file takes.

use std::fmt::Write as _;

use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::{ReadError, Request, kubernetes, load, print, swarm};
use peak_alloc::PeakAlloc;

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

/// Converts to what the client is for.
fn convert(project: &Project, client: Client) {
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
            swarm::deploy(project, &options, &swarm::State::default()).unwrap();
        }
        Client::ComposeV1_29 => drop(print::value_to_yaml(&print::to_config_value(project, client))),
        Client::Specification => {
            let options = kubernetes::Options { stack: Some("stack".to_owned()), ..kubernetes::Options::default() };
            kubernetes::convert(project, &options).unwrap();
        }
    }
}

#[test]
fn loading_takes_at_most_twenty_times_the_file() {
    if std::env::var_os("NEXTEST").is_none() {
        testkit::skip("loading_takes_at_most_twenty_times_the_file", "other tests of this process use the heap too");
        return;
    }
    let text = many(1_000);
    let reader =
        |path: &str| if path == "/p/compose.yaml" { Ok(text.as_bytes().to_vec()) } else { Err(ReadError::NotFound) };
    for client in [
        Client::StackDeploy(StackClient::V20_10),
        Client::StackDeploy(StackClient::V28),
        Client::ComposeV1_29,
        Client::Specification,
    ] {
        let mut request = Request::new(vec!["/p/compose.yaml".to_owned()], client, &reader);
        request.working_directory = "/p".to_owned();
        let before = HEAP.current_usage();
        HEAP.reset_peak_usage();
        let outcome = load(&request);
        let grown = HEAP.peak_usage() - before;
        assert_eq!(outcome.project.map(|project| project.services.len()), Some(1_000), "{client:?}");
        assert!(grown <= 20 * text.len(), "{client:?}: {grown} bytes for a file of {}", text.len());
        if std::env::var_os("HOLDFAST_SHOW").is_some() {
            let times = |bytes: usize| bytes as f64 / text.len() as f64;
            HEAP.reset_peak_usage();
            convert(&load(&request).project.unwrap(), client);
            let converted = HEAP.peak_usage() - before;
            println!(
                "{client:?}: {} KiB, loaded in {:.1} times that, converted in {:.1} times",
                text.len() / 1024,
                times(grown),
                times(converted)
            );
        }
    }
}
