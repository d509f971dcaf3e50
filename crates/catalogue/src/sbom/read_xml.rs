//! CycloneDX, XML.

use vuln::PackageType;

use super::read::add;
use crate::apps::draft::Drafts;
use crate::apps::{File, xml};
use crate::findings::{Findings, ParseError};

/// Reads a document.
pub(super) fn read(file: &File<'_>) -> Result<Findings, ParseError> {
    xml::with(file, "sbom", |root| {
        let mut drafts = Drafts::new(file, PackageType::Generic, "sbom-cyclonedx");
        // Only components of the document itself, at any depth: its metadata name the tool and the image.
        let all = xml::children(root, "components").flat_map(|components| components.descendants());
        for component in all.filter(|node| node.is_element() && node.tag_name().name() == "component") {
            if matches!(component.attribute("type"), Some("file" | "operating-system")) {
                continue;
            }
            let text = |name: &str| xml::child_text(component, name);
            let name = if text("group").is_empty() {
                text("name").to_owned()
            } else {
                format!("{}/{}", text("group"), text("name"))
            };
            let licenses = xml::child(component, "licenses").into_iter().flat_map(|licenses| licenses.children());
            let licenses: Vec<String> = licenses
                .filter(roxmltree::Node::is_element)
                .map(|license| {
                    let texts = [
                        license.text().unwrap_or_default(),
                        xml::child_text(license, "id"),
                        xml::child_text(license, "name"),
                    ];
                    texts.into_iter().map(str::trim).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
                })
                .collect();
            add(&mut drafts, text("purl"), &name, text("version"), &licenses);
        }
        drafts.finish()
    })?
}
