//! What others say of whether a vulnerability matters in a product: OpenVEX and CSAF VEX in, OpenVEX out.

mod csaf;
mod openvex;
mod subject;

use std::collections::{BTreeSet, HashMap};

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::matching::{Finding, System};
use crate::purl::Purl;
use subject::Subject;

pub use openvex::{Author, write as write_openvex};

/// Largest document that is read, in bytes.
const LARGEST_BYTES: usize = 64 * 1024 * 1024;
/// Most statements that one document may hold.
const MOST_STATEMENTS: usize = 1_000_000;

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    /// It is no JSON.
    #[error("reading the VEX document as JSON")]
    Json(#[source] serde_json::Error),
    /// It is neither OpenVEX nor CSAF.
    #[error("the document is neither OpenVEX nor CSAF VEX")]
    Unknown,
    /// It is too large.
    #[error("the VEX document is too large")]
    TooLarge,
}

/// Whether a product is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is not.
    NotAffected,
    /// It is.
    Affected,
    /// It was, and is mended.
    Fixed,
    /// Not known yet.
    UnderInvestigation,
}

impl Status {
    /// Returns whether nothing needs to be done.
    #[must_use]
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

/// Why a product is not affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Justification {
    /// The component is not in the product.
    ComponentNotPresent,
    /// The code at fault is not in the component.
    VulnerableCodeNotPresent,
    /// The code at fault is never run.
    VulnerableCodeNotInExecutePath,
    /// No adversary can steer the code at fault.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Something else stops it.
    InlineMitigationsAlreadyExist,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The vulnerability's ids.
    pub vulnerabilities: Vec<String>,
    /// The products, by purl or another id, each with the components it speaks of; without one: all of it.
    pub products: Vec<Product>,
    /// What it says.
    pub status: Status,
    /// Why.
    pub justification: Option<Justification>,
    /// More words on why, or on what to do.
    pub note: Option<String>,
    /// When it was said; the later one counts.
    pub said_at: Option<Timestamp>,
}

/// A product that a statement speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its ids.
    pub ids: Vec<String>,
    /// Its components; empty: all of it.
    pub components: Vec<String>,
}

/// What was said of a finding, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What.
    pub status: Status,
    /// Why.
    pub justification: Option<Justification>,
    /// More words.
    pub note: Option<String>,
    /// The document's id.
    pub document: String,
    /// Its author.
    pub author: String,
}

/// The image that the findings are of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Its digests (`sha256:…`) and its references.
    pub ids: Vec<String>,
    /// The system that it is built on, for packages that are part of it and for statements on a release.
    pub system: Option<System>,
}

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Its author.
    pub author: String,
    /// Its statements.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Reads an OpenVEX or CSAF document.
    ///
    /// # Errors
    /// [`VexError`] if it is neither. A statement that says nothing usable is passed over.
    pub fn read(bytes: &[u8]) -> Result<Self, VexError> {
        if bytes.len() > LARGEST_BYTES {
            return Err(VexError::TooLarge);
        }
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(VexError::Json)?;
        openvex::read(&value).or_else(|| csaf::read(&value)).ok_or(VexError::Unknown)
    }
}

/// The statements of several documents.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    documents: Vec<Document>,
    /// Places of statements by the vulnerability that they speak of.
    places: HashMap<String, Vec<Place>>,
}

/// The number of a document, and of a statement in it.
type Place = (usize, usize);

impl Statements {
    /// Takes documents; of two statements about the same thing the later one counts, or the one of the later document.
    #[must_use]
    pub fn new(documents: Vec<Document>) -> Self {
        let mut places: HashMap<String, Vec<Place>> = HashMap::new();
        for (document, said) in documents.iter().enumerate() {
            for (number, statement) in said.statements.iter().enumerate() {
                for id in &statement.vulnerabilities {
                    places.entry(id.clone()).or_default().push((document, number));
                }
            }
        }
        Self { documents, places }
    }

    /// Returns what is said of a finding.
    #[must_use]
    pub fn verdict(&self, finding: &Finding, target: &Target) -> Option<Verdict> {
        let ids = std::iter::once(&finding.id).chain(&finding.aliases);
        let places: BTreeSet<&Place> = ids.filter_map(|id| self.places.get(id)).flatten().collect();
        if places.is_empty() {
            return None;
        }
        let package = Subject::new(finding, target.system.as_ref());
        let said = places.into_iter().filter_map(|(document, number)| {
            let document = self.documents.get(*document)?;
            Some((document, document.statements.get(*number)?))
        });
        let fitting = said.filter(|(_, statement)| statement.speaks_of(&package, target));
        let (document, statement) = fitting.max_by_key(|(_, statement)| statement.said_at)?;
        Some(Verdict {
            status: statement.status,
            justification: statement.justification,
            note: statement.note.clone(),
            document: document.id.clone(),
            author: document.author.clone(),
        })
    }
}

impl Statement {
    /// Returns whether the package or its image is among the products.
    fn speaks_of(&self, package: &Subject<'_>, target: &Target) -> bool {
        let is_package = |id: &String| id.parse::<Purl>().is_ok_and(|stated| package.is_meant_by(&stated));
        let is_image = |id: &String| {
            let names = |stated: &Purl| target.ids.iter().any(|own| subject::is_image(stated, own));
            target.ids.contains(id) || id.parse().is_ok_and(|stated| names(&stated))
        };
        let is_platform = |id: &String| target.system.as_ref().is_some_and(|system| subject::is_platform(id, system));
        self.products.iter().any(|product| {
            if product.components.is_empty() {
                return product.ids.iter().any(|id| is_package(id) || is_image(id));
            }
            product.ids.iter().any(|id| is_image(id) || is_platform(id)) && product.components.iter().any(is_package)
        })
    }
}
