//! Microsoft's CVRF bulletins in JSON, and what JSON and XML have in common.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::text::{time, vector, word};
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::matching::WINDOWS_UPDATES;
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
    /// The articles of the updates that this one replaces, as they are written.
    pub(super) supersedes: String,
    pub(super) url: String,
    pub(super) products: Vec<String>,
}

/// Passes on what a bulletin says of one vulnerability.
pub(super) fn emit(flaw: Flaw, products: &HashMap<String, String>, sink: &mut dyn Sink) {
    if flaw.cve.is_empty() {
        return sink.unread(&flaw.title, "a vulnerability without an id");
    }
    let mut out = Advisory::new(SOURCE, &flaw.cve);
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
    let with_build: BTreeSet<&String> =
        flaw.fixes.iter().filter(|fix| build(&fix.build).is_some()).flat_map(|fix| &fix.products).collect();
    for fix in &flaw.fixes {
        for id in &fix.products {
            if build(&fix.build).is_none() && with_build.contains(id) {
                continue;
            }
            let Some((name, range)) = products.get(id).and_then(|product| affected(product, build(&fix.build))) else {
                continue;
            };
            said.entry((name, words.get(id.as_str()).copied())).or_default().insert(range);
        }
    }
    updates(&flaw.cve, &flaw.fixes, sink);
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

/// Returns under which name which versions of a product are affected; nothing if no build tells.
fn affected(product: &str, build: Option<&str>) -> Option<(String, Range)> {
    if !is_windows(product) {
        return Some((product.to_lowercase(), Range { introduced: None, end: RangeEnd::Fixed(build?.to_owned()) }));
    }
    // A build belongs to the release that its first three numbers name: it mends nothing in another. An update without
    // one mends the release that the product is, and only by being installed.
    let range = match build {
        Some(build) => Range {
            introduced: branch(build).map(|branch| format!("{branch}.0")),
            end: RangeEnd::Fixed(build.to_owned()),
        },
        None => {
            let (_, release) = RELEASES.iter().find(|(name, _)| product.starts_with(name))?;
            Range {
                introduced: Some(format!("{release}.0")),
                end: RangeEnd::LastAffected(format!("{release}.{}", u32::MAX)),
            }
        }
    };
    Some(("windows".to_owned(), range))
}

/// Windows by what bulletins call it, and the first three numbers of its builds (Microsoft's release information); of
/// two names that begin alike the longer one comes first.
const RELEASES: &[(&str, &str)] = &[
    ("Windows Server 2025", "10.0.26100"),
    ("Windows Server 2022, 23H2", "10.0.25398"),
    ("Windows Server 2022", "10.0.20348"),
    ("Windows Server 2019", "10.0.17763"),
    ("Windows Server 2016", "10.0.14393"),
    ("Windows Server 2012 R2", "6.3.9600"),
    ("Windows Server 2012", "6.2.9200"),
    ("Windows 10 Version 1607", "10.0.14393"),
    ("Windows 10 Version 1809", "10.0.17763"),
];

/// Tells of each update that it mends the vulnerability, and which updates it replaces.
fn updates(cve: &str, fixes: &[Fix], sink: &mut dyn Sink) {
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fix in fixes {
        let Some(update) = articles(&fix.article).pop() else { continue };
        said.entry(update).or_default().extend(articles(&fix.supersedes));
    }
    for (name, replaced) in said {
        sink.affect(Affect {
            advisory: (SOURCE.to_owned(), cve.to_owned()),
            namespace: Namespace(WINDOWS_UPDATES.to_owned()),
            name,
            scheme: Scheme::Windows,
            ranges: Vec::new(),
            versions: replaced.into_iter().collect(),
            state: AffectState::NotAffected,
            severity: None,
            qualifiers: Qualifiers::default(),
        });
    }
}

/// Finds the numbers of articles: `5034129`, `KB5034129; 5034127`.
fn articles(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let numbers = words.map(|word| word.strip_prefix("KB").unwrap_or(word));
    let is_article = |word: &&str| (6..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    numbers.filter(is_article).map(|number| format!("KB{number}")).collect()
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
    supercedence: Option<String>,
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
                supersedes: fix.supercedence.unwrap_or_default(),
                url: fix.url.unwrap_or_default(),
                products: fix.products,
            })
            .collect(),
    }
}
