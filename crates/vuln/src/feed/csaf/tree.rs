//! The parts of a CSAF file that matter, and its products by id.

use std::collections::HashMap;

use serde::Deserialize;

/// Branches, and components of components, nest at most this deep.
const MAX_DEPTH: usize = 16;

#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) document: Document,
    #[serde(default)]
    pub(super) product_tree: Tree,
    #[serde(default)]
    pub(super) vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) title: Option<String>,
    pub(super) aggregate_severity: Option<Aggregate>,
    #[serde(default)]
    pub(super) tracking: Tracking,
}

#[derive(Debug, Deserialize)]
pub(super) struct Aggregate {
    pub(super) text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tracking {
    pub(super) id: String,
    pub(super) initial_release_date: String,
    pub(super) current_release_date: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tree {
    branches: Vec<Branch>,
    full_product_names: Vec<Product>,
    relationships: Vec<Relationship>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Branch {
    branches: Vec<Branch>,
    product: Option<Product>,
}

#[derive(Debug, Deserialize)]
struct Product {
    product_id: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Helper {
    cpe: Option<String>,
    purl: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Relationship {
    full_product_name: Product,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Vulnerability {
    pub(super) cve: Option<String>,
    pub(super) title: Option<String>,
    pub(super) cwe: Option<Cwe>,
    pub(super) notes: Vec<Note>,
    pub(super) product_status: Status,
    pub(super) scores: Vec<Score>,
    pub(super) threats: Vec<Threat>,
    pub(super) remediations: Vec<Remediation>,
    pub(super) references: Vec<Reference>,
    pub(super) release_date: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Cwe {
    pub(super) id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    pub(super) category: String,
    pub(super) text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) fixed: Vec<String>,
    pub(super) first_fixed: Vec<String>,
    /// SUSE's word for what is mended.
    pub(super) recommended: Vec<String>,
    pub(super) known_affected: Vec<String>,
    pub(super) known_not_affected: Vec<String>,
    pub(super) under_investigation: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Score {
    cvss_v2: Option<Cvss>,
    cvss_v3: Option<Cvss>,
    cvss_v4: Option<Cvss>,
}

impl Score {
    pub(super) fn vectors(&self) -> impl Iterator<Item = &str> {
        [&self.cvss_v4, &self.cvss_v3, &self.cvss_v2].into_iter().flatten().map(|cvss| cvss.vector_string.as_str())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cvss {
    vector_string: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Threat {
    pub(super) category: String,
    pub(super) details: String,
    pub(super) product_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Remediation {
    pub(super) category: String,
    pub(super) details: String,
    pub(super) product_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) url: String,
}

/// Products by id.
pub(super) struct Products<'a> {
    helpers: HashMap<&'a str, &'a Helper>,
    /// A component in its place: component, place.
    related: HashMap<&'a str, (&'a str, &'a str)>,
}

impl<'a> Products<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut helpers = HashMap::new();
        for product in &tree.full_product_names {
            helpers.insert(product.product_id.as_str(), &product.product_identification_helper);
        }
        let mut open: Vec<(&Branch, usize)> = tree.branches.iter().map(|branch| (branch, 0)).collect();
        while let Some((branch, depth)) = open.pop() {
            if let Some(product) = &branch.product {
                helpers.insert(product.product_id.as_str(), &product.product_identification_helper);
            }
            if depth < MAX_DEPTH {
                open.extend(branch.branches.iter().map(|inner| (inner, depth + 1)));
            }
        }
        let mut related = HashMap::new();
        for relation in &tree.relationships {
            let pair = (relation.product_reference.as_str(), relation.relates_to_product_reference.as_str());
            related.insert(relation.full_product_name.product_id.as_str(), pair);
        }
        Self { helpers, related }
    }

    /// Returns a component's package URL and the place it is in; a component may be in a module in a repository.
    pub(super) fn resolve(&self, product: &str) -> Option<(&'a str, &'a str)> {
        let (mut component, mut place) = *self.related.get(product)?;
        for _ in 0..MAX_DEPTH {
            if let Some((inner, _)) = self.related.get(component) {
                component = inner;
            } else if let Some((_, outer)) = self.related.get(place) {
                place = outer;
            } else {
                break;
            }
        }
        Some((self.helpers.get(component)?.purl.as_deref()?, place))
    }

    /// Returns the CPEs that the products have.
    pub(super) fn cpes(&self) -> impl Iterator<Item = &'a str> {
        self.helpers.values().filter_map(|helper| helper.cpe.as_deref())
    }

    /// Returns a place's CPE.
    pub(super) fn cpe(&self, place: &str) -> Option<&'a str> {
        self.helpers.get(place)?.cpe.as_deref()
    }
}
