//! What must hold for any input.

use holdfast_compose::model::{Client, Project};
use holdfast_compose::print;
use proptest::prelude::*;

use super::{CLASSIC, CLIENTS, Case, SPECIFICATION, STACK};

/// Keys with values that every client takes.
const COMMON: &[&str] = &[
    "command: [a, \"b c\", \"$$d\"]",
    "entrypoint: run it",
    "environment: {A: \"1\", B: null, \"C D\": \"x: y\", E: \"line\\nline\\n\", F: \"  \", G: \"a$$b\"}",
    "labels: [\"a=b=c\", d]",
    "ports: [80, \"8080:80/udp\", \"127.0.0.1:1:2\", {target: 5, published: 6}]",
    "volumes: [\"data:/d\", \"./x:/x:ro\", /anon, {type: tmpfs, target: /t, tmpfs: {size: 1000}}]",
    "networks: {n: {aliases: [a, b], ipv4_address: 1.2.3.4}, m: null}",
    "healthcheck: {test: [CMD, \"true\"], interval: 1m30s, timeout: 1.5s, retries: 3}",
    "deploy: {mode: global, labels: {x: \"1\"}, resources: {limits: {cpus: \"0.50\", memory: 50M}}, update_config: {delay: 10ms, max_failure_ratio: 0.25}}",
    "logging: {driver: json-file, options: {max-size: \"1m\", n: null}}",
    "ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}",
    "cap_add: [ALL, NET_ADMIN]",
    "dns: 8.8.8.8",
    "dns_search: [a, b]",
    "devices: [\"/a:/b:rwm\", /c]",
    "extra_hosts: [\"h:1.1.1.1\", \"v6:::1\"]",
    "expose: [80, \"90-91/udp\"]",
    "stop_grace_period: 1h2m3s",
    "secrets: [s, {source: s, target: other, uid: \"1\", mode: 0440}]",
    "configs: [{source: c, target: /c}]",
    "restart: \"no\"",
    "user: \"1000\"",
    "tty: true",
    "privileged: false",
    "sysctls: {a.b: 1}",
    "tmpfs: [/run, \"/tmp:size=1m\"]",
    "working_dir: /w",
    "shm_size: 64m",
    "security_opt: [\"label=disable\"]",
    "hostname: \"yes\"",
    "depends_on: [db]",
];

/// Keys that the specification and docker-compose 1.29 take.
const MORE: &[&str] = &[
    "mem_limit: 1.5g",
    "memswap_limit: -1\nmem_limit: 1m",
    "cpus: 0.5",
    "cpu_quota: 5000",
    "blkio_config: {weight: 300, device_read_bps: [{path: /dev/sda, rate: 1mb}]}",
    "depends_on: {db: {condition: service_healthy}}",
    "volumes_from: [\"db:ro\", \"container:x\"]",
    "links: [\"db:alias\"]",
    "init: true",
    "oom_score_adj: -5",
    "pids_limit: 5",
    "profiles: []",
    "group_add: [5, mail]",
    "storage_opt: {size: 1G}",
    "scale: 1",
];

/// Keys of the specification alone.
const NEW: &[&str] = &[
    "annotations: {a: b}",
    "attach: false",
    "build: {context: ., args: {A: null, B: \"$$c\"}, ssh: [default, \"k=/x\"], secrets: [s], tags: [t], additional_contexts: {r: ./x}}",
    "develop: {watch: [{path: ./src, action: sync, target: /s, ignore: [n/]}]}",
    "gpus: all",
    "post_start: [{command: [a], user: root}]",
    "pre_stop: [{command: a b, environment: [X=1]}]",
    "provider: {type: p, options: {a: 1, b: [x, true]}}",
    "models: {m2: {endpoint_var: E}}",
    "use_api_socket: true",
    "x-mine: {a: [1, 2.5, null, \"$$x\"]}",
    "uts: host",
    "pull_policy: weekly",
];

fn text(client: Client, keys: &[&str]) -> String {
    // A key that two snippets have is kept once.
    let mut seen = std::collections::BTreeSet::new();
    let mut lines = String::new();
    for line in keys.iter().flat_map(|snippet| snippet.lines()) {
        if seen.insert(line.split(':').next().unwrap_or_default()) {
            lines.push_str(&format!("    {line}\n"));
        }
    }
    let version = if client == SPECIFICATION { "" } else { "version: \"3.8\"\n" };
    let models =
        if client == SPECIFICATION { "models: {m2: {model: ai/x, context_size: 5}}\nname: proj\n" } else { "" };
    format!(
        "{version}services:\n  db: {{image: d}}\n  web:\n    image: nginx\n{lines}networks: {{n: {{driver: o, ipam: {{config: [{{subnet: 10.0.0.0/8}}]}}}}, m: null}}\n\
         volumes: {{data: {{labels: [a], name: d}}}}\nsecrets: {{s: {{file: ./s}}}}\nconfigs: {{c: {{external: true}}}}\n{models}"
    )
}

pub(super) fn documents() -> impl Strategy<Value = (Client, String)> {
    let pick = |all: &'static [&'static str]| proptest::sample::subsequence(all, 0..=all.len().min(12));
    prop_oneof![
        pick(COMMON).prop_map(|keys| (STACK, text(STACK, &keys))),
        (pick(COMMON), pick(MORE)).prop_map(|(a, b)| (CLASSIC, text(CLASSIC, &[a, b].concat()))),
        (pick(COMMON), pick(MORE), pick(NEW))
            .prop_map(|(a, b, c)| (SPECIFICATION, text(SPECIFICATION, &[a, b, c].concat()))),
    ]
}

/// What a project says, without the places of its keys.
pub(super) fn said(mut project: Project) -> Project {
    for service in project.services.values_mut().chain(project.disabled_services.values_mut()) {
        service.keys = holdfast_compose::model::KeyPlaces::default();
    }
    project.files.clear();
    project
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn loading_what_is_printed_gives_the_same((client, text) in documents()) {
        let project = said(Case::of(&text).project(client));
        let yaml = print::canonical(&project, client).to_yaml();
        let again = Case::of(&yaml).load(client);
        prop_assert!(again.errors.is_empty(), "{}\n{:#?}", yaml, again.errors);
        prop_assert_eq!(&project, &said(again.project.unwrap()), "{}", yaml);
        let json = print::canonical(&project, client).to_json();
        prop_assert_eq!(&project, &said(Case::of(&json).project(client)), "{}", json);
    }

    #[test]
    fn merging_with_an_empty_file_changes_nothing((client, text) in documents()) {
        let empty = if client == SPECIFICATION { "services: {}\n" } else { "version: \"3.8\"\nservices: {}\n" };
        let alone = said(Case::of(&text).project(client));
        prop_assert_eq!(&alone, &said(Case::of(&text).and(empty).project(client)));
        let mut before = said(Case::of(empty).and(&text).project(client));
        before.version.clone_from(&alone.version);
        prop_assert_eq!(&alone, &before);
    }

    #[test]
    fn interpolation_never_runs_twice(value in "[${}A-Z:\\-a-z ]{0,20}", index in 0_usize..3) {
        let client = CLIENTS[index];
        let case = Case::of("version: \"3.8\"\nservices: {a: {image: b, hostname: \"$VALUE\", user: \"${NONE:-${VALUE}}\"}}\n").with("VALUE", &value);
        let case = if client == SPECIFICATION { case } else { Case::of("version: \"3.8\"\nservices: {a: {image: b, hostname: \"$VALUE\"}}\n").with("VALUE", &value) };
        let service = case.project(client).services["a"].clone();
        prop_assert_eq!(service.hostname.as_deref(), Some(value.as_str()));
        if client == SPECIFICATION {
            prop_assert_eq!(service.user.as_deref(), Some(value.as_str()));
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        for client in CLIENTS {
            let outcome = Case::of(&text).load(client);
            prop_assert!(outcome.project.is_some() || !outcome.errors.is_empty());
        }
    }

    #[test]
    fn any_damage_to_a_file_is_answered(
        (client, text) in documents(),
        at in any::<proptest::sample::Index>(),
        length in 0_usize..12,
        insert in "[-:{}\\[\\]&*!|>'\"%@`#,? \n\ta0$<~]{0,6}",
    ) {
        let mut text: Vec<char> = text.chars().collect();
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, insert.chars());
        let outcome = Case::of(&text.iter().collect::<String>()).load(client);
        prop_assert!(outcome.project.is_some() || !outcome.errors.is_empty());
    }

    #[test]
    fn any_short_form_is_answered(
        port in "[0-9:./\\-a-z\\[\\]]{0,20}",
        volume in "[a-zA-Z0-9:./~,\\\\-]{0,20}",
        duration in "[0-9.a-zµ+-]{0,12}",
        size in "[0-9.a-zA-Z -]{0,12}",
        variable in "[$\\{}:?+A-Za-z_-]{0,20}",
    ) {
        let text = format!(
            "services:\n  a:\n    image: b\n    ports: ['{port}']\n    volumes: ['{volume}']\n    stop_grace_period: '{duration}'\n    mem_limit: '{size}'\n    hostname: '{variable}'\n"
        );
        for client in [CLASSIC, SPECIFICATION] {
            let outcome = Case::of(&text).load(client);
            prop_assert!(outcome.project.is_some() || !outcome.errors.is_empty());
        }
    }

    #[test]
    fn any_env_file_is_answered(text in "[A-Za-z_=#'\"$\\{}\\\\ \n:-]{0,80}") {
        let case = Case::of("services: {a: {image: b, env_file: v.env}}\n").beside("/p/v.env", &text);
        for client in CLIENTS {
            let outcome = case.load(client);
            prop_assert!(outcome.project.is_some() || !outcome.errors.is_empty());
        }
    }

    #[test]
    fn printed_durations_are_read_back(nanoseconds in any::<i64>()) {
        let nanoseconds = nanoseconds.saturating_abs() / 2;
        let text = holdfast_compose::model::Duration(nanoseconds).to_string();
        let file = format!("services: {{a: {{image: b, stop_grace_period: \"{text}\"}}}}\n");
        let project = Case::of(&file).project(SPECIFICATION);
        prop_assert_eq!(project.services["a"].stop_grace_period.unwrap().0, nanoseconds);
    }
}
