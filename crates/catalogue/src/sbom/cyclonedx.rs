//! CycloneDX 1.6 (ECMA-424), JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use vuln::{Confidence, Package};

use super::ids::{self, KindName as _};
use super::{Document, RelationshipKind};
use crate::purl::purl;

/// Paths told of one package.
const MAX_OCCURRENCES: usize = 1000;

/// Writes a document.
#[must_use]
pub fn cyclonedx(document: &Document<'_>) -> Value {
    let ids = ids::packages(document);
    let mut components: Vec<Value> =
        document.packages.iter().zip(&ids).map(|(package, id)| component(document, package, id)).collect();
    if let Some(os) = document.os {
        let mut system = json!({ "type": "operating-system", "bom-ref": "os", "name": os.id });
        set(&mut system, "version", &os.version);
        set(&mut system, "description", &os.name);
        components.push(system);
    }
    let mut image = json!({ "type": "container", "bom-ref": "image", "name": name_of(document) });
    set(&mut image, "version", document.digest.unwrap_or_default());
    let tool = json!({
        "type": "application", "name": "holdfast", "version": document.tool_version,
    });
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", ids::document(document, &ids)),
        "version": 1,
        "metadata": {
            "timestamp": ids::created(document.created),
            "tools": { "components": [tool] },
            "component": image,
        },
        "components": components,
        "dependencies": dependencies(document, &ids),
    })
}

fn name_of<'a>(document: &Document<'a>) -> &'a str {
    if document.name.is_empty() { "image" } else { document.name }
}

fn set(value: &mut Value, key: &str, text: &str) {
    if let Some(object) = value.as_object_mut()
        && !text.is_empty()
    {
        object.insert(key.to_owned(), Value::from(text));
    }
}

fn component(document: &Document<'_>, package: &Package, id: &str) -> Value {
    let purl = purl(package, document.os);
    let mut component = json!({ "type": "library", "bom-ref": id });
    // What a package's own ecosystem calls its group; system packages have none.
    let grouped = matches!(purl.kind.as_str(), "maven" | "npm" | "composer" | "golang" | "swift");
    let (group, name) = match (&purl.namespace, package.name.rsplit_once(['/', ':'])) {
        (Some(_), Some((group, name))) if grouped => (group, name),
        _ => ("", package.name.as_str()),
    };
    set(&mut component, "publisher", package.vendor.as_deref().unwrap_or_default());
    set(&mut component, "group", group);
    set(&mut component, "name", name);
    set(&mut component, "version", &package.version);
    if let (Some(licenses), Some(object)) = (licenses(&package.licenses), component.as_object_mut()) {
        object.insert("licenses".to_owned(), licenses);
    }
    set(&mut component, "purl", &purl.to_string());
    if let Some(object) = component.as_object_mut() {
        object.insert("evidence".to_owned(), evidence(package));
        object.insert("properties".to_owned(), properties(package));
    }
    component
}

fn evidence(package: &Package) -> Value {
    let occurrences: Vec<Value> =
        package.evidence.iter().take(MAX_OCCURRENCES).map(|each| json!({ "location": each.path })).collect();
    json!({ "occurrences": occurrences })
}

fn properties(package: &Package) -> Value {
    let mut facts = vec![("holdfast:package:type", package.kind_name().to_owned())];
    let mut finders: Vec<&str> = package.evidence.iter().map(|evidence| evidence.found_by.as_str()).collect();
    finders.sort_unstable();
    finders.dedup();
    facts.extend(finders.into_iter().map(|finder| ("holdfast:package:found-by", finder.to_owned())));
    if package.confidence == Confidence::Likely {
        facts.push(("holdfast:package:confidence", "likely".to_owned()));
    }
    if let Some(source) = &package.source {
        facts.push(("holdfast:package:source", format!("{}@{}", source.name, source.version)));
    }
    facts.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// One expression, or a list of licences: the schema forbids both together.
fn licenses(licenses: &[String]) -> Option<Value> {
    let known = |text: &str| spdx::license_id(text).is_some_and(|id| id.name == text);
    match licenses {
        [] => None,
        [one] if !known(one) && spdx::Expression::parse(one).is_ok() => Some(json!([{ "expression": one }])),
        many => {
            let one = |text: &String| {
                let key = if known(text) { "id" } else { "name" };
                json!({ "license": Map::from_iter([(key.to_owned(), Value::from(text.as_str()))]) })
            };
            Some(many.iter().map(one).collect())
        }
    }
}

fn dependencies(document: &Document<'_>, ids: &[String]) -> Value {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for each in document.relationships.iter().filter(|each| each.kind == RelationshipKind::DependsOn) {
        if let (Some(from), Some(to)) = (ids.get(each.from), ids.get(each.to))
            && from != to
        {
            all.entry(from).or_default().push(to);
        }
    }
    let one = |(from, mut to): (&str, Vec<&str>)| {
        to.sort_unstable();
        to.dedup();
        json!({ "ref": from, "dependsOn": to })
    };
    all.into_iter().map(one).collect()
}
