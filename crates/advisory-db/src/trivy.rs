//! Trivy's database: a bbolt file (schema 2). Buckets `<system> <release>` or `<language>::<source>` hold packages, each
//! with its vulnerabilities; bucket `vulnerability` describes them.

use std::collections::BTreeMap;

use base::Timestamp;
use serde::Deserialize;
use vuln::feed::{Sink, bounded, red_hat_namespace};
use vuln::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd, Scheme, Severity, SeverityKind};

use crate::bolt::{Bolt, Bucket, Item};
use crate::constraint::Constraint;
use crate::error::Error;
use crate::foreign::{Place, language, source, system, union};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Detail {
    fixed_version: String,
    vulnerable_versions: Vec<String>,
    patched_versions: Vec<String>,
    unaffected_versions: Vec<String>,
    severity: u8,
    status: u8,
    arches: Vec<String>,
    #[serde(rename = "VendorIDs")]
    vendor_ids: Vec<String>,
    data_source: Option<DataSource>,
    entries: Vec<RedHatEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DataSource {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RedHatEntry {
    fixed_version: String,
    affected: Vec<usize>,
    arches: Vec<String>,
    status: u8,
    cves: Vec<RedHatCve>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RedHatCve {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Severity")]
    severity: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Description {
    title: String,
    description: String,
    #[serde(rename = "CweIDs")]
    cwe_ids: Vec<String>,
    vendor_severity: BTreeMap<String, u8>,
    #[serde(rename = "CVSS")]
    cvss: BTreeMap<String, Cvss>,
    references: Vec<String>,
    published_date: Option<Timestamp>,
    last_modified_date: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cvss {
    #[serde(rename = "V2Vector")]
    v2: String,
    #[serde(rename = "V3Vector")]
    v3: String,
    #[serde(rename = "V40Vector")]
    v4: String,
}

/// Reads a `trivy.db`.
///
/// # Errors
/// If it is no bbolt file, or its pages are damaged; what the sink got before that stands.
pub fn import_trivy(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let sink: &mut dyn Sink = &mut bounded(sink);
    let left = Bolt::budget(bytes);
    let root = Bolt::open(bytes, &left)?.root();
    let cpes = cpes(root)?;
    root.each(|name, item| {
        let (name, Item::Bucket(bucket)) = (String::from_utf8_lossy(name), item) else { return Ok(()) };
        match &*name {
            "data-source" | "Red Hat CPE" => Ok(()),
            "vulnerability" => bucket.each(|id, item| {
                if let Item::Value(value) = item {
                    describe(&String::from_utf8_lossy(id), value, sink);
                }
                Ok(())
            }),
            "Red Hat" => {
                each_detail(bucket, sink, |package, id, detail, sink| red_hat(package, id, &detail, &cpes, sink))
            }
            name => match place(name) {
                Some(place) => each_detail(bucket, sink, |package, id, detail, sink| {
                    affect(name, &place, package, id, detail, sink);
                }),
                None => {
                    sink.unread(name, "a bucket whose packages are not known here");
                    Ok(())
                }
            },
        }
    })
}

/// Reads the CPEs that entries of Red Hat name by number.
fn cpes(root: Bucket<'_>) -> Result<BTreeMap<usize, String>, Error> {
    let mut cpes = BTreeMap::new();
    let Some(all) = root.bucket("Red Hat CPE")? else { return Ok(cpes) };
    let Some(bucket) = all.bucket("cpe")? else { return Ok(cpes) };
    bucket.each(|key, item| {
        if let (Item::Value(value), Ok(number)) = (item, String::from_utf8_lossy(key).parse())
            && let Ok(cpe) = serde_json::from_slice(value)
        {
            cpes.insert(number, cpe);
        }
        Ok(())
    })?;
    Ok(cpes)
}

/// Calls for every vulnerability of every package.
fn each_detail(
    bucket: Bucket<'_>,
    sink: &mut dyn Sink,
    mut found: impl FnMut(&str, &str, Detail, &mut dyn Sink),
) -> Result<(), Error> {
    bucket.each(|package, item| {
        let Item::Bucket(vulnerabilities) = item else { return Ok(()) };
        let package = String::from_utf8_lossy(package);
        vulnerabilities.each(|id, item| {
            let (id, Item::Value(value)) = (String::from_utf8_lossy(id), item) else { return Ok(()) };
            match serde_json::from_slice(value) {
                Ok(detail) => found(&package, &id, detail, sink),
                Err(error) => sink.unread(&format!("{package} {id}"), &error.to_string()),
            }
            Ok(())
        })
    })
}

/// `debian 12`, `amazon linux 2`, `wolfi`; `pip::GitHub Security Advisory Pip`.
fn place(bucket: &str) -> Option<Place> {
    if let Some((name, _)) = bucket.split_once("::") {
        return language(name);
    }
    if let Some(release) = bucket.strip_prefix("openEuler-") {
        return system("openEuler", release);
    }
    let release =
        bucket.rfind(' ').filter(|at| bucket.get(at + 1..).is_some_and(|rest| rest.contains(char::is_numeric)));
    let (name, release) = match release {
        Some(at) => bucket.split_at(at),
        None => (bucket, bucket.strip_prefix("alpine ").unwrap_or_default()),
    };
    system(name, release.trim()).or_else(|| bucket.strip_prefix("alpine edge").and_then(|_| system("alpine", "edge")))
}

fn source_of(bucket: &str, detail: &Detail) -> String {
    if let Some(data_source) = detail.data_source.as_ref().filter(|one| !one.id.is_empty()) {
        return source(&data_source.id);
    }
    match bucket.split_once("::") {
        Some((_, name)) if name.starts_with("GitHub") => "ghsa".to_owned(),
        Some((language_name, _)) => {
            language(language_name).map_or_else(|| "osv".to_owned(), |place| format!("osv:{}", place.namespace.0))
        }
        None => {
            let place = place(bucket).map(|place| place.namespace.0).unwrap_or_default();
            source(place.split(':').next().unwrap_or_default())
        }
    }
}

fn state(status: u8) -> AffectState {
    match status {
        1 => AffectState::NotAffected,
        4 => AffectState::UnderInvestigation,
        5 => AffectState::WontFix,
        6 => AffectState::Deferred,
        7 => AffectState::EndOfLife,
        _ => AffectState::Affected,
    }
}

fn word(severity: u8) -> Option<&'static str> {
    match severity {
        1 => Some("low"),
        2 => Some("medium"),
        3 => Some("high"),
        4 => Some("critical"),
        _ => None,
    }
}

fn affect(bucket: &str, place: &Place, package: &str, id: &str, detail: Detail, sink: &mut dyn Sink) {
    let source = source_of(bucket, &detail);
    let read = if detail.vulnerable_versions.is_empty() { fixed(&detail) } else { union(&detail.vulnerable_versions) };
    let Some(Constraint { ranges, versions }) = read else {
        return sink.unread(&format!("{package} {id}"), "ranges that are not understood");
    };
    let mut out = Advisory::new(&source, id);
    out.aliases = detail.vendor_ids;
    sink.advisory(out);
    let (module, name) = if place.scheme == Scheme::Rpm { of_module(package) } else { (None, package) };
    sink.affect(Affect {
        advisory: (source, id.to_owned()),
        namespace: place.namespace.clone(),
        name: name.to_owned(),
        scheme: place.scheme,
        ranges,
        versions,
        state: state(detail.status),
        severity: word(detail.severity).map(str::to_owned),
        qualifiers: Qualifiers { module, arches: detail.arches, ..Qualifiers::default() },
    });
}

/// Without vulnerable versions, all before the fix are; where only patched ranges are given (Ruby, PHP), what lies before
/// the first of them is.
fn fixed(detail: &Detail) -> Option<Constraint> {
    let whole = |end| Constraint { ranges: vec![Range { introduced: None, end }], versions: Vec::new() };
    if !detail.fixed_version.is_empty() {
        return Some(whole(RangeEnd::Fixed(detail.fixed_version.clone())));
    }
    match (detail.patched_versions.as_slice(), detail.unaffected_versions.as_slice()) {
        ([], []) => Some(whole(RangeEnd::Open)),
        ([one], []) => {
            let version = one.trim().strip_prefix(">=")?.trim();
            (!version.contains([',', ' ', '<', '|'])).then(|| whole(RangeEnd::Fixed(version.to_owned())))
        }
        _ => None,
    }
}

/// Packages of a module are named `nodejs:18::npm`.
fn of_module(package: &str) -> (Option<String>, &str) {
    match package.rsplit_once("::") {
        Some((module, name)) => (Some(module.to_owned()), name),
        None => (None, package),
    }
}

fn red_hat(package: &str, key: &str, detail: &Detail, cpes: &BTreeMap<usize, String>, sink: &mut dyn Sink) {
    let (module, name) = of_module(package);
    for entry in &detail.entries {
        let mut by_release: BTreeMap<Namespace, Vec<String>> = BTreeMap::new();
        for cpe in entry.affected.iter().filter_map(|number| cpes.get(number)) {
            if let Some(namespace) = red_hat_namespace(cpe) {
                by_release.entry(namespace).or_default().push(cpe.clone());
            }
        }
        for cve in &entry.cves {
            let id = if cve.id.is_empty() { key } else { &cve.id };
            let mut out = Advisory::new("redhat", id);
            out.severities =
                word(cve.severity).map(|word| severity("redhat", SeverityKind::Word, word)).into_iter().collect();
            sink.advisory(out);
            for (namespace, cpes) in &by_release {
                let fixed = &entry.fixed_version;
                let end = if fixed.is_empty() { RangeEnd::Open } else { RangeEnd::Fixed(fixed.clone()) };
                sink.affect(Affect {
                    advisory: ("redhat".to_owned(), id.to_owned()),
                    namespace: namespace.clone(),
                    name: name.to_owned(),
                    scheme: Scheme::Rpm,
                    ranges: vec![Range { introduced: None, end }],
                    versions: Vec::new(),
                    state: state(entry.status),
                    severity: word(cve.severity).map(str::to_owned),
                    qualifiers: Qualifiers {
                        module: module.clone(),
                        arches: entry.arches.clone(),
                        cpes: cpes.clone(),
                        ..Qualifiers::default()
                    },
                });
            }
        }
    }
}

fn severity(source: &str, kind: SeverityKind, value: &str) -> Severity {
    Severity { source: source.to_owned(), kind, value: value.to_owned() }
}

fn describe(id: &str, value: &[u8], sink: &mut dyn Sink) {
    let read: Description = match serde_json::from_slice(value) {
        Ok(read) => read,
        Err(error) => return sink.unread(id, &error.to_string()),
    };
    let mut out = Advisory::new("trivy", id);
    out.title = read.title;
    out.description = read.description;
    out.cwes = read.cwe_ids;
    out.references = read.references;
    out.published = read.published_date;
    out.modified = read.last_modified_date;
    for (name, number) in &read.vendor_severity {
        out.severities.extend(word(*number).map(|word| severity(&source(name), SeverityKind::Word, word)));
    }
    for (name, cvss) in &read.cvss {
        let vectors =
            [(SeverityKind::CvssV2, &cvss.v2), (SeverityKind::CvssV3, &cvss.v3), (SeverityKind::CvssV4, &cvss.v4)];
        let vectors = vectors.into_iter().filter(|(_, vector)| !vector.is_empty());
        out.severities.extend(vectors.map(|(kind, vector)| severity(&source(name), kind, vector)));
    }
    sink.advisory(out);
}
