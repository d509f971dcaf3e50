//! NVD's CVE API 2.0: answers of the service, and the yearly files of the same form.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::{time, vector};
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

const SOURCE: &str = "nvd";
/// Nodes within nodes.
const MAX_DEPTH: usize = 8;

#[derive(Debug, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Item {
    cve: Cve,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    #[serde(default)]
    vuln_status: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    last_modified: String,
    #[serde(default)]
    descriptions: Vec<Text>,
    /// `cvssMetricV31` and its kin.
    #[serde(default)]
    metrics: BTreeMap<String, Vec<Metric>>,
    #[serde(default)]
    weaknesses: Vec<Weakness>,
    #[serde(default)]
    configurations: Vec<Configuration>,
    #[serde(default)]
    references: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
struct Text {
    lang: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metric {
    source: String,
    cvss_data: Cvss,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cvss {
    vector_string: String,
}

#[derive(Debug, Deserialize)]
struct Weakness {
    #[serde(default)]
    description: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Configuration {
    operator: String,
    nodes: Vec<Node>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Node {
    negate: bool,
    cpe_match: Vec<CpeMatch>,
    children: Vec<Node>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CpeMatch {
    vulnerable: bool,
    criteria: String,
    version_start_including: Option<String>,
    version_start_excluding: Option<String>,
    version_end_including: Option<String>,
    version_end_excluding: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    url: String,
}

/// Reads one file, one vulnerability at a time.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(|error| Error::shape("NVD", error))?;
    for raw in file.vulnerabilities {
        match serde_json::from_str::<Item>(raw.get()) {
            Ok(item) => read(&item.cve, sink),
            Err(error) => sink.unread("a vulnerability", &error.to_string()),
        }
    }
    Ok(())
}

fn read(cve: &Cve, sink: &mut dyn Sink) {
    let mut out = describe(cve);
    let is_rejected = cve.vuln_status == "Rejected";
    if is_rejected {
        out.withdrawn = out.modified.or(out.published);
    }
    sink.advisory(out);
    if is_rejected {
        return;
    }
    let mut said: Statements = BTreeMap::new();
    for configuration in &cve.configurations {
        let Some(platforms) = platforms(configuration) else { continue };
        let mut open: Vec<(&Node, usize)> = configuration.nodes.iter().map(|node| (node, 0)).collect();
        while let Some((node, depth)) = open.pop() {
            if depth < MAX_DEPTH {
                open.extend(node.children.iter().map(|child| (child, depth + 1)));
            }
            // What must not be there cannot be told from an image's catalogue.
            for one in node.cpe_match.iter().filter(|one| one.vulnerable && !node.negate) {
                if !collect(one, &platforms, &mut said) {
                    sink.unread(&cve.id, &format!("a criterion that is no CPE 2.3: `{}`", one.criteria));
                }
            }
        }
    }
    for ((name, cpes), said) in said {
        sink.affect(Affect {
            advisory: (SOURCE.to_owned(), cve.id.clone()),
            namespace: Namespace("cpe".to_owned()),
            name,
            scheme: Scheme::Generic,
            ranges: said.ranges.into_iter().collect(),
            versions: said.versions.into_iter().collect(),
            state: AffectState::Affected,
            severity: None,
            qualifiers: Qualifiers { cpes, ..Qualifiers::default() },
        });
    }
}

fn describe(cve: &Cve) -> Advisory {
    let mut out = Advisory::new(SOURCE, &cve.id);
    let english = |texts: &[Text]| texts.iter().find(|text| text.lang == "en").map(|text| text.value.clone());
    out.description = english(&cve.descriptions).unwrap_or_default();
    out.published = time(&cve.published);
    out.modified = time(&cve.last_modified);
    out.references = cve.references.iter().map(|reference| reference.url.clone()).collect();
    let weaknesses = cve.weaknesses.iter().flat_map(|weakness| &weakness.description);
    out.cwes = weaknesses.filter(|text| text.value.starts_with("CWE-")).map(|text| text.value.clone()).collect();
    for metric in cve.metrics.values().flatten() {
        // NVD passes on what the numbering authority says beside its own opinion.
        let source = if metric.source.ends_with("nist.gov") { "nvd" } else { "cna" };
        out.severities.extend(vector(source, &metric.cvss_data.vector_string));
    }
    out
}

/// What is said of a `vendor:product` on certain platforms.
type Statements = BTreeMap<(String, Vec<String>), Said>;

/// Returns the systems that a configuration asks for beside what is vulnerable, any of which will do; none: it asks for
/// no system. Nothing: it asks for what is in no image.
fn platforms(configuration: &Configuration) -> Option<Vec<String>> {
    let mut systems = Vec::new();
    if configuration.operator != "AND" {
        return Some(systems);
    }
    for node in configuration.nodes.iter().filter(|node| !node.negate && !node.cpe_match.is_empty()) {
        if node.cpe_match.iter().any(|one| one.vulnerable) {
            continue;
        }
        let parts: Vec<Vec<String>> = node.cpe_match.iter().map(|one| cpe_parts(&one.criteria)).collect();
        if parts.iter().all(|parts| part(parts, 2) == Some("h")) {
            return None;
        }
        // Another program may well be there.
        if parts.iter().all(|parts| matches!(part(parts, 2), Some("o" | "h"))) {
            let of = |parts: &Vec<String>| Some(format!("cpe:2.3:o:{}:{}", part(parts, 3)?, part(parts, 4)?));
            systems.extend(parts.iter().filter(|parts| part(parts, 2) == Some("o")).filter_map(of));
        }
    }
    systems.sort();
    systems.dedup();
    Some(systems)
}

#[derive(Default)]
struct Said {
    ranges: BTreeSet<Range>,
    versions: BTreeSet<String>,
}

/// Sorts a criterion under `vendor:product` and, where it is bound to some, the target software or the systems; false
/// if it is no CPE.
fn collect(one: &CpeMatch, platforms: &[String], said: &mut Statements) -> bool {
    let parts = cpe_parts(&one.criteria);
    let (Some("cpe"), Some("2.3"), Some(part)) = (part(&parts, 0), part(&parts, 1), part(&parts, 2)) else {
        return false;
    };
    let (Some(vendor), Some(product), Some(version)) =
        (self::part(&parts, 3), self::part(&parts, 4), self::part(&parts, 5))
    else {
        return false;
    };
    // Hardware is in no image.
    if part == "h" {
        return true;
    }
    let target = self::part(&parts, 10)
        .filter(|target| !matches!(*target, "*" | "-"))
        .map(|target| format!("cpe:2.3:{part}:{vendor}:{product}:*:*:*:*:*:{target}:*:*"));
    let bound_to = target.map_or_else(|| platforms.to_vec(), |target| vec![target]);
    let entry = said.entry((format!("{vendor}:{product}"), bound_to)).or_default();
    let update = self::part(&parts, 6).filter(|update| !matches!(*update, "*" | "-"));
    match (version, update) {
        ("*", _) => {
            // Nearly the least version after another, in the generic order: zeros make no difference, and a word comes
            // before any number.
            let after = one.version_start_excluding.as_ref().map(|version| format!("{version}.0.0.0.0.a"));
            let introduced = one.version_start_including.clone().or(after);
            let end = match (&one.version_end_excluding, &one.version_end_including) {
                (Some(version), _) => RangeEnd::Fixed(version.clone()),
                (None, Some(version)) => RangeEnd::LastAffected(version.clone()),
                (None, None) => RangeEnd::Open,
            };
            entry.ranges.insert(Range { introduced, end });
        }
        ("-", _) => {}
        (version, Some(update)) => drop(entry.versions.insert(format!("{version}{update}"))),
        (version, None) => drop(entry.versions.insert(version.to_owned())),
    }
    true
}

fn part(parts: &[String], index: usize) -> Option<&str> {
    parts.get(index).map(String::as_str)
}

/// Splits a CPE 2.3 name at its colons, with escapes (`\:`) undone.
fn cpe_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let plain = match character {
            ':' => {
                parts.push(String::new());
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(last) = parts.last_mut() {
            last.push(plain);
        }
    }
    parts
}
