//! `package-lock.json` and `npm-shrinkwrap.json` of versions 1 to 3, and `bun.lock`.

use serde_json::Value;
use vuln::PackageType;

use super::{add_locked, split_spec};
use crate::apps::draft::{self, Drafts};
use crate::apps::{File, Read, json};

/// Reads npm's lock file.
pub(crate) fn read_npm(file: &File<'_>) -> Read {
    let lock = json::parse(file.bytes, "npm-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Npm, "npm-lock");
    if lock.get("packages").is_some() {
        for (path, entry) in json::members(&lock, "packages") {
            add_entry(path, entry, &mut drafts);
        }
    } else {
        add_locked(&mut drafts, json::text(&lock, "name"), json::text(&lock, "version"));
        add_nested(&lock, &mut drafts);
    }
    drafts.finish()
}

/// Versions 2 and 3: `node_modules/a/node_modules/@b/c`.
fn add_entry(path: &str, entry: &Value, drafts: &mut Drafts<'_>) {
    if entry.get("link").and_then(Value::as_bool).unwrap_or(false) {
        return;
    }
    let own = json::text(entry, "name");
    let by_path = path.rsplit_once("node_modules/").map_or("", |(_, name)| name);
    let name = if own.is_empty() { by_path } else { own };
    if let Some(package) = add_locked(drafts, name, json::text(entry, "version")) {
        draft::license(package, json::text(entry, "license"));
    }
}

/// Version 1: dependencies within dependencies; the JSON parser bounds how deep.
fn add_nested(value: &Value, drafts: &mut Drafts<'_>) {
    for (name, entry) in json::members(value, "dependencies") {
        add_locked(drafts, name, json::text(entry, "version"));
        add_nested(entry, drafts);
    }
}

/// Reads `bun.lock`: JSON with trailing commas whose packages are arrays that begin with `name@version`.
pub(crate) fn read_bun(file: &File<'_>) -> Read {
    let lock = json::parse_relaxed(file.bytes, "bun-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Npm, "bun-lock");
    for (_, entry) in json::members(&lock, "packages") {
        let spec = entry.get(0).and_then(Value::as_str).unwrap_or_default();
        if let Some((name, version)) = split_spec(spec) {
            add_locked(&mut drafts, name, version);
        }
    }
    drafts.finish()
}
