//! OSV records: GHSA, PyPA, Go, AlmaLinux, Rocky, Ubuntu, Bitnami, OSS-Fuzz and many more.

use std::cmp::Ordering;

use serde_json::Value;

use super::ecosystem::{Ecosystem, ecosystem, source_of_id};
use super::osv_document::{Affected, Event, EventRange, Record, Score};
use super::text::{time, vector, word};
use super::{Error, Sink, yaml};
use crate::advisory::{Advisory, Affect, AffectState, Qualifiers, Range, RangeEnd, Severity};
use crate::scheme::Scheme;

/// Reads a record, or an array of records.
pub(super) fn json(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let shape = |error: serde_json::Error| Error::shape("OSV", error);
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        // One by one, so that a bad record costs itself alone.
        let records: Vec<&serde_json::value::RawValue> = serde_json::from_slice(bytes).map_err(shape)?;
        for raw in records {
            match serde_json::from_str(raw.get()).map_err(shape).and_then(|read| record(&read, sink)) {
                Ok(()) => {}
                Err(error) => sink.unread("a record", &error.to_string()),
            }
        }
        return Ok(());
    }
    record(&serde_json::from_slice(bytes).map_err(shape)?, sink)
}

/// Reads a record in YAML.
pub(super) fn yaml(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let read = serde_json::from_value(yaml::value(bytes)?).map_err(|error| Error::shape("OSV", error))?;
    record(&read, sink)
}

fn record(record: &Record, sink: &mut dyn Sink) -> Result<(), Error> {
    if record.id.is_empty() {
        return Err(Error::Missing { what: "id" });
    }
    let source = source(record);
    if is_mere_update(record) {
        return Ok(());
    }
    let mut out = Advisory::new(&source, &record.id);
    out.aliases = record.aliases.iter().chain(&record.upstream).cloned().collect();
    if is_erratum(&source) || ["USN-", "LSN-"].iter().any(|prefix| record.id.starts_with(prefix)) {
        // Older records of errata name the vulnerabilities that they mend as merely related.
        out.aliases.extend(record.related.iter().filter(|id| id.starts_with("CVE-")).cloned());
    }
    out.title.clone_from(&record.summary);
    out.description.clone_from(&record.details);
    out.published = time(&record.published);
    out.modified = time(&record.modified);
    out.withdrawn = time(&record.withdrawn);
    out.references = record.references.iter().map(|reference| reference.url.clone()).collect();
    out.cwes = texts(record.database_specific.get("cwe_ids"));
    let scores = record.severity.iter().chain(record.affected.iter().flat_map(|affected| &affected.severity));
    out.severities = scores.filter_map(|score| severity(&source, score)).collect();
    out.severities.extend(overall_word(record).and_then(|text| word(&source, text)));
    let is_withdrawn = out.withdrawn.is_some();
    sink.advisory(out);
    if !is_withdrawn {
        for affected in &record.affected {
            affect(&source, record, affected, sink);
        }
    }
    Ok(())
}

fn source(record: &Record) -> String {
    if let Some(known) = source_of_id(&record.id) {
        return known.to_owned();
    }
    let first = record.affected.iter().find(|affected| !affected.package.ecosystem.is_empty());
    match first {
        Some(first) => {
            let namespace = ecosystem(&first.package.ecosystem).namespace.0;
            format!("osv:{}", namespace.split(':').next().unwrap_or_default())
        }
        None => "osv".to_owned(),
    }
}

/// Red Hat's kin also publish updates that mend faults or bring something new; without a vulnerability they are none.
fn is_mere_update(record: &Record) -> bool {
    const KINDS: &[&str] = &["ALBA-", "ALEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-", "ELBA-", "ELEA-"];
    let named = || record.aliases.iter().chain(&record.upstream).chain(&record.related);
    KINDS.iter().any(|kind| record.id.starts_with(kind)) && !named().any(|id| id.starts_with("CVE-"))
}

/// Errata speak of one update that mends several vulnerabilities.
fn is_erratum(source: &str) -> bool {
    matches!(
        source,
        "almalinux" | "rocky" | "redhat" | "oracle" | "fedora" | "amazon" | "suse" | "mageia" | "openeuler" | "debian"
    )
}

/// The word for the whole record: a field of the database, or the head of an erratum's summary.
fn overall_word(record: &Record) -> Option<&str> {
    let field = record.database_specific.get("severity").and_then(Value::as_str);
    field.or_else(|| {
        let (head, _) = record.summary.split_once(':')?;
        matches!(head, "Critical" | "Important" | "Moderate" | "Low").then_some(head)
    })
}

fn severity(source: &str, score: &Score) -> Option<Severity> {
    vector(source, &score.score).or_else(|| match score.kind.as_str() {
        "Ubuntu" => word("ubuntu", &score.score),
        _ if score.score.bytes().all(|b| b.is_ascii_alphabetic()) => word(source, &score.score),
        _ => None,
    })
}

fn affect(source: &str, record: &Record, affected: &Affected, sink: &mut dyn Sink) {
    if affected.package.name.is_empty() || affected.package.ecosystem.is_empty() {
        // A record of a project by its git history alone speaks of no package.
        return;
    }
    let Ecosystem { namespace, scheme, channel, cpe } = ecosystem(&affected.package.ecosystem);
    let mut ranges = Vec::new();
    for range in &affected.ranges {
        if range.kind != "GIT" {
            collect(range, scheme, &affected.database_specific, &mut ranges);
        }
    }
    let mut versions = affected.versions.clone();
    if namespace.0 == "oss-fuzz" {
        versions = versions.iter().filter_map(|tag| version_of_tag(&affected.package.name, tag)).collect();
    }
    if ranges.is_empty() && versions.is_empty() {
        return;
    }
    // A distribution's list of versions only spells out its ranges; Ubuntu's has thousands of entries.
    if !ranges.is_empty() && namespace.0.contains(':') {
        versions.clear();
    }
    // So do most others': what a range holds already need not be named, and what it does not hold stays.
    versions.retain(|version| !ranges.iter().any(|range| range.contains(scheme, version) == Ok(true)));
    let own_word = affected.ecosystem_specific.get("severity").or_else(|| affected.database_specific.get("severity"));
    let ubuntu = affected.severity.iter().chain(&record.severity).find(|score| score.kind == "Ubuntu");
    sink.affect(Affect {
        advisory: (source.to_owned(), record.id.clone()),
        name: affected.package.name.clone(),
        namespace,
        scheme,
        ranges,
        versions,
        state: AffectState::Affected,
        severity: own_word.and_then(Value::as_str).or(ubuntu.map(|score| score.score.as_str())).map(str::to_owned),
        qualifiers: Qualifiers {
            symbols: symbols(&affected.ecosystem_specific),
            cpes: cpe.into_iter().collect(),
            channel,
            ..Qualifiers::default()
        },
    });
}

/// What an event says of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Fixed,
    LastAffected,
    Introduced,
    /// What lies from here on is not spoken of; it was not mended here.
    Limit,
}

/// Turns events into ranges (schema 1.7, "evaluation"): each introduction lasts until the next end.
fn collect(range: &EventRange, scheme: Scheme, specific: &Value, out: &mut Vec<Range>) {
    let mut open: Option<Option<String>> = None;
    for (version, mark) in in_order(&range.events, scheme) {
        let end = match mark {
            Mark::Introduced => {
                open.get_or_insert_with(|| (version != "0").then(|| version.to_owned()));
                continue;
            }
            Mark::Fixed => RangeEnd::Fixed(version.to_owned()),
            Mark::Limit => RangeEnd::Limit(version.to_owned()),
            Mark::LastAffected => RangeEnd::LastAffected(version.to_owned()),
        };
        if let Some(introduced) = open.take() {
            out.push(Range { introduced, end });
        }
    }
    if let Some(introduced) = open {
        out.push(Range { introduced, end: last_known(range, specific) });
    }
}

/// GHSA has a field of its own for the end of a range that has no event for it; what it does not hold is not mended.
fn last_known(range: &EventRange, specific: &Value) -> RangeEnd {
    const FIELD: &str = "last_known_affected_version_range";
    let known = range.database_specific.get(FIELD).or_else(|| specific.get(FIELD)).and_then(Value::as_str);
    match known.map(|text| (text.starts_with("<="), text.trim_start_matches(['<', '=', ' ']))) {
        Some((true, version)) => RangeEnd::LastAffected(version.to_owned()),
        Some((false, version)) => RangeEnd::Limit(version.to_owned()),
        None => RangeEnd::Open,
    }
}

/// Nearly all feeds write events in order; where ends and introductions do not alternate, they are put in order.
fn in_order(events: &[Event], scheme: Scheme) -> Vec<(&str, Mark)> {
    /// So many are put in order; more are taken as they are.
    const SORTED: usize = 512;
    let all: Vec<(&str, Mark)> = events
        .iter()
        .flat_map(|event| {
            [
                (event.introduced.as_deref(), Mark::Introduced),
                (event.fixed.as_deref(), Mark::Fixed),
                (event.last_affected.as_deref(), Mark::LastAffected),
                (event.limit.as_deref().filter(|limit| *limit != "*"), Mark::Limit),
            ]
        })
        .filter_map(|(version, mark)| version.map(|version| (version, mark)))
        .collect();
    let alternates = all.iter().enumerate().all(|(at, (_, mark))| (at % 2 == 0) == (*mark == Mark::Introduced));
    if alternates || all.len() > SORTED {
        return all;
    }
    let is_before = |a: &(&str, Mark), b: &(&str, Mark)| match (a.0, b.0) {
        ("0", other) => other != "0",
        (_, "0") => false,
        // At one version, an end comes before the next introduction.
        (x, y) => match scheme.compare(x, y) {
            Ok(Ordering::Less) => true,
            Ok(Ordering::Equal) => a.1 != Mark::Introduced && b.1 == Mark::Introduced,
            Ok(Ordering::Greater) | Err(_) => false,
        },
    };
    let mut sorted: Vec<(&str, Mark)> = Vec::with_capacity(all.len());
    for one in all {
        let at = sorted.partition_point(|known| !is_before(&one, known));
        sorted.insert(at, one);
    }
    sorted
}

/// Go: `path#symbol`, or the package's path where no symbol is named.
fn symbols(specific: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for import in specific.get("imports").and_then(Value::as_array).into_iter().flatten() {
        let Some(path) = import.get("path").and_then(Value::as_str) else { continue };
        let named = texts(import.get("symbols"));
        if named.is_empty() {
            out.push(path.to_owned());
        }
        out.extend(named.iter().map(|symbol| format!("{path}#{symbol}")));
    }
    out
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Reads the version in a git tag of a project: `v1.2`, `curl-7_61_0`, `release/1.2`; nothing if it is no release.
fn version_of_tag(project: &str, tag: &str) -> Option<String> {
    let lower = tag.to_lowercase();
    let rest = lower.rsplit('/').next().unwrap_or(&lower);
    let rest = rest.strip_prefix(&project.to_lowercase()).unwrap_or(rest);
    let rest = rest.trim_start_matches(['-', '_', '.']);
    let rest = ["release-", "release_", "version-", "ver-", "rel-", "rel_", "v", "r"]
        .iter()
        .find_map(|prefix| rest.strip_prefix(prefix))
        .unwrap_or(rest);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is_dotted = rest.contains('.');
    let version = if is_dotted { rest.to_owned() } else { rest.replace(['_', '-'], ".") };
    // A date or a commit count is no version.
    version.contains('.').then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_versions_or_nothing() {
        for (project, tag, version) in [
            ("zstd", "v1.5.2", Some("1.5.2")),
            ("curl", "curl-7_61_0", Some("7.61.0")),
            ("freetype2", "VER-2-13-0", Some("2.13.0")),
            ("libxml2", "2.9.14", Some("2.9.14")),
            ("bitcoin", "v22.0rc1", Some("22.0rc1")),
            ("x", "20220215", None),
            ("x", "unstable-1.8", None),
            ("x", "", None),
        ] {
            assert_eq!(version_of_tag(project, tag).as_deref(), version, "{tag}");
        }
    }
}
