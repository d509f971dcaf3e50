//! Swift: `Package.resolved` of the package manager, and `Podfile.lock` of Cocoapods.

use vuln::PackageType;

use super::draft::Drafts;
use super::yaml::Yaml;
use super::{File, Read, json, yaml};

/// Reads `Package.resolved`, versions 1 to 3. A package's name is its address without scheme and `.git`.
pub(crate) fn read_resolved(file: &File<'_>) -> Read {
    let resolved = json::parse(file.bytes, "package-resolved")?;
    let mut drafts = Drafts::new(file, PackageType::Swift, "package-resolved");
    let first_form = resolved.get("object").into_iter().flat_map(|object| json::items(object, "pins"));
    for pin in json::items(&resolved, "pins").chain(first_form) {
        let (location, identity) = (json::text(pin, "location"), json::text(pin, "identity"));
        let location = if location.is_empty() { json::text(pin, "repositoryURL") } else { location };
        let name = if location.is_empty() { identity.to_owned() } else { repository(location) };
        let state = pin.get("state").unwrap_or(pin);
        let version = json::text(state, "version");
        drafts.add_versioned(&name, if version.is_empty() { json::text(state, "revision") } else { version });
    }
    drafts.finish()
}

fn repository(location: &str) -> String {
    let plain = location.split_once("://").map_or(location, |(_, rest)| rest);
    let plain = plain.split_once('@').map_or(plain, |(_, rest)| rest);
    plain.trim_end_matches('/').trim_end_matches(".git").replacen(':', "/", 1)
}

/// Reads `Podfile.lock`: items of `PODS` are `Name (1.2.3)`, or a mapping of that to what it needs.
pub(crate) fn read_podfile(file: &File<'_>) -> Read {
    let lock = yaml::parse(file, "podfile-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Cocoapods, "podfile-lock");
    for item in lock.get("PODS").items() {
        let pod = match item {
            Yaml::Map(members) => members.first().map_or("", |(key, _)| key.as_str()),
            other => other.text(),
        };
        if let Some((name, version)) = pod.split_once(" (") {
            drafts.add_versioned(name, version.trim_end_matches(')'));
        }
    }
    drafts.finish()
}
