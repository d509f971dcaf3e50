//! Bills of materials of a scanned image, with what is wrong if a form can tell it.

use base::Timestamp;
use catalogue::sbom::{self, Document};
use serde_json::{Value, json};
use vuln::severity::Level;
use vuln::verdict::{Judged, Suppression};
use vuln::{Package, PackageType};

use super::index::Catalogued;
use super::report::Report;
use super::sarif::reason;

/// The forms of bills of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillForm {
    /// CycloneDX 1.6, JSON.
    Cyclonedx,
    /// SPDX 2.3, JSON.
    Spdx,
}

/// Writes what is in an image; with a report, CycloneDX also tells what is wrong (SPDX 2.3 has no place for it).
#[must_use]
pub fn bill(
    catalogued: &Catalogued,
    form: BillForm,
    report: Option<&Report>,
    created: Timestamp,
    tool_version: &str,
) -> Value {
    let packages: Vec<Package> = catalogued.catalogue.packages.iter().map(|found| found.package.clone()).collect();
    let digest = catalogued.image.manifest.as_ref().map(ToString::to_string);
    let document = Document {
        name: &catalogued.image.name,
        digest: digest.as_deref(),
        created,
        tool_version,
        os: catalogued.catalogue.os.as_ref(),
        packages: &packages,
        relationships: &[],
    };
    match form {
        BillForm::Spdx => sbom::spdx(&document),
        BillForm::Cyclonedx => {
            let mut value = sbom::cyclonedx(&document);
            if let Some(verdict) = report.and_then(|report| report.verdict.as_ref()) {
                let list = vulnerabilities(&value, &packages, &verdict.findings);
                if let Some(place) = value.as_object_mut() {
                    place.insert("vulnerabilities".into(), list.into());
                }
            }
            value
        }
    }
}

/// Components stand in the order of the packages, the system behind them.
fn vulnerabilities(bill: &Value, packages: &[Package], findings: &[Judged]) -> Vec<Value> {
    let components = bill.get("components").and_then(Value::as_array);
    let reference = |at: usize| components?.get(at)?.get("bom-ref")?.as_str();
    let mut places: std::collections::BTreeMap<(PackageType, &str, &str), Vec<&str>> = Default::default();
    for (at, package) in packages.iter().enumerate() {
        places.entry((package.kind, &package.name, &package.version)).or_default().extend(reference(at));
    }
    findings
        .iter()
        .map(|judged| {
            let finding = &judged.finding;
            let refs = places.get(&(finding.kind, finding.name.as_str(), finding.version.as_str()));
            let affects: Vec<Value> = refs.into_iter().flatten().map(|id| json!({"ref": id})).collect();
            let mut value = json!({
                "id": finding.id,
                "source": {"name": finding.advisories.first().map_or("", |(source, _)| source)},
                "ratings": [{"severity": severity(finding.rating.level)}],
                "description": finding.title,
                "affects": affects,
            });
            if let Some(fixed) = &finding.fixed_version {
                value["recommendation"] = json!(format!("Update {} to {fixed}", finding.name));
            }
            if let Some(why) = &judged.suppressed {
                value["analysis"] = json!({"state": state(why), "detail": reason(why)});
            }
            value
        })
        .collect()
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Critical => "critical",
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
        Level::Negligible => "info",
        Level::Unknown => "unknown",
    }
}

fn state(why: &Suppression) -> &'static str {
    match why {
        Suppression::Vex(said) if said.status == vuln::vex::Status::Fixed => "resolved",
        Suppression::Vex(_) | Suppression::Headers | Suppression::Ignored(_) => "not_affected",
    }
}
