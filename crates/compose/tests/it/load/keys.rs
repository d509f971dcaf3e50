//! The table of every key, which `docs/compose-keys.md` holds.

use std::fmt::Write as _;

use holdfast_compose::keys;

/// Keys that are read and checked but have no field of their own in the model, each with the reason.
const NOT_IN_MODEL: &[(&str, &str)] = &[
    ("include", "resolved: what is included becomes part of the project"),
    ("services.*.extends", "resolved: the service has what it extends"),
    ("services.*.cgroupns_mode", "stands under `cgroup`"),
    ("services.*.dockerfile", "version 1; stands under `build.dockerfile`"),
    ("services.*.env_file", "resolved: its variables stand in `environment`"),
    ("services.*.label_file", "resolved: its labels stand in `labels`"),
    ("services.*.log_driver", "version 1; stands under `logging.driver`"),
    ("services.*.log_opt", "version 1; stands under `logging.options`"),
    ("services.*.net", "version 1; stands under `network_mode`"),
];

fn table() -> String {
    let mut text = "# Keys of Compose files\n\nMade by a test from the tables that the loader checks files with (`INSTA_UPDATE=always` writes it anew). \
         `v1` is version 1 and `1.29` is docker-compose 1.29 with versions 2 and 3; `stack` is the first version that `docker stack deploy` reads \
         the key in; `spec` is the Compose specification. `x-` keys are kept wherever the client takes them.\n\n\
         | Key | Holds | v1 | 1.29 | stack | spec | Model |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    let mark = |is: bool| if is { "yes" } else { "" };
    for row in keys() {
        let stack = row.stack.map(|minor| format!("3.{minor}")).unwrap_or_default();
        let reason = NOT_IN_MODEL.iter().find(|(path, _)| {
            row.path == *path || row.path.starts_with(&format!("{path}.")) || row.path.starts_with(&format!("{path}["))
        });
        let model = reason.map_or("yes", |(_, reason)| reason);
        writeln!(
            text,
            "| `{}` | {} | {} | {} | {stack} | {} | {model} |",
            row.path,
            row.holds.replace('|', "\\|"),
            mark(row.version_1),
            mark(row.classic),
            mark(row.specification)
        )
        .unwrap();
    }
    text
}

#[test]
fn the_page_of_keys_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/compose-keys.md");
    let made = table();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(path, &made).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    assert!(known == made, "docs/compose-keys.md is old: INSTA_UPDATE=always writes it anew");
}

#[test]
fn there_are_keys_for_every_reader() {
    let rows = keys();
    assert!(rows.len() > 250, "{}", rows.len());
    assert!(rows.iter().filter(|row| row.version_1).count() > 45);
    assert!(rows.iter().filter(|row| row.stack.is_some()).count() > 130);
    assert!(rows.iter().filter(|row| row.specification).count() > 230);
}
