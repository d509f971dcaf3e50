//! `holdfast compose` as a script calls it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("compose")
        .args(arguments)
        .current_dir(directory)
        .env_remove("COMPOSE_FILE")
        .env_remove("COMPOSE_PROFILES")
        .env_remove("COMPOSE_PROJECT_NAME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const GOOD: &str = "services:\n  web:\n    image: nginx:${TAG:-1}\n    ports: [\"8080:80\"]\n";
const BAD: &str = "services:\n  web:\n    imagee: nginx\n    tty: maybe\n";

#[test]
fn config_prints_yaml_json_and_names() {
    let directory = tempfile::tempdir().unwrap();
    let yaml = run(directory.path(), &["config", "-f", "-", "-p", "shop"], GOOD);
    assert_eq!(yaml.status.code(), Some(0), "{}", text(&yaml.stderr));
    assert!(
        text(&yaml.stdout).starts_with("name: shop\nservices:\n  web:\n    image: \"nginx:1\"\n")
            || text(&yaml.stdout).contains("nginx:1")
    );
    let json = run(directory.path(), &["config", "-f", "-", "--format", "json"], GOOD);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["services"]["web"]["ports"][0]["published"], "8080");
    let services = run(directory.path(), &["config", "-f", "-", "--services"], GOOD);
    assert_eq!(text(&services.stdout), "web\n");
    let plain = run(directory.path(), &["config", "-f", "-", "--no-interpolate"], GOOD);
    assert!(text(&plain.stdout).contains("nginx:${TAG:-1}"));
}

#[test]
fn files_are_found_here_and_above_with_their_override() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("compose.yaml"), GOOD).unwrap();
    std::fs::write(directory.path().join("compose.override.yaml"), "services: {web: {user: me}}\n").unwrap();
    let below = directory.path().join("below");
    std::fs::create_dir(&below).unwrap();
    let printed = run(&below, &["config"], "");
    assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
    assert!(text(&printed.stdout).contains("user: me"));
}

#[test]
fn a_wrong_file_is_code_1_with_a_line_for_each_error() {
    let directory = tempfile::tempdir().unwrap();
    let lint = run(directory.path(), &["lint", "-f", "-"], BAD);
    assert_eq!(lint.status.code(), Some(1));
    let lines = text(&lint.stdout);
    assert!(lines.starts_with("-:3:5: error[UNKNOWN_KEY]: `imagee` is not a key that belongs here (services.web.imagee); help: did you mean `image`?\n"), "{lines}");
    assert!(lines.contains("-:4:10: error[INVALID_VALUE]"), "{lines}");
    let json = run(directory.path(), &["lint", "-f", "-", "--output", "json"], BAD);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((value[0]["code"].as_str(), value[0]["line"].as_u64()), (Some("UNKNOWN_KEY"), Some(3)));
    assert_eq!(run(directory.path(), &["config", "-f", "-"], BAD).status.code(), Some(1));
}

#[test]
fn other_failures_have_codes_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let code = |arguments: &[&str]| run(directory.path(), arguments, "").status.code();
    assert_eq!(code(&["convert", "-f", "-"]), Some(2));
    assert_eq!(code(&["frobnicate"]), Some(2));
    assert_eq!(code(&["config", "-f", "missing.yaml"]), Some(3));
    assert_eq!(code(&["config"]), Some(3));
    let strict =
        run(directory.path(), &["lint", "-f", "-", "--strict"], "version: \"3.8\"\nservices: {a: {image: b}}\n");
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn one_file_is_converted_to_every_target_and_explained() {
    let directory = tempfile::tempdir().unwrap();
    let file = "version: \"3.8\"\nservices:\n  web:\n    image: nginx\n    ports: [\"8080:80\"]\n";
    for (target, part) in
        [("swarm", "/services/create"), ("classic", "/containers/create"), ("kubernetes", "kind: Deployment")]
    {
        let converted = run(directory.path(), &["convert", "--to", target, "-f", "-", "-p", "shop"], file);
        assert_eq!(converted.status.code(), Some(0), "{target}: {}", text(&converted.stderr));
        assert!(text(&converted.stdout).contains(part), "{target}: {}", text(&converted.stdout));
    }
    let explained = run(directory.path(), &["explain", "-f", "-"], file);
    assert_eq!(explained.status.code(), Some(0), "{}", text(&explained.stderr));
    assert!(text(&explained.stdout).to_lowercase().contains("kubernetes"));
}
