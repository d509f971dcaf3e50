//! The report as SARIF 2.1.0, as code hosts show it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vuln::matching::Finding;
use vuln::severity::Level;
use vuln::verdict::{Judged, Suppression};

use super::report::Report;

/// Writes a report. Results that do not count are there, suppressed with the reason.
#[must_use]
pub fn sarif(report: &Report, tool_version: &str) -> Value {
    let judged: &[Judged] = report.verdict.as_ref().map_or(&[], |verdict| &verdict.findings);
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for one in judged {
        rules.entry(&one.finding.id).or_insert(&one.finding);
    }
    let rules: Vec<Value> = rules.into_values().map(rule).collect();
    let results: Vec<Value> = judged.iter().map(|one| result(report, one)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Holdfast", "version": tool_version,
                "rules": rules,
            }},
            "results": results,
            "properties": {
                "image": report.image.name, "manifest": report.image.manifest, "coverage": report.coverage,
                "database": report.database,
            },
        }],
    })
}

fn rule(finding: &Finding) -> Value {
    let title = if finding.title.is_empty() { finding.id.as_str() } else { finding.title.as_str() };
    let score = finding.rating.score_tenths.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
    json!({
        "id": finding.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "helpUri": help(&finding.id),
        "properties": {"tags": ["vulnerability", "security"], "security-severity": score.unwrap_or_else(|| "0.0".into())},
    })
}

fn help(id: &str) -> String {
    if id.starts_with("CVE-") {
        format!("https://nvd.nist.gov/vuln/detail/{id}")
    } else {
        format!("https://osv.dev/vulnerability/{id}")
    }
}

fn result(report: &Report, judged: &Judged) -> Value {
    let finding = &judged.finding;
    let fix = match (&finding.fixed_version, &finding.fix_channel) {
        (Some(fixed), None) => format!("; {fixed} mends it"),
        (Some(fixed), Some(channel)) => format!("; {fixed} mends it, through {channel} only"),
        (None, _) => "; there is no fix".to_owned(),
    };
    let path = finding.evidence.first().map_or("", |evidence| evidence.path.as_str());
    let text = format!("{} {} is affected by {}{fix}", finding.name, finding.version, finding.id);
    let mut result = json!({
        "ruleId": finding.id,
        "level": level(finding.rating.level),
        "message": {"text": text},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(path)},
                "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": format!("{}@{}", report.image.name, path)}],
        }],
        "partialFingerprints": {
            "finding/v1": format!("{}/{}/{}/{}", finding.id, finding.name, finding.version, path),
        },
        "properties": {"layers": finding.introduced_in, "rating": finding.rating.level},
    });
    if let (Some(why), Some(place)) = (&judged.suppressed, result.as_object_mut()) {
        place.insert("suppressions".into(), json!([{"kind": "external", "justification": reason(why)}]));
    }
    result
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        Level::Low | Level::Negligible | Level::Unknown => "note",
    }
}

/// Says in words why a finding does not count.
pub(super) fn reason(why: &Suppression) -> String {
    match why {
        Suppression::Ignored(rule) => rule.reason.clone(),
        Suppression::Vex(said) => {
            let note = said.note.as_deref().unwrap_or("not affected, or mended");
            format!("{} ({}): {note}", said.document, said.author)
        }
        Suppression::Headers => "headers of a kernel that is not in the image".to_owned(),
    }
}

/// Writes a path as a relative address: what has a meaning in one is escaped.
fn uri(path: &str) -> String {
    path.trim_start_matches('/')
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' | b'+' | b'!' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
