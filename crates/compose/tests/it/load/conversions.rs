//! What must hold of any file's conversion to each target.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_compose::kubernetes::{Contents, Names, Options, Publish};
use holdfast_compose::model::{Client, Project, StackClient};
use holdfast_compose::plan::Plan;
use holdfast_compose::{Diagnostic, Severity, classic, kubernetes, print, report, swarm};
use proptest::prelude::*;

use super::laws::{documents, said};
use super::{CLASSIC, CLIENTS, Case};
use crate::invariants;

fn to_swarm(project: &Project, client: StackClient, state: &swarm::State) -> Result<Plan, Vec<Diagnostic>> {
    let options = swarm::Options {
        client,
        namespace: "shop",
        resolve_image: swarm::ResolveImage::Changed,
        prune: true,
        resolver: &|_| None,
        reader: &|path| Ok(path.as_bytes().to_vec()),
    };
    swarm::deploy(project, &options, state)
}

fn to_classic(project: &Project, recreate: classic::Recreate) -> Result<Plan, Vec<Diagnostic>> {
    let options = classic::Options {
        project: "shop",
        working_dir: "/p",
        config_files: &["compose.yaml".to_owned()],
        recreate,
        always_recreate_deps: false,
        renew_anonymous_volumes: false,
        remove_orphans: true,
        scale: &BTreeMap::new(),
        image: &|_| None,
        reader: &|path| Ok(path.as_bytes().to_vec()),
    };
    classic::up(project, &options, &classic::State::default())
}

/// Names that requests of a kind create, each once.
fn created(plan: &Plan, path: &str) -> Vec<String> {
    let name = |request: &holdfast_compose::plan::Request| {
        let body = request.body.value();
        let name = request.query.get("name").or_else(|| body["Name"].as_str());
        name.unwrap_or_default().to_owned()
    };
    plan.requests.iter().filter(|request| request.path == path).map(name).collect()
}

fn is_unique(names: &[String]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() == names.len()
}

/// Converts a project to everything and checks what is made; what is refused is refused with an error.
fn convert_to_all(project: &Project) {
    for client in [StackClient::V20_10, StackClient::V28] {
        match to_swarm(project, client, &swarm::State::default()) {
            Ok(plan) => {
                let services = created(&plan, "/services/create");
                assert_eq!(services.len(), project.services.len());
                assert!(is_unique(&services) && services.iter().all(|name| name.starts_with("shop_")), "{services:?}");
                assert!(is_unique(&created(&plan, "/networks/create")));
                assert!(plan.requests.iter().all(|request| request.method == "POST"), "nothing is there to remove");
            }
            Err(errors) => assert!(errors.iter().any(|error| error.severity == Severity::Error), "{errors:?}"),
        }
    }
    for recreate in [classic::Recreate::Changed, classic::Recreate::Never] {
        match to_classic(project, recreate) {
            Ok(plan) => {
                let containers = created(&plan, "/containers/create");
                assert!(is_unique(&containers), "{containers:?}");
                let starts = plan.requests.iter().filter(|request| request.path.ends_with("/start")).count();
                assert_eq!(starts, containers.len(), "each container is started once");
            }
            Err(errors) => assert!(errors.iter().any(|error| error.severity == Severity::Error), "{errors:?}"),
        }
    }
    let variants = [(false, Publish::LoadBalancer, Names::Refuse), (true, Publish::NodePort, Names::Adapt)];
    for (kompose_labels, publish, names) in variants {
        let stack = Some("shop".to_owned());
        let files = kubernetes::content_files(project).into_iter().map(|path| (path.to_owned(), path.into())).collect();
        let contents = Some(Contents { files, variables: BTreeMap::new() });
        let options = Options { stack, publish, names, kompose_labels, contents, ..Options::default() };
        match kubernetes::convert(project, &options) {
            Ok(objects) => {
                let outside = project.secrets.keys().chain(project.configs.keys()).cloned().collect();
                invariants::check(&objects, &outside);
            }
            Err(errors) => assert!(errors.iter().any(|error| error.severity == Severity::Error), "{errors:?}"),
        }
    }
    assert_eq!(report::explain(project).targets.len(), 3);
}

/// Labels of kompose, good and bad.
const LABELS: &[&str] = &[
    "kompose.cronjob.schedule: \"*/5 * * * *\"",
    "kompose.cronjob.concurrency_policy: Replace",
    "kompose.cronjob.backoff_limit: \"x\"",
    "kompose.hpa.cpu: \"50\"",
    "kompose.hpa.replicas.max: \"0\"",
    "kompose.controller.type: daemonset",
    "kompose.service.type: headless",
    "kompose.service.expose: \"true\"",
    "kompose.volume.size: 1Gi",
];

/// Keys that version 1 has, with values of its own spelling.
const VERSION_1: &[&str] = &[
    "command: a b",
    "environment: {A: \"1\", B: \"$$c\"}",
    "environment: [\"A=1\", B]",
    "ports: [\"8080:80\", \"127.0.0.1:1:2/udp\", 90]",
    "volumes: [\"/host:/d:ro\", \"./rel:/r\", /anon]",
    "volumes_from: [db]",
    "links: [\"db:alias\"]",
    "net: host",
    "net: \"container:db\"",
    "log_driver: syslog\nlog_opt: {tag: x}",
    "dns: 8.8.8.8",
    "cap_add: [ALL]",
    "mem_limit: 64m",
    "cpu_shares: 5",
    "labels: [\"a=b\"]",
    "extra_hosts: [\"h:1.1.1.1\"]",
    "expose: [80, \"90\"]",
    "restart: always",
    "privileged: true",
    "user: root",
    "working_dir: /w",
    "security_opt: [\"label=disable\"]",
    "ulimits: {nofile: {soft: 1, hard: 2}}",
];

fn version_1() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(VERSION_1, 0..=10).prop_map(|keys| {
        let mut seen = BTreeSet::new();
        let mut text = "db:\n  image: d\nweb:\n  image: nginx\n".to_owned();
        for line in keys.iter().flat_map(|snippet| snippet.lines()) {
            if seen.insert(line.split(':').next().unwrap_or_default()) {
                text.push_str(&format!("  {line}\n"));
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_file_is_converted_to_every_target((client, text) in documents()) {
        convert_to_all(&Case::of(&text).project(client));
    }

    #[test]
    fn any_mode_and_label_is_converted(
        mode in "replicated|global|replicated-job|global-job|other",
        restart in "no|always|on-failure:3|unless-stopped",
        labels in proptest::sample::subsequence(LABELS, 0..=LABELS.len()),
        volume in any::<bool>(),
    ) {
        let labels: String = labels.iter().map(|label| format!("      {label}\n")).collect();
        let volume = if volume { "    volumes: [\"d:/d\"]\n" } else { "" };
        let text = format!(
            "services:\n  a:\n    image: i\n    restart: \"{restart}\"\n    ports: [\"80:80\"]\n    deploy: {{mode: {mode}}}\n{volume}    labels:\n      own: x\n{labels}volumes: {{d: {{}}}}\n"
        );
        convert_to_all(&Case::of(&text).project(Client::Specification));
    }

    #[test]
    fn what_is_left_of_a_damaged_file_is_converted(
        (client, text) in documents(),
        at in any::<proptest::sample::Index>(),
        length in 0_usize..8,
        insert in "[a-z0-9:/.\\-$ ]{0,4}",
    ) {
        let mut text: Vec<char> = text.chars().collect();
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, insert.chars());
        if let Some(project) = Case::of(&text.iter().collect::<String>()).load(client).project {
            convert_to_all(&project);
        }
    }

    #[test]
    fn a_version_1_file_is_read_back_as_it_is_printed(text in version_1()) {
        let project = said(Case::of(&text).project(CLASSIC));
        let yaml = print::canonical(&project, CLASSIC).to_yaml();
        let again = Case::of(&yaml).load(CLASSIC);
        prop_assert!(again.errors.is_empty(), "{}\n{:#?}", yaml, again.errors);
        prop_assert_eq!(&project, &said(again.project.unwrap()), "{}", yaml);
        convert_to_all(&project);
    }

    #[test]
    fn a_file_without_interpolation_keeps_its_variables(name in "[A-Z_][A-Z0-9_]{0,6}", index in 0_usize..3) {
        let client = CLIENTS[index];
        let text = format!("version: \"3.8\"\nservices: {{a: {{image: \"i:${{{name}:-x}}\", hostname: \"$$y\", labels: {{l: \"${name}\"}}}}}}\n");
        let case = Case::of(&text).with(&name, "value");
        let project = case.uninterpolated(client);
        let service = &project.services["a"];
        prop_assert_eq!(service.image.clone(), Some(format!("i:${{{name}:-x}}")));
        prop_assert_eq!(service.hostname.as_deref(), Some("$$y"));
        let printed = print::plain(&project, client).to_yaml();
        prop_assert_eq!(said(Case::of(&printed).with(&name, "value").uninterpolated(client)).services, said(project).services);
    }
}
