//! `extends`, `include` and profiles.

use super::{CLASSIC, Case, SPECIFICATION};

#[test]
fn a_service_extends_one_of_its_file_and_of_another() {
    let main = "services:\n  web:\n    extends: {file: sub/common.yaml, service: base}\n    environment: {B: own}\n  two:\n    extends: web\n    user: me\n";
    let common =
        "services:\n  base:\n    image: nginx\n    environment: {A: base, B: base}\n    volumes: [\"./data:/data\"]\n";
    for client in [CLASSIC, SPECIFICATION] {
        let project = Case::of(main).beside("/p/sub/common.yaml", common).project(client);
        let two = &project.services["two"];
        assert_eq!(two.image.as_deref(), Some("nginx"), "{client:?}");
        assert_eq!(two.environment["A"].as_deref(), Some("base"));
        assert_eq!(two.environment["B"].as_deref(), Some("own"));
        assert_eq!(two.volumes[0].source.as_deref(), Some("/p/sub/data"));
    }
}

#[test]
fn services_that_extend_each_other_are_refused() {
    let text = "services:\n  a: {image: x, extends: b}\n  b: {image: x, extends: {service: a}}\n";
    for client in [CLASSIC, SPECIFICATION] {
        let errors = Case::of(text).errors(client);
        assert!(errors.iter().all(|error| error.starts_with("EXTENDS_CYCLE")), "{errors:?}");
        assert!(!errors.is_empty());
    }
}

#[test]
fn a_missing_base_is_told_with_the_nearest_name() {
    let outcome = Case::of("services:\n  base: {image: x}\n  web: {extends: bsae}\n").load(SPECIFICATION);
    assert_eq!(outcome.errors[0].code, "SERVICE_NOT_FOUND");
    assert_eq!(outcome.errors[0].suggestion.as_deref(), Some("did you mean `base`?"));
}

#[test]
fn docker_compose_1_29_does_not_extend_what_is_tied_to_others() {
    let text =
        "version: \"2.4\"\nservices:\n  db: {image: x}\n  base: {image: x, depends_on: [db]}\n  web: {extends: base}\n";
    assert_eq!(Case::of(text).errors(CLASSIC), ["NOT_EXTENSIBLE services.web.extends"]);
    assert!(Case::of(text).errors(SPECIFICATION).is_empty());
}

#[test]
fn an_included_project_keeps_its_own_directory_and_variables() {
    let main = "include:\n  - sub/compose.yaml\nservices:\n  web: {image: \"web:${TAG:-none}\", depends_on: [db]}\n";
    let sub = "services:\n  db: {image: \"db:$TAG\", volumes: [\"./data:/data\"]}\n";
    let case = Case::of(main).beside("/p/sub/compose.yaml", sub).beside("/p/sub/.env", "TAG=sub\n");
    let project = case.project(SPECIFICATION);
    assert_eq!(project.services["db"].image.as_deref(), Some("db:sub"));
    assert_eq!(project.services["db"].volumes[0].source.as_deref(), Some("/p/sub/data"));
    assert_eq!(project.services["web"].image.as_deref(), Some("web:none"));
}

#[test]
fn includes_that_conflict_or_come_back_are_refused() {
    let main = "include: [a.yaml]\nservices: {web: {image: one}}\n";
    let case = Case::of(main).beside("/p/a.yaml", "services: {web: {image: two}}\n");
    assert_eq!(case.errors(SPECIFICATION), ["INCLUDE_CONFLICT include[0]"]);
    let cycle =
        Case::of("include: [a.yaml]\nservices: {}\n").beside("/p/a.yaml", "include: [compose0.yaml]\nservices: {}\n");
    assert_eq!(cycle.errors(SPECIFICATION), ["INCLUDE_CYCLE include[0]"]);
}

#[test]
fn profiles_choose_services() {
    let mut case = Case::of("services:\n  a: {image: x}\n  b: {image: x, profiles: [debug]}\n");
    assert_eq!(case.project(SPECIFICATION).services.len(), 1);
    assert_eq!(case.project(SPECIFICATION).disabled_services.len(), 1);
    assert_eq!(case.clone().with("COMPOSE_PROFILES", "debug").project(SPECIFICATION).services.len(), 2);
    case.profiles = vec!["*".to_owned()];
    assert_eq!(case.project(SPECIFICATION).services.len(), 2);
}
