//! CSAF 2.0 documents of the VEX profile.

use std::collections::BTreeMap;

use base::Timestamp;
use serde_json::Value;

use super::{Document, Justification, MOST_STATEMENTS, Product, Statement, Status};

/// Deepest tree of products that is read.
const DEEPEST: usize = 32;

/// The ids of each product: purls and CPEs; a product that is a component of another names both.
#[derive(Default)]
struct Tree {
    ids: BTreeMap<String, Vec<String>>,
    parts: BTreeMap<String, (String, String)>,
}

pub(super) fn read(value: &Value) -> Option<Document> {
    let document = value.get("document")?;
    if !document.get("category")?.as_str()?.starts_with("csaf_") {
        return None;
    }
    let mut tree = Tree::default();
    if let Some(products) = value.get("product_tree") {
        tree.branch(products, 0);
        for name in list(products, "full_product_names") {
            tree.product(name);
        }
        for relation in list(products, "relationships") {
            tree.relation(relation);
        }
    }
    let said_at = document.pointer("/tracking/current_release_date").and_then(Value::as_str);
    let said_at = said_at.and_then(|text| text.parse().ok());
    let found = list(value, "vulnerabilities").flat_map(|vulnerability| statements(vulnerability, &tree, said_at));
    let text = |pointer| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Document {
        id: text("/tracking/id"),
        author: text("/publisher/name"),
        statements: found.take(MOST_STATEMENTS).collect(),
    })
}

impl Tree {
    fn branch(&mut self, branch: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if let Some(product) = branch.get("product") {
            self.product(product);
        }
        for inner in list(branch, "branches") {
            self.branch(inner, depth + 1);
        }
    }

    fn product(&mut self, product: &Value) {
        let Some(id) = product.get("product_id").and_then(Value::as_str) else { return };
        let helper = product.get("product_identification_helper");
        let named = |key| helper.and_then(|helper| helper.get(key)).and_then(Value::as_str).map(str::to_owned);
        let ids = [named("purl"), named("cpe")].into_iter().flatten();
        let digests =
            helper.into_iter().flat_map(|helper| list(helper, "hashes")).flat_map(|hash| list(hash, "file_hashes"));
        let digests = digests.filter_map(|hash| Some(format!("sha256:{}", hash.get("value")?.as_str()?)));
        self.ids.entry(id.to_owned()).or_default().extend(ids.chain(digests).chain([id.to_owned()]));
    }

    fn relation(&mut self, relation: &Value) {
        let text = |pointer| relation.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let whole = text("/full_product_name/product_id");
        if let (Some(whole), Some(part), Some(of)) =
            (whole, text("/product_reference"), text("/relates_to_product_reference"))
        {
            self.parts.insert(whole, (part, of));
        }
    }

    /// A component is stated with what it is part of: an image, or a release or repository (Red Hat, SUSE).
    fn resolve(&self, id: &str) -> Product {
        let (mut part, mut whole) = (id, None);
        // A package may be part of a module, and that of a repository.
        for _ in 0..DEEPEST {
            let Some((component, of)) = self.parts.get(whole.unwrap_or(part)) else { break };
            if whole.is_none() {
                part = component;
            }
            whole = Some(of.as_str());
        }
        let ids = |id: &str| self.ids.get(id).cloned().unwrap_or_else(|| vec![id.to_owned()]);
        match whole {
            None => Product { ids: ids(part), components: Vec::new() },
            Some(whole) => Product { ids: ids(whole), components: ids(part) },
        }
    }
}

fn statements(vulnerability: &Value, tree: &Tree, said_at: Option<Timestamp>) -> Vec<Statement> {
    let mut ids: Vec<String> =
        vulnerability.get("cve").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    ids.extend(list(vulnerability, "ids").filter_map(|id| id.get("text")?.as_str()).map(str::to_owned));
    let mut found = Vec::new();
    for (key, status) in [
        ("fixed", Status::Fixed),
        ("first_fixed", Status::Fixed),
        ("known_affected", Status::Affected),
        ("last_affected", Status::Affected),
        ("known_not_affected", Status::NotAffected),
        ("under_investigation", Status::UnderInvestigation),
    ] {
        let Some(products) = vulnerability.get("product_status").and_then(|status| status.get(key)) else { continue };
        for product in products.as_array().into_iter().flatten().filter_map(Value::as_str) {
            found.push(Statement {
                vulnerabilities: ids.clone(),
                products: vec![tree.resolve(product)],
                status,
                justification: flag(vulnerability, product),
                note: threat(vulnerability, product),
                said_at,
            });
        }
    }
    found
}

fn flag(vulnerability: &Value, product: &str) -> Option<Justification> {
    let flag = list(vulnerability, "flags").find(|flag| speaks_of(flag, product))?;
    serde_json::from_value(flag.get("label")?.clone()).ok()
}

fn threat(vulnerability: &Value, product: &str) -> Option<String> {
    let is_impact = |threat: &&Value| threat.get("category").and_then(Value::as_str) == Some("impact");
    let threat = list(vulnerability, "threats").filter(is_impact).find(|threat| speaks_of(threat, product))?;
    threat.get("details")?.as_str().map(str::to_owned)
}

fn speaks_of(value: &Value, product: &str) -> bool {
    list(value, "product_ids").any(|id| id.as_str() == Some(product))
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
