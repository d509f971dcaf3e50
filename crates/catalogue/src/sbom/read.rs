//! Bills of materials that others made: evidence beside our own, marked by where it comes from.

use std::str::FromStr as _;

use serde_json::Value;
use vuln::purl::{Purl, full_version, package_of, source_of};
use vuln::{Confidence, PackageType};

use super::{read_spdx, read_xml};
use crate::apps::draft::{self, Drafts};
use crate::apps::{File, json};
use crate::findings::{Findings, ParseError};
use crate::limits::Limits;

const FORMAT: &str = "sbom";
/// Components within components.
const MAX_DEPTH: usize = 32;

/// Reads a document of any known form, told by its contents; a document of another kind says nothing.
///
/// Understood are CycloneDX (JSON, XML), SPDX 2 (JSON, tag and value), Syft's JSON, and each of them as the predicate
/// of an in-toto statement. [`Evidence::found_by`](vuln::Evidence::found_by) begins with `sbom-`.
///
/// # Errors
/// The document is none of its form.
pub fn read(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let file = File { path, bytes, limits };
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf));
    match start.and_then(|at| bytes.get(at)) {
        Some(b'{') => {
            let document = json::parse(bytes, FORMAT)?;
            read_value(&file, &document)
        }
        Some(b'<') if memchr::memmem::find(bytes, b"cyclonedx.org/schema/bom").is_some() => read_xml::read(&file),
        Some(_) if memchr::memmem::find(bytes, b"SPDXVersion:").is_some() => read_spdx::read_tags(&file),
        _ => Ok(Findings::default()),
    }
}

fn read_value(file: &File<'_>, document: &Value) -> Result<Findings, ParseError> {
    // An attestation holds the document as its predicate; BuildKit and cosign write the same.
    if let Some(predicate) = document.get("predicate").filter(|_| document.get("predicateType").is_some()) {
        let inner = predicate.get("Data").unwrap_or(predicate);
        return read_form(file, inner);
    }
    read_form(file, document)
}

fn read_form(file: &File<'_>, document: &Value) -> Result<Findings, ParseError> {
    if json::text(document, "bomFormat") == "CycloneDX" {
        let mut drafts = Drafts::new(file, PackageType::Generic, "sbom-cyclonedx");
        for component in json::items(document, "components") {
            add_component(component, &mut drafts, 0);
        }
        drafts.finish()
    } else if document.get("spdxVersion").is_some() {
        read_spdx::read_json(file, document)
    } else if document.get("artifacts").is_some() && document.get("artifactRelationships").is_some() {
        let mut drafts = Drafts::new(file, PackageType::Generic, "sbom-syft");
        for artifact in json::items(document, "artifacts") {
            let (name, version) = (json::text(artifact, "name"), json::text(artifact, "version"));
            add(&mut drafts, json::text(artifact, "purl"), name, version, &[]);
        }
        drafts.finish()
    } else {
        Ok(Findings::default())
    }
}

fn add_component(component: &Value, drafts: &mut Drafts<'_>, depth: usize) {
    let (name, version) = (json::text(component, "name"), json::text(component, "version"));
    let group = json::text(component, "group");
    let licenses: Vec<String> = json::items(component, "licenses")
        .map(|entry| {
            let license = entry.get("license").unwrap_or(&Value::Null);
            let texts = [json::text(entry, "expression"), json::text(license, "id"), json::text(license, "name")];
            texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
        })
        .collect();
    // Files are no packages, and the system is found by its own files.
    if !matches!(json::text(component, "type"), "file" | "operating-system") {
        let name = if group.is_empty() { name.to_owned() } else { format!("{group}/{name}") };
        add(drafts, json::text(component, "purl"), &name, version, &licenses);
    }
    if depth < MAX_DEPTH {
        for inner in json::items(component, "components") {
            add_component(inner, drafts, depth + 1);
        }
    }
}

/// Adds a component: what its package URL says, else its name as a package of no kind.
pub(super) fn add(drafts: &mut Drafts<'_>, address: &str, name: &str, version: &str, licenses: &[String]) {
    let purl = Purl::from_str(address).ok();
    let known = purl.as_ref().and_then(package_of);
    let of_purl = purl.as_ref().and_then(|purl| purl.version.as_deref().map(|version| full_version(purl, version)));
    let version = of_purl.unwrap_or_else(|| version.to_owned());
    let package = match known {
        Some((kind, by_purl)) => {
            // The address of a Go module lost its capitals.
            let name = if kind == PackageType::Golang && name.eq_ignore_ascii_case(&by_purl) { name } else { &by_purl };
            drafts.add_as(kind, name, &version)
        }
        // An address of another ecosystem names nothing that advisories know.
        None if purl.is_some() || version.is_empty() => None,
        None => drafts.add_as(PackageType::Generic, name, &version),
    };
    let Some(package) = package else { return };
    if let Some(purl) = &purl {
        package.arch = purl.qualifiers.get("arch").cloned();
        package.source = purl.qualifiers.get("upstream").map(|upstream| {
            let mut source = source_of(package.kind, upstream);
            if source.version.is_empty() {
                source.version.clone_from(&package.version);
            }
            source
        });
    } else {
        package.confidence = Confidence::Likely;
    }
    for license in licenses.iter().filter(|license| !matches!(license.as_str(), "NOASSERTION" | "NONE")) {
        draft::license(package, license);
    }
}
