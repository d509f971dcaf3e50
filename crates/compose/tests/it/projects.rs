//! Conversion of projects.

use std::collections::BTreeSet;

use holdfast_compose::kubernetes::{Object, Options, Reading, convert, stack};
use holdfast_compose::model::{Project, Service};
use holdfast_compose::report;

use crate::{files, golden, invariants, recording};

#[test]
fn files_become_these_objects() {
    for name in recording::names() {
        let result = files::load(&name).and_then(|project| convert(&project, &files::options(&name, &project)));
        golden::check("objects", &name, &golden::text(&result));
        if let Ok(objects) = result {
            invariants::check(&objects, &["outside", "real-name"].map(str::to_owned).into());
        }
    }
}

#[test]
fn files_are_explained_like_this() {
    for name in ["not_held_to", "specification", "version_two", "voting", "names_with_underscores", "plain", "jobs"] {
        let project = files::load(name).unwrap_or_else(|said| panic!("{name}: {said:?}"));
        golden::check("explained", name, &report::explain(&project).to_string());
    }
}

#[test]
fn a_project_survives_the_way_through_a_stack() {
    for name in recording::names() {
        let Ok(project) = files::load(&name) else { continue };
        let Ok((there, _)) = stack::from_project(&project, "demo", Reading::Meant) else { continue };
        let (back, _) = stack::from_project(&stack::to_project(&there), "demo", Reading::Meant).unwrap();
        assert_eq!(serde_json::to_value(there).unwrap(), serde_json::to_value(back).unwrap(), "{name}");
    }
}

#[test]
fn no_secret_is_shown_where_an_object_is_debugged() {
    let project = files::load("secrets").unwrap();
    let options = files::options("secrets", &project);
    let objects = convert(&project, &options).unwrap();
    let shown = format!("{objects:?}{options:?}");
    let kinds: BTreeSet<_> = objects.items.iter().map(Object::kind).collect();
    assert!(kinds.contains("Secret"));
    assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"), "{shown}");
}

#[test]
fn what_is_short_to_write_and_long_to_hold_is_refused() {
    let service =
        Service { expose: vec!["1-65535".to_owned(); 10_000], image: Some("a".to_owned()), ..Service::default() };
    let services = (0..100).map(|index| {
        let name = format!("s{index}");
        (name.clone(), Box::new(Service { name, ..service.clone() }))
    });
    let project = Project { name: "demo".to_owned(), services: services.collect(), ..Project::default() };
    let found = convert(&project, &Options::default()).unwrap_err();
    assert!(found.iter().any(|one| one.code == "TOO_MANY_PORTS"));
}
