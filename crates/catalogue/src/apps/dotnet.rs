//! .NET: what an application says it needs, the lock files of NuGet, and assemblies themselves.

mod assembly;
mod metadata;

use vuln::PackageType;

use super::draft::Drafts;
use super::{File, Read, json, xml};

pub(crate) use assembly::read as read_assembly;

/// Reads `*.deps.json`: libraries are `Name/1.2.3`.
pub(crate) fn read_deps(file: &File<'_>) -> Read {
    let deps = json::parse(file.bytes, "deps-json")?;
    let mut drafts = Drafts::new(file, PackageType::Nuget, "deps-json");
    for (key, library) in json::members(&deps, "libraries") {
        // References lie in the same folder and are no packages.
        if matches!(json::text(library, "type"), "reference" | "referenceassembly") {
            continue;
        }
        if let Some((name, version)) = key.rsplit_once('/') {
            // A self-contained application lists its runtime so.
            drafts.add_versioned(name.strip_prefix("runtimepack.").unwrap_or(name), version);
        }
    }
    if let Some((framework, version)) = shared_framework(file.path) {
        drafts.add_versioned(framework, version);
    }
    drafts.finish()
}

/// `/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/…` is an installed runtime.
fn shared_framework(path: &str) -> Option<(&str, &str)> {
    let (_, rest) = path.rsplit_once("/shared/")?;
    let mut parts = rest.split('/');
    let found = (parts.next()?, parts.next()?);
    (parts.next().is_some() && parts.next().is_none()).then_some(found)
}

/// Reads `packages.lock.json`.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let lock = json::parse(file.bytes, "nuget-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Nuget, "nuget-lock");
    for (_, dependencies) in json::members(&lock, "dependencies") {
        for (name, entry) in dependencies.as_object().into_iter().flatten() {
            if json::text(entry, "type") != "Project" {
                drafts.add_versioned(name, json::text(entry, "resolved"));
            }
        }
    }
    drafts.finish()
}

/// Reads `project.assets.json`, which a restore leaves in `obj`.
pub(crate) fn read_assets(file: &File<'_>) -> Read {
    let assets = json::parse(file.bytes, "nuget-assets")?;
    let mut drafts = Drafts::new(file, PackageType::Nuget, "nuget-assets");
    for (key, library) in json::members(&assets, "libraries") {
        if let Some((name, version)) = key.rsplit_once('/')
            && json::text(library, "type") == "package"
        {
            drafts.add_versioned(name, version);
        }
    }
    drafts.finish()
}

/// Reads `packages.config`: `<package id="Name" version="1.2.3"/>`.
pub(crate) fn read_config(file: &File<'_>) -> Read {
    read_xml(file, "packages-config", &["package"], &["id"], &["version"])
}

/// Reads `Directory.Packages.props`: `<PackageVersion Include="Name" Version="1.2.3"/>`.
pub(crate) fn read_central(file: &File<'_>) -> Read {
    let elements = &["PackageVersion", "GlobalPackageReference", "PackageReference"];
    read_xml(file, "directory-packages", elements, &["Include", "Update"], &["Version", "VersionOverride"])
}

fn read_xml(file: &File<'_>, found_by: &'static str, elements: &[&str], names: &[&str], versions: &[&str]) -> Read {
    xml::with(file, found_by, |root| {
        let mut drafts = Drafts::new(file, PackageType::Nuget, found_by);
        for node in root.descendants().filter(|node| elements.contains(&node.tag_name().name())) {
            let attribute = |names: &[&str]| names.iter().find_map(|name| node.attribute(*name)).unwrap_or_default();
            let version = attribute(versions);
            let version = if version.is_empty() { xml::child_text(node, "Version") } else { version };
            // A property that only the build knows, or a range, is no version.
            let exact = version.trim_start_matches('[').trim_end_matches(']');
            if exact.starts_with(|each: char| each.is_ascii_digit()) && !exact.contains(['*', ',', '$']) {
                drafts.add_versioned(attribute(names), exact);
            }
        }
        drafts.finish()
    })?
}
