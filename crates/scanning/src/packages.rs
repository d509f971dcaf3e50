//! Packages that are named by their URLs, matched without an image.

mod distro;

use std::str::FromStr as _;

use base::Timestamp;
use catalogue::purl::{Purl, PurlError, package_of};
use vuln::matching::{Image, Installed, Options, Ownership, Report, match_image};
use vuln::{AdvisorySource, Confidence, Evidence, Module, Package, PackageType, SourcePackage};

/// Failures of reading a package's URL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no URL of a package.
    #[error("reading `{url}`")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        #[source]
        source: PurlError,
    },
    /// It names what no advisories speak of.
    #[error("`{url}` is of a type that no advisories speak of")]
    Kind {
        /// What was given.
        url: String,
    },
}

/// Reads a package's URL into an image that has this package alone: the qualifiers `distro`, `arch`, `epoch`,
/// `upstream` (`name`, `name@version`, or the name of a source rpm) and `rpmmod` or `modularitylabel` are understood.
///
/// # Errors
/// If it is no URL of a package, or of a type that no advisories speak of.
pub fn image_of(url: &str) -> Result<Image, Error> {
    let purl = Purl::from_str(url.trim()).map_err(|source| Error::Url { url: url.to_owned(), source })?;
    let (kind, name) = package_of(&purl).ok_or_else(|| Error::Kind { url: url.to_owned() })?;
    let version = full_version(&purl, purl.version.as_deref().unwrap_or_default());
    let package = Package {
        kind,
        name,
        arch: purl.qualifiers.get("arch").filter(|arch| !is_source(arch)).cloned(),
        source: purl.qualifiers.get("upstream").map(|upstream| source_of(kind, upstream)),
        module: ["rpmmod", "modularitylabel"].iter().find_map(|key| module(purl.qualifiers.get(*key)?)),
        version,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: url.trim().to_owned(), found_by: "purl".to_owned() }],
    };
    let system = vuln::matching::is_system(kind).then(|| distro::system(&purl)).flatten();
    Ok(Image { system, packages: vec![Installed { package, introduced_in: None, owner: None }] })
}

/// Matches one package with a database.
///
/// # Errors
/// If the database cannot be asked.
pub fn match_package<S: AdvisorySource>(image: &Image, database: &S, now: Timestamp) -> Result<Report, S::Error> {
    match_image(image, database, Options { ownership: Ownership::Precise, now })
}

/// A source package has itself as its source.
fn is_source(arch: &str) -> bool {
    matches!(arch, "src" | "source")
}

/// The rpm type keeps the epoch apart; some write it there for others too.
fn full_version(purl: &Purl, version: &str) -> String {
    match purl.qualifiers.get("epoch") {
        Some(epoch) if !version.is_empty() && !version.contains(':') && epoch != "0" => format!("{epoch}:{version}"),
        _ => version.to_owned(),
    }
}

fn source_of(kind: PackageType, upstream: &str) -> SourcePackage {
    if let Some(bare) = upstream.strip_suffix(".src.rpm").filter(|_| kind == PackageType::Rpm) {
        // `name-version-release`: neither of the last two has a hyphen.
        let mut parts = bare.rsplitn(3, '-');
        if let (Some(release), Some(version), Some(name)) = (parts.next(), parts.next(), parts.next()) {
            return SourcePackage { name: name.to_owned(), version: format!("{version}-{release}") };
        }
    }
    let (name, version) = upstream.split_once('@').unwrap_or((upstream, ""));
    SourcePackage { name: name.to_owned(), version: version.to_owned() }
}

/// Reads `name:stream`, with or without version and context behind it.
fn module(label: &str) -> Option<Module> {
    let mut parts = label.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| Module { name: name.to_owned(), stream: stream.to_owned() })
}
