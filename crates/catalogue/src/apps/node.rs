//! Node: installed packages, and the lock files of npm, Yarn, pnpm and Bun.

mod lock;
mod pnpm;
mod yarn;

use serde_json::Value;
use vuln::{Confidence, Package, PackageType};

use super::draft::{self, Drafts};
use super::{File, Read, json};

pub(crate) use lock::{read_bun, read_npm};
pub(crate) use pnpm::read as read_pnpm;
pub(crate) use yarn::read as read_yarn;

/// Reads `package.json`; one without a name is no package's. One without a version is an application's, or a part's of
/// a package that has a name of its own.
pub(crate) fn read(file: &File<'_>) -> Read {
    let manifest = json::parse(file.bytes, "package-json")?;
    let mut drafts = Drafts::new(file, PackageType::Npm, "package-json");
    let (name, version) = (json::text(&manifest, "name"), json::text(&manifest, "version"));
    let is_known = !version.trim().is_empty();
    if is_name(name) {
        let is_sure = is_known && is_installed(file.path, name);
        let confidence = if is_sure { Confidence::Confirmed } else { Confidence::Likely };
        if let Some(package) = drafts.add(name, version) {
            package.confidence = confidence;
            package.vendor = person(manifest.get("author"));
            licenses(package, &manifest);
        }
    }
    drafts.finish()
}

/// An aliased package lies under another name than its own.
fn is_installed(path: &str, _name: &str) -> bool {
    let Some((_, inner)) = path.rsplit_once("/node_modules/") else { return true };
    let depth = inner.split('/').count();
    if inner.starts_with('@') { depth == 3 } else { depth == 2 }
}

/// Names have one slash at most, after a scope.
fn is_name(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    match name.strip_prefix('@').map(|rest| rest.split_once('/')) {
        Some(Some((scope, name))) => plain(scope) && plain(name),
        Some(None) => false,
        None => plain(name) && !name.contains(['/', ':']),
    }
}

/// `"A <a@example.com>"` or `{"name": "A"}`.
fn person(author: Option<&Value>) -> Option<String> {
    let author = author?;
    let name = author.as_str().unwrap_or_else(|| json::text(author, "name"));
    let name = name.split(['<', '(']).next().unwrap_or_default().trim();
    (!name.is_empty() && name.len() <= 200).then(|| name.to_owned())
}

/// `license` is a text or an object, `licenses` an array of both.
fn licenses(package: &mut Package, manifest: &Value) {
    let one = |value: &Value| value.as_str().unwrap_or_else(|| json::text(value, "type")).to_owned();
    let found = manifest.get("license").into_iter().chain(json::items(manifest, "licenses")).map(one);
    for raw in found.collect::<Vec<_>>() {
        draft::license(package, &raw);
    }
    if package.licenses.is_empty() && manifest.get("licenses").is_some_and(Value::is_string) {
        draft::license(package, json::text(manifest, "licenses"));
    }
}

/// Adds a locked package; an alias (`npm:real@1.2.3`) is what it stands for.
fn add_locked<'d>(drafts: &'d mut Drafts<'_>, name: &str, version: &str) -> Option<&'d mut Package> {
    let (name, version) = match version.strip_prefix("npm:").and_then(split_spec) {
        Some((real, version)) => (real, version),
        None => (name, version),
    };
    // A folder, an address or a commit is no version.
    let is_version = version.starts_with(|each: char| each.is_ascii_digit());
    if is_name(name) && is_version { drafts.add(name, version) } else { None }
}

/// Splits `@scope/name@1.2.3` at the last `@` that does not begin it.
fn split_spec(spec: &str) -> Option<(&str, &str)> {
    let at = spec.rfind('@').filter(|at| *at > 0)?;
    Some((spec.get(..at)?, spec.get(at + 1..)?))
}
