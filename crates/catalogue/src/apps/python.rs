//! Python: installed distributions, and the lock files of pip, Pipenv, Poetry, PDM, uv and Conda.

mod lock;
mod requirements;

use vuln::matching::normalize;
use vuln::{Package, PackageType};

use super::draft::{self, Drafts};
use super::headers::{self, Folding};
use super::zip::{Archive, Budget};
use super::{File, Read, json};

pub(crate) use lock::{read_pipfile, read_toml, toml_document};
pub(crate) use requirements::{read as read_requirements, read_setup};

/// Fields before the description.
const MAX_FIELDS: usize = 2000;
/// `PKG-INFO` of an egg.
const MAX_METADATA: u64 = 4 << 20;
const METADATA: &str = "python-metadata";

/// The name by which a distribution is compared: lower case, runs of `-`, `_` and `.` are one hyphen (PEP 503).
fn normalise(name: &str) -> String {
    normalize("pypi", name.trim()).into_owned()
}

/// Reads `METADATA` of a `.dist-info` folder, or `PKG-INFO` of an `.egg-info`.
pub(crate) fn read(file: &File<'_>) -> Read {
    let mut drafts = Drafts::new(file, PackageType::Pypi, METADATA);
    add_metadata(&file.text(), &mut drafts);
    drafts.finish()
}

fn add_metadata(text: &str, drafts: &mut Drafts<'_>) {
    let fields = headers::fields(text, Folding::Blank, MAX_FIELDS);
    let (name, version) = (headers::first(&fields, "Name"), headers::first(&fields, "Version"));
    if let Some(package) = drafts.add_versioned(&normalise(name), version) {
        let author = headers::first(&fields, "Author");
        package.vendor = (!author.is_empty() && author.len() <= 200).then(|| author.to_owned());
        licenses(package, &fields);
    }
}

/// An expression if there is one, else the licence field, else the classifiers.
fn licenses(package: &mut Package, fields: &[(String, String)]) {
    draft::license(package, headers::first(fields, "License-Expression"));
    if package.licenses.is_empty() {
        draft::license(package, headers::first(fields, "License"));
    }
    let vague = package.licenses.first().is_none_or(|license| crate::licence::expression(license).is_none());
    if vague {
        let classifiers = headers::all(fields, "Classifier").filter_map(|value| value.strip_prefix("License ::"));
        let names: Vec<&str> = classifiers.filter_map(|value| value.rsplit("::").next()).map(str::trim).collect();
        let known: Vec<&str> =
            names.iter().copied().filter(|name| crate::licence::expression(name).is_some()).collect();
        if !known.is_empty() {
            package.licenses.clear();
        }
        let chosen = if known.is_empty() && package.licenses.is_empty() { names } else { known };
        for name in chosen.into_iter().filter(|name| *name != "OSI Approved") {
            draft::license(package, name);
        }
    }
}

/// Reads a zipped `.egg`.
pub(crate) fn read_egg(file: &File<'_>) -> Read {
    let mut budget = Budget::new(file.limits);
    let archive = Archive::open(file.bytes, &mut budget)?;
    let mut drafts = Drafts::new(file, PackageType::Pypi, METADATA);
    let wanted = |name: &str| name == "EGG-INFO/PKG-INFO" || name.ends_with(".dist-info/METADATA");
    for member in archive.members().iter().filter(|member| wanted(&member.name())) {
        let bytes = archive.read(member, MAX_METADATA, &mut budget)?;
        add_metadata(&String::from_utf8_lossy(&bytes), &mut drafts);
    }
    drafts.finish()
}

/// Reads an entry of `conda-meta`.
pub(crate) fn read_conda(file: &File<'_>) -> Read {
    let meta = json::parse(file.bytes, "conda-meta")?;
    let mut drafts = Drafts::new(file, PackageType::Conda, "conda-meta");
    let (name, version) = (json::text(&meta, "name"), json::text(&meta, "version"));
    if let Some(package) = drafts.add_versioned(name, version) {
        draft::license(package, json::text(&meta, "license"));
        let channel = json::text(&meta, "channel");
        package.vendor = (!channel.is_empty() && channel.len() <= 300).then(|| channel.to_owned());
        let platform = json::text(&meta, "subdir");
        package.arch = (!platform.is_empty() && platform.len() <= 32).then(|| platform.to_owned());
    }
    drafts.finish()
}
