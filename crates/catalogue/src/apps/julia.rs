//! Julia: `Manifest.toml`.

use serde_json::Value;
use vuln::PackageType;

use super::draft::Drafts;
use super::{File, Read, json, python};

/// Reads both forms: `[[deps.Name]]` since 1.7, `[[Name]]` before. Julia's own libraries have no version.
pub(crate) fn read_manifest(file: &File<'_>) -> Read {
    let manifest = python::toml_document(file, "julia-manifest")?;
    let mut drafts = Drafts::new(file, PackageType::Julia, "julia-manifest");
    let packages = manifest.get("deps").unwrap_or(&manifest);
    for (name, entries) in packages.as_object().into_iter().flatten() {
        for entry in
            entries.as_array().into_iter().flatten().filter(|entry| entry.get("uuid").is_some_and(Value::is_string))
        {
            drafts.add_versioned(name, json::text(entry, "version"));
        }
    }
    drafts.finish()
}
