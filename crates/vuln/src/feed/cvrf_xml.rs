//! Microsoft's CVRF bulletins in XML.

use std::collections::HashMap;

use super::cvrf::{Fix, Flaw, emit};
use super::xml::{Element, each};
use super::{Error, Sink};

/// Reads a bulletin; its product tree stands before its vulnerabilities.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let mut products: HashMap<String, String> = HashMap::new();
    each(bytes, &["FullProductName", "Vulnerability"], |element| match element.name.as_str() {
        "FullProductName" => {
            if let Some(id) = element.attribute("ProductID") {
                products.insert(id.to_owned(), element.text.trim().to_owned());
            }
        }
        _ => emit(flaw(&element), &products, sink),
    })
}

fn flaw(element: &Element) -> Flaw {
    let products = |element: &Element| -> Vec<String> {
        element.children("ProductID").map(|product| product.text.trim().to_owned()).collect()
    };
    let note = element.list("Notes", "Note").find(|note| note.attribute("Title") == Some("Description"));
    let severities = element.list("Threats", "Threat").filter(|threat| threat.attribute("Type") == Some("Severity"));
    let fixes = element.list("Remediations", "Remediation").filter(|fix| fix.attribute("Type") == Some("Vendor Fix"));
    Flaw {
        cve: element.text_of("CVE").to_owned(),
        title: element.text_of("Title").to_owned(),
        description: note.map(|note| note.text.clone()).unwrap_or_default(),
        published: element.text_of("ReleaseDate").to_owned(),
        cwes: element.children("CWE").filter_map(|cwe| cwe.attribute("ID")).map(str::to_owned).collect(),
        severities: severities.map(|threat| (threat.text_of("Description").to_owned(), products(threat))).collect(),
        vectors: element.list("CVSSScoreSets", "ScoreSet").map(|score| score.text_of("Vector").to_owned()).collect(),
        fixes: fixes
            .map(|fix| Fix {
                article: fix.text_of("Description").to_owned(),
                build: fix.text_of("FixedBuild").to_owned(),
                supersedes: fix.text_of("Supercedence").to_owned(),
                url: fix.text_of("URL").to_owned(),
                products: products(fix),
            })
            .collect(),
    }
}
