//! The page that is made from the table.

use std::path::Path;

use holdfast_compose::report;

#[test]
fn the_page_of_the_table_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compose-mapping.md");
    let made = report::markdown();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&page, &made).unwrap();
    }
    let known = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(known == made, "docs/compose-mapping.md is old: INSTA_UPDATE=always writes it anew");
}

/// Fields of the model that are no keys of a service.
const NO_KEYS: &[&str] = &["name", "extensions", "at", "keys"];

#[test]
fn every_key_of_a_service_has_a_row() {
    let model = include_str!("../../src/model/service.rs");
    let body = model.split("pub struct Service {").nth(1).unwrap().split("\n}").next().unwrap();
    let fields =
        body.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':')).map(|(field, _)| field);
    let missing: Vec<&str> = fields
        .filter(|field| !NO_KEYS.contains(field))
        .filter(|field| {
            let key = format!("services.*.{field}");
            !report::rows().iter().any(|row| {
                row.key.strip_prefix(&key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', '!', '.']))
            })
        })
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
