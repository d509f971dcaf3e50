//! Haskell: `cabal.project.freeze`, `stack.yaml` and `stack.yaml.lock`.

use vuln::PackageType;

use super::draft::Drafts;
use super::{File, Read, rust, yaml};

/// Reads `cabal.project.freeze`: constraints of `any.name ==1.2.3`.
pub(crate) fn read_freeze(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Hackage, "cabal-freeze");
    for part in text.split([',', '\n']) {
        if let Some((name, version)) = part.split_once("==") {
            let name = name.split_whitespace().last().unwrap_or_default();
            drafts.add_versioned(name.rsplit("any.").next().unwrap_or_default(), version);
        }
    }
    drafts.finish()
}

/// Reads Stack's extra dependencies: `name-1.2.3@sha256:…` in the file, under `hackage` in its lock.
pub(crate) fn read_stack(file: &File<'_>) -> Read {
    let document = yaml::parse(file, "stack")?;
    let mut drafts = Drafts::new(file, PackageType::Hackage, "stack");
    let locked = document
        .get("packages")
        .items()
        .iter()
        .flat_map(|package| ["completed", "original"].map(|which| package.get(which).get("hackage").text()));
    let asked = document.get("extra-deps").items().iter().map(yaml::Yaml::text);
    for reference in locked.chain(asked).filter_map(|text| text.split('@').next()) {
        if let Some((name, version)) = rust::split_folder(reference).or_else(|| last_hyphen(reference)) {
            drafts.add_versioned(name, version);
        }
    }
    drafts.finish()
}

fn last_hyphen(reference: &str) -> Option<(&str, &str)> {
    reference.rsplit_once('-').filter(|(_, version)| version.starts_with(|each: char| each.is_ascii_digit()))
}
