//! Conversion of Stacks that the stock client sent.

use holdfast_compose::Severity;
use holdfast_compose::kubernetes::stack::from_project;
use holdfast_compose::kubernetes::{Names, Object, Options, Reading, Stack, convert, convert_stack};
use serde_json::Value;

use crate::{files, invariants, recording};

/// Files whose Stack the client sends though no cluster could run it, with the code of what is said of it.
const REFUSED: &[(&str, &str)] = &[
    ("build_only", "MISSING_IMAGE"),
    ("claims_that_collide", "NAME_TAKEN"),
    ("cluster_ip_without_ports", "MISSING_PORTS"),
    ("environment_without_value", "MISSING_VALUE"),
    ("global_with_volume", "GLOBAL_VOLUME"),
    ("long_name", "NAME_TOO_LONG"),
    ("names_adapted", "INVALID_NAME"),
    ("names_that_collide", "NAME_TAKEN"),
    ("names_with_underscores", "INVALID_NAME"),
    ("path_taken", "PATH_TAKEN"),
    ("too_many_ports", "TOO_MANY_PORTS"),
];

/// Returns the Stack that the client sent for a file.
pub(crate) fn sent(name: &str) -> Option<Stack> {
    let recording = recording::recorded(name)?;
    let stack = recording.made.into_iter().find(|made| made["kind"] == "Stack")?;
    Some(serde_json::from_value(stack).unwrap())
}

#[test]
fn what_the_client_sent_runs_or_is_refused_for_a_reason() {
    let mut count = 0;
    for name in recording::names() {
        let Some(stack) = sent(&name) else { continue };
        count += 1;
        let expected = REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, code)| *code);
        match (convert_stack(&stack, &Options::default()), expected) {
            (Ok(objects), None) => {
                let outside = stack.spec.secrets.keys().chain(stack.spec.configs.keys()).cloned();
                invariants::check(&objects, &outside.chain(["real-name".to_owned()]).collect());
            }
            (Err(found), Some(code)) => {
                let errors = found.iter().filter(|one| one.severity == Severity::Error);
                assert!(errors.into_iter().all(|one| one.code == code), "{name}: {found:?}");
            }
            (result, _) => panic!("{name}: {result:?}"),
        }
    }
    assert!(count > 40, "{count}");
}

/// Leaves out what no one means: nulls, empty things, and the order of services.
fn neutral(stack: &Stack) -> Value {
    recording::neutral(&serde_json::to_value(stack).unwrap(), "/project")
}

#[test]
fn ours_is_the_stack_that_the_client_sends() {
    for name in recording::names() {
        let Some(sent) = sent(&name) else { continue };
        let project = files::load(&name).unwrap_or_else(|said| panic!("{name}: {said:?}"));
        let (ours, _) =
            from_project(&project, "demo", Reading::Docker20_10).unwrap_or_else(|said| panic!("{name}: {said:?}"));
        let (ours, sent) = (neutral(&ours), neutral(&sent));
        assert_eq!(format!("{ours:#}"), format!("{sent:#}"), "{name}");
    }
}

#[test]
fn secrets_and_configs_are_those_that_the_client_makes() {
    let mut count = 0;
    for name in recording::names() {
        let Some(recording) = recording::recorded(&name) else { continue };
        let Ok(project) = files::load(&name) else { continue };
        let options = Options { names: Names::Refuse, ..files::options(&name, &project) };
        let Ok(objects) = convert(&project, &options) else { continue };
        let key = |value: &Value| format!("{}{}", value["kind"], value["metadata"]["name"]);
        let mut ours: Vec<Value> = objects
            .items
            .iter()
            .filter(|object| matches!(object, Object::Secret(_) | Object::ConfigMap(_)))
            .map(|object| recording::neutral(&serde_json::to_value(object).unwrap(), "/project"))
            .collect();
        ours.iter_mut().for_each(|object| drop(object["metadata"].as_object_mut().unwrap().remove("annotations")));
        let mut sent: Vec<Value> = recording.made.into_iter().filter(|made| made["kind"] != "Stack").collect();
        // The client puts bytes that are no text where only text can be; ours go where bytes can be.
        let is_text = |made: &Value| made["metadata"]["name"] != "binary";
        sent.retain(is_text);
        ours.retain(is_text);
        ours.sort_by_key(key);
        sent.sort_by_key(key);
        if !sent.is_empty() {
            count += 1;
            assert_eq!(ours, sent, "{name}");
        }
    }
    assert!(count > 2, "{count}");
}

/// Files of which a project says more than a Stack does.
const SAYS_MORE: &[&str] = &["health_checks", "memory_mounts_long", "placement_with_dashes", "user_and_group"];

#[test]
fn a_project_and_its_stack_become_the_same() {
    for name in recording::names() {
        let Some(sent) = sent(&name) else { continue };
        let project = files::load(&name).unwrap();
        let options = Options { names: Names::Refuse, ..files::options(&name, &project) };
        let (Ok(mut ours), Ok(theirs)) = (convert(&project, &options), convert_stack(&sent, &options)) else {
            continue;
        };
        ours.items.retain(|object| !matches!(object, Object::Secret(_) | Object::ConfigMap(_)));
        assert_eq!(ours.items == theirs.items, !SAYS_MORE.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_stack_may_use_what_it_does_not_declare() {
    let text = r#"{"metadata": {"name": "demo"}, "spec": {"services": [{
        "name": "web", "image": "nginx", "secrets": [{"source": "outside"}], "volumes": null,
        "deploy": {"placement": {"constraints": {"OperatingSystem": null, "Architecture": null, "Hostname": null,
            "MatchLabels": {"cores": {"Value": "8", "Operator": ">"}}}}}
    }]}}"#;
    let stack: Stack = serde_json::from_str(text).unwrap();
    let objects = convert_stack(&stack, &Options::default()).unwrap();
    let text = objects.to_yaml();
    assert!(text.contains("secretName: outside") && text.contains("operator: Gt"), "{text}");
}
