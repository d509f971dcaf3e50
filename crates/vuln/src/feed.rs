//! Importers of public feeds: the bytes of one document become advisories and what they say of packages.
//!
//! Every importer is total and bounded: what it cannot read is told to the sink or returned as an error, and costs no
//! other document. Nothing here decompresses, unpacks or fetches.

mod bounds;
mod csaf;
mod cve_record;
mod cvrf;
mod cvrf_xml;
mod debian;
mod detect;
mod ecosystem;
mod epss;
mod kev;
mod nvd;
mod openvex;
mod osv;
mod osv_document;
mod release;
mod repositories;
mod rustsec;
mod secdb;
mod text;
mod updateinfo;
mod xml;
mod yaml;

use crate::advisory::{Advisory, Affect, Epss, Kev};

pub(crate) use csaf::suse_place;
pub use detect::detect;
pub use ecosystem::{Ecosystem, ecosystem, red_hat_namespace, source_of_id};
pub use release::{debian_release, ubuntu_release};

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 30;

/// The form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One OSV record (schema 1.x) or an array of them, JSON.
    Osv,
    /// One OSV record, YAML.
    OsvYaml,
    /// The Debian security tracker's one JSON object.
    DebianTracker,
    /// Alpine's and Wolfi's secdb, JSON.
    Secdb,
    /// Alpine's secdb in its old YAML form.
    SecdbYaml,
    /// CSAF 2.0 VEX, as Red Hat writes it.
    Csaf,
    /// `OpenVEX`, as Ubuntu writes it.
    OpenVex,
    /// `updateinfo.xml` of rpm repositories (Amazon's ALAS and its kin).
    UpdateInfo,
    /// NVD's CVE API 2.0 answers and yearly files.
    Nvd,
    /// CISA's known exploited vulnerabilities, JSON.
    Kev,
    /// CISA's known exploited vulnerabilities, CSV.
    KevCsv,
    /// FIRST's EPSS scores, CSV.
    Epss,
    /// Microsoft's CVRF, XML.
    CvrfXml,
    /// Microsoft's CVRF, JSON.
    Cvrf,
    /// One `RustSec` advisory: TOML in Markdown.
    RustSec,
    /// One CVE record, JSON 5.x.
    CveRecord,
    /// Red Hat's mapping from content sets to CPEs, JSON.
    RepositoryCpes,
}

impl Format {
    /// Returns the name that reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Osv => "osv",
            Self::OsvYaml => "osv-yaml",
            Self::DebianTracker => "debian-tracker",
            Self::Secdb => "secdb",
            Self::SecdbYaml => "secdb-yaml",
            Self::Csaf => "csaf-vex",
            Self::OpenVex => "openvex",
            Self::UpdateInfo => "updateinfo",
            Self::Nvd => "nvd",
            Self::Kev => "kev",
            Self::KevCsv => "kev-csv",
            Self::Epss => "epss",
            Self::CvrfXml => "cvrf-xml",
            Self::Cvrf => "cvrf",
            Self::RustSec => "rustsec",
            Self::CveRecord => "cve-record",
            Self::RepositoryCpes => "repository-to-cpe",
        }
    }
}

/// Where an importer puts what it reads.
pub trait Sink {
    /// Takes an advisory; several documents may tell parts of one.
    fn advisory(&mut self, advisory: Advisory);
    /// Takes what an advisory says of a package.
    fn affect(&mut self, affect: Affect);
    /// Takes that a CVE is known to be exploited.
    fn kev(&mut self, cve: &str, kev: Kev);
    /// Takes how likely a CVE is to be exploited.
    fn epss(&mut self, cve: &str, epss: Epss);
    /// Takes the CPEs that Red Hat's statements call a content set by: all of them.
    fn repository(&mut self, content_set: &str, cpes: Vec<String>);
    /// Takes that a part of a document could not be read; the rest was.
    fn unread(&mut self, part: &str, reason: &str);
}

/// One document of a feed.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its path within the feed, with `/`; some feeds say things by folder.
    pub name: &'a str,
    /// Its bytes, decompressed.
    pub bytes: &'a [u8],
}

/// Why a document could not be read at all, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no JSON, or not of the expected shape.
    #[error("it is no {format} document: {reason}")]
    Shape {
        /// What was expected.
        format: &'static str,
        /// What the parser says, with the place.
        reason: String,
    },
    /// It is larger than [`MAX_DOCUMENT_BYTES`].
    #[error("it is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// Something without which it means nothing is missing.
    #[error("it has no {what}")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
}

impl Error {
    fn shape(format: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Shape { format, reason: text::clip(&reason.to_string(), 300) }
    }
}

/// Holds what comes to a sink to the bounds that every importer here keeps: for readers of other forms.
pub fn bounded(sink: &mut dyn Sink) -> impl Sink {
    bounds::Bounded(sink)
}

/// Reads one document.
///
/// # Errors
/// If it cannot be read, or not to its end; what the sink got before that stands.
pub fn import(format: Format, document: Document<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
    if document.bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(Error::TooLarge);
    }
    let sink: &mut dyn Sink = &mut bounds::Bounded(sink);
    let bytes = document.bytes;
    match format {
        Format::Osv => osv::json(bytes, sink),
        Format::OsvYaml => osv::yaml(bytes, sink),
        Format::DebianTracker => debian::import(bytes, sink),
        Format::Secdb => secdb::json(bytes, sink),
        Format::SecdbYaml => secdb::yaml(bytes, sink),
        Format::Csaf => csaf::import(bytes, sink),
        Format::OpenVex => openvex::import(bytes, sink),
        Format::UpdateInfo => updateinfo::import(bytes, sink),
        Format::Nvd => nvd::import(bytes, sink),
        Format::Kev => kev::import(bytes, sink),
        Format::KevCsv => kev::csv(bytes, sink),
        Format::Epss => epss::import(bytes, sink),
        Format::CvrfXml => cvrf_xml::import(bytes, sink),
        Format::Cvrf => cvrf::import(bytes, sink),
        Format::RustSec => rustsec::import(document, sink),
        Format::CveRecord => cve_record::import(bytes, sink),
        Format::RepositoryCpes => repositories::import(bytes, sink),
    }
}
