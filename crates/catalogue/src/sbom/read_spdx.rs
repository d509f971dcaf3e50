//! SPDX 2: JSON, and the older form of tags and values.

use serde_json::Value;
use vuln::PackageType;

use super::read::add;
use crate::apps::draft::Drafts;
use crate::apps::{File, json};
use crate::findings::{Findings, ParseError};

const FOUND_BY: &str = "sbom-spdx";

/// Reads a JSON document.
pub(super) fn read_json(file: &File<'_>, document: &Value) -> Result<Findings, ParseError> {
    let mut drafts = Drafts::new(file, PackageType::Generic, FOUND_BY);
    for package in json::items(document, "packages") {
        let purpose = json::text(package, "primaryPackagePurpose");
        if matches!(purpose, "CONTAINER" | "OPERATING-SYSTEM" | "OPERATING_SYSTEM" | "FILE") {
            continue;
        }
        let is_purl = |reference: &&Value| json::text(reference, "referenceType") == "purl";
        let reference = json::items(package, "externalRefs").find(is_purl);
        let address = reference.map_or("", |reference| json::text(reference, "referenceLocator"));
        let texts = [json::text(package, "licenseDeclared"), json::text(package, "licenseConcluded")];
        let license = texts.into_iter().find(|text| !matches!(*text, "" | "NOASSERTION" | "NONE"));
        let licenses: Vec<String> = license.map(str::to_owned).into_iter().collect();
        add(&mut drafts, address, json::text(package, "name"), json::text(package, "versionInfo"), &licenses);
    }
    drafts.finish()
}

/// Reads a document of tags and values: `PackageName:` begins a package.
pub(super) fn read_tags(file: &File<'_>) -> Result<Findings, ParseError> {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Generic, FOUND_BY);
    let (mut name, mut version, mut address, mut license) = ("", "", "", "");
    let mut flush = |name: &str, version: &str, address: &str, license: &str| {
        if !name.is_empty() {
            let licenses: &[String] = &[license.to_owned()];
            add(&mut drafts, address, name, version, licenses);
        }
    };
    for line in text.lines() {
        let Some((tag, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match tag.trim() {
            "PackageName" => {
                flush(name, version, address, license);
                (name, version, address, license) = (value, "", "", "");
            }
            "PackageVersion" => version = value,
            "PackageLicenseDeclared" => license = value,
            "ExternalRef" if value.contains(" purl ") => address = value.rsplit(' ').next().unwrap_or_default(),
            _ => {}
        }
    }
    flush(name, version, address, license);
    drafts.finish()
}
