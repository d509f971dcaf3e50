//! CVE records (JSON 5.x) of a project that numbers its own vulnerabilities, such as OpenSSL.

use serde::Deserialize;
use serde_json::Value;

use super::text::{time, vector, word};
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    containers: Containers,
    cve_metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct Containers {
    #[serde(default)]
    cna: Cna,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    cve_id: String,
    state: String,
    date_published: String,
    date_updated: String,
    date_rejected: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cna {
    title: String,
    date_public: String,
    provider_metadata: Provider,
    affected: Vec<Product>,
    descriptions: Vec<Text>,
    metrics: Vec<Value>,
    problem_types: Vec<Problem>,
    references: Vec<Reference>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Provider {
    short_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Product {
    product: String,
    default_status: String,
    versions: Vec<Version>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version {
    version: String,
    status: String,
    less_than: Option<String>,
    less_than_or_equal: Option<String>,
    version_type: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Text {
    lang: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    descriptions: Vec<ProblemText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ProblemText {
    cwe_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference {
    url: String,
}

/// Reads one record.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let record: Record = serde_json::from_slice(bytes).map_err(|error| Error::shape("CVE record", error))?;
    let (cna, metadata) = (&record.containers.cna, &record.cve_metadata);
    if metadata.cve_id.is_empty() {
        return Err(Error::Missing { what: "CVE id" });
    }
    let source = match cna.provider_metadata.short_name.trim().to_lowercase() {
        name if name.is_empty() => "cve".to_owned(),
        name => name,
    };
    let mut out = Advisory::new(&source, &metadata.cve_id);
    out.title.clone_from(&cna.title);
    let english = cna.descriptions.iter().find(|text| text.lang.starts_with("en"));
    out.description = english.map(|text| text.value.clone()).unwrap_or_default();
    out.published = time(&cna.date_public).or_else(|| time(&metadata.date_published));
    out.modified = time(&metadata.date_updated);
    let is_rejected = metadata.state == "REJECTED";
    if is_rejected {
        out.withdrawn = time(&metadata.date_rejected).or(out.modified).or(out.published);
    }
    out.references = cna.references.iter().map(|reference| reference.url.clone()).collect();
    let problems = cna.problem_types.iter().flat_map(|problem| &problem.descriptions);
    out.cwes = problems.filter_map(|text| text.cwe_id.clone()).collect();
    let mut severity = None;
    for metric in &cna.metrics {
        let scores = metric.as_object().into_iter().flatten().filter(|(key, _)| key.starts_with("cvss"));
        let vectors = scores.filter_map(|(_, score)| score.get("vectorString").and_then(Value::as_str));
        out.severities.extend(vectors.filter_map(|text| vector("cna", text)));
        let text = metric.pointer("/other/content/text").and_then(Value::as_str).and_then(|text| word(&source, text));
        severity = severity.or_else(|| text.as_ref().map(|word| word.value.clone()));
        out.severities.extend(text);
    }
    sink.advisory(out);
    if !is_rejected {
        cna.affected.iter().for_each(|product| affect(&source, metadata, product, severity.as_ref(), sink));
    }
    Ok(())
}

fn affect(source: &str, metadata: &Metadata, product: &Product, severity: Option<&String>, sink: &mut dyn Sink) {
    let (mut ranges, mut versions) = (Vec::new(), Vec::new());
    for version in product.versions.iter().filter(|version| version.status == "affected") {
        let introduced = (!matches!(version.version.as_str(), "0" | "*" | "")).then(|| version.version.clone());
        let end = match (&version.less_than, &version.less_than_or_equal) {
            (Some(end), _) if end == "*" => RangeEnd::Open,
            (Some(end), _) => RangeEnd::Fixed(end.clone()),
            (None, Some(end)) if end == "*" => RangeEnd::Open,
            (None, Some(end)) => RangeEnd::LastAffected(end.clone()),
            (None, None) => {
                versions.extend(introduced);
                continue;
            }
        };
        ranges.push(Range { introduced, end });
    }
    // Affected unless said otherwise, and nothing said: all versions.
    if product.default_status == "affected" && product.versions.is_empty() {
        ranges.push(Range { introduced: None, end: RangeEnd::Open });
    }
    if product.product.is_empty() || (ranges.is_empty() && versions.is_empty()) {
        return;
    }
    let is_semver = product.versions.iter().any(|version| version.version_type == "semver");
    let scheme = match product.product.to_lowercase().as_str() {
        // Its letters of 1.x stand beside semantic versions since 3.0.
        "openssl" => Scheme::Openssl,
        _ if is_semver => Scheme::Semver,
        _ => Scheme::Generic,
    };
    sink.affect(Affect {
        advisory: (source.to_owned(), metadata.cve_id.clone()),
        namespace: Namespace("generic".to_owned()),
        name: product.product.clone(),
        scheme,
        ranges,
        versions,
        state: AffectState::Affected,
        severity: severity.cloned(),
        qualifiers: Qualifiers::default(),
    });
}
