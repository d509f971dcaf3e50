//! Files made to do harm: a clear error, in bounded time.

use super::{CLIENTS, Case, SPECIFICATION};

#[test]
fn aliases_that_explode_are_refused() {
    let mut text = "x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        let items = vec![format!("*a{before}"); 10].join(", ");
        text.push_str(&format!("x-a{level}: &a{level} [{items}]\n"));
    }
    text.push_str("services: {a: {image: b}}\n");
    for client in CLIENTS {
        let errors = Case::of(&text).errors(client);
        assert!(errors[0].starts_with("ALIASES_EXPLODE"), "{errors:?}");
    }
}

#[test]
fn an_alias_inside_its_own_anchor_is_refused() {
    let errors = Case::of("services: &s {a: {image: b, x-me: *s}}\n").errors(SPECIFICATION);
    assert!(errors[0].starts_with("ALIAS_CYCLE") || errors[0].starts_with("YAML_SYNTAX"), "{errors:?}");
}

#[test]
fn depth_is_bounded() {
    for text in
        ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "x-a: ".to_owned() + &"[".repeat(5_000)]
    {
        let errors = Case::of(&text).errors(SPECIFICATION);
        assert!(errors[0].starts_with("TOO_DEEP") || errors[0].starts_with("YAML_SYNTAX"), "{errors:?}");
    }
}

#[test]
fn size_is_bounded() {
    let large = format!("services: {{a: {{image: b}}}}\n# {}\n", "x".repeat(17 << 20));
    assert!(Case::of(&large).errors(SPECIFICATION)[0].starts_with("TOO_LARGE"));
}

#[test]
fn ranges_of_ports_are_bounded() {
    let services: String = (0..50).map(|n| format!("  s{n}: {{image: b, ports: [\"1-65535:1-65535\"]}}\n")).collect();
    let errors = Case::of(&format!("services:\n{services}")).errors(SPECIFICATION);
    assert!(errors[0].starts_with("TOO_LARGE services."), "{errors:?}");
}

#[test]
fn merge_keys_and_anchors_work_and_are_bounded() {
    let text = "x-base: &base {image: nginx, environment: &env {A: \"1\"}}\nservices:\n  a: {<<: *base, user: me}\n  b: {<<: [{user: first}, *base], environment: {<<: *env, B: \"2\"}}\n";
    let project = Case::of(text).project(SPECIFICATION);
    assert_eq!(project.services["a"].image.as_deref(), Some("nginx"));
    assert_eq!(project.services["b"].environment.len(), 2);
    assert_eq!(project.services["b"].user.as_deref(), Some("first"));
}

#[test]
fn many_errors_are_told_up_to_a_bound() {
    let keys: String = (0..5_000).map(|n| format!("    unknown{n}: x\n")).collect();
    let outcome = Case::of(&format!("services:\n  a:\n    image: b\n{keys}")).load(SPECIFICATION);
    assert_eq!(outcome.errors.len(), 1_000);
}

#[test]
fn deep_interpolation_is_refused() {
    let text = format!("services: {{a: {{image: 'x{}{}'}}}}\n", "${A:-".repeat(500), "}".repeat(500));
    assert_eq!(Case::of(&text).errors(SPECIFICATION), ["INTERPOLATION_TOO_LONG services.a.image"]);
}

#[test]
fn a_chain_of_a_thousand_dependencies_is_walked() {
    let services: String = (1..1_000).map(|n| format!("  s{n}: {{image: b, depends_on: [s{}]}}\n", n - 1)).collect();
    Case::of(&format!("services:\n  s0: {{image: b}}\n{services}")).project(SPECIFICATION);
}
