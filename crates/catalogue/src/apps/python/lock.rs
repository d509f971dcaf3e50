//! Lock files of Pipenv (JSON), Poetry, PDM, uv and `pylock.toml` (TOML, PEP 751).

use serde_json::Value;
use vuln::PackageType;

use super::normalise;
use crate::apps::draft::Drafts;
use crate::apps::{File, Read, json};
use crate::findings::ParseError;

/// Parses TOML; nesting is bounded by the parser.
pub(crate) fn toml_document(file: &File<'_>, format: &'static str) -> Result<Value, ParseError> {
    toml::from_str(&file.text()).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ParseError::malformed(format, offset, "not TOML of the expected form")
    })
}

/// Reads `Pipfile.lock`.
pub(crate) fn read_pipfile(file: &File<'_>) -> Read {
    let lock = json::parse(file.bytes, "pipfile-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Pypi, "pipfile-lock");
    for section in ["default", "develop"] {
        for (name, entry) in json::members(&lock, section) {
            drafts.add_versioned(&normalise(name), json::text(entry, "version").trim_start_matches('='));
        }
    }
    drafts.finish()
}

/// Reads `poetry.lock`, `pdm.lock`, `uv.lock` (`[[package]]`) or `pylock.toml` (`[[packages]]`).
pub(crate) fn read_toml(file: &File<'_>, found_by: &'static str) -> Read {
    let lock = toml_document(file, found_by)?;
    let mut drafts = Drafts::new(file, PackageType::Pypi, found_by);
    for package in json::items(&lock, "package").chain(json::items(&lock, "packages")) {
        drafts.add_versioned(&normalise(json::text(package, "name")), json::text(package, "version"));
    }
    drafts.finish()
}
