//! `pnpm-lock.yaml`, versions 5 to 9: the packages' keys hold name and version, in four forms.

use vuln::PackageType;

use super::add_locked;
use crate::apps::draft::Drafts;
use crate::apps::yaml::{self, Yaml};
use crate::apps::{File, Read};

/// Reads the lock file.
pub(crate) fn read(file: &File<'_>) -> Read {
    let lock = yaml::parse(file, "pnpm-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Npm, "pnpm-lock");
    for (key, entry) in lock.get("packages").members().iter().chain(lock.get("snapshots").members()) {
        // Packages from elsewhere than the registry say who they are.
        let (name, version) = (entry.get("name").text(), entry.get("version").text());
        let by_key = split_key(key);
        let name = if name.is_empty() { by_key.map_or("", |(name, _)| name) } else { name };
        let version = if version.is_empty() { by_key.map_or("", |(_, version)| version) } else { version };
        add_locked(&mut drafts, name, version);
    }
    add_direct(&lock, &mut drafts);
    drafts.finish()
}

/// Direct dependencies, in case the list of packages was cut off.
fn add_direct(lock: &Yaml, drafts: &mut Drafts<'_>) {
    let importers = lock.get("importers").members().iter().map(|(_, importer)| importer);
    for importer in importers.chain([lock]) {
        for field in ["dependencies", "devDependencies", "optionalDependencies"] {
            for (name, entry) in importer.get(field).members() {
                let version = if let Yaml::Map(_) = entry { entry.get("version").text() } else { entry.text() };
                // An alias names its package before the version.
                let (name, version) =
                    split_key(version).filter(|(name, _)| !name.is_empty()).unwrap_or((name, version));
                add_locked(drafts, name, without_peers(version));
            }
        }
    }
}

/// `/name/1.2.3_peer`, `/@s/name/1.2.3`, `/name@1.2.3(peer@1)`, `name@1.2.3(peer@1)`.
fn split_key(key: &str) -> Option<(&str, &str)> {
    let key = key.split('(').next().unwrap_or_default();
    let slashed = key.strip_prefix('/');
    let plain = slashed.unwrap_or(key);
    let after_scope = plain.strip_prefix('@').map_or(0, |rest| rest.find('/').map_or(0, |at| at + 2));
    let rest = plain.get(after_scope..)?;
    // In the oldest form a slash comes first, and an `@` belongs to a peer.
    let sign = |each: char| each == '@' || (each == '/' && slashed.is_some());
    let at = rest.find(sign)? + after_scope;
    Some((plain.get(..at)?, without_peers(plain.get(at + 1..)?)))
}

fn without_peers(version: &str) -> &str {
    version.split(['(', '_']).next().unwrap_or_default()
}
