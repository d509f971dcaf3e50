//! What is said about broken files, and where.

use super::{CLASSIC, CLIENTS, Case, SPECIFICATION, STACK, service};

#[test]
fn every_error_of_a_file_is_told_at_once_with_its_place() {
    let text = "services:\n  web:\n    imagee: nginx\n    tty: maybe\n    ports:\n      - 80\n      - 80000:80\n  db:\n    image: 5\n    restart: [a]\n    depends_on: [dbb]\n";
    let outcome = Case::of(text).load(SPECIFICATION);
    let told: Vec<_> = outcome.errors.iter().map(|one| (one.code, one.path.as_str(), one.line, one.column)).collect();
    assert_eq!(
        told,
        [
            ("UNKNOWN_KEY", "services.web.imagee", 3, 5),
            ("INVALID_VALUE", "services.web.tty", 4, 10),
            ("INVALID_PORT", "services.web.ports[1]", 7, 9),
            ("WRONG_TYPE", "services.db.image", 9, 12),
            ("WRONG_TYPE", "services.db.restart", 10, 14),
            ("UNDEFINED_REFERENCE", "services.db.depends_on", 11, 18),
        ]
    );
    assert_eq!(outcome.errors[0].suggestion.as_deref(), Some("did you mean `image`?"));
    assert_eq!(outcome.errors[0].file.as_deref(), Some("/p/compose0.yaml"));
    assert_eq!(outcome.errors[3].expected.as_deref(), Some("a string"));
    assert!(outcome.project.is_none());
}

#[test]
fn broken_files_are_refused_with_these_codes() {
    let table: &[(&str, &str)] = &[
        ("services: {a: {image: b}}\n---\nservices: {}\n", "SEVERAL_DOCUMENTS "),
        ("services: [\n", "YAML_SYNTAX "),
        ("", "NOT_A_MAPPING "),
        ("- a\n", "NOT_A_MAPPING "),
        ("services: {a: {image: b, image: c}}\n", "DUPLICATE_KEY services.a.image"),
        ("services: {a: {image: b, 5: c}}\n", "NON_STRING_KEY services.a"),
        ("services: {a: {image: b, <<: 5}}\n", "MERGE_KEY services.a"),
        ("services: {a b: {image: b}}\n", "INVALID_NAME services.a b"),
        ("services:\n", "WRONG_TYPE services"),
        ("services: {a: }\n", "WRONG_TYPE services.a"),
        ("services: {a: {image: b, environment: }}\n", "WRONG_TYPE services.a.environment"),
        ("services: {a: {image: b, cap_add: [X, X]}}\n", "NOT_UNIQUE services.a.cap_add[1]"),
        ("services: {a: {}}\n", "NO_IMAGE services.a"),
        ("services: {a: {image: b, networks: [n]}}\n", "UNDEFINED_REFERENCE services.a.networks"),
        ("services: {a: {image: b, volumes: [\"vol:/v\"]}}\n", "UNDEFINED_REFERENCE services.a.volumes"),
        ("services: {a: {image: b, depends_on: [c]}}\n", "UNDEFINED_REFERENCE services.a.depends_on"),
        ("services: {a: {image: b, depends_on: [a]}}\n", "DEPENDENCY_CYCLE services.a.depends_on"),
        ("services: {a: {image: \"${\"}}\n", "INVALID_INTERPOLATION services.a.image"),
        ("services: {a: {image: \"${X:?no}\"}}\n", "REQUIRED_VARIABLE services.a.image"),
        ("services: {a: {image: b, mem_limit: lots}}\n", "INVALID_VALUE services.a.mem_limit"),
        ("services: {a: {image: b, stop_grace_period: 5 minutes}}\n", "INVALID_VALUE services.a.stop_grace_period"),
        ("services: {a: {image: b, healthcheck: {test: [curl]}}}\n", "INVALID_VALUE services.a.healthcheck.test"),
        ("services: {a: {image: b, volumes: [\"ab::c\"]}}\n", "INVALID_VOLUME services.a.volumes[0]"),
        ("services: {a: {image: b}}\nsecrets: {s: {}}\n", "MISSING_KEY secrets.s"),
        (
            "services: {a: {image: b}}\nvolumes: {v: {external: true, driver: d}}\n",
            "EXTERNAL_WITH_PROPERTIES volumes.v.driver",
        ),
        (
            "services: {a: {image: b, network_mode: host, networks: [default]}}\n",
            "CONFLICTING_KEYS services.a.network_mode",
        ),
        ("name: Not_OK!\nservices: {a: {image: b}}\n", "INVALID_PROJECT_NAME name"),
    ];
    for (text, expected) in table {
        assert_eq!(Case::of(text).errors(SPECIFICATION), [*expected], "{text}");
    }
}

#[test]
fn the_stack_client_s_refusals_are_told_with_what_to_do() {
    let forbidden = Case::of(&service("mem_limit: 1g\nvolumes_from: [a]")).load(STACK);
    let first = &forbidden.errors[0];
    assert_eq!((first.code, first.path.as_str()), ("FORBIDDEN_KEY", "services.web.mem_limit"));
    assert!(
        forbidden.errors.iter().any(|error| error.suggestion.as_deref() == Some("set limits under `deploy.resources`"))
    );
    let old = Case::of("version: \"3.0\"\nservices: {a: {image: b, init: true}}\n").load(STACK);
    assert_eq!(old.errors[0].code, "KEY_NOT_IN_VERSION");
    assert_eq!(old.errors[0].suggestion.as_deref(), Some("write `version: \"3.7\"` or higher"));
    for version in ["\"2.4\"", "\"3.14\"", "\"4\""] {
        let text = format!("version: {version}\nservices: {{a: {{image: b}}}}\n");
        assert_eq!(Case::of(&text).errors(STACK), ["UNSUPPORTED_VERSION version"]);
    }
}

#[test]
fn a_version_without_quotes_is_refused_by_all() {
    for client in CLIENTS {
        let errors = Case::of("version: 3.8\nservices: {a: {image: b}}\n").errors(client);
        let expected: &[&str] = if client == SPECIFICATION { &[] } else { &["WRONG_TYPE version"] };
        assert_eq!(errors, expected, "{client:?}");
    }
}

#[test]
fn repeated_keys_are_a_warning_where_the_client_takes_the_last() {
    let outcome = Case::of("version: \"2\"\nservices: {a: {image: b, image: c}}\n").load(CLASSIC);
    assert_eq!(outcome.warnings[0].code, "DUPLICATE_KEY");
    assert_eq!(outcome.project.unwrap().services["a"].image.as_deref(), Some("c"));
}

#[test]
fn a_missing_file_is_named() {
    let mut case = Case::of("services: {a: {image: b}}\n");
    case.names.push("/p/missing.yaml".to_owned());
    let outcome = case.load(SPECIFICATION);
    assert_eq!(outcome.errors[0].code, "FILE_NOT_FOUND");
    assert!(outcome.errors[0].message.contains("missing.yaml"));
}

#[test]
fn requests_for_devices_are_checked_by_the_specification() {
    let devices = |request: &str| {
        Case::of(&service(&format!("deploy: {{resources: {{reservations: {{devices: [{request}]}}}}}}")))
            .errors(SPECIFICATION)
    };
    let path = "services.web.deploy.resources.reservations.devices[0]";
    assert_eq!(devices("{capabilities: [gpu], count: some}"), [format!("INVALID_VALUE {path}.count")]);
    assert_eq!(devices("{capabilities: [gpu], count: 2, device_ids: [a]}"), [format!("CONFLICTING_KEYS {path}.count")]);
    assert_eq!(devices("{driver: nvidia, count: 2}"), [format!("MISSING_KEY {path}")]);
    for fine in ["{capabilities: [gpu], count: all}", "{capabilities: [gpu], count: \"1\"}", "{capabilities: [gpu]}"] {
        assert!(devices(fine).is_empty(), "{fine}");
    }
    assert!(Case::of(&service("gpus: [{driver: nvidia}]")).errors(SPECIFICATION).is_empty());
}

#[test]
fn only_external_volumes_may_have_nothing_else() {
    let secret = "services: {web: {image: a}}\nsecrets:\n  key: {external: true, template_driver: golang}\n";
    assert!(Case::of(secret).errors(SPECIFICATION).is_empty());
    let volume = "services: {web: {image: a}}\nvolumes:\n  data: {external: true, driver: local}\n";
    assert_eq!(Case::of(volume).errors(SPECIFICATION), ["EXTERNAL_WITH_PROPERTIES volumes.data.driver"]);
}
