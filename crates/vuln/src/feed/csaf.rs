//! CSAF 2.0 VEX as Red Hat writes it: one file per CVE, products as "component of a repository"; and as SUSE does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::ecosystem::red_hat_namespace;
use super::text::{time, vector, word};
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::purl::Purl;
use crate::scheme::Scheme;

mod suse;
mod tree;

pub(crate) use suse::place_of as suse_place;
use tree::{File, Note, Products, Remediation, Vulnerability};

const RED_HAT: &str = "redhat";
const SUSE: &str = "suse";

/// Reads one file.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file = File::deserialize(&mut serde_json::Deserializer::from_slice(bytes))
        .map_err(|error| Error::shape("CSAF", error))?;
    let products = Products::of(&file.product_tree);
    let source = if suse::speaks(&products) { SUSE } else { RED_HAT };
    for vulnerability in &file.vulnerabilities {
        let id = vulnerability.cve.as_deref().unwrap_or(&file.document.tracking.id);
        if id.is_empty() {
            sink.unread("a vulnerability", "it has no id");
            continue;
        }
        describe(source, &file, vulnerability, id, sink);
        affects(source, &products, vulnerability, id, sink);
    }
    Ok(())
}

fn describe(source: &str, file: &File, vulnerability: &Vulnerability, id: &str, sink: &mut dyn Sink) {
    let mut out = Advisory::new(source, id);
    let title = vulnerability.title.as_ref().or(file.document.title.as_ref());
    out.title = title.cloned().unwrap_or_default();
    let note = |category: &str| vulnerability.notes.iter().find(|note: &&Note| note.category == category);
    out.description = note("description").or_else(|| note("summary")).map(|note| note.text.clone()).unwrap_or_default();
    let tracking = &file.document.tracking;
    out.published =
        vulnerability.release_date.as_deref().and_then(time).or_else(|| time(&tracking.initial_release_date));
    out.modified = time(&tracking.current_release_date);
    out.references = vulnerability.references.iter().map(|reference| reference.url.clone()).collect();
    out.cwes = vulnerability.cwe.iter().map(|cwe| cwe.id.clone()).collect();
    out.severities =
        vulnerability.scores.iter().flat_map(|score| score.vectors()).filter_map(|text| vector(source, text)).collect();
    let overall = file.document.aggregate_severity.as_ref().and_then(|severity| word(source, &severity.text));
    let impact = vulnerability.threats.iter().filter(|threat| threat.category == "impact");
    out.severities.extend(overall.or_else(|| impact.filter_map(|threat| word(source, &threat.details)).next()));
    sink.advisory(out);
}

/// What is said once for all architectures and repositories of a release.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    namespace: Namespace,
    name: String,
    module: Option<String>,
    channel: Option<String>,
    by_source: bool,
    state: AffectState,
    fixed: Option<String>,
    severity: Option<String>,
}

fn affects(source: &str, products: &Products<'_>, vulnerability: &Vulnerability, id: &str, sink: &mut dyn Sink) {
    let mut said: BTreeMap<Said, BTreeSet<String>> = BTreeMap::new();
    let severity = by_product(vulnerability.threats.iter().filter(|threat| threat.category == "impact"), |threat| {
        (&threat.product_ids, threat.details.as_str())
    });
    let unmended = unmended(&vulnerability.remediations);
    let status = &vulnerability.product_status;
    let lists = [
        (&status.fixed, AffectState::Affected, true),
        (&status.first_fixed, AffectState::Affected, true),
        (&status.recommended, AffectState::Affected, true),
        (&status.known_affected, AffectState::Affected, false),
        (&status.known_not_affected, AffectState::NotAffected, false),
        (&status.under_investigation, AffectState::UnderInvestigation, false),
    ];
    for (list, state, is_fixed) in lists {
        for product in list {
            let component =
                if source == SUSE { suse::component(products, product, is_fixed) } else { products.component(product) };
            let Some(component) = component else { continue };
            // The source package of an update stands beside its binaries.
            if is_fixed && (component.version.is_none() || component.arch.as_deref() == Some("src")) {
                continue;
            }
            let why = unmended.get(product.as_str()).filter(|_| state == AffectState::Affected && !is_fixed);
            // Red Hat states what it has not mended by source packages, without a version.
            let by_source = component.version.is_none() && component.arch.as_deref() == Some("src");
            let key = Said {
                by_source,
                namespace: component.namespace,
                name: component.name,
                module: component.module,
                channel: component.channel,
                state: why.copied().unwrap_or(state),
                fixed: component.version.filter(|_| is_fixed),
                severity: severity.get(product.as_str()).map(|word| (*word).to_owned()),
            };
            said.entry(key).or_default().extend(component.cpe);
        }
    }
    for (said, cpes) in said {
        emit(source, said, cpes, id, sink);
    }
}

/// Returns why products are not mended. A product may have a workaround beside that, which says nothing of a fix.
fn unmended(remediations: &[Remediation]) -> HashMap<&str, AffectState> {
    let state = |remedy: &Remediation| match (remedy.category.as_str(), remedy.details.to_ascii_lowercase()) {
        ("no_fix_planned", details) if details.contains("out of support") => Some(AffectState::EndOfLife),
        ("no_fix_planned" | "none_available", details) if details.contains("deferred") => Some(AffectState::Deferred),
        ("no_fix_planned", _) => Some(AffectState::WontFix),
        _ => None,
    };
    let told = remediations.iter().filter_map(|remedy| Some((remedy, state(remedy)?)));
    told.flat_map(|(remedy, state)| remedy.product_ids.iter().map(move |product| (product.as_str(), state))).collect()
}

fn emit(source: &str, said: Said, cpes: BTreeSet<String>, id: &str, sink: &mut dyn Sink) {
    let end = said.fixed.map_or(RangeEnd::Open, RangeEnd::Fixed);
    sink.affect(Affect {
        advisory: (source.to_owned(), id.to_owned()),
        namespace: said.namespace,
        name: said.name,
        scheme: Scheme::Rpm,
        ranges: vec![Range { introduced: None, end }],
        versions: Vec::new(),
        state: said.state,
        severity: said.severity,
        qualifiers: Qualifiers {
            module: said.module,
            channel: said.channel,
            cpes: cpes.into_iter().collect(),
            arches: said.by_source.then(|| "src".to_owned()).into_iter().collect(),
            ..Qualifiers::default()
        },
    });
}

fn by_product<'a, T: 'a>(
    items: impl Iterator<Item = &'a T>,
    parts: impl Fn(&'a T) -> (&'a Vec<String>, &'a str),
) -> HashMap<&'a str, &'a str> {
    let mut out = HashMap::new();
    for (products, text) in items.map(parts) {
        for product in products {
            out.insert(product.as_str(), text);
        }
    }
    out
}

/// A package in a repository of a release.
struct Component {
    namespace: Namespace,
    cpe: Option<String>,
    channel: Option<String>,
    name: String,
    /// `epoch:version-release`.
    version: Option<String>,
    arch: Option<String>,
    module: Option<String>,
}

impl Products<'_> {
    /// Returns what a product id speaks of; nothing if it is no package of Red Hat Enterprise Linux.
    fn component(&self, product: &str) -> Option<Component> {
        let (purl, platform) = self.resolve(product)?;
        let cpe = self.cpe(platform)?;
        let namespace = red_hat_namespace(cpe)?;
        let purl = purl.parse::<Purl>().ok().filter(|purl| purl.kind == "rpm")?;
        let epoch = purl.qualifier("epoch").filter(|epoch| *epoch != "0");
        let version = purl.version.as_ref().map(|version| match epoch {
            Some(epoch) => format!("{epoch}:{version}"),
            None => version.clone(),
        });
        // `nodejs:18:8060020230306170312:ad008a3a`: only name and stream are compared.
        let module = purl.qualifier("rpmmod").map(|label| label.split(':').take(2).collect::<Vec<_>>().join(":"));
        Some(Component {
            namespace,
            cpe: Some(cpe.to_owned()),
            channel: None,
            arch: purl.qualifier("arch").map(str::to_owned),
            name: purl.name,
            version,
            module,
        })
    }
}
