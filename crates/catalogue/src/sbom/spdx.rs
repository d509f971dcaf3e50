//! SPDX 2.3, JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vuln::{Confidence, Package};

use super::ids::{self, KindName as _};
use super::{Document, RelationshipKind};
use crate::purl::purl;

const NONE: &str = "NOASSERTION";

/// Licences that no SPDX expression can name, by the reference that stands for them.
type Extracted = BTreeMap<String, String>;

/// Writes a document.
#[must_use]
pub fn spdx(document: &Document<'_>) -> Value {
    let ids = ids::packages(document);
    let mut extracted = Extracted::new();
    let mut packages = vec![image(document)];
    packages.extend(document.os.map(|os| {
        json!({
            "SPDXID": "SPDXRef-OperatingSystem", "name": os.id, "versionInfo": os.version,
            "downloadLocation": NONE, "filesAnalyzed": false, "copyrightText": NONE,
            "licenseConcluded": NONE, "licenseDeclared": NONE, "primaryPackagePurpose": "OPERATING-SYSTEM",
        })
    }));
    packages.extend(document.packages.iter().zip(&ids).map(|(each, id)| package(document, each, id, &mut extracted)));
    let name = if document.name.is_empty() { "image" } else { document.name };
    let mut out = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": format!("https://spdx.org/spdxdocs/holdfast-{}", ids::document(document, &ids)),
        "creationInfo": {
            "created": ids::created(document.created),
            "creators": [format!("Tool: holdfast-{}", document.tool_version)],
        },
        "packages": packages,
        "relationships": relationships(document, &ids),
    });
    if let Some(object) = out.as_object_mut()
        && !extracted.is_empty()
    {
        let one = |(id, text): (&String, &String)| json!({ "licenseId": id, "extractedText": text, "name": text });
        object.insert("hasExtractedLicensingInfos".to_owned(), extracted.iter().map(one).collect());
    }
    out
}

fn image(document: &Document<'_>) -> Value {
    let name = if document.name.is_empty() { "image" } else { document.name };
    let mut image = json!({
        "SPDXID": "SPDXRef-Image", "name": name,
        "downloadLocation": NONE, "filesAnalyzed": false, "copyrightText": NONE,
        "licenseConcluded": NONE, "licenseDeclared": NONE, "primaryPackagePurpose": "CONTAINER",
    });
    let hash = document.digest.and_then(|digest| digest.strip_prefix("sha256:")).filter(|hash| hash.len() == 64);
    if let (Some(object), Some(digest)) = (image.as_object_mut(), document.digest) {
        object.insert("versionInfo".to_owned(), Value::from(digest));
        if let Some(hash) = hash {
            object.insert("checksums".to_owned(), json!([{ "algorithm": "SHA256", "checksumValue": hash }]));
        }
    }
    image
}

fn package(document: &Document<'_>, package: &Package, id: &str, extracted: &mut Extracted) -> Value {
    let mut out = json!({ "SPDXID": format!("SPDXRef-Package-{id}"), "name": package.name });
    let Some(object) = out.as_object_mut() else { return out };
    if !package.version.is_empty() {
        object.insert("versionInfo".to_owned(), Value::from(package.version.as_str()));
    }
    if let Some(supplier) = package.vendor.as_deref().and_then(supplier) {
        object.insert("supplier".to_owned(), Value::from(supplier));
    }
    let source = package.evidence.iter().take(8).map(|each| format!("{} in {}", each.found_by, each.path));
    let source = format!("found by {}", source.collect::<Vec<_>>().join(", "));
    let facts = json!({
        "downloadLocation": NONE,
        "filesAnalyzed": false,
        "copyrightText": NONE,
        "licenseConcluded": NONE,
        "licenseDeclared": declared(&package.licenses, extracted),
        "sourceInfo": source,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl(package, document.os).to_string(),
        }],
        "comment": format!("type {}", package.kind_name()),
    });
    object.extend(facts.as_object().cloned().unwrap_or_default());
    if package.confidence == Confidence::Likely {
        object.insert("comment".to_owned(), Value::from(format!("type {}; likely", package.kind_name())));
    }
    out
}

/// `Organization: name`; brackets would begin an address.
fn supplier(vendor: &str) -> Option<String> {
    let name = vendor.split(['<', '(']).next().unwrap_or_default();
    let name: String = name.chars().filter(|each| !each.is_control() && !matches!(each, ')' | '>')).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| format!("Organization: {name}"))
}

/// All licences together; what is no expression gets a reference to its words.
fn declared(licenses: &[String], extracted: &mut Extracted) -> String {
    let terms: Vec<String> = licenses.iter().map(|license| term(license, extracted)).collect();
    match terms.as_slice() {
        [] => NONE.to_owned(),
        [one] => one.clone(),
        many => many
            .iter()
            .map(|term| if term.contains(' ') { format!("({term})") } else { term.clone() })
            .collect::<Vec<_>>()
            .join(" AND "),
    }
}

fn term(license: &str, extracted: &mut Extracted) -> String {
    let is_expression = spdx::Expression::parse(license).is_ok();
    // A reference must be explained; a foreign one is kept as words.
    if is_expression && !license.contains("Ref-") {
        return license.to_owned();
    }
    let plain: String =
        license.chars().map(|each| if each.is_ascii_alphanumeric() { each } else { '-' }).take(40).collect();
    let hash: String = hex::encode(Sha256::digest(license.as_bytes())).chars().take(8).collect();
    let id = format!("LicenseRef-{}-{hash}", plain.trim_matches('-'));
    let id = id.replace("--", "-");
    extracted.insert(id.clone(), license.to_owned());
    id
}

fn relationships(document: &Document<'_>, ids: &[String]) -> Value {
    let one = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut all = vec![one("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image")];
    if document.os.is_some() {
        all.push(one("SPDXRef-Image", "CONTAINS", "SPDXRef-OperatingSystem"));
    }
    let package = |id: &String| format!("SPDXRef-Package-{id}");
    all.extend(ids.iter().map(|id| one("SPDXRef-Image", "CONTAINS", &package(id))));
    for each in document.relationships {
        if let (Some(from), Some(to)) = (ids.get(each.from), ids.get(each.to))
            && from != to
        {
            let kind = match each.kind {
                RelationshipKind::DependsOn => "DEPENDS_ON",
                RelationshipKind::Contains => "CONTAINS",
            };
            all.push(one(&package(from), kind, &package(to)));
        }
    }
    Value::from(all)
}
