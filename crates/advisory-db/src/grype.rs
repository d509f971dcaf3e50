//! Grype's database, schema 6: an SQLite file. Handles name packages, systems and vulnerabilities; the rest is JSON in
//! `blobs`. Additions to the schema are passed over.

use std::path::Path;

use base::Timestamp;
use rusqlite::{Connection, OpenFlags, Row};
use serde::Deserialize;
use serde_json::Value;
use vuln::feed::{Sink, bounded};
use vuln::{Advisory, Affect, AffectState, Epss, Kev, Namespace, Qualifiers, RangeEnd, Scheme, Severity, SeverityKind};

use crate::constraint::Constraint;
use crate::error::Error;
use crate::foreign::{Place, language, scheme, source, system};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VulnerabilityBlob {
    description: String,
    refs: Vec<Reference>,
    aliases: Vec<String>,
    severities: Vec<SeverityBlob>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference {
    url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SeverityBlob {
    value: Value,
    source: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PackageBlob {
    cves: Vec<String>,
    qualifiers: Option<QualifierBlob>,
    ranges: Vec<RangeBlob>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QualifierBlob {
    rpm_modularity: Option<String>,
    platform_cpes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RangeBlob {
    version: VersionBlob,
    fix: Option<FixBlob>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VersionBlob {
    r#type: String,
    constraint: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FixBlob {
    version: String,
    state: String,
}

/// Tells whether these are the beginning of an SQLite file.
#[must_use]
pub fn is_sqlite(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SQLite format 3\0")
}

/// Reads a `vulnerability.db` of schema 6.
///
/// # Errors
/// If it is no such file; what the sink got before that stands.
pub fn import_grype(path: &Path, sink: &mut dyn Sink) -> Result<(), Error> {
    let sink: &mut dyn Sink = &mut bounded(sink);
    let failed = |source| Error::Sqlite { what: "Grype's database", source };
    // A hostile schema must not run anything: read only, and nothing of it is trusted.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.pragma_update(None, "trusted_schema", false).map_err(failed)?;
    connection.pragma_update(None, "cell_size_check", true).map_err(failed)?;
    let model: i64 =
        connection.query_row("SELECT model FROM db_metadata LIMIT 1", [], |row| row.get(0)).map_err(failed)?;
    if model != 6 {
        return Err(Error::Foreign { what: "database of Grype's schema 6" });
    }
    vulnerabilities(&connection, sink).map_err(failed)?;
    packages(&connection, sink).map_err(failed)?;
    cpes(&connection, sink).map_err(failed)?;
    // These tables came with later additions to the schema.
    if has_table(&connection, "known_exploited_vulnerability_handles").map_err(failed)? {
        exploited(&connection, sink).map_err(failed)?;
    }
    if has_table(&connection, "epss_handles").map_err(failed)? {
        scores(&connection, sink).map_err(failed)?;
    }
    Ok(())
}

fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?;
    statement.exists([name])
}

fn each(
    connection: &Connection,
    query: &str,
    mut found: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found(row)?;
    }
    Ok(())
}

/// Dates are texts such as `2024-01-02 03:04:05+00:00`.
fn time(text: Option<String>) -> Option<Timestamp> {
    text?.replacen(' ', "T", 1).parse().ok()
}

fn source_of(provider: &str, id: &str) -> String {
    vuln::feed::source_of_id(id).map_or_else(|| source(provider), str::to_owned)
}

fn vulnerabilities(connection: &Connection, sink: &mut dyn Sink) -> rusqlite::Result<()> {
    let query = "SELECT v.name, v.provider_id, v.published_date, v.modified_date, v.withdrawn_date, b.value, v.status
        FROM vulnerability_handles v LEFT JOIN blobs b ON b.id = v.blob_id";
    each(connection, query, |row| {
        let (id, provider): (String, String) = (row.get(0)?, row.get(1)?);
        let mut out = Advisory::new(&source_of(&provider, &id), &id);
        out.published = time(row.get(2)?);
        out.modified = time(row.get(3)?);
        out.withdrawn = time(row.get(4)?);
        let status: Option<String> = row.get(6)?;
        if out.withdrawn.is_none() && matches!(status.as_deref(), Some("rejected" | "withdrawn")) {
            out.withdrawn = out.modified.or(out.published);
        }
        let blob: Option<String> = row.get(5)?;
        match serde_json::from_str::<VulnerabilityBlob>(blob.as_deref().unwrap_or("{}")) {
            Ok(blob) => {
                out.description = blob.description;
                out.aliases = blob.aliases;
                out.references = blob.refs.into_iter().map(|reference| reference.url).collect();
                out.severities = blob.severities.iter().filter_map(|one| severity(&out.source, one)).collect();
            }
            Err(error) => sink.unread(&id, &error.to_string()),
        }
        sink.advisory(out);
        Ok(())
    })
}

fn severity(own: &str, blob: &SeverityBlob) -> Option<Severity> {
    let source = match blob.source.as_str() {
        "" => own.to_owned(),
        name if name.ends_with("nist.gov") => "nvd".to_owned(),
        name if name.contains('@') => "cna".to_owned(),
        name => source(name),
    };
    let vector = blob.value.get("vector").and_then(Value::as_str);
    let value = vector.or_else(|| blob.value.as_str()).filter(|value| !value.is_empty())?.to_owned();
    let kind = match value.get(..7) {
        Some("CVSS:4.") => SeverityKind::CvssV4,
        Some("CVSS:3.") => SeverityKind::CvssV3,
        _ if value.starts_with("AV:") => SeverityKind::CvssV2,
        _ => SeverityKind::Word,
    };
    Some(Severity { source, kind, value })
}

fn packages(connection: &Connection, sink: &mut dyn Sink) -> rusqlite::Result<()> {
    // The column was called otherwise in the first builds.
    let has_ecosystem = connection.prepare("SELECT ecosystem FROM packages LIMIT 1").is_ok();
    let ecosystem = if has_ecosystem { "p.ecosystem" } else { "p.type" };
    // The first builds had no channels (`esm`, `eus`).
    let has_channel = connection.prepare("SELECT channel FROM operating_systems LIMIT 1").is_ok();
    let channel = if has_channel { "o.channel" } else { "NULL" };
    let query = format!(
        "SELECT v.name, v.provider_id, {ecosystem}, p.name, o.name, o.major_version, o.minor_version, o.label_version,
            b.value, v.withdrawn_date, {channel}
        FROM affected_package_handles a
        JOIN vulnerability_handles v ON v.id = a.vulnerability_id
        JOIN packages p ON p.id = a.package_id
        LEFT JOIN operating_systems o ON o.id = a.operating_system_id
        LEFT JOIN blobs b ON b.id = a.blob_id"
    );
    each(connection, &query, |row| {
        if row.get::<_, Option<String>>(9)?.is_some() {
            return Ok(());
        }
        let (id, provider): (String, String) = (row.get(0)?, row.get(1)?);
        let (ecosystem, name): (Option<String>, String) = (row.get(2)?, row.get(3)?);
        let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        let (release, blob) = (release(&text(5)?, &text(6)?, &text(7)?), text(8)?);
        let place = match row.get::<_, Option<String>>(4)? {
            Some(os) => {
                let channel = Some(text(10)?).filter(|channel| !channel.is_empty());
                system(&os, &release).map(|place| Place { channel, ..place })
            }
            None => language(ecosystem.as_deref().unwrap_or_default()),
        };
        match place {
            Some(place) => affects(&source_of(&provider, &id), &id, &place, &name, &blob, sink),
            None => sink.unread(&format!("{name} {id}"), "packages of a kind that is not known here"),
        }
        Ok(())
    })
}

fn release(major: &str, minor: &str, label: &str) -> String {
    match (major, minor, label) {
        ("", _, label) => label.to_owned(),
        (major, "", _) => major.to_owned(),
        (major, minor, _) => format!("{major}.{minor}"),
    }
}

fn affects(source: &str, id: &str, place: &Place, name: &str, blob: &str, sink: &mut dyn Sink) {
    let blob: PackageBlob = match serde_json::from_str(if blob.is_empty() { "{}" } else { blob }) {
        Ok(blob) => blob,
        Err(error) => return sink.unread(&format!("{name} {id}"), &error.to_string()),
    };
    if !blob.cves.is_empty() {
        let mut out = Advisory::new(source, id);
        out.aliases.clone_from(&blob.cves);
        sink.advisory(out);
    }
    let qualifiers = blob.qualifiers.unwrap_or_default();
    for range in &blob.ranges {
        let Some(mut read) = Constraint::parse(&range.version.constraint) else {
            sink.unread(
                &format!("{name} {id}"),
                &format!("a range that is not understood: `{}`", range.version.constraint),
            );
            continue;
        };
        let fix = range.fix.as_ref();
        let state = match fix.map(|fix| fix.state.as_str()) {
            Some("wont-fix") => AffectState::WontFix,
            _ => AffectState::Affected,
        };
        if let Some(fix) = fix.filter(|fix| fix.state == "fixed" && !fix.version.is_empty()) {
            for range in read.ranges.iter_mut().filter(|range| range.end == RangeEnd::Open) {
                range.end = RangeEnd::Fixed(fix.version.clone());
            }
        }
        let is_generic = place.scheme == Scheme::Generic;
        sink.affect(Affect {
            advisory: (source.to_owned(), id.to_owned()),
            namespace: place.namespace.clone(),
            name: name.to_owned(),
            scheme: if is_generic { scheme(&range.version.r#type) } else { place.scheme },
            ranges: read.ranges,
            versions: read.versions,
            state,
            severity: None,
            qualifiers: Qualifiers {
                module: qualifiers.rpm_modularity.clone().filter(|module| !module.is_empty()),
                cpes: qualifiers.platform_cpes.clone(),
                channel: place.channel.clone(),
                ..Qualifiers::default()
            },
        });
    }
}

fn cpes(connection: &Connection, sink: &mut dyn Sink) -> rusqlite::Result<()> {
    let query =
        "SELECT v.name, v.provider_id, c.part, c.vendor, c.product, c.target_software, b.value, v.withdrawn_date
        FROM affected_cpe_handles a
        JOIN vulnerability_handles v ON v.id = a.vulnerability_id
        JOIN cpes c ON c.id = a.cpe_id
        LEFT JOIN blobs b ON b.id = a.blob_id
        WHERE c.part IN ('a', 'o')";
    each(connection, query, |row| {
        if row.get::<_, Option<String>>(7)?.is_some() {
            return Ok(());
        }
        let (id, provider): (String, String) = (row.get(0)?, row.get(1)?);
        let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
        let (vendor, product, blob) = (text(3)?, text(4)?, text(6)?);
        let place = Place { namespace: Namespace("cpe".to_owned()), scheme: Scheme::Generic, channel: None };
        affects(&source_of(&provider, &id), &id, &place, &format!("{vendor}:{product}"), &blob, sink);
        Ok(())
    })
}

fn exploited(connection: &Connection, sink: &mut dyn Sink) -> rusqlite::Result<()> {
    let query = "SELECT k.cve, b.value FROM known_exploited_vulnerability_handles k JOIN blobs b ON b.id = k.blob_id";
    each(connection, query, |row| {
        let (cve, blob): (String, String) = (row.get(0)?, row.get(1)?);
        let blob: Value = serde_json::from_str(&blob).unwrap_or_default();
        let day = |key: &str| blob.get(key).and_then(Value::as_str).and_then(|text| text.get(..10)).map(str::to_owned);
        let Some(added) = day("date_added") else {
            sink.unread(&cve, "an exploited vulnerability without a day");
            return Ok(());
        };
        let ransomware = blob.get("known_ransomware_campaign_use").and_then(Value::as_str);
        let ransomware = ransomware.is_some_and(|word| word.eq_ignore_ascii_case("known"));
        sink.kev(&cve, Kev { added, due: day("due_date"), ransomware });
        Ok(())
    })
}

fn scores(connection: &Connection, sink: &mut dyn Sink) -> rusqlite::Result<()> {
    each(connection, "SELECT cve, epss, percentile FROM epss_handles", |row| {
        let cve: String = row.get(0)?;
        match (millionths(row.get(1)?), millionths(row.get(2)?)) {
            (Some(probability_ppm), Some(percentile_ppm)) => sink.epss(&cve, Epss { probability_ppm, percentile_ppm }),
            _ => sink.unread(&cve, "a score that is not between 0 and 1"),
        }
        Ok(())
    })
}

#[expect(clippy::cast_possible_truncation, reason = "it is between 0 and 1,000,000")]
fn millionths(number: f64) -> Option<u32> {
    (0.0..=1.0).contains(&number).then(|| (number * 1_000_000.0).round() as u32)
}
