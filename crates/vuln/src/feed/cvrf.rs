//! Microsoft's CVRF bulletins in JSON, and what JSON and XML have in common.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::text::{advisory, time, vector, word};
use super::{Error, Sink};
use crate::advisory::{Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

const SOURCE: &str = "msrc";

/// One vulnerability of a bulletin.
#[derive(Debug, Default)]
pub(super) struct Flaw {
    pub(super) cve: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) published: String,
    pub(super) cwes: Vec<String>,
    /// Word, products.
    pub(super) severities: Vec<(String, Vec<String>)>,
    pub(super) vectors: Vec<String>,
    pub(super) fixes: Vec<Fix>,
}

/// One fix of a vulnerability.
#[derive(Debug, Default)]
pub(super) struct Fix {
    /// The number of the knowledge base's article, without `KB`.
    pub(super) article: String,
    pub(super) build: String,
    pub(super) url: String,
    pub(super) products: Vec<String>,
}

/// Passes on what a bulletin says of one vulnerability.
pub(super) fn emit(flaw: Flaw, products: &HashMap<String, String>, sink: &mut dyn Sink) {
    if flaw.cve.is_empty() {
        return sink.unread(&flaw.title, "a vulnerability without an id");
    }
    let mut out = advisory(SOURCE, &flaw.cve);
    out.title = flaw.title;
    out.description = flaw.description;
    out.published = time(&flaw.published);
    out.cwes = flaw.cwes;
    out.severities = flaw.vectors.iter().filter_map(|text| vector(SOURCE, text)).collect();
    out.severities.extend(flaw.severities.iter().filter_map(|(text, _)| word(SOURCE, text)));
    let is_article = |text: &&Fix| !text.article.is_empty() && text.article.bytes().all(|byte| byte.is_ascii_digit());
    let articles = flaw.fixes.iter().filter(is_article);
    out.references = articles.map(|fix| format!("https://support.microsoft.com/help/{}", fix.article)).collect();
    out.references.extend(flaw.fixes.iter().map(|fix| fix.url.clone()).filter(|url| url.starts_with("https://")));
    sink.advisory(out);
    let mut words = HashMap::new();
    for (text, ids) in &flaw.severities {
        words.extend(ids.iter().map(|id| (id.as_str(), text.as_str())));
    }
    let mut said: BTreeMap<(String, Option<&str>), BTreeSet<Range>> = BTreeMap::new();
    for fix in &flaw.fixes {
        let Some(build) = build(&fix.build) else { continue };
        for id in &fix.products {
            let Some(product) = products.get(id) else { continue };
            // A build belongs to the release that its first three numbers name: it mends nothing in another.
            let introduced = if is_windows(product) { branch(build).map(|branch| format!("{branch}.0")) } else { None };
            let name = if is_windows(product) { "windows".to_owned() } else { product.to_lowercase() };
            let range = Range { introduced, end: RangeEnd::Fixed(build.to_owned()) };
            said.entry((name, words.get(id.as_str()).copied())).or_default().insert(range);
        }
    }
    for ((name, severity), ranges) in said {
        sink.affect(Affect {
            advisory: (SOURCE.to_owned(), flaw.cve.clone()),
            namespace: Namespace("windows".to_owned()),
            name,
            scheme: Scheme::Windows,
            ranges: ranges.into_iter().collect(),
            versions: Vec::new(),
            state: AffectState::Affected,
            severity: severity.map(str::to_owned),
            qualifiers: Qualifiers::default(),
        });
    }
}

fn is_windows(product: &str) -> bool {
    product.starts_with("Windows ") && !product.starts_with("Windows Defender")
}

/// Returns the build if it is numbers between dots.
fn build(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_build = text.split('.').count() >= 3
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_build.then_some(text)
}

fn branch(build: &str) -> Option<&str> {
    let (end, _) = build.match_indices('.').nth(2)?;
    build.get(..end)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerability: Vec<Vulnerability>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Tree {
    full_product_name: Vec<Product>,
}

#[derive(Debug, Deserialize)]
struct Product {
    #[serde(rename = "ProductID")]
    id: String,
    #[serde(rename = "Value", default)]
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    #[serde(rename = "Value")]
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "CVE")]
    cve: String,
    title: Words,
    notes: Vec<Note>,
    #[serde(rename = "CWE")]
    cwe: Value,
    threats: Vec<Threat>,
    #[serde(rename = "CVSSScoreSets")]
    scores: Vec<Score>,
    remediations: Vec<Remediation>,
    release_date: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Note {
    title: String,
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Threat {
    description: Words,
    #[serde(rename = "ProductID")]
    products: Vec<String>,
    /// 0 impact, 1 exploit status, 3 severity.
    r#type: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Score {
    vector: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Remediation {
    description: Words,
    #[serde(rename = "URL")]
    url: Option<String>,
    #[serde(rename = "ProductID")]
    products: Vec<String>,
    /// 2 is a vendor's fix.
    r#type: i64,
    fixed_build: Option<String>,
}

/// Reads a bulletin's JSON.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| Error::shape("CVRF", error))?;
    let products = file.product_tree.full_product_name.into_iter().map(|one| (one.id, one.value)).collect();
    for vulnerability in file.vulnerability {
        emit(flaw(vulnerability), &products, sink);
    }
    Ok(())
}

fn flaw(read: Vulnerability) -> Flaw {
    let cwes = match &read.cwe {
        Value::Array(list) => list.iter().filter_map(|cwe| cwe.get("ID")?.as_str()).map(str::to_owned).collect(),
        other => other.get("ID").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
    };
    let severities = read.threats.into_iter().filter(|threat| threat.r#type == 3);
    let fixes = read.remediations.into_iter().filter(|fix| fix.r#type == 2);
    Flaw {
        cve: read.cve,
        title: read.title.value.unwrap_or_default(),
        description: read
            .notes
            .into_iter()
            .find(|note| note.title == "Description")
            .and_then(|note| note.value)
            .unwrap_or_default(),
        published: read.release_date.unwrap_or_default(),
        cwes,
        severities: severities.map(|threat| (threat.description.value.unwrap_or_default(), threat.products)).collect(),
        vectors: read.scores.into_iter().filter_map(|score| score.vector).collect(),
        fixes: fixes
            .map(|fix| Fix {
                article: fix.description.value.unwrap_or_default(),
                build: fix.fixed_build.unwrap_or_default(),
                url: fix.url.unwrap_or_default(),
                products: fix.products,
            })
            .collect(),
    }
}
