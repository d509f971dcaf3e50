//! OpenVEX 0.2 (and the strings of 0.0.1).

use base::Timestamp;
use serde_json::{Value, json};

use super::subject::purl_of;
use super::{Document, Justification, MOST_STATEMENTS, Product, Statement, Status, Target};
use crate::matching::{FixState, MatchKind};
use crate::verdict::{self, Suppression};

pub(super) fn read(value: &Value) -> Option<Document> {
    let context = value.get("@context")?.as_str()?;
    if !context.contains("openvex") {
        return None;
    }
    let written_at = time(value.get("last_updated")).or_else(|| time(value.get("timestamp")));
    let list = value.get("statements")?.as_array()?;
    let statements = list.iter().take(MOST_STATEMENTS).filter_map(|said| statement(said, written_at)).collect();
    Some(Document { id: text(value.get("@id")), author: text(value.get("author")), statements })
}

fn statement(said: &Value, written_at: Option<Timestamp>) -> Option<Statement> {
    let status = serde_json::from_value(said.get("status")?.clone()).ok()?;
    let vulnerability = said.get("vulnerability")?;
    let mut vulnerabilities = ids(vulnerability, &["name", "@id"]);
    vulnerabilities.extend(strings(vulnerability.get("aliases")));
    let products = said.get("products").and_then(Value::as_array).into_iter().flatten();
    let products = products.take(MOST_STATEMENTS).map(|product| Product {
        ids: product_ids(product),
        components: product
            .get("subcomponents")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .flat_map(product_ids)
            .collect(),
    });
    let note = ["impact_statement", "action_statement", "status_notes"].iter().find_map(|key| said.get(*key)?.as_str());
    Some(Statement {
        vulnerabilities,
        products: products.collect(),
        status,
        justification: said.get("justification").and_then(|why| serde_json::from_value(why.clone()).ok()),
        note: note.map(str::to_owned),
        said_at: time(said.get("last_updated")).or_else(|| time(said.get("timestamp"))).or(written_at),
    })
}

fn product_ids(product: &Value) -> Vec<String> {
    let mut found = ids(product, &["@id"]);
    if let Some(identifiers) = product.get("identifiers").and_then(Value::as_object) {
        found.extend(identifiers.values().filter_map(Value::as_str).map(str::to_owned));
    }
    if let Some(hashes) = product.get("hashes").and_then(Value::as_object) {
        let digests = hashes.iter().filter(|(name, _)| name.starts_with("sha-256") || *name == "sha256");
        found.extend(digests.filter_map(|(_, hash)| Some(format!("sha256:{}", hash.as_str()?))));
    }
    found
}

/// Takes a plain string, or these members of an object.
fn ids(value: &Value, members: &[&str]) -> Vec<String> {
    if let Some(plain) = value.as_str() {
        return vec![plain.to_owned()];
    }
    members.iter().filter_map(|member| value.get(*member)?.as_str()).map(str::to_owned).collect()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn time(value: Option<&Value>) -> Option<Timestamp> {
    value?.as_str()?.parse().ok()
}

/// Who writes a document, when, under which id.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The author's name.
    pub name: &'a str,
    /// The document's id, an IRI.
    pub document: &'a str,
    /// The time now.
    pub now: Timestamp,
}

/// Writes what is known of an image as an OpenVEX document: what counts as affected with what to do, what was
/// excepted with the reason.
#[must_use]
pub fn write(verdict: &verdict::Verdict, target: &Target, author: &Author<'_>) -> Value {
    let image = target.ids.first().map_or("", String::as_str);
    let image = if image.starts_with("sha256:") { format!("pkg:oci/image@{image}") } else { image.to_owned() };
    let statements: Vec<Value> = verdict
        .findings
        .iter()
        .map(|judged| {
            let finding = &judged.finding;
            let mut said = json!({
                "vulnerability": { "name": finding.id, "aliases": finding.aliases },
                "products": [{
                    "@id": image,
                    "subcomponents": [{ "@id": purl_of(finding, target.system.as_ref()).to_string() }],
                }],
            });
            let (status, member, words) = what_to_say(judged);
            said["status"] = json!(status);
            if let Some(justification) = justification(judged) {
                said["justification"] = json!(justification);
            }
            said[member] = json!(words);
            said
        })
        .collect();
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": author.document,
        "author": author.name,
        "timestamp": author.now.to_string(),
        "version": 1,
        "statements": statements,
    })
}

fn justification(judged: &verdict::Judged) -> Option<Justification> {
    match judged.suppressed.as_ref()? {
        Suppression::Ignored(rule) => rule.justification,
        Suppression::Vex(said) => said.justification,
        Suppression::Headers => Some(Justification::VulnerableCodeNotPresent),
    }
}

/// OpenVEX asks for an impact where something is not affected and for an action where it is.
fn what_to_say(judged: &verdict::Judged) -> (Status, &'static str, String) {
    let finding = &judged.finding;
    match &judged.suppressed {
        Some(Suppression::Ignored(rule)) => (Status::NotAffected, "impact_statement", rule.reason.clone()),
        Some(Suppression::Vex(said)) => {
            (said.status, "impact_statement", said.note.clone().unwrap_or_else(|| format!("stated by {}", said.author)))
        }
        Some(Suppression::Headers) => {
            (Status::NotAffected, "impact_statement", "only headers of the kernel are in the image".to_owned())
        }
        None if finding.state == FixState::UnderInvestigation || finding.match_kind == MatchKind::Upstream => {
            (Status::UnderInvestigation, "status_notes", finding.doubt.clone().unwrap_or_default())
        }
        None => {
            let action = match (&finding.fixed_version, &finding.fix_channel) {
                (Some(version), None) => format!("update {} to {version}", finding.name),
                (Some(version), Some(channel)) => format!("update {} to {version} from {channel}", finding.name),
                (None, _) => format!("no fixed version of {} is known", finding.name),
            };
            (Status::Affected, "action_statement", action)
        }
    }
}
