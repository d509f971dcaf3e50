//! Packages that are named by their URLs, matched without an image.

use std::str::FromStr as _;

use base::Timestamp;
use vuln::matching::{Image, Installed, Options, Ownership, Report, match_image};
use vuln::purl::{Purl, PurlError, full_version, package_of, source_of, system_of};
use vuln::{AdvisorySource, Confidence, Evidence, Module, Package, System};

use crate::image::end_of_life;

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
    let system = vuln::matching::is_system(kind).then(|| system_of(&purl)).flatten();
    let system = system.map(|system| System { end_of_life: end_of_life(&system.id, &system.version), ..system });
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

/// Reads `name:stream`, with or without version and context behind it.
fn module(label: &str) -> Option<Module> {
    let mut parts = label.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| Module { name: name.to_owned(), stream: stream.to_owned() })
}
