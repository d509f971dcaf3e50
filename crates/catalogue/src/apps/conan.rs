//! Conan: `conan.lock` of versions 1 and 2, `conanfile.txt`, and `conaninfo.txt` of installed packages.

use serde_json::Value;
use vuln::PackageType;

use super::draft::Drafts;
use super::{File, Read, json};

/// Reads `conan.lock`.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let lock = json::parse(file.bytes, "conan-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Conan, "conan-lock");
    let graph = lock.get("graph_lock").unwrap_or(&Value::Null);
    for (_, node) in json::members(graph, "nodes") {
        add(json::text(node, "ref"), &mut drafts);
    }
    for field in ["requires", "build_requires", "python_requires", "config_requires"] {
        for reference in json::items(&lock, field).filter_map(Value::as_str) {
            add(reference, &mut drafts);
        }
    }
    drafts.finish()
}

/// Reads the sections that name packages of `conanfile.txt` or `conaninfo.txt`.
pub(crate) fn read_text(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Conan, "conan-text");
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if matches!(section, "[requires]" | "[full_requires]" | "[tool_requires]" | "[build_requires]") {
            add(line, &mut drafts);
        }
    }
    drafts.finish()
}

/// Adds `name/1.2.3@user/channel#revision%time`; a range is no version.
fn add(reference: &str, drafts: &mut Drafts<'_>) {
    let plain = reference.split(['@', '#', '%', ':']).next().unwrap_or_default();
    if let Some((name, version)) = plain.split_once('/')
        && !version.contains(['[', '>', '<', '*'])
    {
        drafts.add_versioned(name, version);
    }
}
