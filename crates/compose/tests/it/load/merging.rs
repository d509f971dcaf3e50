//! Several files, by each client's rules.

use super::{CLASSIC, CLIENTS, Case, SPECIFICATION, STACK, service};

fn merged(base: &str, over: &str, client: holdfast_compose::model::Client) -> holdfast_compose::model::Service {
    let over = format!(
        "version: \"3.13\"\nservices:\n  web:\n{}",
        over.lines().map(|l| format!("    {l}\n")).collect::<String>()
    );
    Case::of(&service(base)).and(&over).project(client).services["web"].as_ref().clone()
}

#[test]
fn scalars_are_replaced_and_mappings_joined() {
    for client in CLIENTS {
        let web = merged(
            "environment: {A: 1, B: 1}\nuser: a\nlabels: [x=1]",
            "environment: [B=2]\nuser: b\nlabels: {y: 2}",
            client,
        );
        assert_eq!(web.user.as_deref(), Some("b"), "{client:?}");
        let values: Vec<_> = web.environment.iter().map(|(k, v)| format!("{k}={}", v.clone().unwrap())).collect();
        assert_eq!(values, ["A=1", "B=2"]);
        assert_eq!(web.labels.len(), 2);
    }
}

#[test]
fn commands_are_replaced_and_lists_get_longer() {
    for client in CLIENTS {
        let web = merged("command: [a, b]\ncap_add: [X]", "command: [c]\ncap_add: [Y]", client);
        assert_eq!(web.command, Some(holdfast_compose::model::CommandLine::Words(vec!["c".to_owned()])));
        assert_eq!(web.cap_add, ["X", "Y"]);
    }
}

#[test]
fn volumes_with_the_same_target_are_replaced() {
    for client in CLIENTS {
        let web = merged("volumes: [\"/a:/x\", \"/b:/y\"]", "volumes: [\"/c:/x\"]", client);
        let mut sources: Vec<_> = web.volumes.iter().map(|mount| mount.source.clone().unwrap()).collect();
        sources.sort();
        assert_eq!(sources, ["/b", "/c"], "{client:?}");
    }
}

#[test]
fn the_stack_client_cannot_be_told_false() {
    assert_eq!(merged("tty: true", "tty: false", STACK).tty, Some(true));
    assert_eq!(merged("tty: true", "tty: false", CLASSIC).tty, Some(false));
    assert_eq!(merged("tty: true", "tty: false", SPECIFICATION).tty, Some(false));
}

#[test]
fn logging_options_are_joined_for_the_same_driver_only() {
    for client in CLIENTS {
        let base = "logging: {driver: a, options: {x: \"1\"}}";
        let same = merged(base, "logging: {options: {y: \"2\"}}", client).logging.unwrap();
        assert_eq!(same.options.len(), 2, "{client:?}");
        let other = merged(base, "logging: {driver: b, options: {y: \"2\"}}", client).logging.unwrap();
        assert_eq!(other.options.len(), 1, "{client:?}");
    }
}

#[test]
fn reset_and_override_do_what_the_specification_says() {
    let web = merged(
        "ports: [80]\nenvironment: {A: 1, B: 2}\ncap_add: [X]\nuser: a",
        "ports: !reset []\nenvironment: {A: !reset null}\ncap_add: !override [Y]\nuser: !reset null",
        SPECIFICATION,
    );
    assert!(web.ports.is_empty());
    assert_eq!(web.environment.keys().collect::<Vec<_>>(), ["B"]);
    assert_eq!(web.cap_add, ["Y"]);
    assert_eq!(web.user, None);
}

#[test]
fn definitions_at_the_top_are_merged_by_the_specification_only() {
    let base = "services: {a: {image: b}}\nnetworks: {n: {driver: x, labels: {l: \"1\"}}}\n";
    let over = "services: {a: {image: b}}\nnetworks: {n: {driver: y}}\n";
    let labels = |client| Case::of(base).and(over).project(client).networks["n"].labels.len();
    assert_eq!((labels(SPECIFICATION), labels(STACK), labels(CLASSIC)), (1, 0, 0));
}

#[test]
fn files_of_different_versions_are_refused() {
    let case =
        Case::of("version: \"3.7\"\nservices: {a: {image: b}}\n").and("version: \"3.8\"\nservices: {a: {image: b}}\n");
    assert_eq!(case.errors(STACK), ["VERSION_MISMATCH version"]);
    assert!(case.errors(CLASSIC).is_empty());
}

#[test]
fn an_empty_file_over_another_is_passed_over_by_the_specification_only() {
    let case = Case::of(&service("user: a")).and("# nothing yet\n");
    assert_eq!(case.project(SPECIFICATION).services["web"].user.as_deref(), Some("a"));
    assert_eq!(case.errors(STACK), ["NOT_A_MAPPING "]);
    assert_eq!(case.errors(CLASSIC), ["NOT_A_MAPPING "]);
    assert_eq!(Case::of("").and("# nothing\n").errors(SPECIFICATION), ["NOT_A_MAPPING ", "NOT_A_MAPPING "]);
}
